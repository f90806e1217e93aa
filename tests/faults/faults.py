#!/usr/bin/env python3
"""Runs tests/faults/faults.txt: what the network and the services may do at every step, and what comes of it. Every case makes a new chain,
strikes at one step, and must come to the stated outcome in time, with one query at most and nothing left running.
--print shows what comes of every step and fault instead, in the form of the table."""
import os
import pathlib
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import odbc  # noqa: E402
import source  # noqa: E402
from sandbox import control  # noqa: E402

LOG = {"LogLevel": "TRACE", "LogPath": os.environ["ATHENA_TEST_LOG"], "RequestTimeout": "700", "NumRetries": "1", "MaxPollDuration": "2000",
       "MaxQueryExecutionPollingInterval": "100"}
ROWS = 3000
FOR_EVER_SECONDS = 2.2
LIMIT_SECONDS = 7
STEPS = {  # name: (rule, when it strikes, keys of the data source)
    "role-a": ({"service": "sts", "operation": "AssumeRole", "account": "111122223333"}, "connect", {}),
    "role-b": ({"service": "sts", "operation": "AssumeRole"}, "connect", {}),
    "workgroup": ({"service": "athena", "operation": "GetWorkGroup"}, "connect", {}),
    "start": ({"service": "athena", "operation": "StartQueryExecution"}, "query", {}),
    "poll": ({"service": "athena", "operation": "GetQueryExecution"}, "query", {}),
    "object": ({"service": "s3", "operation": "GetObject", "key": ".csv"}, "query", {"S3ResultBlockSize": "65536"}),
    "pages": ({"service": "athena", "operation": "GetQueryResults"}, "query", {"ResultFetcher": "GetQueryResults"}),
    "tables": ({"service": "glue", "operation": "GetTables"}, "tables", {}),
}
FAULTS = {
    "latency": {"latency": 0.3},
    "silence": {"first_byte": 2},
    "throttle": {"error": "throttle"},
    "5xx": {"error": "5xx"},
    "reset-before": {"reset": "before"},
    "reset-after": {"reset": "after"},
    "cut": {"cut": 40},
    "garbage": {"garbage": True},
    "html": {"html": True},
}


def strike(step, fault, times):
    rule = {**STEPS[step][0], **FAULTS[fault]}
    if step == "role-b":
        rule["from"] = 2
        if times == "once":
            rule["to"] = 2
    elif times == "once":
        rule["times"] = 1
    control("POST", "faults", rule)
    # For ever is two seconds: long enough for every attempt and for every time-out, and then the query that was given up can be stopped.
    lift = threading.Timer(FOR_EVER_SECONDS, lambda: control("DELETE", "faults"))
    lift.daemon = True
    lift.start()
    return lift


def tables(connection):
    stmt = odbc.Handle("stmt", connection.dbc)
    try:
        if odbc.LIBRARY.SQLTables(stmt.handle, None, 0, b"flights", 7, b"%", 1, None, 0) not in (0, 1):
            raise odbc.Failure("tables", stmt.records())
        count = 0
        while (status := odbc.LIBRARY.SQLFetch(stmt.handle)) in (0, 1):
            count += 1
        if status != 100:
            raise odbc.Failure("fetch", stmt.records())
        return count
    finally:
        stmt.free()


def act(step, connection):
    """Does what the case is about; the complaint about its result, or None."""
    if STEPS[step][1] == "tables":
        count = tables(connection)
        return None if count >= 6 else f"{count} tables"
    got = [number for block in connection.blocks(f"SELECT id /*+ sandbox:replay=narrow:{ROWS} */ FROM t") for number in block]
    return None if got == list(range(100000000000, 100000000000 + ROWS)) else f"wrong rows: {len(got)}"


def outcome(step, fault, times):
    """(heals | STATE, the records' texts, complaint)"""
    name = f"fault-{next(source.numbers)}"
    dsn = source.write(source.keys_of(source.BASE, source.RETAIL, LOG, STEPS[step][2], RoleSessionName=name))
    before = len(control("GET", "queries"))
    early = STEPS[step][1] == "connect"
    connection = lift = None
    try:
        if early:
            lift = strike(step, fault, times)
        connection = odbc.Connection("DSN=" + dsn)
        if not early:
            lift = strike(step, fault, times)
        complaint = act(step, connection)
        state, texts = "heals", [record[2] for record in connection.warnings]
    except odbc.Failure as failure:
        complaint, state, texts = None, failure.records[0][0], [record[2] for record in failure.records]
    finally:
        if lift is not None:
            lift.cancel()
        control("DELETE", "faults")
        if connection is not None:
            connection.close()
    started = len(control("GET", "queries")) - before
    if started > 1:
        complaint = f"{started} queries were started"
    return state, texts, complaint


def running():
    end = time.monotonic() + 3
    while (found := control("GET", "queries?running=1")) and time.monotonic() < end:
        time.sleep(0.1)
    return len(found)


def problems_of(case):
    step, fault, times, wanted, words = case
    started = time.monotonic()
    state, texts, complaint = outcome(step, fault, times)
    took = time.monotonic() - started
    whole = "\n".join(texts)
    found = [complaint] if complaint else []
    if state not in wanted.split("/"):
        found.append(f"came to {state}, not {wanted}: {whole[:300]}")
    if state != "heals" or wanted == "heals":
        found += [f"does not say {word!r}: {whole[:400]}" for word in words if word not in whole]
    if took > LIMIT_SECONDS:
        found.append(f"took {took:.1f} s")
    if running():
        found.append("a query is still running")
    found += ["a record shows a secret" for secret in source.SECRETS if secret in whole]
    return found


def read_cases(path):
    for line in path.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            step, fault, times, wanted, words = (part.strip() for part in (line + "|").split("|")[:5])
            yield step, fault, times, wanted, [word.strip() for word in words.split(";") if word.strip()]


def main():
    if "--print" in sys.argv:
        for step in STEPS:
            for fault in FAULTS:
                for times in ("once", "always"):
                    began = time.monotonic()
                    state, texts, complaint = outcome(step, fault, times)
                    print(f"{step:9} | {fault:12} | {times:6} | {state:5} | {(complaint or '')} {time.monotonic() - began:.1f}s {texts[0][:230] if texts else ''}", flush=True)
        return 0
    cases = list(read_cases(pathlib.Path(__file__).with_suffix(".txt")))
    passed = failed = 0
    for case in cases:
        problems = problems_of(case)
        title = f"{case[1]} {case[2]} at {case[0]}: {case[3]}"
        passed, failed = (passed, failed + 1) if problems else (passed + 1, failed)
        print(("FAIL" if problems else "ok  ") + f" faults: {title}")
        for problem in problems:
            print(f"     {problem}")
    wanted = {(step, fault, times) for step in STEPS for fault in FAULTS for times in ("once", "always")}
    missing = wanted - {case[:3] for case in cases}
    passed, failed = (passed, failed + 1) if missing else (passed + 1, failed)
    print(("FAIL" if missing else "ok  ") + f" faults: every step meets every fault, once and always {sorted(missing) or ''}")
    with open(LOG["LogPath"], encoding="utf-8", errors="replace") as log:
        leaks = [secret[:12] for secret in source.SECRETS if secret in (text := log.read())] if log else []
    passed, failed = (passed, failed + 1) if leaks else (passed + 1, failed)
    print(("FAIL" if leaks else "ok  ") + f" faults: the log shows no secret {leaks or ''}")
    print(f"faults: {passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
