"""Executes escapes.txt on the sandbox's engine: the Athena text of every case must give the value that the
ODBC standard defines. A volatile one must run; one the engine cannot run carries the reason in its note and is
counted as skipped, as is a part of a statement and a form with markers. Refusals are not for the engine.

Run with the sandbox's Python: sandbox/venv/bin/python tests/cases/execute_escapes.py
"""
import collections
import datetime
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "sandbox"))

from athena_sandbox.engine.catalog import QueryCatalog  # noqa: E402
from athena_sandbox.engine.duck import Engine  # noqa: E402


class NoTables:
    account = "000000000000"


def value_of(engine, expression):
    """The text of one expression, None for SQL NULL."""
    connection = engine.connect()
    try:
        now = datetime.datetime(2026, 11, 23, 12, 0, tzinfo=datetime.timezone.utc)
        prepared = engine.prepare(connection, f"SELECT {expression}", QueryCatalog(None, NoTables()), now)
        return list(engine.rows(connection, prepared))[0][0]
    finally:
        connection.close()


def cases(path):
    """(line number, ODBC text, Athena text, value, note) of every case."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        columns = [column.strip() for column in line.split(" | ")]
        if line.strip() and not line.startswith("#"):
            columns += [""] * (4 - len(columns))
            yield number, columns[0], columns[1].replace("\\n", "\n"), columns[2], columns[3]


def main():
    path = pathlib.Path(__file__).with_name("escapes.txt")
    engine = Engine()
    passed, failed, skipped = 0, 0, collections.Counter()
    for number, odbc, athena, value, note in cases(path):
        is_volatile = note.startswith("volatile")
        if athena in ("42000", "HYC00"):
            continue
        if note.startswith("engine:") or (value == "-" and not is_volatile):
            skipped[note if note.startswith("engine:") else note.split(":")[0]] += 1
            continue
        want = None if value == "(null)" else value.strip('"')
        try:
            got = value_of(engine, athena)
        except Exception as error:  # whatever the engine says is the result of this case
            got, is_volatile = f"{type(error).__name__}: {error}", False
        if got == want or (is_volatile and got is not None):
            passed += 1
        else:
            failed += 1
            print(f"FAIL escapes.txt:{number}: {odbc}\n     got {got!r}, want {want!r}")
    for reason, count in sorted(skipped.items()):
        print(f"SKIP {count} cases: {reason}")
    print(f"CASES escapes executed: {passed} passed, {failed} failed, {sum(skipped.values())} skipped")
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
