#!/usr/bin/env python3
"""The tables of docs/types.md against the driver: what SQLDescribeCol, SQLColAttribute and SQLGetTypeInfo tell."""
import ctypes
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/lib"))
from odbc import INFO, LIBRARY, NTS, SUCCESS, Connection, Handle  # noqa: E402
from promise import AREA, finish, promise, same  # noqa: E402

AREA[0] = "types"
NUMBERS = {"SQL_BIT": -7, "SQL_TINYINT": -6, "SQL_SMALLINT": 5, "SQL_INTEGER": 4, "SQL_BIGINT": -5, "SQL_REAL": 7, "SQL_DOUBLE": 8, "SQL_DECIMAL": 3, "SQL_VARCHAR": 12, "SQL_CHAR": 1,
           "SQL_VARBINARY": -3, "SQL_TYPE_DATE": 91, "SQL_TYPE_TIME": 92, "SQL_TYPE_TIMESTAMP": 93, "SQL_INTERVAL_DAY_TO_SECOND": 110, "SQL_INTERVAL_YEAR_TO_MONTH": 107,
           "SQL_LONGVARCHAR": -1, "SQL_GUID": -11}
SEARCHABLE = {"all but LIKE": 2, "yes": 3, "no": 0}
EXAMPLES = {"string": "note", "varbinary": "X'01'", "time with time zone": "TIME '12:34:56 +01:00'", "timestamp with time zone": "TIMESTAMP '2024-02-29 12:34:56.789 UTC'", "array": "ARRAY[1]",
            "map": "MAP(ARRAY['a'], ARRAY[1])", "row": "ROW(1, 'a')", "json": "JSON '1'", "ipaddress": "IPADDRESS '10.0.0.1'"}

connection = Connection("DSN=retail")


def tables():
    """The rows of the page: {name: (sql type, c type, literal, searchable)}, {name: (example, numbers)}."""
    first, second = {}, {}
    for line in (ROOT / "docs/types.md").read_text(encoding="utf-8").splitlines():
        parts = [part.strip().strip("`") for part in line.strip("|").split("|")]
        if len(parts) == 5 and parts[1].startswith("SQL_") and parts[1] != "SQL type":
            first[parts[0]] = parts[1:]
        elif len(parts) == 6 and parts[0] not in ("Athena", "---"):
            second[parts[0]] = (parts[1], parts[2:])
    return first, second


TYPES, SIZES = tables()


def describe(sql):
    """SQL type, [column size, decimal digits, display size, octet length], searchable."""
    statement = Handle("stmt", connection.dbc)
    status = LIBRARY.SQLExecDirect(statement.handle, sql.encode(), NTS)
    assert status in (SUCCESS, INFO), f"{sql}: {statement.records()}"
    kind, size, digits = ctypes.c_short(), ctypes.c_ulong(), ctypes.c_short()
    LIBRARY.SQLDescribeCol(statement.handle, 1, None, 0, None, ctypes.byref(kind), ctypes.byref(size), ctypes.byref(digits), None)
    found = []
    for number in (6, 1013, 13):
        value = ctypes.c_ssize_t(-99)
        LIBRARY.SQLColAttribute(statement.handle, 1, number, None, 0, None, ctypes.byref(value))
        found.append(value.value)
    statement.free()
    return kind.value, [size.value, digits.value, *found[:2]], found[2]


@promise("the page has both rows of every type")
def complete():
    kinds = set(re.findall(r'^KIND\(\w+,\s*"([^"]+)"', (ROOT / "driver/value/kind.def").read_text(encoding="utf-8"), re.M))
    same(set(TYPES), kinds)
    same(set(SIZES), kinds)


for name, row in TYPES.items():
    example, numbers = SIZES[name]
    example = example or EXAMPLES.get(name)
    if example is None:
        continue

    @promise(f"{name} is described as the page says")
    def one(row=row, example=example, numbers=numbers, name=name):
        kind, sizes, searchable = describe(f"SELECT {example} AS c" + (" FROM flights.notes" if name == "string" else ""))
        same(kind, NUMBERS[row[0]], "SQL type")
        if name != "string":
            same(searchable, SEARCHABLE[row[3]], "searchable")
        if numbers[1]:
            same([str(size) for size in sizes], numbers, "sizes")


connection.close()
finish()
