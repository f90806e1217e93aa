#!/usr/bin/env python3
"""Results read right while every connection to S3 is cut after N bytes, for N around every border of the blocks; and a static cursor, a small
ceiling and one row at a time over the same."""
import ctypes
import pathlib
import sys
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from odbc import LIBRARY, NO_DATA, SUCCESS, Connection, Handle  # noqa: E402
from promise import AREA, finish, promise, same  # noqa: E402
from sandbox import control  # noqa: E402

AREA[0] = "fetch cut"
RESULT_OF = 0x4011
QUERY_ID = 0x4000
ROWSET = 500


class Reader:
    """Opens the same result again and again by its id; the checksum of all its bytes as the application sees them."""

    def __init__(self, keys):
        self.connection = Connection("DSN=retail;MinQueryExecutionPollingInterval=5;" + keys)
        self.stmt = Handle("stmt", self.connection.dbc)

    def call(self, name, *arguments):
        status = getattr(LIBRARY, name)(self.stmt.handle, *arguments)
        assert status in (SUCCESS, 1), f"{name}: {self.stmt.records()}"

    def execute(self, sql, query_id=b""):
        if query_id:
            self.call("SQLSetStmtAttr", RESULT_OF, query_id, -3)
        self.call("SQLExecDirect", sql, -3)

    def query_id(self):
        text, length = ctypes.create_string_buffer(64), ctypes.c_int()
        self.call("SQLGetStmtAttr", QUERY_ID, text, 64, ctypes.byref(length))
        return text.value

    def checksum(self, query_id, columns):
        self.execute(b"", query_id)
        fetched = ctypes.c_ulong()
        self.call("SQLSetStmtAttr", 27, ctypes.c_void_p(ROWSET), 0)
        self.call("SQLSetStmtAttr", 26, ctypes.byref(fetched), 0)
        texts = [ctypes.create_string_buffer(ROWSET * 64) for _ in range(columns)]
        lengths = [(ctypes.c_long * ROWSET)() for _ in range(columns)]
        for n in range(columns):
            self.call("SQLBindCol", n + 1, 1, texts[n], ctypes.c_long(64), lengths[n])
        rows, digest = 0, 0
        while True:
            status = LIBRARY.SQLFetch(self.stmt.handle)
            if status == NO_DATA:
                break
            assert status in (SUCCESS, 1), self.stmt.records()
            rows += fetched.value
            for n in range(columns):
                for i in range(fetched.value):
                    length = lengths[n][i]
                    digest = zlib.crc32(b"~" if length < 0 else texts[n].raw[i * 64:i * 64 + length], digest)
        self.call("SQLFreeStmt", 0)
        self.call("SQLFreeStmt", 2)
        return rows, digest

    def close(self):
        self.stmt.free()
        self.connection.close()


first = Reader("")
RESULTS = {}
for shape, rows, columns in (("quotes", 9000, 2), ("mix8", 2500, 8)):
    first.execute(f"SELECT 1 /*+ sandbox:replay={shape}:{rows} */".encode())
    RESULTS[shape] = (first.query_id(), columns, rows)
    first.call("SQLFreeStmt", 0)
    RESULTS[shape] += (first.checksum(RESULTS[shape][0], columns),)
    same(RESULTS[shape][3][0], rows, "rows without a fault")
first.close()


def cut_after(number):
    control("DELETE", "faults")
    control("POST", "faults", {"service": "s3", "operation": "GetObject", "cut": number})


def cuts_of(block):
    """Around each border inside three blocks, and in the middle of one."""
    return sorted({block // 2 + 1, block - 1, block, block + 1, 2 * block - 1, 2 * block + 1})


for block in (65536, 65537, 81920):
    @promise(f"blocks of {block} bytes, cut at {len(cuts_of(block))} places around their borders")
    def borders(block=block):
        reader = Reader(f"S3ResultBlockSize={block}")
        try:
            for shape, (query_id, columns, rows, want) in RESULTS.items():
                for number in [20011] + cuts_of(block):
                    cut_after(number)
                    same(reader.checksum(query_id, columns), want, f"{shape} cut after {number}")
        finally:
            control("DELETE", "faults")
            reader.close()


@promise("one connection, a ceiling of 1 MiB and connections cut after 30,000 bytes")
def small():
    cut_after(30000)
    reader = Reader("MemoryCeiling=1048576;UseMultipleS3Threads=0")
    try:
        for query_id, columns, rows, want in RESULTS.values():
            same(reader.checksum(query_id, columns), want)
    finally:
        control("DELETE", "faults")
        reader.close()


@promise("a connection that breaks for good ends with 08S01 behind right rows")
def broken():
    reader = Reader("S3ResultBlockSize=65536")
    try:
        reader.execute(b"SELECT 1 /*+ sandbox:replay=quotes:60000 */")  # more than the reader keeps ahead
        control("POST", "faults", {"service": "s3", "operation": "GetObject", "reset": "before"})
        rows = 0
        while (status := LIBRARY.SQLFetch(reader.stmt.handle)) in (SUCCESS, 1):
            rows += 1
        same(status, -1)
        same(reader.stmt.records()[0][0], "08S01")
        assert 0 < rows < 60000, rows
    finally:
        control("DELETE", "faults")
        reader.close()


finish()
