#!/usr/bin/env python3
"""Every row of escape_fn.def has a plain case, a NULL, a text beyond ASCII, a nested escape and a parameter marker in escapes.txt,
and what is no function has an accepted and a refused case. A row without arguments has neither NULL nor text nor marker."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from cases import calls, read_cases, read_rows, split_top  # noqa: E402
from promise import AREA, finish, promise  # noqa: E402

AREA[0] = "escapes"

# A precision is a number that stands in the text.
PRECISIONS = {("CURRENT_TIME", 1), ("CURRENT_TIMESTAMP", 1)}
LITERALS = ("d", "t", "ts", "guid", "interval", "escape", "call")


def wanted(row):
    if row.arguments == 0 or (row.name, row.arguments) in PRECISIONS:
        return {"plain", "nested"}
    return {"plain", "NULL", "Unicode", "nested", "marker"}


def kinds(case, arguments, is_inside):
    if is_inside or "{" in arguments:
        yield "nested"
    if "?" in arguments:
        if case.is_refused or case.is_executed:
            yield "marker"
        return
    if not case.is_executed:
        return
    if "NULL" in arguments and (case.value == "(null)" or case.is_volatile):
        yield "NULL"
    if not arguments.isascii():
        yield "Unicode"
    if case.value != "(null)":
        yield "plain"


CASES = list(read_cases())
ROWS = list(read_rows())
covered = {(row.name, row.arguments): set() for row in ROWS}
for case in CASES:
    for name, arguments, is_inside in calls(case.odbc):
        key = (name, len(split_top(arguments)))
        if key in covered:
            covered[key].update(kinds(case, arguments, is_inside))


@promise(f"the table of functions was read: {len(ROWS)} rows")
def rows_read():
    text = (pathlib.Path(__file__).resolve().parents[2] / "driver/sql/escape_fn.def").read_text()
    assert len(ROWS) == sum(line.startswith("FUNCTION(") for line in text.splitlines()), "a row was not understood"


for row in ROWS:
    @promise(f"{row.name}/{row.arguments} has every kind of case: {', '.join(sorted(wanted(row)))}")
    def complete(row=row):
        missing = wanted(row) - covered[row.name, row.arguments]
        assert not missing, f"no {', '.join(sorted(missing))}"


for literal in LITERALS:
    @promise(f"{{{literal}}} has an accepted and a refused case")
    def both(literal=literal):
        found = [case for case in CASES if f"{{{literal} " in case.odbc or (literal == "call" and "= call" in case.odbc)]
        assert any(case.is_refused for case in found) and any(not case.is_refused for case in found)


@promise("no case is left aside without a reason")
def reasons():
    silent = [case.number for case in CASES if not case.is_refused and not case.is_executed and not case.note]
    assert not silent, f"lines {silent}"


finish()
