"""A thin ctypes view of the driver manager for tests that need the bare calls: states, records, exact buffers."""
import ctypes
import ctypes.util

LIBRARY = ctypes.CDLL(ctypes.util.find_library("odbc") or "libodbc.so.2")
SUCCESS, INFO, NO_DATA, ERROR = 0, 1, 100, -1
NTS = -3


class Handle:
    KINDS = {"env": 1, "dbc": 2, "stmt": 3}

    def __init__(self, kind, parent=None):
        self.kind = self.KINDS[kind]
        self.handle = ctypes.c_void_p()
        status = LIBRARY.SQLAllocHandle(self.kind, parent.handle if parent else None, ctypes.byref(self.handle))
        assert status in (SUCCESS, INFO), f"SQLAllocHandle({kind}) gave {status}"
        if kind == "env":
            LIBRARY.SQLSetEnvAttr(self.handle, 200, ctypes.c_void_p(3), 0)

    def records(self):
        """[(state, native, message)] of the handle's diagnostics."""
        found = []
        while True:
            state, native = ctypes.create_string_buffer(6), ctypes.c_int()
            text, length = ctypes.create_string_buffer(2048), ctypes.c_short()
            status = LIBRARY.SQLGetDiagRec(self.kind, self.handle, len(found) + 1, state, ctypes.byref(native), text, len(text), ctypes.byref(length))
            if status not in (SUCCESS, INFO):
                return found
            found.append((state.value.decode(), native.value, text.value.decode()))

    def free(self):
        LIBRARY.SQLFreeHandle(self.kind, self.handle)


class Failure(Exception):
    def __init__(self, what, records):
        super().__init__(f"{what}: {records}")
        self.records = records


class Connection:
    """connect("DSN=x") raises Failure with the records; warnings are kept in .warnings."""

    def __init__(self, text):
        self.env = Handle("env")
        self.dbc = Handle("dbc", self.env)
        data = text.encode()
        out, length = ctypes.create_string_buffer(4096), ctypes.c_short()
        status = LIBRARY.SQLDriverConnect(self.dbc.handle, None, data, len(data), out, len(out), ctypes.byref(length), 0)
        self.warnings = self.dbc.records()
        if status not in (SUCCESS, INFO):
            self.dbc.free()
            self.env.free()
            raise Failure("connect", self.warnings)

    def query(self, sql):
        """All rows as lists of text or None."""
        stmt = Handle("stmt", self.dbc)
        try:
            data = sql.encode()
            if LIBRARY.SQLExecDirect(stmt.handle, data, len(data)) not in (SUCCESS, INFO):
                raise Failure("execute", stmt.records())
            count = ctypes.c_short()
            LIBRARY.SQLNumResultCols(stmt.handle, ctypes.byref(count))
            rows = []
            while True:
                status = LIBRARY.SQLFetch(stmt.handle)
                if status == NO_DATA:
                    return rows
                if status not in (SUCCESS, INFO):
                    raise Failure("fetch", stmt.records())
                rows.append([self._cell(stmt, n + 1) for n in range(count.value)])
        finally:
            stmt.free()

    def blocks(self, sql, rows=1000):
        """The first column, whole numbers, in lists of at most so many rows: each is fetched when it is asked for."""
        stmt = Handle("stmt", self.dbc)
        try:
            data = sql.encode()
            LIBRARY.SQLSetStmtAttr(stmt.handle, 27, ctypes.c_void_p(rows), 0)
            if LIBRARY.SQLExecDirect(stmt.handle, data, len(data)) not in (SUCCESS, INFO):
                raise Failure("execute", stmt.records())
            numbers, lengths, count = (ctypes.c_int64 * rows)(), (ctypes.c_ssize_t * rows)(), ctypes.c_size_t()
            LIBRARY.SQLSetStmtAttr(stmt.handle, 26, ctypes.byref(count), 0)
            LIBRARY.SQLBindCol(stmt.handle, 1, -25, numbers, ctypes.c_ssize_t(8), lengths)
            while (status := LIBRARY.SQLFetch(stmt.handle)) != NO_DATA:
                if status not in (SUCCESS, INFO):
                    raise Failure("fetch", stmt.records())
                yield numbers[:count.value]
        finally:
            stmt.free()

    @staticmethod
    def _cell(stmt, number):
        room, length = ctypes.create_string_buffer(65536), ctypes.c_ssize_t()
        status = LIBRARY.SQLGetData(stmt.handle, number, 1, room, len(room), ctypes.byref(length))
        if status not in (SUCCESS, INFO):
            raise Failure("get data", stmt.records())
        return None if length.value == -1 else room.value.decode()

    def close(self):
        LIBRARY.SQLDisconnect(self.dbc.handle)
        self.dbc.free()
        self.env.free()
