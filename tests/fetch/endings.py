#!/usr/bin/env python3
"""However a statement ends, its query ends with it; and what waiting looks like when the service throttles, is full, or many wait."""
import ctypes
import os
import pathlib
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from odbc import LIBRARY, Connection, Handle  # noqa: E402
from promise import AREA, finish, promise, same  # noqa: E402
from sandbox import Calls, control  # noqa: E402

AREA[0] = "endings"
SLOW = b"SELECT count(*) FROM flights.flights a CROSS JOIN flights.flights b WHERE (a.distance + b.distance) % 7 = 3"
STILL, ERROR, CLOSE = 2, -1, 0
ASYNC_ENABLE, QUERY_TIMEOUT = 4, 0
LONG = None if os.environ.get("FETCH", "all") == "all" else "takes a quarter of a minute; ./check fetch and --all do it"
QUICK = "DSN=retail;MinQueryExecutionPollingInterval=20"


def running():
    return [q for q in control("GET", "queries") if q.get("state", q.get("State")) in ("QUEUED", "RUNNING")]


def nothing_runs():
    """The driver confirms a stop before it returns: nobody has to wait here."""
    same(running(), [])


def wait_until_it_runs(n=1):
    until = time.monotonic() + 10
    while len(running()) < n:
        assert time.monotonic() < until, "the query does not appear in the sandbox"
        time.sleep(0.02)


def statement(connection, asynchronous=False):
    stmt = Handle("stmt", connection.dbc)
    if asynchronous:
        assert LIBRARY.SQLSetStmtAttr(stmt.handle, ASYNC_ENABLE, ctypes.c_void_p(1), 0) == 0
    return stmt


def execute(stmt, sql):
    return LIBRARY.SQLExecDirect(stmt.handle, sql, len(sql))


def start(connection, sql=SLOW):
    """An asynchronous statement whose query runs."""
    stmt = statement(connection, asynchronous=True)
    same(execute(stmt, sql), STILL)
    wait_until_it_runs()
    return stmt


def poll(stmt, sql=SLOW, seconds=30):
    until = time.monotonic() + seconds
    while (status := execute(stmt, sql)) == STILL and time.monotonic() < until:
        time.sleep(0.01)
    return status


@promise("SQLCancel from another thread leaves nothing running")
def cancel_from_a_thread():
    connection = Connection(QUICK)
    stmt = statement(connection)
    seen = []
    worker = threading.Thread(target=lambda: seen.append(execute(stmt, SLOW)))
    worker.start()
    wait_until_it_runs()
    same(LIBRARY.SQLCancel(stmt.handle), 0)
    worker.join(20)
    same((seen, stmt.records()[0][0]), ([ERROR], "HY008"))
    nothing_runs()
    stmt.free()
    connection.close()


@promise("SQLCancel between asynchronous calls leaves nothing running")
def cancel_between_calls():
    connection = Connection(QUICK)
    stmt = start(connection)
    same(LIBRARY.SQLCancel(stmt.handle), 0)
    same((poll(stmt), stmt.records()[0][0]), (ERROR, "HY008"))
    nothing_runs()
    stmt.free()
    connection.close()


@promise("SQL_ATTR_QUERY_TIMEOUT leaves nothing running")
def timeout():
    connection = Connection(QUICK)
    stmt = statement(connection)
    LIBRARY.SQLSetStmtAttr(stmt.handle, QUERY_TIMEOUT, ctypes.c_void_p(1), 0)
    same((execute(stmt, SLOW), stmt.records()[0][0]), (ERROR, "HYT00"))
    nothing_runs()
    stmt.free()
    connection.close()


def rows_of_notes(connection):
    return int(connection.query("SELECT count(*) FROM flights.notes")[0][0])


INSERT = b"INSERT INTO flights.notes VALUES (77, 'once', 1.0, NULL)"


@promise("an INSERT that had succeeded before the time-out's stop took hold is told as done, with its count")
def insert_before_timeout():
    connection = Connection(QUICK)
    before = rows_of_notes(connection)
    stmt, count = statement(connection), ctypes.c_long(-9)
    LIBRARY.SQLSetStmtAttr(stmt.handle, QUERY_TIMEOUT, ctypes.c_void_p(1), 0)
    control("POST", "faults", {"service": "athena", "operation": "GetQueryExecution", "latency": 3, "times": 1})
    try:
        status = execute(stmt, INSERT)
    finally:
        control("DELETE", "faults")
    assert status in (0, 1), stmt.records()
    LIBRARY.SQLRowCount(stmt.handle, ctypes.byref(count))
    same((count.value, rows_of_notes(connection) - before), (1, 1))
    stmt.free()
    connection.close()


@promise("an INSERT that had succeeded before SQLCancel's stop took hold is told as done, with its count")
def insert_before_cancel():
    connection = Connection(QUICK)
    before = rows_of_notes(connection)
    stmt, count, seen = statement(connection), ctypes.c_long(-9), []
    control("POST", "faults", {"service": "athena", "operation": "GetQueryExecution", "latency": 3, "times": 1})
    try:
        worker = threading.Thread(target=lambda: seen.append(execute(stmt, INSERT)))
        worker.start()
        time.sleep(1)
        same((LIBRARY.SQLCancel(stmt.handle), seen), (0, []))
        worker.join(20)
    finally:
        control("DELETE", "faults")
    assert seen[0] in (0, 1), stmt.records()
    LIBRARY.SQLRowCount(stmt.handle, ctypes.byref(count))
    same((count.value, rows_of_notes(connection) - before), (1, 1))
    stmt.free()
    connection.close()


@promise("an asynchronous INSERT that had succeeded before SQLCancel is told as done, with its count")
def insert_before_cancel_between_calls():
    connection = Connection(QUICK)
    before = rows_of_notes(connection)
    stmt, count = statement(connection, asynchronous=True), ctypes.c_long(-9)
    same(execute(stmt, INSERT), STILL)
    until = time.monotonic() + 10
    while running() and time.monotonic() < until:
        time.sleep(0.05)
    same(LIBRARY.SQLCancel(stmt.handle), 0)
    assert poll(stmt, INSERT) in (0, 1), stmt.records()
    LIBRARY.SQLRowCount(stmt.handle, ctypes.byref(count))
    same((count.value, rows_of_notes(connection) - before), (1, 1))
    stmt.free()
    connection.close()


@promise("a start whose answer is cut short is learnt by its token: a query that runs is stopped, one that was through is told as done")
def truncated_start():
    connection = Connection(QUICK)
    cut = {"service": "athena", "operation": "StartQueryExecution", "truncate": 5, "times": 1}
    stmt = statement(connection)
    control("POST", "faults", cut)
    try:
        with Calls() as calls:
            same((execute(stmt, SLOW), stmt.records()[0][0]), (ERROR, "08S01"))
    finally:
        control("DELETE", "faults")
    assert "StartQueryExecution" in stmt.records()[0][2], stmt.records()
    same((calls["athena:StartQueryExecution"], calls["athena:StopQueryExecution"]), (2, 1))
    nothing_runs()
    before = rows_of_notes(connection)
    control("POST", "faults", cut)
    control("POST", "faults", {"service": "athena", "operation": "StopQueryExecution", "latency": 1, "times": 1})
    try:
        status = execute(stmt, INSERT)
    finally:
        control("DELETE", "faults")
    assert status in (0, 1), stmt.records()
    same(rows_of_notes(connection) - before, 1)
    stmt.free()
    connection.close()


@promise("a start whose answer is always cut short says that the query may run, and by which token it is found")
def unlearnt_start():
    connection = Connection(QUICK)
    stmt = statement(connection)
    control("POST", "faults", {"service": "athena", "operation": "StartQueryExecution", "truncate": 5})
    try:
        same(execute(stmt, b"SELECT 1"), ERROR)
    finally:
        control("DELETE", "faults")
    assert any("it may run" in text and "ClientRequestToken" in text for _, _, text in stmt.records()), stmt.records()
    stmt.free()
    connection.close()
    deadline = time.monotonic() + 10
    while running() and time.monotonic() < deadline:
        time.sleep(0.05)


@promise("freeing a statement in the middle of an asynchronous call leaves nothing running")
def free():
    connection = Connection(QUICK)
    stmt = start(connection)
    LIBRARY.SQLCancel(stmt.handle)
    stmt.free()
    connection.close()
    nothing_runs()


@promise("disconnecting in the middle of an asynchronous call leaves nothing running, or is refused until it is cancelled")
def disconnect():
    connection = Connection(QUICK)
    stmt = start(connection)
    if LIBRARY.SQLDisconnect(connection.dbc.handle) != 0:
        same(connection.dbc.records()[0][0] in ("HY010", "25000", "S1010"), True)
        LIBRARY.SQLCancel(stmt.handle)
        poll(stmt)
        same(LIBRARY.SQLDisconnect(connection.dbc.handle), 0)
    nothing_runs()
    connection.dbc.free()
    connection.env.free()


@promise("closing a cursor with rows left reads no further")
def close():
    connection = Connection("DSN=retail;S3ResultBlockSize=65536;UseMultipleS3Threads=0")
    stmt = statement(connection)
    sql = b"SELECT 1 /*+ sandbox:replay=mix8:200000 */"
    same(execute(stmt, sql), 0)
    same(LIBRARY.SQLFetch(stmt.handle), 0)
    same(LIBRARY.SQLFreeStmt(stmt.handle, CLOSE), 0)
    with Calls() as calls:
        time.sleep(0.3)
    same(calls["s3:GetObject"], 0)
    nothing_runs()
    stmt.free()
    connection.close()


@promise("a service that throttles every look is waited for, slower and slower, until it answers", LONG)
def throttled():
    connection = Connection(QUICK)
    control("POST", "faults", {"service": "athena", "operation": "GetQueryExecution", "error": "throttle", "times": 12})
    try:
        with Calls() as calls:
            same(connection.query("SELECT 7 AS n"), [["7"]])
    finally:
        control("DELETE", "faults")
    assert calls["athena:GetQueryExecution"] >= 13, calls.made
    connection.close()


@promise("looks that fail for long stop a query that runs, and the failed call is named")
def looks_fail():
    connection = Connection(QUICK + ";MaxQueryExecutionPollingInterval=100;NumRetries=1")
    for fault, state, words in (({"error": "5xx"}, "HY000", "HTTP 500"), ({"garbage": True}, "08S01", "cannot be read"),
                                ({"reset": "before"}, "08S01", "could not be reached or read"), ({"html": True}, "HY000", "HTTP 502")):
        stmt = statement(connection)
        control("POST", "faults", {"service": "athena", "operation": "GetQueryExecution", **fault})
        lift = threading.Timer(2.5, lambda: control("DELETE", "faults"))
        lift.start()
        try:
            same((execute(stmt, SLOW), stmt.records()[0][0]), (ERROR, state), str(fault))
        finally:
            lift.join()
        text = stmt.records()[0][2]
        assert "athena:GetQueryExecution" in text and words in text, text
        nothing_runs()
        stmt.free()
    connection.close()


@promise("SQLCancel ends the wait for a service that throttles every look, and the stop is sent", LONG)
def cancel_while_throttled():
    connection = Connection(QUICK)
    control("POST", "faults", {"service": "athena", "operation": "GetQueryExecution", "error": "throttle"})
    try:
        stmt = statement(connection)
        seen = []
        worker = threading.Thread(target=lambda: seen.append(execute(stmt, SLOW)))
        with Calls() as calls:
            worker.start()
            time.sleep(2)
            same(seen, [])
            LIBRARY.SQLCancel(stmt.handle)
            worker.join(25)
    finally:
        control("DELETE", "faults")
    same((seen, stmt.records()[0][0]), ([ERROR], "HY008"))
    assert calls["athena:StopQueryExecution"] >= 1, calls.made
    assert calls["athena:GetQueryExecution"] < 60, calls.made
    nothing_runs()
    stmt.free()
    connection.close()


@promise("twenty statements of one connection that wait are looked at together")
def many():
    connection = Connection(QUICK)
    statements = [statement(connection, asynchronous=True) for _ in range(20)]
    with Calls() as calls:
        same([execute(s, SLOW) for s in statements], [STILL] * len(statements))
        until = time.monotonic() + 3
        while time.monotonic() < until:
            for s in statements:
                execute(s, SLOW)
            time.sleep(0.01)
    batches, looks = calls["athena:BatchGetQueryExecution"], calls["athena:GetQueryExecution"]
    for s in statements:
        LIBRARY.SQLCancel(s.handle)
    for s in statements:
        poll(s)
        s.free()
    nothing_runs()
    assert batches >= 3 and batches + looks < 20 * 10, calls.made
    connection.close()


@promise("a full account is waited for, and the time-out says so when it does not empty")
def full():
    """The workgroup lets twenty queries run at once."""
    connection = Connection(QUICK)
    busy = [statement(connection, asynchronous=True) for _ in range(20)]
    same([execute(s, SLOW) for s in busy], [STILL] * len(busy))
    wait_until_it_runs(len(busy))
    stmt = statement(connection)
    LIBRARY.SQLSetStmtAttr(stmt.handle, QUERY_TIMEOUT, ctypes.c_void_p(2), 0)
    status, told = execute(stmt, b"SELECT 1"), stmt.records()
    LIBRARY.SQLSetStmtAttr(stmt.handle, QUERY_TIMEOUT, ctypes.c_void_p(0), 0)
    worker_seen = []
    worker = threading.Thread(target=lambda: worker_seen.append(execute(stmt, b"SELECT 1")))
    worker.start()
    time.sleep(0.5)
    was_waiting = not worker_seen
    for s in busy:
        LIBRARY.SQLCancel(s.handle)
    for s in busy:
        poll(s)
        s.free()
    worker.join(20)
    same((status, was_waiting, worker_seen), (ERROR, True, [0]))
    assert told[0][0] in ("HYT00", "HY000") and "CONCURRENT_QUERY_LIMIT_EXCEEDED" in str(told), told
    stmt.free()
    nothing_runs()
    connection.close()


EXPLAINED = ("EXPLAIN SELECT count(*) FROM flights.airports", "EXPLAIN (FORMAT JSON) SELECT 1", "EXPLAIN (TYPE IO) SELECT 1",
             "EXPLAIN ANALYZE SELECT count(*) FROM flights.airports")


@promise("EXPLAIN gives one plan by every fetch path")
def explain():
    plans = {}
    for path in ("auto", "S3", "GetQueryResults"):
        connection = Connection(f"DSN=retail;ResultFetcher={path}")
        for sql in EXPLAINED:
            rows = connection.query(sql)
            assert rows and all(len(row) == 1 for row in rows) and any(row[0] for row in rows), (path, sql, rows[:2])
            if "ANALYZE" not in sql:  # what ran takes its own time each time
                same(rows, plans.setdefault(sql, rows), f"{path}: {sql}")
        connection.close()


finish()
