#!/usr/bin/env python3
"""Every capability bit of SQLGetInfo that is set was executed: for each mask the bits, typed from the standard's header and not from
info.def, with a statement or a few calls each, and what must come back. The functions, conversions and intervals are executed in the
area `escapes`. A mask that is not listed here, or a bit without a line, is a failure: nothing is claimed that nobody ran."""
import ctypes
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/lib"))
from odbc import INFO, LIBRARY, NO_DATA, NTS, SUCCESS, Connection, Failure, Handle  # noqa: E402
from promise import AREA, finish, promise, same  # noqa: E402

AREA[0] = "capabilities"
connection = Connection("DSN=retail")
makers = Connection("DSN=retail_ddl")
T = "(VALUES (1, 'a'), (2, 'b'), (3, NULL)) AS t(n, s)"
U = "(VALUES (2, 'x'), (3, 'y'), (4, 'z')) AS u(n, s)"


class Statement(Handle):
    def __init__(self, sql=None, attributes=(), of=connection):
        super().__init__("stmt", of.dbc)
        for number, setting in attributes:
            self.call("SQLSetStmtAttr", number, ctypes.c_void_p(setting), 0)
        if sql is not None:
            self.call("SQLExecDirect", sql.encode(), NTS)

    def call(self, name, *arguments, want=(SUCCESS,)):
        status = getattr(LIBRARY, name)(self.handle, *arguments)
        if status not in want:
            raise AssertionError(f"{name} gave {status}: {self.records()}")
        return status

    def get(self, column, kind=4):
        """The cell as a number."""
        found, length = ctypes.c_int(-77), ctypes.c_ssize_t()
        self.call("SQLGetData", column, kind, ctypes.byref(found), 4, ctypes.byref(length))
        return found.value

    def attribute(self, number):
        found = ctypes.c_size_t()
        self.call("SQLGetStmtAttr", number, ctypes.byref(found), 8, None)
        return found.value

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.free()


def ask(number, of=connection, size=4):
    found, length = ctypes.c_uint32(0), ctypes.c_short()
    same(LIBRARY.SQLGetInfo(of.dbc.handle, number, ctypes.byref(found), size, ctypes.byref(length)), SUCCESS)
    return found.value


def ask_text(number):
    found, length = ctypes.create_string_buffer(9000), ctypes.c_short()
    same(LIBRARY.SQLGetInfo(connection.dbc.handle, number, found, len(found), ctypes.byref(length)), SUCCESS)
    return found.value.decode()


def sql(text, *cells):
    """One row, or the first cells of all rows joined."""
    def run():
        same("|".join("" if cell is None else cell for row in connection.query(text) for cell in row), "|".join(cells), text)
    return run


def made(text, before=(), after=()):
    def run():
        for line in (*before, text, *after):
            with Statement(line, of=makers):
                pass
    return run


def scroll(orientation, offset, want):
    def run():
        with Statement("SELECT n FROM edges.rows_1001 ORDER BY n", [(6, 3)]) as statement:
            for _ in range(10):
                statement.call("SQLFetchScroll", 1, 0)
            statement.call("SQLFetchScroll", orientation, ctypes.c_ssize_t(offset))
            same(statement.get(1), want)
    return run


def position(cursor_type, operation):
    def run():
        with Statement("SELECT n FROM edges.rows_1001 ORDER BY n", [(6, cursor_type), (27, 5)]) as statement:
            statement.call("SQLFetchScroll", 1, 0)
            statement.call("SQLSetPos", 3, operation, 0)
            same(statement.get(1), 3)
    return run


def refresh():
    with Statement("SELECT n FROM edges.rows_1001 ORDER BY n", [(6, 3), (27, 5)]) as statement:
        room = (ctypes.c_int * 5)()
        statement.call("SQLBindCol", 1, 4, room, ctypes.c_ssize_t(4), None)
        statement.call("SQLFetchScroll", 1, 0)
        room[2] = -1
        statement.call("SQLSetPos", 3, 1, 0)
        same(list(room), [1, 2, 3, 4, 5])


def get_data(in_blocks, bound, columns):
    def run():
        with Statement("SELECT n, n + 1000, n + 2000 FROM edges.rows_1001 ORDER BY n", [(27, 4)] if in_blocks else []) as statement:
            room, length = (ctypes.c_int * 4)(), (ctypes.c_ssize_t * 4)()
            if bound:
                statement.call("SQLBindCol", bound, 4, room, ctypes.c_ssize_t(4), length)
            statement.call("SQLFetch")
            if in_blocks:
                statement.call("SQLSetPos", 2, 0, 0)
            first = 2 if in_blocks else 1
            same([statement.get(column) for column in columns], [first + 1000 * (column - 1) for column in columns])
    return run


def max_rows(catalog):
    def run():
        with Statement(None, [(1, 3)]) as statement:
            if catalog:
                statement.call("SQLTables", None, 0, b"flights", NTS, None, 0, None, 0)
            else:
                statement.call("SQLExecDirect", b"SELECT n FROM edges.rows_1001", NTS)
            n = 0
            while statement.call("SQLFetch", want=(SUCCESS, NO_DATA)) == SUCCESS:
                n += 1
            same(n, 3)
    return run


def concurrency(cursor_type):
    def run():
        with Statement("SELECT 1", [(6, cursor_type), (7, 1)]) as statement:
            same((statement.attribute(6), statement.attribute(7)), (cursor_type, 1))
    return run


def asynchronous():
    with Statement(None, [(4, 1)]) as statement:
        status, n = 2, 0
        while status == 2:
            status = LIBRARY.SQLExecDirect(statement.handle, b"SELECT 5", NTS)
            n += 1
        same((status, n > 1), (SUCCESS, True))
        while (status := LIBRARY.SQLFetch(statement.handle)) == 2:
            pass
        same(status, SUCCESS)


def standard_cli():
    """Functions that both standards share, one after the other."""
    with Statement("SELECT 1") as statement:
        name = ctypes.create_string_buffer(20)
        statement.call("SQLSetCursorName", b"c1", NTS, want=(-1,))  # a cursor is open
        statement.call("SQLGetCursorName", name, 20, None)
        statement.call("SQLFetch")
        statement.call("SQLCloseCursor")


E = "(SELECT 1 FROM {} WHERE u.n = t.n)".format(U)
MASKS = {
    ("SQL_FETCH_DIRECTION", 8): {1: scroll(1, 0, 11), 2: scroll(2, 0, 1), 4: scroll(3, 0, 1001), 8: scroll(4, 0, 9), 0x10: scroll(5, 500, 500), 0x20: scroll(6, -3, 7)},
    ("SQL_SCROLL_CONCURRENCY", 43): {1: concurrency(0)},
    ("SQL_SCROLL_OPTIONS", 44): {1: concurrency(0), 0x10: concurrency(3)},
    ("SQL_LOCK_TYPES", 78): {1: position(3, 0)},
    ("SQL_POS_OPERATIONS", 79): {1: position(3, 0), 2: refresh},
    ("SQL_GETDATA_EXTENSIONS", 81): {1: get_data(False, 3, (1, 2)), 2: get_data(False, 0, (3, 1, 2, 1)), 4: get_data(True, 0, (1, 2)), 8: get_data(False, 2, (2, 1))},
    ("SQL_SCHEMA_USAGE", 91): {1: sql("SELECT count(*) FROM flights.airlines", "16"),
                               4: made("CREATE VIEW edges.capable AS SELECT 1 AS n", after=["DROP VIEW edges.capable"])},
    ("SQL_CATALOG_USAGE", 92): {1: sql('SELECT count(*) FROM "AwsDataCatalog".flights.airlines', "16")},
    ("SQL_SUBQUERIES", 95): {1: sql(f"SELECT n FROM {T} WHERE n = (SELECT max(n) FROM {U} WHERE n < 4)", "3"),
                             2: sql(f"SELECT n FROM {T} WHERE EXISTS {E} ORDER BY n", "2", "3"),
                             4: sql(f"SELECT n FROM {T} WHERE n IN (SELECT n FROM {U}) ORDER BY n", "2", "3"),
                             8: sql(f"SELECT n FROM {T} WHERE n < ALL (SELECT n FROM {U})", "1"),
                             16: sql(f"SELECT n FROM {T} WHERE NOT EXISTS {E}", "1")},
    ("SQL_UNION", 96): {1: sql("SELECT count(*) FROM (SELECT 1 UNION SELECT 1)", "1"), 2: sql("SELECT count(*) FROM (SELECT 1 UNION ALL SELECT 1)", "2")},
    ("SQL_OJ_CAPABILITIES", 115): {
        1: sql(f"SELECT t.n, u.n FROM {{oj {T} LEFT OUTER JOIN {U} ON t.n = u.n}} ORDER BY 1", "1", "", "2", "2", "3", "3"),
        2: sql(f"SELECT u.n, t.n FROM {{oj {T} RIGHT OUTER JOIN {U} ON t.n = u.n}} ORDER BY 1", "2", "2", "3", "3", "4", ""),
        4: sql(f"SELECT count(*), count(t.n), count(u.n) FROM {{oj {T} FULL OUTER JOIN {U} ON t.n = u.n}}", "4", "3", "3"),
        8: sql(f"SELECT count(*) FROM {{oj {T} LEFT OUTER JOIN {U} ON t.n = u.n LEFT OUTER JOIN (VALUES 4, 5) AS v(n) ON u.n = v.n}}", "3"),
        16: sql(f"SELECT count(u.n) FROM {{oj {T} LEFT OUTER JOIN {U} ON u.n = t.n}}", "2"),
        32: sql(f"SELECT count(*) FROM {{oj {T} INNER JOIN {U} ON t.n = u.n LEFT OUTER JOIN (VALUES 2) AS v(n) ON u.n = v.n}}", "2"),
        64: sql(f"SELECT count(*) FROM {{oj {T} LEFT OUTER JOIN {U} ON t.n < u.n AND t.n <> 2}}", "5")},
    ("SQL_DATETIME_LITERALS", 119): {
        1: sql("SELECT DATE '2024-02-29'", "2024-02-29"), 2: sql("SELECT TIME '12:34:56'", "12:34:56"),
        4: sql("SELECT TIMESTAMP '2024-02-29 12:34:56'", "2024-02-29 12:34:56"),
        8: sql("SELECT DATE '2024-02-29' + INTERVAL '4' YEAR", "2028-02-29"), 0x10: sql("SELECT DATE '2024-02-29' + INTERVAL '1' MONTH", "2024-03-29"),
        0x20: sql("SELECT DATE '2024-02-29' + INTERVAL '1' DAY", "2024-03-01"),
        0x40: sql("SELECT TIMESTAMP '2024-02-29 23:00:00' + INTERVAL '1' HOUR", "2024-03-01 00:00:00"),
        0x80: sql("SELECT TIMESTAMP '2024-02-29 23:00:00' + INTERVAL '60' MINUTE", "2024-03-01 00:00:00"),
        0x100: sql("SELECT TIMESTAMP '2024-02-29 23:59:59' + INTERVAL '1' SECOND", "2024-03-01 00:00:00"),
        0x200: sql("SELECT DATE '2024-02-29' + INTERVAL '1-1' YEAR TO MONTH", "2025-03-29"),
        0x400: sql("SELECT TIMESTAMP '2024-02-29 00:00:00' + INTERVAL '1 2' DAY TO HOUR", "2024-03-01 02:00:00"),
        0x800: sql("SELECT TIMESTAMP '2024-02-29 00:00:00' + INTERVAL '1 2:03' DAY TO MINUTE", "2024-03-01 02:03:00"),
        0x1000: sql("SELECT TIMESTAMP '2024-02-29 00:00:00' + INTERVAL '1 2:03:04' DAY TO SECOND", "2024-03-01 02:03:04"),
        0x2000: sql("SELECT TIMESTAMP '2024-02-29 00:00:00' + INTERVAL '2:03' HOUR TO MINUTE", "2024-02-29 02:03:00"),
        0x4000: sql("SELECT TIMESTAMP '2024-02-29 00:00:00' + INTERVAL '2:03:04' HOUR TO SECOND", "2024-02-29 02:03:04"),
        0x8000: sql("SELECT TIMESTAMP '2024-02-29 00:00:00' + INTERVAL '3:04' MINUTE TO SECOND", "2024-02-29 00:03:04")},
    ("SQL_FORWARD_ONLY_CURSOR_ATTRIBUTES1", 146): {1: concurrency(0), 0x40: position(0, 0), 0x200: position(0, 0)},
    ("SQL_FORWARD_ONLY_CURSOR_ATTRIBUTES2", 147): {1: concurrency(0), 0x80: max_rows(False), 0x800: max_rows(True)},
    ("SQL_STATIC_CURSOR_ATTRIBUTES1", 167): {1: scroll(1, 0, 11), 2: scroll(5, -1, 1001), 4: scroll(6, 5, 15), 0x40: position(3, 0), 0x200: position(3, 0), 0x1000: refresh},
    ("SQL_STATIC_CURSOR_ATTRIBUTES2", 168): {1: concurrency(3), 0x80: max_rows(False), 0x800: max_rows(True)},
    ("SQL_INFO_SCHEMA_VIEWS", 149): {
        0x40: sql("SELECT count(*) FROM information_schema.columns WHERE table_schema = 'flights' AND table_name = 'airlines'", "2"),
        0x2000: sql("SELECT schema_name FROM information_schema.schemata WHERE schema_name = 'flights'", "flights"),
        0x20000: sql("SELECT table_name FROM information_schema.tables WHERE table_schema = 'flights' AND table_name = 'airlines'", "airlines")},
    ("SQL_SQL92_DATETIME_FUNCTIONS", 155): {1: sql("SELECT CURRENT_DATE IS NULL", "0"), 2: sql("SELECT CURRENT_TIME IS NULL", "0"),
                                            4: sql("SELECT CURRENT_TIMESTAMP IS NULL", "0")},
    ("SQL_SQL92_NUMERIC_VALUE_FUNCTIONS", 159): {8: sql("SELECT EXTRACT(YEAR FROM DATE '2024-02-29')", "2024"), 32: sql("SELECT POSITION('c' IN 'abc')", "3")},
    ("SQL_SQL92_PREDICATES", 160): {
        1: sql(f"SELECT n FROM {T} WHERE EXISTS {E} ORDER BY n", "2", "3"), 2: sql(f"SELECT count(*) FROM {T} WHERE s IS NOT NULL", "2"),
        4: sql(f"SELECT n FROM {T} WHERE s IS NULL", "3"), 0x200: sql(f"SELECT n FROM {T} WHERE s LIKE 'b%'", "2"),
        0x400: sql(f"SELECT count(*) FROM {T} WHERE n IN (1, 3)", "2"), 0x800: sql(f"SELECT count(*) FROM {T} WHERE n BETWEEN 2 AND 9", "2"),
        0x1000: sql(f"SELECT count(*) FROM {T} WHERE n <> 2 AND n >= 1 AND n < 3", "1"),
        0x2000: sql(f"SELECT count(*) FROM {T} WHERE n >= ANY (SELECT n FROM {U})", "2")},
    ("SQL_SQL92_RELATIONAL_JOIN_OPERATORS", 161): {
        2: sql(f"SELECT count(*) FROM {T} CROSS JOIN {U}", "9"), 4: sql(f"SELECT n FROM {T} EXCEPT SELECT n FROM {U}", "1"),
        8: sql(f"SELECT count(*) FROM {T} FULL OUTER JOIN {U} ON t.n = u.n", "4"), 0x10: sql(f"SELECT count(*) FROM {T} INNER JOIN {U} ON t.n = u.n", "2"),
        0x20: sql(f"SELECT count(*) FROM (SELECT n FROM {T} INTERSECT SELECT n FROM {U})", "2"),
        0x40: sql(f"SELECT count(*) FROM {T} LEFT OUTER JOIN {U} ON t.n = u.n", "3"), 0x100: sql(f"SELECT count(*) FROM {T} RIGHT OUTER JOIN {U} ON t.n = u.n", "3")},
    ("SQL_SQL92_ROW_VALUE_CONSTRUCTOR", 163): {1: sql(f"SELECT n FROM {T} WHERE (n, s) = (2, 'b')", "2"), 2: sql("SELECT count(*) FROM (VALUES (1, NULL))", "1")},
    ("SQL_SQL92_STRING_FUNCTIONS", 164): {
        2: sql("SELECT LOWER('AB')", "ab"), 4: sql("SELECT UPPER('ab')", "AB"), 8: sql("SELECT SUBSTRING('abcd' FROM 2 FOR 2)", "bc"),
        32: sql("SELECT TRIM(BOTH ' ' FROM ' a ')", "a"), 64: sql("SELECT TRIM(LEADING ' ' FROM ' a ')", "a "), 128: sql("SELECT TRIM(TRAILING ' ' FROM ' a ')", " a")},
    ("SQL_SQL92_VALUE_EXPRESSIONS", 165): {1: sql("SELECT CASE WHEN 1 = 2 THEN 'a' ELSE 'b' END", "b"), 2: sql("SELECT CAST('12' AS integer)", "12"),
                                           4: sql("SELECT COALESCE(NULL, 'x')", "x"), 8: sql("SELECT NULLIF(1, 1)", "")},
    ("SQL_STANDARD_CLI_CONFORMANCE", 166): {1: standard_cli, 2: standard_cli},
    ("SQL_AGGREGATE_FUNCTIONS", 169): {1: sql(f"SELECT AVG(n) FROM {T}", "2.0"), 2: sql(f"SELECT COUNT(s) FROM {T}", "2"), 4: sql(f"SELECT MAX(n) FROM {T}", "3"),
                                       8: sql(f"SELECT MIN(n) FROM {T}", "1"), 16: sql(f"SELECT SUM(n) FROM {T}", "6"),
                                       32: sql("SELECT COUNT(DISTINCT n) FROM (VALUES 1, 1, 2) AS t(n)", "2"), 64: sql("SELECT COUNT(ALL n) FROM (VALUES 1, 1, 2) AS t(n)", "3")},
    ("SQL_ASYNC_MODE", 10021): {2: asynchronous},
}
# What AllowDdl=1 announces; without it these are 0.
MAKING = {
    ("SQL_CREATE_SCHEMA", 131): {1: made("CREATE SCHEMA capable", after=["DROP SCHEMA capable"])},
    ("SQL_CREATE_TABLE", 132): {1: made("CREATE TABLE edges.capable (n int) LOCATION 's3://retail-data/capable/' TBLPROPERTIES ('table_type' = 'ICEBERG')",
                                        after=["DROP TABLE edges.capable"])},
    ("SQL_CREATE_VIEW", 134): {1: made("CREATE VIEW edges.capable AS SELECT 1 AS n", after=["SELECT n FROM edges.capable", "DROP VIEW edges.capable"])},
    ("SQL_DROP_SCHEMA", 140): {1: made("DROP SCHEMA capable", before=["CREATE SCHEMA capable"]), 2: made("DROP SCHEMA capable RESTRICT", before=["CREATE SCHEMA capable"]),
                               4: made("DROP SCHEMA capable CASCADE", before=["CREATE SCHEMA capable"])},
    ("SQL_DROP_TABLE", 141): {1: made("DROP TABLE edges.capable",
                                      before=["CREATE TABLE edges.capable (n int) LOCATION 's3://retail-data/capable2/' TBLPROPERTIES ('table_type' = 'ICEBERG')"])},
    ("SQL_DROP_VIEW", 143): {1: made("DROP VIEW edges.capable", before=["CREATE VIEW edges.capable AS SELECT 1 AS n"])},
    ("SQL_INSERT_STATEMENT", 172): {
        1: made("INSERT INTO flights.notes VALUES (901, 'capable', DECIMAL '1.50', TIMESTAMP '2024-01-01 00:00:00')", after=["DELETE FROM flights.notes WHERE id = 901"]),
        2: made("INSERT INTO flights.notes SELECT id + 900, note, amount, written FROM flights.notes WHERE id = 1", after=["DELETE FROM flights.notes WHERE id > 900"])},
}
# Executed in the area `escapes`, or one of a few values and no mask (the unit test odbc/info knows them).
ELSEWHERE = re.compile(r"SQL_CONVERT_|SQL_(NUMERIC|STRING|SYSTEM|TIMEDATE)_FUNCTIONS$|SQL_TIMEDATE_(ADD|DIFF)_INTERVALS$")
VALUES = {"SQL_MAX_STATEMENT_LEN", "SQL_INDEX_KEYWORDS", "SQL_ODBC_INTERFACE_CONFORMANCE", "SQL_PARAM_ARRAY_ROW_COUNTS", "SQL_PARAM_ARRAY_SELECTS", "SQL_SQL_CONFORMANCE",
          "SQL_CURSOR_SENSITIVITY", "SQL_ASYNC_DBC_FUNCTIONS", "SQL_DRIVER_AWARE_POOLING_SUPPORTED", "SQL_ASYNC_NOTIFICATION"}

for masks, of in ((MASKS, connection), (MAKING, makers)):
    for (name, number), bits in masks.items():
        @promise(f"{name} announces what was executed, and nothing else")
        def one(number=number, bits=bits, of=of):
            for bit, run in bits.items():
                try:
                    run()
                except (AssertionError, Failure) as error:
                    raise AssertionError(f"bit {bit:#x}: {error}") from error
            same(hex(ask(number, of)), hex(sum(bits)))


@promise("without AllowDdl nothing that makes or drops is announced")
def no_making():
    same([name for name, number in MAKING if ask(number) != 0], [])


@promise("every mask of info.def that is not zero is listed")
def complete():
    rows = re.findall(r"^INFO(?:_MADE)?\((SQL_\w+),\s*U32,\s*(.+?)\)\s*$", (ROOT / "driver/odbc/info.def").read_text(encoding="utf-8"), re.M)
    assert len(rows) > 90, len(rows)
    known = {name for name, _ in (*MASKS, *MAKING)} | VALUES
    same([name for name, answer in rows if answer != "0" and name not in known and not ELSEWHERE.match(name)], [])


YES_OR_NO = {  # number: answer, a statement that shows it and what comes back
    ("SQL_EXPRESSIONS_IN_ORDERBY", 27): ("Y", sql(f"SELECT n FROM {T} ORDER BY -n", "3", "2", "1")),
    ("SQL_OUTER_JOINS", 38): ("Y", sql(f"SELECT count(*) FROM {T} LEFT JOIN {U} ON t.n = u.n", "3")),
    ("SQL_COLUMN_ALIAS", 87): ("Y", sql("SELECT named FROM (SELECT 1 AS named)", "1")),
    ("SQL_ORDER_BY_COLUMNS_IN_SELECT", 90): ("N", sql(f"SELECT s FROM {T} ORDER BY n DESC", "", "b", "a")),
    ("SQL_LIKE_ESCAPE_CLAUSE", 113): ("Y", sql("SELECT 'a_b' LIKE 'a!_b' {escape '!'}, 'axb' LIKE 'a!_b' {escape '!'}", "1", "0")),
    ("SQL_CATALOG_NAME", 10003): ("Y", sql('SELECT count(*) FROM "AwsDataCatalog"."flights"."airlines"', "16")),
    ("SQL_IDENTIFIER_QUOTE_CHAR", 29): ('"', sql('SELECT "odd name" FROM (SELECT 1 AS "odd name")', "1")),
    ("SQL_MULT_RESULT_SETS", 36): ("N", None), ("SQL_PROCEDURES", 21): ("N", None), ("SQL_ROW_UPDATES", 11): ("N", None), ("SQL_DESCRIBE_PARAMETER", 10002): ("N", None),
}
for (name, number), (answer, shown) in YES_OR_NO.items():
    @promise(f"{name} is {answer}" + (", as a statement shows" if shown else ""))
    def one(number=number, answer=answer, shown=shown):
        same(ask_text(number), answer)
        if shown:
            shown()


@promise("NULLs come last whatever the order, NULL in a concatenation makes NULL, every name of a table may be another, groups hold what is selected")
def few():
    same((ask(85, size=2), ask(22, size=2), ask(74, size=2), ask(88, size=2)), (4, 0, 2, 2))
    sql(f"SELECT n FROM {T} ORDER BY s", "1", "2", "3")()
    sql(f"SELECT n FROM {T} ORDER BY s DESC", "2", "1", "3")()
    sql("SELECT 'a' || NULL", "")()
    sql("SELECT other.carrier FROM flights.airlines AS other WHERE other.carrier = 'UA'", "UA")()
    try:
        connection.query(f"SELECT n, s FROM {T} GROUP BY n")
        raise AssertionError("a column that is not grouped was selected")
    except Failure:
        pass


makers.close()
connection.close()
finish()
