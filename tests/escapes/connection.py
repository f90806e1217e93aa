"""The bare calls that the tests of this folder need beyond tests/lib/odbc.py: parameters, SQLGetInfo, SQLNativeSql, attributes."""
import ctypes
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from odbc import ERROR, INFO, LIBRARY, NO_DATA, SUCCESS, Connection, Failure, Handle  # noqa: E402,F401

SQL_C_CHAR, SQL_INTEGER, SQL_DOUBLE, SQL_VARCHAR, SQL_TYPE_DATE, SQL_TYPE_TIMESTAMP = 1, 4, 8, 12, 91, 93
SQL_ATTR_MAX_ROWS = 1


def parameter(literal):
    """(SQL type, text or None) of a literal as a case writes it."""
    typed = re.fullmatch(r"(?:(DATE|TIMESTAMP) )?'(.*)'", literal, re.S)
    if typed:
        kind = {"DATE": SQL_TYPE_DATE, "TIMESTAMP": SQL_TYPE_TIMESTAMP}.get(typed.group(1), SQL_VARCHAR)
        return kind, typed.group(2).replace("''", "'")
    if literal == "NULL":
        return SQL_VARCHAR, None
    return (SQL_DOUBLE if "e" in literal else SQL_INTEGER), literal


class Escapes(Connection):
    def run(self, sql, literals=(), attributes=()):
        """All rows as lists of text; literals are bound as parameters, as characters of the type they name."""
        stmt = Handle("stmt", self.dbc)
        kept = []
        try:
            for number, value in attributes:
                self.must(stmt, LIBRARY.SQLSetStmtAttr(stmt.handle, number, ctypes.c_void_p(value), 0), "attribute")
            for number, literal in enumerate(literals, 1):
                kind, text = parameter(literal)
                data = (text or "").encode()
                room, length = ctypes.create_string_buffer(data), ctypes.c_ssize_t(-1 if text is None else len(data))
                kept.append((room, length))
                self.must(stmt, LIBRARY.SQLBindParameter(stmt.handle, number, 1, SQL_C_CHAR, kind, ctypes.c_size_t(max(1, len(data))), 0, room,
                                                         ctypes.c_ssize_t(len(room)), ctypes.byref(length)), "bind")
            data = sql.encode()
            self.must(stmt, LIBRARY.SQLExecDirect(stmt.handle, data, len(data)), "execute")
            return self.fetch_all(stmt)
        finally:
            stmt.free()

    def describe(self, sql):
        """How many columns a prepared statement will have: asked before it runs."""
        stmt = Handle("stmt", self.dbc)
        try:
            data, count = sql.encode(), ctypes.c_short()
            self.must(stmt, LIBRARY.SQLPrepare(stmt.handle, data, len(data)), "prepare")
            self.must(stmt, LIBRARY.SQLNumResultCols(stmt.handle, ctypes.byref(count)), "describe")
            return count.value
        finally:
            stmt.free()

    def must(self, stmt, status, what):
        if status not in (SUCCESS, INFO):
            raise Failure(what, stmt.records())

    def fetch_all(self, stmt):
        count, rows = ctypes.c_short(), []
        LIBRARY.SQLNumResultCols(stmt.handle, ctypes.byref(count))
        while True:
            status = LIBRARY.SQLFetch(stmt.handle)
            if status == NO_DATA:
                return rows
            self.must(stmt, status, "fetch")
            rows.append([self._cell(stmt, n + 1) for n in range(count.value)])

    def value(self, expression, literals=()):
        return self.run(f"SELECT {expression}", literals)[0][0]

    def info(self, number):
        """A 32-bit answer of SQLGetInfo."""
        value = ctypes.c_uint32()
        status = LIBRARY.SQLGetInfo(self.dbc.handle, number, ctypes.byref(value), 4, None)
        assert status == SUCCESS, self.dbc.records()
        return value.value

    def native(self, sql, room=4096):
        """(status, text, length) of SQLNativeSql."""
        data, out, length = sql.encode(), ctypes.create_string_buffer(room), ctypes.c_int()
        status = LIBRARY.SQLNativeSql(self.dbc.handle, data, len(data), out, room, ctypes.byref(length))
        return status, out.value.decode(), length.value


def refused(function, *arguments):
    """(state, message) of the first record; fails when nothing was refused."""
    try:
        function(*arguments)
    except Failure as failure:
        return failure.records[0][0], failure.records[0][2]
    raise AssertionError("it was not refused")
