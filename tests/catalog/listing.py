"""SQLTables and SQLColumns by bare calls through the driver manager: rows, notes, calls, time; and data sources of their own."""
import ctypes
import os
import pathlib
import time

from odbc import ERROR, INFO, LIBRARY, NO_DATA, NTS, SUCCESS, Connection, Failure, Handle
from sandbox import Calls, control

ROWSET, WIDTH = 1000, 256
METADATA_FRESH = 0x4010
BASE = {"AuthenticationType": "IAM Credentials", "UID": "AKIASANDBOXBISERVICE",
        "PWD": "sandbox/bi-service/secret/not-for-real00",
        "RunAsRole": "arn:aws:iam::111122223333:role/AthenaRunAs", "ExternalId": "bi-catalog-7c1e", "Workgroup": "primary"}


def role(account, name="AthenaConsumer"):
    return f"arn:aws:iam::{account}:role/{name}"


def data_source(name, account, **keys):
    """A section of the system's odbc.ini. Write all of them before the first connect: the manager remembers what it read."""
    endpoint = os.environ["ATHENA_SANDBOX_ENDPOINT"]
    lines = {"Driver": "Athena", "AwsRegion": os.environ["ATHENA_SANDBOX_REGION"], "EndpointOverride": endpoint, "StsEndpointOverride": endpoint,
             "GlueEndpointOverride": endpoint, "S3EndpointOverride": endpoint, "AllowInsecureLoopback": "1", **BASE,
             "ConsumerAccountRoleArn": role(account), **keys}
    with open(pathlib.Path(os.environ["ODBCSYSINI"]) / "odbc.ini", "a", encoding="utf-8") as out:
        print(f"\n[{name}]", *(f"{key} = {value}" for key, value in lines.items() if value is not None), sep="\n", file=out)


class Listing:
    """What one catalog function gave: rows of the first four columns, notes [(state, text)], calls {"glue:GetTables": n}, seconds."""

    def __init__(self, connection, function, names, fresh=False, keep=True):
        stmt = Handle("stmt", connection.dbc)
        if fresh:
            LIBRARY.SQLSetStmtAttr(stmt.handle, METADATA_FRESH, ctypes.c_void_p(1), 0)
        arguments = []
        for name in names:
            data = name.encode() if name is not None else None
            arguments += [data, ctypes.c_short(NTS if data is not None else 0)]
        try:
            with Calls() as calls:
                started = time.monotonic()
                status = getattr(LIBRARY, function)(stmt.handle, *arguments)
                self.notes = [(state, text) for state, _, text in stmt.records()] if status in (INFO, ERROR) else []
                if status not in (SUCCESS, INFO):
                    raise Failure(function, stmt.records() or self.notes)
                self.rows, self.count = [], 0
                self._fetch(stmt, keep)
                self.seconds = time.monotonic() - started
        finally:
            stmt.free()
        # Refused calls are counted a second time under their error's name.
        self.calls = {name: n for name, n in calls.made.items() if name.count(":") == 1}
        self.total = sum(self.calls.values())

    def _fetch(self, stmt, keep):
        """Blocks of rows with four columns bound, as a program with a tree of tables reads them."""
        cells = [(ctypes.create_string_buffer(ROWSET * WIDTH), (ctypes.c_ssize_t * ROWSET)()) for _ in range(4)]
        fetched = ctypes.c_size_t()
        LIBRARY.SQLSetStmtAttr(stmt.handle, 27, ctypes.c_void_p(ROWSET), 0)
        LIBRARY.SQLSetStmtAttr(stmt.handle, 26, ctypes.byref(fetched), 0)
        for number, (room, lengths) in enumerate(cells):
            LIBRARY.SQLBindCol(stmt.handle, number + 1, 1, room, ctypes.c_ssize_t(WIDTH), lengths)
        while (status := LIBRARY.SQLFetch(stmt.handle)) != NO_DATA:
            if status not in (SUCCESS, INFO):
                raise Failure("fetch", stmt.records())
            self.count += fetched.value
            for row in range(fetched.value if keep else 0):
                self.rows.append(tuple(None if lengths[row] < 0 else room.raw[row * WIDTH:row * WIDTH + lengths[row]].decode()
                                       for room, lengths in cells))

    def schemas(self):
        """{database: number of rows}"""
        found = {}
        for row in self.rows:
            found[row[1]] = found.get(row[1], 0) + 1
        return found


def tables(connection, schema=None, table=None, catalog=None, types=None, **how):
    return Listing(connection, "SQLTables", (catalog, schema, table, types), **how)


def columns(connection, schema=None, table=None, column=None, catalog=None, **how):
    return Listing(connection, "SQLColumns", (catalog, schema, table, column), **how)


def run(connection, sql):
    """A statement without rows."""
    stmt = Handle("stmt", connection.dbc)
    data = sql.encode()
    status = LIBRARY.SQLExecDirect(stmt.handle, data, len(data))
    records = stmt.records()
    stmt.free()
    if status not in (SUCCESS, INFO, NO_DATA):
        raise Failure(sql, records)


class Faults:
    """with Faults(rule, ...): the sandbox does so until the end; the rules' own counts are in .fired."""

    def __init__(self, *rules):
        self.rules = list(rules)

    def __enter__(self):
        self.made = control("POST", "faults", self.rules)
        return self

    def __exit__(self, *unused):
        state = {rule["id"]: rule for rule in control("GET", "faults")}
        self.fired = [state[rule["id"]]["fired"] for rule in self.made]
        for rule in self.made:
            control("DELETE", f"faults?id={rule['id']}")


__all__ = ["Calls", "Connection", "Failure", "Faults", "Listing", "columns", "control", "data_source", "role", "run", "tables"]
