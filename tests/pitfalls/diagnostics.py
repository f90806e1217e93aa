#!/usr/bin/env python3
"""Everything that SQLGetDiagField tells, through the manager: the header of a statement, what each record says of its place and origin."""
import ctypes
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from odbc import ERROR, INFO, LIBRARY, NO_DATA, NTS, SUCCESS, Connection, Handle  # noqa: E402
from promise import AREA, finish, promise, same  # noqa: E402

AREA[0] = "diagnostics"
RETURNCODE, NUMBER, ROW_COUNT, SQLSTATE, NATIVE, MESSAGE, DYNAMIC_FUNCTION, CLASS_ORIGIN, SUBCLASS_ORIGIN, CONNECTION_NAME, SERVER_NAME, FUNCTION_CODE = range(1, 13)
CURSOR_ROW_COUNT, ROW_NUMBER, COLUMN_NUMBER = -1249, -1248, -1247
NO_ROW, NO_COLUMN = -1, -1
TEXTS = {SQLSTATE, MESSAGE, DYNAMIC_FUNCTION, CLASS_ORIGIN, SUBCLASS_ORIGIN, CONNECTION_NAME, SERVER_NAME}
SIZES = {RETURNCODE: ctypes.c_short, NUMBER: ctypes.c_int, NATIVE: ctypes.c_int, FUNCTION_CODE: ctypes.c_int, COLUMN_NUMBER: ctypes.c_int, ROW_COUNT: ctypes.c_ssize_t,
         CURSOR_ROW_COUNT: ctypes.c_ssize_t, ROW_NUMBER: ctypes.c_ssize_t}
connection = Connection("DSN=retail")


def field(handle, number, name):
    found, length = ctypes.create_string_buffer(2048) if name in TEXTS else SIZES[name](-77), ctypes.c_short()
    status = LIBRARY.SQLGetDiagField(handle.kind, handle.handle, number, name, ctypes.byref(found), 2048 if name in TEXTS else -5, ctypes.byref(length))
    if status == NO_DATA:
        return None
    assert status in (SUCCESS, INFO), f"field {name} of record {number}: {status}"
    return found.value.decode() if name in TEXTS else found.value


class Statement(Handle):
    def __init__(self, sql, wants=SUCCESS):
        super().__init__("stmt", connection.dbc)
        status = LIBRARY.SQLExecDirect(self.handle, sql.encode(), NTS)
        if status != wants:
            raise AssertionError(f"{sql}: {status} {self.records()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.free()


# What the standard's table of dynamic functions calls them, and its codes.
FUNCTIONS = {
    "SELECT 1": ("SELECT CURSOR", 85), "WITH t AS (SELECT 1) SELECT * FROM t": ("SELECT CURSOR", 85),
    "INSERT INTO flights.notes SELECT 950, 'd', DECIMAL '1.00', TIMESTAMP '2024-01-01 00:00:00'": ("INSERT", 50),
    "UPDATE flights.notes SET note = 'e' WHERE id = 950": ("UPDATE WHERE", 82), "DELETE FROM flights.notes WHERE id = 950": ("DELETE WHERE", 19),
    "CREATE VIEW edges.diagnosed AS SELECT 1 AS n": ("CREATE VIEW", 84), "DROP VIEW edges.diagnosed": ("DROP VIEW", 36),
    "SHOW TABLES IN flights": ("", 0),
}
for sql, want in FUNCTIONS.items():
    @promise(f"SQL_DIAG_DYNAMIC_FUNCTION and its code for: {sql[:40]}")
    def one(sql=sql, want=want):
        with Statement(sql) as statement:
            same((field(statement, 0, DYNAMIC_FUNCTION), field(statement, 0, FUNCTION_CODE)), want)


@promise("SQL_DIAG_ROW_COUNT is what SQLRowCount tells")
def row_count():
    for sql, want in (("UPDATE flights.notes SET note = 'f' WHERE id <= 4", 4), ("SELECT 1", -1)):
        with Statement(sql) as statement:
            count = ctypes.c_ssize_t(-7)
            same(field(statement, 0, ROW_COUNT), want, sql)
            LIBRARY.SQLRowCount(statement.handle, ctypes.byref(count))
            same(count.value, want, sql)


@promise("a record tells its state, origin, connection and server; the header how many there are")
def record():
    with Statement("SELECT * FROM nothing_here", ERROR) as statement:
        same((field(statement, 0, NUMBER) > 0, field(statement, 0, RETURNCODE)), (True, ERROR))
        same((field(statement, 1, SQLSTATE), field(statement, 1, CLASS_ORIGIN), field(statement, 1, SUBCLASS_ORIGIN)), ("42S02", "ISO 9075", "ODBC 3.0"))
        same((field(statement, 1, CONNECTION_NAME), field(statement, 1, SERVER_NAME)), ("retail", "222233334444/us-east-1"))
        same((field(statement, 1, ROW_NUMBER), field(statement, 1, COLUMN_NUMBER)), (NO_ROW, NO_COLUMN))
        same(field(statement, 1, NATIVE), statement.records()[0][1])
        message = field(statement, 1, MESSAGE)
        assert message.startswith("[Athena][ODBC Driver]") and "nothing_here" in message, message
        same(field(statement, field(statement, 0, NUMBER) + 1, SQLSTATE), None)


@promise("a row that cannot be converted has its number and its column's, the others are delivered")
def rows():
    with Statement("SELECT n, IF(n % 2 = 0, 'x' || CAST(n AS varchar), CAST(n AS varchar)) FROM edges.rows_999 WHERE n <= 5 ORDER BY n") as statement:
        cells, lengths, status = (ctypes.c_int * 5)(), (ctypes.c_ssize_t * 5)(), (ctypes.c_ushort * 5)()
        LIBRARY.SQLSetStmtAttr(statement.handle, 27, ctypes.c_void_p(5), 0)
        LIBRARY.SQLSetStmtAttr(statement.handle, 25, status, 0)
        LIBRARY.SQLBindCol(statement.handle, 2, 4, cells, ctypes.c_ssize_t(4), lengths)
        same(LIBRARY.SQLFetch(statement.handle), INFO)
        same((list(status), [cells[0], cells[2], cells[4]]), ([0, 5, 0, 5, 0], [1, 3, 5]))
        found = [(field(statement, n, SQLSTATE), field(statement, n, ROW_NUMBER), field(statement, n, COLUMN_NUMBER)) for n in (1, 2)]
        same(found, [("22018", 2, 2), ("22018", 4, 2)])


@promise("the records of a call are gone with the next one, and reading them changes nothing")
def cleared():
    with Statement("SELECT * FROM nothing_here", ERROR) as statement:
        first = statement.records()
        same(statement.records(), first)
        same(LIBRARY.SQLFreeStmt(statement.handle, 0), SUCCESS)
        same(statement.records(), [])


connection.close()
finish()
