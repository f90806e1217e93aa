#!/usr/bin/env python3
"""What other drivers trip over, each once, by the bare calls of the driver manager. Some are covered in more depth elsewhere; the
sentence says what must hold, the docstring where else it is tested."""
import ctypes
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from odbc import ERROR, INFO, LIBRARY, NO_DATA, NTS, SUCCESS, Connection, Handle  # noqa: E402
from promise import AREA, finish, promise, same  # noqa: E402
from sandbox import Calls  # noqa: E402

AREA[0] = "pitfalls"
C_CHAR, C_WCHAR, C_LONG, C_BIT, C_SHORT, C_TIMESTAMP = 1, -8, 4, -7, 5, 93
VARCHAR, INTEGER = 12, 4
EVERY_TYPE = ("SELECT true AS c_bit, CAST(1 AS tinyint) AS c_tiny, CAST(1 AS smallint) AS c_small, 1 AS c_int, CAST(1 AS bigint) AS c_big, CAST(1 AS real) AS c_real, "
              "1e0 AS c_double, DECIMAL '1.5' AS c_dec, 'a' AS c_text, CAST('a' AS char(5)) AS c_char, X'01' AS c_bin, DATE '2024-02-29' AS c_date, "
              "TIME '12:34:56' AS c_time, TIMESTAMP '2024-02-29 12:34:56.678' AS c_moment, UUID '12151fd2-7586-11e9-8f9e-2a86e4085a59' AS c_uuid, "
              "ARRAY[1, 2] AS c_array, CAST(NULL AS varchar) AS c_null")

connection = Connection("DSN=retail")


def good(status, statement, what):
    if status not in (SUCCESS, INFO):
        raise AssertionError(f"{what}: {status} {statement.records()}")
    return status


class Statement(Handle):
    def __init__(self, sql=None, of=connection):
        super().__init__("stmt", of.dbc)
        if sql is not None:
            self.call("SQLExecDirect", sql.encode(), NTS)

    def call(self, name, *arguments):
        return good(getattr(LIBRARY, name)(self.handle, *arguments), self, name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.free()

    def columns(self):
        count = ctypes.c_short()
        self.call("SQLNumResultCols", ctypes.byref(count))
        return count.value

    def type_of(self, column):
        """Name, SQL type, size, digits."""
        name, length, kind, size, digits, nullable = (ctypes.create_string_buffer(200), ctypes.c_short(), ctypes.c_short(), ctypes.c_ulong(), ctypes.c_short(),
                                                      ctypes.c_short())
        self.call("SQLDescribeCol", column, name, len(name), ctypes.byref(length), ctypes.byref(kind), ctypes.byref(size), ctypes.byref(digits),
                  ctypes.byref(nullable))
        return name.value.decode(), kind.value, size.value, digits.value

    def text(self, column):
        room, length = ctypes.create_string_buffer(4096), ctypes.c_ssize_t()
        self.call("SQLGetData", column, C_CHAR, room, len(room), ctypes.byref(length))
        return None if length.value == -1 else room.value.decode()

    def bind(self, number, c_type, sql_type, size, data, room, lengths):
        self.call("SQLBindParameter", number, 1, c_type, sql_type, ctypes.c_ulong(size), ctypes.c_short(0), data, ctypes.c_ssize_t(room), lengths)

    def rows(self):
        n, rows = self.columns(), []
        while True:
            status = LIBRARY.SQLFetch(self.handle)
            if status == NO_DATA:
                return rows
            good(status, self, "SQLFetch")
            rows.append([self.text(column + 1) for column in range(n)])

    def row_count(self):
        count = ctypes.c_ssize_t(77)
        self.call("SQLRowCount", ctypes.byref(count))
        return count.value


def state_of(sql, of=connection):
    with Statement(of=of) as statement:
        same(LIBRARY.SQLExecDirect(statement.handle, sql.encode(), NTS), ERROR, sql)
        return statement.records()[0][0]


@promise("1: the row count of a SELECT is -1, never 0")
def row_count():
    """Also: api_query, client_r.R (RODBC shows an empty table otherwise)."""
    with Statement("SELECT 1") as statement:
        same(statement.row_count(), -1)
        statement.call("SQLFetch")
        same(statement.row_count(), -1)
    with Statement() as statement:
        statement.call("SQLTables", None, 0, b"flights", NTS, None, 0, None, 0)
        same(statement.row_count(), -1)


def cut(call, want, unit, characters):
    """A buffer of every small size: cut on a character, terminated, nothing written behind it, the full length told."""
    for room in range(unit, 14):
        buffer = ctypes.create_string_buffer(b"\xaa" * 40, 40)
        length = ctypes.c_short(-7)
        status = call(buffer, room // unit if characters else room, length)
        fits = min(len(want), room // unit - 1)
        data = b"".join(letter.encode().ljust(unit, b"\0") for letter in want[:fits]) + b"\0" * unit
        same(buffer.raw[:len(data)], data, f"room {room}")
        same(buffer.raw[room:], b"\xaa" * (40 - room), f"behind room {room}")
        same(status, SUCCESS if fits == len(want) else INFO, f"status for room {room}")
        same(length.value, len(want) if characters else len(want) * unit, f"length for room {room}")


@promise("2: cut text is terminated and told, in buffers of every size")
def truncation():
    """Also: unit tests odbc/text and odbc/info, iodbc_wide."""
    dbc = connection.dbc.handle
    cut(lambda buffer, room, length: LIBRARY.SQLGetInfo(dbc, 17, buffer, room, ctypes.byref(length)), "Athena", 1, False)
    cut(lambda buffer, room, length: LIBRARY.SQLGetInfoW(dbc, 17, buffer, room, ctypes.byref(length)), "Athena", 2, False)
    with Statement("SELECT 'x' AS athenas") as statement:
        def describe(name):
            return lambda buffer, room, length: getattr(LIBRARY, name)(statement.handle, 1, buffer, room, ctypes.byref(length), None, None, None, None)
        cut(describe("SQLDescribeCol"), "athenas", 1, True)
        cut(describe("SQLDescribeColW"), "athenas", 2, True)
    for kind, unit in ((C_CHAR, 1), (C_WCHAR, 2)):
        def read(buffer, room, length, kind=kind):
            with Statement("SELECT 'athena'") as fresh:
                full = ctypes.c_ssize_t()
                fresh.call("SQLFetch")
                status = fresh.call("SQLGetData", 1, kind, buffer, room, ctypes.byref(full))
                length.value = full.value
                return status
        cut(read, "athena", unit, False)


@promise("3: SQLColAttribute has nothing to warn of, and unbounded text has a size one can allocate")
def column_attributes():
    """Also: client_php.php (PDO takes a warning for an error), client_isql.sh."""
    fields = [2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 22, 23, 27, 28, 29, 32, 1002, 1003, 1005, 1006, 1008, 1011, 1012, 1013]
    with Statement(EVERY_TYPE) as statement:
        for column in range(1, statement.columns() + 1):
            for field in fields:
                text, length, number = ctypes.create_string_buffer(300), ctypes.c_short(), ctypes.c_ssize_t(-99)
                status = LIBRARY.SQLColAttribute(statement.handle, column, field, text, len(text), ctypes.byref(length), ctypes.byref(number))
                same(status, SUCCESS, f"column {column} field {field} {statement.records()}")
    with Statement("SELECT note FROM flights.notes") as statement:
        same(statement.type_of(1)[2], 65535, "column size")
        for field in (6, 1003):
            number = ctypes.c_ssize_t(-99)
            statement.call("SQLColAttribute", 1, field, None, 0, None, ctypes.byref(number))
            same(number.value, 65535, f"field {field}")


@promise("4: the fraction of a timestamp is in nanoseconds")
def fraction():
    """Also: api_query, unit test value/store_time."""
    with Statement("SELECT TIMESTAMP '2024-02-29 12:34:56.678', TIMESTAMP '2024-02-29 12:34:56.000000001'") as statement:
        statement.call("SQLFetch")
        for column, want in ((1, 678000000), (2, 1)):
            room = (ctypes.c_uint8 * 16)()
            statement.call("SQLGetData", column, C_TIMESTAMP, room, 16, None)
            same(int.from_bytes(bytes(room)[12:16], "little"), want, f"column {column}")


class OldConnection:
    def __init__(self):
        self.env = Handle("env")
        LIBRARY.SQLSetEnvAttr(self.env.handle, 200, ctypes.c_void_p(2), 0)
        self.dbc = Handle("dbc", self.env)
        good(LIBRARY.SQLConnect(self.dbc.handle, b"retail", NTS, None, 0, None, 0), self.dbc, "SQLConnect")

    def close(self):
        LIBRARY.SQLDisconnect(self.dbc.handle)
        self.dbc.free()
        self.env.free()


@promise("5: an ODBC 2 application gets its date types, inside result sets too, and its states")
def odbc2():
    """Also: api_odbc2, clients isql, php, ruby, tclodbc, gdal, Qt."""
    old = OldConnection()
    try:
        with Statement(of=old) as statement:
            statement.call("SQLGetTypeInfo", 0)
            types = {row[0]: int(row[1]) for row in statement.rows()}
            same((types["date"], types["timestamp"]), (9, 11), "SQLGetTypeInfo")
        with Statement(of=old) as statement:
            statement.call("SQLColumns", None, 0, b"edges", NTS, b"every_type", NTS, None, 0)
            same(statement.type_of(1)[0], "TABLE_QUALIFIER")
            types = {row[3]: int(row[4]) for row in statement.rows()}
            same((types["c_date"], types["c_timestamp"]), (9, 11), "SQLColumns")
        with Statement("SELECT DATE '2024-02-29', TIME '12:34:56', TIMESTAMP '2024-02-29 00:00:00'", of=old) as statement:
            same([statement.type_of(column)[1] for column in (1, 2, 3)], [9, 10, 11], "SQLDescribeCol")
        same([state_of(sql, old) for sql in ("SELECT * FROM nothing_here", "SELECT nothing FROM flights.airlines", "SELEC 1")], ["S0002", "S0022", "37000"])
    finally:
        old.close()


@promise("6: columns have SQL types, never the numbers of C types")
def sql_types():
    """Also: client_mono.sh."""
    with Statement(EVERY_TYPE) as statement:
        types = {name: kind for name, kind, *_ in (statement.type_of(column) for column in range(1, statement.columns() + 1))}
    same(types, {"c_bit": -7, "c_tiny": -6, "c_small": 5, "c_int": 4, "c_big": -5, "c_real": 7, "c_double": 8, "c_dec": 3, "c_text": 12, "c_char": 1, "c_bin": -3,
                 "c_date": 91, "c_time": 92, "c_moment": 93, "c_uuid": -11, "c_array": -1, "c_null": 12})


@promise("7: a boolean is SQL_BIT, and 1 or 0 as text")
def boolean():
    """Also: client_pyodbc.py and the others' typed selects, tests/cases/sql_to_c.txt."""
    with Statement("SELECT true, false") as statement:
        same(statement.type_of(1)[1], -7)
        statement.call("SQLFetch")
        same([statement.text(1), statement.text(2)], ["1", "0"])
        bit = ctypes.c_ubyte(9)
        statement.call("SQLGetData", 1, C_BIT, ctypes.byref(bit), 1, None)
        same(bit.value, 1)


@promise("8: SQLCancel on an idle statement costs nothing")
def idle_cancel():
    """Also: api_cancel."""
    with Statement() as fresh, Statement("SELECT 1") as opened, Calls() as calls:
        for statement in (fresh, opened):
            for _ in range(300):
                same(LIBRARY.SQLCancel(statement.handle), SUCCESS)
        opened.call("SQLFreeStmt", 0)
    same(calls.made, {})
    # What ODBC 2 says, and managers take for granted: the cursor is closed.
    old = OldConnection()
    try:
        with Statement("SELECT 1", of=old) as statement:
            statement.call("SQLCancel")
            statement.call("SQLExecDirect", b"SELECT 2", NTS)
            same(statement.rows(), [["2"]])
    finally:
        old.close()
    # unixODBC takes it for closed for ODBC 3 too (iODBC: iodbc_wide.c).
    for name, arguments in (("SQLExecDirect", (b"SELECT 2", NTS)), ("SQLPrepare", (b"SELECT 2", NTS)), ("SQLGetTypeInfo", (4,))):
        for fetched in (False, True):
            with Statement("SELECT n FROM edges.rows_1001") as statement:
                if fetched:
                    statement.call("SQLFetch")
                statement.call("SQLCancel")
                statement.call(name, *arguments)
                if name == "SQLPrepare":
                    statement.call("SQLExecute")
                same(len(statement.rows()), 1, name)
    with Statement() as statement:
        statement.call("SQLPrepare", b"SELECT 3", NTS)
        for _ in range(2):
            statement.call("SQLExecute")
            statement.call("SQLFetch")
            statement.call("SQLCancel")
        statement.call("SQLExecute")
        same(statement.rows(), [["3"]])


@promise("9: SQLDisconnect frees the statements that were left open")
def open_statements():
    """Also: api_cancel, client_qt5.py."""
    one = Connection("DSN=retail")
    for sql in (None, "SELECT 1", "SELECT * FROM flights.flights"):
        left = Handle("stmt", one.dbc)
        if sql is not None:
            good(LIBRARY.SQLExecDirect(left.handle, sql.encode(), NTS), left, sql)
            good(LIBRARY.SQLFetch(left.handle), left, "SQLFetch")
    same(LIBRARY.SQLDisconnect(one.dbc.handle), SUCCESS)
    same(LIBRARY.SQLFreeHandle(2, one.dbc.handle), SUCCESS)
    same(LIBRARY.SQLFreeHandle(1, one.env.handle), SUCCESS)


@promise("10: catalog calls answer NULL, empty text and % with the right columns, empty where there is nothing")
def catalog():
    """Also: api_catalog, tests/catalog, unit tests of catalog/."""
    nothing, empty, all_of = (None, 0), (b"", 0), (b"%", NTS)
    schema, table = (b"flights", NTS), (b"airlines", NTS)
    calls = []
    for one in (nothing, empty, all_of):
        calls += [("SQLTables", 5, (*nothing, *one, *table, *nothing)), ("SQLTables", 5, (*one, *schema, *table, *one)), ("SQLColumns", 18, (*nothing, *schema, *table, *one)),
                  ("SQLColumns", 18, (*one, *schema, *table, *nothing)), ("SQLProcedures", 8, (*nothing, *one, *one)), ("SQLProcedureColumns", 19, (*nothing, *one, *one, *one)),
                  ("SQLTablePrivileges", 7, (*nothing, *one, *table)), ("SQLColumnPrivileges", 8, (*nothing, *schema, *table, *one))]
    for one in (nothing, empty):
        calls += [("SQLPrimaryKeys", 6, (*one, *schema, *table)), ("SQLForeignKeys", 14, (*one, *schema, *table, *nothing, *nothing, *nothing)),
                  ("SQLForeignKeys", 14, (*nothing, *nothing, *nothing, *one, *schema, *table)), ("SQLStatistics", 13, (*one, *schema, *table, 1, 0)),
                  ("SQLSpecialColumns", 8, (1, *one, *schema, *table, 0, 1)), ("SQLSpecialColumns", 8, (2, *one, *schema, *table, 0, 1))]
    for name, columns, arguments in calls:
        with Statement() as statement:
            statement.call(name, *arguments)
            same(statement.columns(), columns, name)
            rows = statement.rows()
            if name not in ("SQLTables", "SQLColumns", "SQLStatistics"):
                same(rows, [], name)


@promise("11: no function is missing, and none needs the pointers that the standard lets one leave out")
def functions():
    """Also: unit tests odbc/functions and odbc/guard; this program and the api area run under the address sanitizer, `memory` under valgrind."""
    wanted = [4, 5, 6, 7, 8, 9, 11, 12, 13, 16, 17, 18, 19, 20, 21, 24, 40, 41, 43, 45, 47, 48, 49, 52, 53, 54, 55, 56, 58, 59, 60, 61, 62, 63, 65, 66, 67, 68, 70, 72,
              1003, 1004, 1005, 1007, 1008, 1009, 1010, 1011, 1014, 1016, 1017, 1018, 1020, 1021]
    for number in wanted:
        there = ctypes.c_ushort(9)
        same(LIBRARY.SQLGetFunctions(connection.dbc.handle, number, ctypes.byref(there)), SUCCESS)
        same(there.value, 1, f"function {number}")
    with Statement(EVERY_TYPE) as statement:
        statement.call("SQLDescribeCol", 1, None, 0, None, None, None, None, None)
        statement.call("SQLColAttribute", 1, 18, None, 0, None, None)
        statement.call("SQLBindCol", 1, C_LONG, None, 0, None)
        statement.call("SQLFetch")
        room = ctypes.create_string_buffer(10)
        statement.call("SQLGetData", 2, C_CHAR, room, 10, None)
        same(LIBRARY.SQLGetData(statement.handle, 17, C_CHAR, room, 10, None), ERROR)
        same(statement.records()[0][0], "22002", "NULL without an indicator")
        same(LIBRARY.SQLGetData(statement.handle, 99, C_CHAR, room, 10, None), ERROR)
        same(LIBRARY.SQLGetDiagRec(3, statement.handle, 1, None, None, None, 0, None) in (SUCCESS, INFO), True)
        statement.call("SQLCloseCursor")
        statement.call("SQLPrepare", b"SELECT ? + 1", NTS)
        statement.call("SQLNumParams", None)
    same(LIBRARY.SQLGetInfo(connection.dbc.handle, 17, None, 0, None), SUCCESS)
    same(LIBRARY.SQLNativeSql(connection.dbc.handle, b"SELECT 1", NTS, None, 0, None) in (SUCCESS, INFO), True)


@promise("12: SQLGetTypeInfo is sorted, and a table can be made of every type it lists")
def type_info():
    """Also: unit test catalog/catalog; client_perl.pl."""
    with Statement() as statement:
        statement.call("SQLGetTypeInfo", 0)
        rows = statement.rows()
    numbers = [int(row[1]) for row in rows]
    same(numbers, sorted(numbers), "order")
    given = {"length": "5", "max length": "10", "precision,scale": "10,2"}
    columns = []
    for row in rows:
        columns.append(f"`c_{row[0]}` {row[0]}" + (f"({given[row[5]]})" if row[5] else ""))
    name = "flights.of_every_type"
    Statement(f"CREATE EXTERNAL TABLE {name} ({', '.join(columns)}) STORED AS PARQUET LOCATION 's3://retail-data/pitfall12/'").free()
    try:
        with Statement() as statement:
            statement.call("SQLColumns", None, 0, b"flights", NTS, b"of_every_type", NTS, None, 0)
            found = {row[3]: int(row[4]) for row in statement.rows()}
        same(found, {f"c_{row[0]}": int(row[1]) for row in rows}, "types of the columns")
    finally:
        Statement(f"DROP TABLE {name}").free()


def descriptor_of(statement, attribute):
    handle = ctypes.c_void_p()
    statement.call("SQLGetStmtAttr", attribute, ctypes.byref(handle), 0, None)
    return handle


def field(descriptor, record, number, kind):
    value = kind()
    status = LIBRARY.SQLGetDescField(descriptor, record, number, ctypes.byref(value), ctypes.sizeof(value), None)
    same(status, SUCCESS, f"field {number}")
    return value.value


@promise("13: descriptors are real: fields, records, copies, an explicit one shared by two statements")
def descriptors():
    """Also: unit test odbc/desc."""
    name_field, type_field, concise, length_field = 1011, 1002, 2, 1003
    explicit = ctypes.c_void_p()
    same(LIBRARY.SQLAllocHandle(4, connection.dbc.handle, ctypes.byref(explicit)), SUCCESS)
    value = ctypes.c_int(0)
    with Statement("SELECT 41 AS a, 'text' AS b") as one, Statement("SELECT 42 AS a") as two:
        ird, ard = descriptor_of(one, 10012), descriptor_of(one, 10010)
        text = ctypes.create_string_buffer(50)
        same(LIBRARY.SQLGetDescField(ird, 2, name_field, text, 50, None), SUCCESS)
        same(text.value, b"b")
        same([field(ird, column, concise, ctypes.c_short) for column in (1, 2)], [INTEGER, VARCHAR])
        same(field(ird, 2, length_field, ctypes.c_ulong), one.type_of(2)[2])
        same(LIBRARY.SQLSetDescField(ird, 1, type_field, ctypes.c_void_p(INTEGER), 0), ERROR)
        one.call("SQLBindCol", 1, C_LONG, ctypes.byref(value), 0, None)
        same(field(ard, 1, concise, ctypes.c_short), C_LONG)
        same(LIBRARY.SQLCopyDesc(ard, explicit), SUCCESS)
        for statement, want in ((one, 41), (two, 42)):
            statement.call("SQLSetStmtAttr", 10010, explicit, 0)
            statement.call("SQLFetch")
            same(value.value, want, "shared")
        kind, octets = ctypes.c_short(), ctypes.c_ssize_t()
        same(LIBRARY.SQLGetDescRec(explicit, 1, None, 0, None, ctypes.byref(kind), None, ctypes.byref(octets), None, None, None), SUCCESS)
        same(kind.value, C_LONG)
    same(LIBRARY.SQLFreeHandle(4, explicit), SUCCESS)


@promise("14: parameter arrays tell each set's fate: status, processed, operation")
def parameter_arrays():
    """Also: unit test odbc/stmt_parameters; client_perl.pl, client_pyodbc.py."""
    ids = (ctypes.c_int * 4)(901, 902, 903, 904)
    texts = ctypes.create_string_buffer(4 * 20)
    lengths, statuses, operations, processed = (ctypes.c_ssize_t * 4)(), (ctypes.c_ushort * 4)(), (ctypes.c_ushort * 4)(0, 1, 0, 0), ctypes.c_ulong()
    for n, word in enumerate(("one", "two", "thr'ee", "")):
        texts[n * 20:n * 20 + len(word)] = word.encode()
        lengths[n] = len(word)
    lengths[3] = -1
    with Statement() as statement:
        for attribute, value in ((22, ctypes.c_void_p(4)), (20, statuses), (19, operations), (21, ctypes.byref(processed))):
            statement.call("SQLSetStmtAttr", attribute, value, 0)
        statement.call("SQLPrepare", b"INSERT INTO flights.notes (id, note) VALUES (?, ?)", NTS)
        statement.bind(1, C_LONG, INTEGER, 0, ids, 0, None)
        statement.bind(2, C_CHAR, VARCHAR, 20, texts, 20, lengths)
        statement.call("SQLExecute")
        same(list(statuses), [0, 7, 0, 0], "status")
        same(processed.value, 4, "processed")
        same(statement.row_count(), 3)
    same(connection.query("SELECT id, note FROM flights.notes WHERE id > 900 ORDER BY id"), [["901", "one"], ["903", "thr'ee"], ["904", None]])
    with Statement("DELETE FROM flights.notes WHERE id > 900") as statement:
        same(statement.row_count(), 3)
    # one set that cannot be converted: the others are told apart from it
    numbers = ctypes.create_string_buffer(3 * 8)
    for n, word in enumerate((b"911", b"many", b"913")):
        numbers[n * 8:n * 8 + len(word)] = word
    with Statement() as statement:
        for attribute, value in ((22, ctypes.c_void_p(3)), (20, statuses), (21, ctypes.byref(processed))):
            statement.call("SQLSetStmtAttr", attribute, value, 0)
        statement.call("SQLPrepare", b"INSERT INTO flights.notes (id, note) VALUES (?, 'x')", NTS)
        indicators = (ctypes.c_ssize_t * 3)(NTS, NTS, NTS)
        statement.bind(1, C_CHAR, INTEGER, 0, numbers, 8, indicators)
        same(LIBRARY.SQLExecute(statement.handle), INFO)
        same(statuses[1], 5, "status of the bad set")
        same([statuses[0], statuses[2]], [0, 0], "status of the good sets")
        same(statement.records()[0][0], "22018")
        same(processed.value, 3, "processed")
    same(connection.query("SELECT id FROM flights.notes WHERE id > 900 ORDER BY id"), [["911"], ["913"]])
    Statement("DELETE FROM flights.notes WHERE id > 900").free()


@promise("15: a missing table is 42S02, a syntax error 42000, a missing column 42S22")
def states():
    """Also: api_query, unit test athena/failure."""
    same([state_of(sql) for sql in ("SELECT * FROM flights.nothing_here", "SELECT * FROM nowhere.at_all", "SELEC 1", "SELECT nothing FROM flights.airlines")],
         ["42S02", "42S02", "42000", "42S22"])


connection.close()
finish()
