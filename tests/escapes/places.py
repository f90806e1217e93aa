#!/usr/bin/env python3
"""SQLNativeSql, and errors of the engine: their line and column are those of the text as the application wrote it."""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from connection import INFO, SUCCESS, Escapes, refused  # noqa: E402
from promise import AREA, finish, promise, same  # noqa: E402
from sandbox import Calls  # noqa: E402

AREA[0] = "escapes"
db = Escapes(os.environ["ATHENA_TEST_CONNECT"])

# @ stands before the word that the engine complains of, and is not part of the text.
PLACES = {
    "an error in front of an escape stays where it is": "SELECT @nosuch, {fn UCASE('a')}",
    "an error behind an escape that grew": "SELECT {fn LENGTH('abc')}, @nosuch",
    "an error behind an escape that shrank": "SELECT {d '2024-02-29'}, @nosuch",
    "an error behind several escapes": "SELECT {fn LENGTH('abc')}, {fn LOCATE('a', 'b', 1)}, {t '10:00:00'}, @nosuch",
    "an error behind a nested escape": "SELECT {fn UCASE({fn RTRIM('abc')})} AS a, @nosuch",
    "an error on a later line": "SELECT {fn LENGTH('abc')},\n       {fn LENGTH('de')},\n       @nosuch",
    "an error behind an escape over two lines": "SELECT {fn CONCAT('a',\n  'b')}, @nosuch",
    "an error behind text beyond ASCII": "SELECT '日本語', {fn LENGTH('é')}, @nosuch",
    "an error inside a rewritten escape is told at its brace": "SELECT 1, @{fn LENGTH(nosuch)}",
}
for sentence, marked in PLACES.items():
    @promise(sentence)
    def place(marked=marked):
        before = marked[:marked.index("@")]
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        state, message = refused(db.run, marked.replace("@", "", 1))
        same(state[:2], "42", message)
        assert f"line {line}:{column}:" in message, f"want line {line}:{column}; {message}"
        same(message.count("line "), 1, message)

# Values that are longer and shorter than their marker; in a select list they are written into the text.
BOUND = {
    "an error behind markers that became literals": ("SELECT ? AS a, ? AS b, @nosuch", ["'a longer text'", "1"]),
    "an error behind a marker inside an escape": ("SELECT {fn UCASE(?)},\n {fn LENGTH(?)}, @nosuch", ["'é'", "'abc'"]),
    "an error behind markers that are sent beside the text": ("SELECT carrier FROM airlines WHERE {fn LENGTH('a')} = 1 AND @nosuch = 1 AND carrier = ?", ["'a'"]),
}
for sentence, (marked, literals) in BOUND.items():
    @promise(sentence)
    def bound(marked=marked, literals=literals):
        before = marked[:marked.index("@")]
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        _, message = refused(db.run, marked.replace("@", "", 1), literals)
        assert f"line {line}:{column}:" in message, f"want line {line}:{column}; {message}"


@promise("an error while columns are described before execution has the place of the user's text")
def described():
    for marked, line, column in (("  SELECT {fn LENGTH('abc')}, nosuch", 1, 30), ("SELECT ? AS a,\n nosuch", 2, 2)):
        state, message = refused(db.describe, marked)
        assert f"line {line}:{column}:" in message, f"want line {line}:{column}; {state} {message}"


@promise("a broken escape is refused with its place, and nothing is sent")
def broken():
    with Calls() as made:
        state, message = refused(db.run, "SELECT 1,\n  {d '2024-02-30'}")
    same(state, "42000", message)
    assert "line 2:3:" in message, message
    assert not any("StartQueryExecution" in name for name in made.made), made.made


NATIVE = {
    "SELECT {fn UCASE('é')}, {d '2024-02-29'}": "SELECT upper('é'), DATE '2024-02-29'",
    "SELECT '{fn UCASE(a)}' -- {fn": "SELECT '{fn UCASE(a)}' -- {fn",
    "SELECT {fn DATABASE()}, {fn USER()}": "SELECT 'AwsDataCatalog', 'analyst'",
    "{call refresh('a')}": "CALL refresh('a')",
    "SELECT {fn CONCAT(?, {fn LEFT(?, 2)})}": "SELECT concat(?, substr(?, 1, 2))",
}
for given, want in NATIVE.items():
    @promise(f"SQLNativeSql shows {given} as Athena gets it, without a call")
    def native(given=given, want=want):
        with Calls() as made:
            status, text, length = db.native(given)
        same((status, text, length), (SUCCESS, want, len(want.encode())))
        same(made.made, {})


@promise("SQLNativeSql cuts what does not fit and tells the whole length")
def cut():
    status, text, length = db.native("SELECT {fn UCASE('abc')}", room=9)
    same((status, text, length), (INFO, "SELECT u", len("SELECT upper('abc')")))
    same(db.dbc.records()[0][0], "01004")


@promise("SQLNativeSql refuses a broken escape with its place")
def native_refuses():
    status, _, _ = db.native("SELECT {fn CONVERT('1', SQL_INTERVAL_DAY)}")
    same(status, -1)
    state, _, message = db.dbc.records()[0]
    same(state, "HYC00", message)
    assert "line 1:8" in message, message


finish()
