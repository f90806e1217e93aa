#!/usr/bin/python3
"""pyodbc (Debian's package) as its users use it: default connect, typed rows, parameters, listings, errors."""
import datetime
import decimal
import math
import uuid

import pyodbc

passed = failed = 0


def promise(sentence):
    def run(function):
        global passed, failed
        try:
            function()
            passed += 1
            print(f"ok   pyodbc: {sentence}")
        except Exception as error:  # noqa: BLE001 - every failure is printed and counted
            failed += 1
            print(f"FAIL pyodbc: {sentence}")
            print(f"     {type(error).__name__}: {error}"[:600])
    return run


def same(got, want, what=""):
    both_nan = isinstance(got, float) and isinstance(want, float) and math.isnan(got) and math.isnan(want)
    if not both_nan and (got != want or type(got) is not type(want)):
        raise AssertionError(f"{what}: got {got!r}, want {want!r}")


connection = pyodbc.connect("DSN=retail")
cursor = connection.cursor()
D = decimal.Decimal
INTERVAL_YEAR_TO_MONTH, INTERVAL_DAY_TO_SECOND = 107, 110

NORMAL = {
    "label": "normal", "c_boolean": True, "c_tinyint": 12, "c_smallint": 1234, "c_integer": 123456, "c_bigint": 1234567890123, "c_float": 1.5,
    "c_double": 3.141592653589793, "c_decimal": D("1234.50"), "c_decimal38": D("12345678901234567890"), "c_varchar": "varchar", "c_char": "char ",
    "c_string": "a string", "c_binary": b"\x01\x02\xff", "c_date": datetime.date(2024, 1, 31),
    "c_timestamp": datetime.datetime(2024, 1, 31, 12, 34, 56, 789000), "c_array": "[1, 2, 3]", "c_map": "{a=1, b=2}", "c_struct": "{id=1, name=x}",
}
LOW = {
    "label": "minimum", "c_boolean": False, "c_tinyint": -128, "c_smallint": -32768, "c_integer": -2147483648, "c_bigint": -9223372036854775808,
    "c_double": -1.7976931348623157e308, "c_decimal": D("-99999999.99"), "c_decimal38": D("-99999999999999999999999999999999999999"), "c_varchar": "",
    "c_char": "     ", "c_string": "", "c_binary": b"", "c_date": datetime.date(1, 1, 1), "c_timestamp": datetime.datetime(1, 1, 1), "c_array": "[]",
    "c_map": "{}", "c_struct": "{id=null, name=null}",
}
HIGH = {
    "label": "maximum", "c_boolean": True, "c_tinyint": 127, "c_smallint": 32767, "c_integer": 2147483647, "c_bigint": 9223372036854775807,
    "c_double": 1.7976931348623157e308, "c_decimal": D("99999999.99"), "c_decimal38": D("99999999999999999999999999999999999999"),
    "c_varchar": "0123456789", "c_char": "abcde", "c_string": "z" * 1000, "c_binary": b"\x00\xff\x7f\x80", "c_date": datetime.date(9999, 12, 31),
    "c_timestamp": datetime.datetime(9999, 12, 31, 23, 59, 59, 999000), "c_array": "[null, 2147483647, -2147483648]", "c_map": "{=0, k=null}",
    "c_struct": "{id=2147483647, name=é, =}}",
}
FLOATS = {
    "0.0": 0.0, "-0.0": -0.0, "1.0E-4": 1e-4, "0.001": 1e-3, "9999999.0": 9999999.0, "1.0E7": 1e7, "NaN": math.nan, "Infinity": math.inf,
    "-Infinity": -math.inf, "largest": 1.7976931348623157e308, "smallest": 5e-324, "0.1": 0.1, "1.0E20": 1e20, "1.23456789E7": 12345678.9,
}


def read_every_type(dsn):
    with pyodbc.connect(f"DSN={dsn}") as one:
        c = one.cursor()
        c.execute("SELECT * FROM edges.every_type ORDER BY row_number")
        names = [column[0] for column in c.description]
        rows = [dict(zip(names, row)) for row in c.fetchall()]
    same(len(rows), 4 + len(FLOATS), "rows")
    for want, row in ((NORMAL, rows[0]), (LOW, rows[2]), (HIGH, rows[3])):
        for name, value in want.items():
            same(row[name], value, f"{want['label']} {name}")
    for name, value in rows[1].items():
        if name not in ("row_number", "label"):
            same(value, None, f"null {name}")
    for (label, value), row in zip(FLOATS.items(), rows[4:]):
        same(row["label"], f"float {label}")
        same(row["c_double"], value, label)
        same(math.copysign(1, row["c_double"]), math.copysign(1, value), label + " sign")


promise("reads every row of every_type from the CSV object with the right Python types")(lambda: read_every_type("retail"))
promise("reads the same from pages")(lambda: read_every_type("retail_pages"))
promise("reads the same from a workgroup that keeps its results")(lambda: read_every_type("retail_managed"))


@promise("reads the types that only a query can give")
def view():
    connection.add_output_converter(INTERVAL_DAY_TO_SECOND, lambda raw: raw)  # pyodbc knows no intervals: it hands over the bytes
    connection.add_output_converter(INTERVAL_YEAR_TO_MONTH, lambda raw: raw)
    row = cursor.execute("SELECT * FROM edges.every_type_view WHERE label = 'normal'").fetchone()
    same(row.c_time, datetime.time(12, 34, 56, 789000), "time")
    same(row.c_timestamp0, datetime.datetime(2024, 1, 31, 12, 34, 56))
    same(row.c_timestamp6, datetime.datetime(2024, 1, 31, 12, 34, 56, 123456))
    same(row.c_timestamp9, datetime.datetime(2024, 1, 31, 12, 34, 56, 123456))
    same(row.c_timestamp_tz, datetime.datetime(2024, 1, 31, 12, 34, 56, 789000), "UTC")
    same(row.c_json, '{"a":1,"b":[1,2]}')
    same(str(row.c_uuid).lower(), "12151fd2-7586-11e9-8f9e-2a86e4085a59")
    same(row.c_ipaddress, "10.0.0.1")


@promise("keeps quotes, newlines, control characters, emoji, empty and NULL apart")
def edges():
    rows = cursor.execute("SELECT label, a, b FROM edges.csv_edges ORDER BY n").fetchall()
    values = {row[0]: (row[1], row[2]) for row in rows}
    for label, want in {
        "empty": ("", ""), "null": (None, None), "empty then null": ("", None), "null then empty": (None, ""), "quote": ('say "hi"', '"'),
        "only quotes": ('""', '"""'), "newline": ("one\ntwo", "\n"), "crlf": ("one\r\ntwo", "\r\n"), "quote newline quote": ('"\n"', '","'),
        "control": ("\x01\x02\x1f\x7f", "\x1b[0m"), "blanks": ("  padded  ", " "), "emoji": ("😀🏦", "😀"), "cjk": ("東京", "漢"),
        "combining": ("e\u0301", "\u200b"), "word null": ("null", "NULL"), "long": ("x" * 20000, '"' * 999),
    }.items():
        same(values[label], want, label)


@promise("sends parameters as typed literals, quotes and NULL included")
def parameters():
    row = cursor.execute("SELECT label FROM edges.csv_edges WHERE a = ? AND n > ?", 'say "hi"', 1).fetchone()
    same(row[0], "quote")
    row = cursor.execute("SELECT count(*) FROM edges.every_type WHERE c_date = ? AND c_decimal = ? AND c_string = ?", datetime.date(2024, 1, 31),
                         D("1234.50"), "a string").fetchone()
    same(row[0], 1)
    same(cursor.execute("SELECT count(*) FROM edges.csv_edges WHERE a = ?", "x'; DROP TABLE y; --").fetchone()[0], 0)
    same(cursor.execute("SELECT count(*) FROM edges.csv_edges WHERE a = ?", "東京").fetchone()[0], 1)


@promise("lists tables, with the types and comments of the catalog")
def tables():
    rows = {row.table_name: row for row in cursor.tables(schema="flights").fetchall()}
    for name in ("flights", "airlines", "airports", "planes", "weather"):
        same(rows[name].table_type, "TABLE", name)
    same(rows["carrier_delays"].table_type, "VIEW")
    same(rows["flights"].table_schem, "flights")
    assert "New York" in rows["flights"].remarks, rows["flights"].remarks
    same([row.table_name for row in cursor.tables(schema="flights", table="air%").fetchall()], ["airlines", "airports"])
    same([row.table_name for row in cursor.tables(schema="flights", tableType="VIEW").fetchall()], ["carrier_delays"])


@promise("lists columns with their real types and comments, partition keys last")
def columns():
    rows = cursor.columns(schema="edges", table="every_type").fetchall()
    types = {row.column_name: (row.type_name.lower(), row.data_type, row.column_size) for row in rows}
    same(types["c_decimal"], ("decimal(10,2)", pyodbc.SQL_DECIMAL, 10)) if "(" in types["c_decimal"][0] else same(
        types["c_decimal"], ("decimal", pyodbc.SQL_DECIMAL, 10))
    same(types["c_bigint"][1:], (pyodbc.SQL_BIGINT, 19))
    same(types["c_boolean"][1], pyodbc.SQL_BIT)
    same(types["c_timestamp"][1], pyodbc.SQL_TYPE_TIMESTAMP)
    same(types["c_varchar"][1:], (pyodbc.SQL_VARCHAR, 10))
    same([row.ordinal_position for row in rows], list(range(1, len(rows) + 1)))
    month = cursor.columns(schema="flights", table="flights_by_month").fetchall()[-1]
    same(month.column_name, "month")
    assert "partition" in month.remarks.lower(), month.remarks


@promise("gives empty lists where Athena has nothing: keys, statistics, procedures")
def empty():
    same(cursor.primaryKeys(table="flights", schema="flights").fetchall(), [])
    same(cursor.foreignKeys(table="flights").fetchall(), [])
    same(cursor.procedures().fetchall(), [])
    cursor.statistics(table="flights", schema="flights").fetchall()


@promise("lists types, each under a name of its own")
def types():
    rows = cursor.getTypeInfo().fetchall()
    found = {row.type_name: row.data_type for row in rows}
    same((found["bigint"], found["date"], found["boolean"], found["binary"]), (pyodbc.SQL_BIGINT, pyodbc.SQL_TYPE_DATE, pyodbc.SQL_BIT, pyodbc.SQL_VARBINARY))
    same(len(found), len(rows))


@promise("says 42S02 for a missing table and goes on")
def missing():
    try:
        cursor.execute("SELECT * FROM edges.nothing_here")
        raise AssertionError("no error")
    except pyodbc.ProgrammingError as error:
        same(error.args[0], "42S02")
    same(cursor.execute("SELECT 1").fetchone()[0], 1)


@promise("tells the number of rows that a statement changed")
def row_count():
    cursor.execute("UPDATE flights.notes SET note = 'changed' WHERE id <= 3")
    same(cursor.rowcount, 3)
    cursor.execute("DELETE FROM flights.notes WHERE id = 10")
    same(cursor.rowcount, 1)
    cursor.execute("INSERT INTO flights.notes VALUES (11, 'new', DECIMAL '1.50', TIMESTAMP '2024-01-01 00:00:00')")
    same(cursor.rowcount, 1)
    connection.commit()
    connection.rollback()


@promise("reads SHOW and DESCRIBE as tables")
def show():
    names = [row[0] for row in cursor.execute("SHOW TABLES IN flights").fetchall()]
    assert "flights" in names, names
    rows = cursor.execute("DESCRIBE flights.airlines").fetchall()
    same([column[0] for column in cursor.description], ["col_name", "data_type", "comment"])
    same(tuple(rows[0])[:2], ("carrier", "varchar(2)"))


@promise("reads 1,500 rows in blocks")
def blocks():
    cursor.execute("SELECT n, label FROM edges.rows_1500 ORDER BY n")
    n = 0
    while True:
        rows = cursor.fetchmany(127)
        if not rows:
            break
        for row in rows:
            n += 1
            same((row[0], row[1]), (n, f"row {n}"))
    same(n, 1500)


@promise("tells which driver and database it speaks to")
def info():
    same(connection.getinfo(pyodbc.SQL_DBMS_NAME), "Athena")
    same(connection.getinfo(pyodbc.SQL_DRIVER_ODBC_VER), "03.80")


@promise("disconnects")
def disconnects():
    connection.close()
    try:
        cursor.execute("SELECT 1")
        raise AssertionError("a closed connection answered")
    except pyodbc.ProgrammingError as error:
        assert "closed" in str(error), error


print(f"pyodbc: {passed} passed, {failed} failed")
raise SystemExit(1 if failed else 0)
