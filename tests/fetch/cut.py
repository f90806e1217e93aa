#!/usr/bin/env python3
"""Results read right while connections to S3 are cut after N bytes: for every N up to 64, for the last 64 before the end of a block and for
strides between, at all borders of all blocks; the calls show that each N did cut. Then one connection and a small ceiling, and a connection
that breaks for good."""
import ctypes
import os
import pathlib
import sys
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from odbc import LIBRARY, NO_DATA, SUCCESS, Connection, Handle  # noqa: E402
from promise import AREA, finish, promise, same  # noqa: E402
from sandbox import Calls, control  # noqa: E402

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
NEAR = 64  # bytes on each side of a border
EVERY = 1 if os.environ.get("FETCH", "all") == "all" else 21


def cut_after(number, every=1):
    control("DELETE", "faults")
    control("POST", "faults", {"service": "s3", "operation": "GetObject", "key": ".csv", "every": every, "cut": number})


def gets(reader, shape):
    """GETs that reading the result took; its rows must be right."""
    query_id, columns, _rows, want = RESULTS[shape]
    with Calls() as calls:
        same(reader.checksum(query_id, columns), want, shape)
    return calls["s3:GetObject"]


def check_cuts(shape, block, numbers, every):
    reader = Reader(f"S3ResultBlockSize={block};UseMultipleS3Threads=0")
    try:
        control("DELETE", "faults")
        whole = gets(reader, shape)
        assert whole >= 5, f"{shape} has only {whole} blocks of {block} bytes"
        # Answers of whole blocks are cut; behind one that was cut the rest is asked for.
        blocks = (whole - 2) // every
        for number in numbers:
            cut_after(number, every)
            made = gets(reader, shape)
            assert made >= whole + blocks, f"{shape}, blocks of {block} cut after {number}: {made} requests, {whole} without a cut"
    finally:
        control("DELETE", "faults")
        reader.close()


for shape in RESULTS:
    @promise(f"{shape}: every second connection cut after 1 to {NEAR} bytes of a block")
    def behind_borders(shape=shape):
        check_cuts(shape, 65536, range(1, NEAR + 1, EVERY), 2)

    @promise(f"{shape}: connections cut {NEAR} to 1 bytes before the end of each block")
    def before_borders(shape=shape):
        check_cuts(shape, 65536, range(65536 - NEAR, 65536, EVERY), 1)

    @promise(f"{shape}: connections cut at strides through blocks of three sizes")
    def between_borders(shape=shape):
        for block in (65536, 65537, 81920):
            check_cuts(shape, block, [*range(20011, block - NEAR, 7919), block // 2 + 1, block - 1], 1)


@promise("four connections at once, cut near the borders and far from them")
def at_once():
    reader = Reader("S3ResultBlockSize=65536")
    try:
        for number in (20011, 32769, 65535):
            cut_after(number)
            for shape in RESULTS:
                gets(reader, shape)
    finally:
        control("DELETE", "faults")
        reader.close()


@promise("one connection, a ceiling of 1 MiB and connections cut after 30,000 bytes")
def small():
    cut_after(30000)
    reader = Reader("MemoryCeiling=1048576;UseMultipleS3Threads=0")
    try:
        for shape in RESULTS:
            gets(reader, shape)
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


if EVERY > 1:
    promise(f"cuts at each of the {NEAR} bytes on both sides of a border", f"every {EVERY}st here; ./check fetch and --all take them all")(None)
finish()
