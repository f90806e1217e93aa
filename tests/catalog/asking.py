"""One catalog function through the driver manager: all columns of its rows by name, the diagnostics, the calls."""
import ctypes
import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "lib"), str(pathlib.Path(__file__).resolve().parent)]
from odbc import ERROR, INFO, LIBRARY, NO_DATA, SUCCESS, Failure, Handle  # noqa: E402
from sandbox import Calls  # noqa: E402

METADATA_ID, METADATA_FRESH = 10014, 0x4010
ROOM, NULL = 1 << 20, -1


class Asked:
    """.rows are dictionaries by column name, .notes [(state, text)], .made {"glue:GetTables": calls}."""

    def __init__(self, connection, function, *arguments, identifiers=False, fresh=False):
        stmt = Handle("stmt", connection.dbc)
        try:
            for attribute, wanted in ((METADATA_ID, identifiers), (METADATA_FRESH, fresh)):
                if wanted:
                    LIBRARY.SQLSetStmtAttr(stmt.handle, attribute, ctypes.c_void_p(1), 0)
            with Calls() as calls:
                status = getattr(LIBRARY, function)(stmt.handle, *passed(arguments))
                self.notes = [(state, text) for state, _, text in stmt.records()] if status in (INFO, ERROR) else []
                if status not in (SUCCESS, INFO):
                    raise Failure(function, self.notes)
                self.rows = self._rows(stmt)
        finally:
            stmt.free()
        self.made = {call: n for call, n in calls.made.items() if call.count(":") == 1}    # the others count refusals once more
        self.total = sum(self.made.values())

    @staticmethod
    def _rows(stmt):
        room, length, width = ctypes.create_string_buffer(ROOM), ctypes.c_ssize_t(), ctypes.c_short()
        LIBRARY.SQLNumResultCols(stmt.handle, ctypes.byref(width))
        names = []
        for number in range(1, width.value + 1):
            LIBRARY.SQLDescribeCol(stmt.handle, number, room, 200, None, None, None, None, None)
            names.append(room.value.decode().lower())
        rows = []
        while (status := LIBRARY.SQLFetch(stmt.handle)) != NO_DATA:
            if status not in (SUCCESS, INFO):
                raise Failure("fetch", stmt.records())
            row = {}
            for number, name in enumerate(names, 1):
                LIBRARY.SQLGetData(stmt.handle, number, 1, room, ctypes.c_ssize_t(ROOM), ctypes.byref(length))
                row[name] = None if length.value == NULL else room.raw[:length.value].decode()
            rows.append(row)
        return rows

    def column(self, name):
        return [row[name] for row in self.rows]

    def says(self, *words):
        """Every word stands in one and the same 01000."""
        found = [text for state, text in self.notes if state == "01000" and all(word in text for word in words)]
        assert found, f"no 01000 with {words}: {self.notes}"


def passed(arguments):
    """Texts with their lengths; numbers as they are."""
    out = []
    for value in arguments:
        if isinstance(value, int):
            out.append(ctypes.c_ushort(value))
            continue
        data = value.encode() if value is not None else None
        out += [data, ctypes.c_short(len(data) if data is not None else 0)]
    return out


def tables(connection, catalog=None, schema=None, table=None, types=None, **how):
    return Asked(connection, "SQLTables", catalog, schema, table, types, **how)


def columns(connection, catalog=None, schema=None, table=None, column=None, **how):
    return Asked(connection, "SQLColumns", catalog, schema, table, column, **how)


def statistics(connection, catalog=None, schema=None, table=None, **how):
    return Asked(connection, "SQLStatistics", catalog, schema, table, 1, 0, **how)
