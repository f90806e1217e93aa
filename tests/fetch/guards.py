#!/usr/bin/env python3
"""The client's guards and what they leave behind: MaxBytesScanned, ReadOnly, AuditLog, and result settings as the service sees them."""
import ctypes
import json
import os
import pathlib
import stat
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import pyodbc  # noqa: E402
from odbc import LIBRARY, Connection, Handle  # noqa: E402
from promise import AREA, finish, promise, same  # noqa: E402
from sandbox import Calls, control  # noqa: E402

AREA[0] = "guards"
COMMAND = os.environ["ROOT"] + "/build/asan/odbcinst/athena-odbc"
QUERY_ID, SCANNED_BYTES, RESULT_OF, COST_MICROS = 0x4000, 0x4001, 0x4011, 0x4012
AUDIT = pathlib.Path(os.environ["CHECK_DIR"]) / "audit.jsonl"


def connect(keys=""):
    return pyodbc.connect("DSN=retail;MinQueryExecutionPollingInterval=5;" + keys, autocommit=True)


def refusal(cursor, sql, *parameters):
    try:
        cursor.execute(sql, *parameters)
        cursor.fetchall()
    except pyodbc.Error as error:
        return error.args
    raise AssertionError(f"{sql} was not refused")


def write_data_source(name, **keys):
    """A system data source like retail, with more keys."""
    path = pathlib.Path(os.environ["ODBCSYSINI"]) / "odbc.ini"
    text = path.read_text(encoding="utf-8")
    section = text[text.index("[retail]") + len("[retail]"):]
    section = section[:section.index("\n[")] if "\n[" in section else section
    lines = [line for line in section.strip().splitlines() if line.split("=")[0].strip() not in keys]
    path.write_text(text + f"\n[{name}]\n" + "\n".join(lines + [f"{key} = {value}" for key, value in keys.items()]) + "\n", encoding="utf-8")


write_data_source("retail_guarded", MaxBytesScanned=1000)
write_data_source("retail_reading", ReadOnly=1)
write_data_source("retail_audited", AuditLog=AUDIT, AuditSQL=1, PricePerTB="6.5")
write_data_source("retail_required", AuditLog=AUDIT, AuditRequired=1)
write_data_source("retail_place", Workgroup="primary", S3OutputLocation="s3://retail-results/placed/", S3OutputEncOption="SSE_S3",
                  AclOption="BUCKET_OWNER_FULL_CONTROL", ExpectedBucketOwner="222233334444")
OVERRULED = {"S3OutputLocation": "s3://retail-results/mine/", "S3OutputEncOption": "SSE_KMS", "S3OutputEncKMSKey": "alias/results",
             "AclOption": "BUCKET_OWNER_FULL_CONTROL", "ExpectedBucketOwner": "222233334444"}
write_data_source("retail_overruled", **OVERRULED)
write_data_source("retail_managed_overruled", Workgroup="retail-managed", **OVERRULED)
write_data_source("retail_stranger", Workgroup="primary", S3OutputLocation="s3://retail-results/placed/", ExpectedBucketOwner="999988887777")


@promise("MaxBytesScanned stops a query that scans more, says so, and leaves nothing running")
def bytes_scanned():
    cursor = pyodbc.connect("DSN=retail_guarded;MinQueryExecutionPollingInterval=20", autocommit=True).cursor()
    state, message = refusal(cursor, "SELECT count(*) FROM flights.flights a CROSS JOIN flights.flights b WHERE (a.distance + b.distance) % 7 = 3")
    assert "MaxBytesScanned=1000" in message, message
    same(state, "HY000")
    running = [q for q in control("GET", "queries") if q.get("state", q.get("State")) in ("QUEUED", "RUNNING")]
    same(running, [])


def told(connection, sql):
    """What an execution that succeeds tells."""
    stmt = Handle("stmt", connection.dbc)
    status = LIBRARY.SQLExecDirect(stmt.handle, sql, len(sql))
    assert status in (0, 1), stmt.records()
    records = stmt.records() if status == 1 else []
    stmt.free()
    return records


@promise("a query that ended above MaxBytesScanned before it could be stopped is delivered with 01000")
def bytes_scanned_too_late():
    connection = Connection("DSN=retail_guarded;MinQueryExecutionPollingInterval=2000")
    (state, _, message), = told(connection, b"SELECT sum(distance) FROM flights.flights")
    same(state, "01000")
    assert "MaxBytesScanned=1000" in message and "bytes" in message, message
    connection.close()


@promise("a query below MaxBytesScanned is not touched")
def few_bytes():
    cursor = pyodbc.connect("DSN=retail_guarded", autocommit=True).cursor()
    same(cursor.execute("SELECT 1 AS n").fetchall()[0][0], 1)


@promise("ReadOnly refuses every statement that writes before anything is sent")
def read_only():
    cursor = pyodbc.connect("DSN=retail_reading", autocommit=True).cursor()
    for sql in ("INSERT INTO flights.notes VALUES (1, 'x', 1.0, NULL)", "DELETE FROM flights.notes", "UPDATE flights.notes SET note = 'x'",
                "CREATE TABLE flights.t AS SELECT 1 AS n", "DROP TABLE flights.notes", "ALTER TABLE flights.notes ADD COLUMNS (x int)",
                "UNLOAD (SELECT 1) TO 's3://retail-data/u/' WITH (format = 'PARQUET')", "EXPLAIN ANALYZE INSERT INTO flights.notes SELECT * FROM flights.notes",
                "MERGE INTO flights.notes USING flights.notes n ON (1=1) WHEN MATCHED THEN DELETE", "MSCK REPAIR TABLE flights.flights",
                "PREPARE p FROM INSERT INTO flights.notes VALUES (1, 'x', 1.0, NULL)", "EXECUTE p", "/* SELECT */ INSERT INTO flights.notes VALUES (1, 'x', 1.0, NULL)",
                "EXPLAIN /* ANALYZE SELECT 1 */ ANALYZE DELETE FROM flights.notes", "EXPLAIN ANALYZE (FORMAT JSON) INSERT INTO flights.notes SELECT * FROM flights.notes",
                "EXPLAIN -- x\rANALYZE DELETE FROM flights.notes", "EXPLAIN ANALYZE /* SELECT 1 */ VERBOSE DELETE FROM flights.notes"):
        with Calls() as calls:
            state, message = refusal(cursor, sql)
        same(state, "42000", sql)
        assert "read-only" in message, message
        same(calls["athena:StartQueryExecution"], 0, sql)


@promise("ReadOnly lets everything through that reads")
def read_only_reads():
    cursor = pyodbc.connect("DSN=retail_reading", autocommit=True).cursor()
    for sql in ("SELECT count(*) FROM flights.airlines", "WITH a AS (SELECT 1 AS n) SELECT n FROM a", "VALUES (1)", "SHOW TABLES IN flights",
                "DESCRIBE flights.airlines", "EXPLAIN SELECT 1", "EXPLAIN ANALYZE SELECT 1", "EXPLAIN ANALYZE (FORMAT TEXT) SELECT 1"):
        assert cursor.execute(sql).fetchall(), sql


def audit_lines():
    return [json.loads(line) for line in AUDIT.read_text(encoding="utf-8").splitlines()]


@promise("AuditLog has one line before a query and one behind it: who, which roles, what, bytes, cost")
def audit():
    AUDIT.unlink(missing_ok=True)
    connection = pyodbc.connect("DSN=retail_audited", autocommit=True)
    cursor = connection.cursor()
    cursor.execute("SELECT count(*) FROM flights.airlines").fetchall()
    refusal(cursor, "SELECT * FROM flights.nothing_here")
    connection.close()
    same(stat.S_IMODE(AUDIT.stat().st_mode), 0o600, "mode of the file")
    lines = [line for line in audit_lines() if "query" in json.dumps(line)]
    text = json.dumps(lines)
    for word in ("222233334444", "AthenaConsumer", "AthenaRunAs", "retail_audited", "retail-bi", "SELECT count(*) FROM flights.airlines"):
        assert word in text, word
    assert "not-for-real00" not in AUDIT.read_text(encoding="utf-8") and "bi-retail-7c1e" not in AUDIT.read_text(encoding="utf-8")
    assert len(lines) >= 4, lines


def summary():
    """athena-odbc audit: the figures of all days."""
    done = subprocess.run([COMMAND, "audit", "--json", str(AUDIT)], capture_output=True, text=True, check=True, env=os.environ | {"LD_PRELOAD": ""})
    days = json.loads(done.stdout)["day"]
    return sum(day["queries"] for day in days), sum(day["scanned_bytes"] for day in days), sum(float(day["cost_estimate_usd"]) for day in days)


@promise("reading a result again by its id is an event of its own: the bytes of its query are not added again")
def read_again():
    AUDIT.unlink(missing_ok=True)
    connection = Connection("DSN=retail_audited")
    stmt, query_id = Handle("stmt", connection.dbc), ctypes.create_string_buffer(64)
    same(LIBRARY.SQLExecDirect(stmt.handle, b"SELECT max(name) FROM flights.airlines", -3), 0)
    LIBRARY.SQLGetStmtAttr(stmt.handle, QUERY_ID, query_id, 64, None)
    before = summary()
    for _ in range(2):
        LIBRARY.SQLFreeStmt(stmt.handle, 0)
        same(LIBRARY.SQLSetStmtAttr(stmt.handle, RESULT_OF, query_id, -3), 0)
        assert LIBRARY.SQLExecDirect(stmt.handle, b"", -3) in (0, 1), stmt.records()
        same(LIBRARY.SQLFetch(stmt.handle), 0)
    stmt.free()
    connection.close()
    same(summary(), before)
    same((before[0], before[1] > 0), (1, True))
    read = [line for line in audit_lines() if line["event"] == "result_read"]
    same([(line["query_id"], line["account"], line["dsn"]) for line in read], [(query_id.value.decode(), "222233334444", "retail_audited")] * 2)
    assert not any("cost_estimate_usd" in line or "scanned_bytes" in line for line in read), read


@promise("the attribute, the audit line and the command tell one price: of a scan, of few bytes, of a reused result")
def one_price():
    for sql, keys in (("SELECT sum(distance) FROM flights.flights", ""), ("SELECT max(name) FROM flights.airlines", ""), ("SELECT 1 AS n", ""),
                      ("SELECT max(carrier) FROM flights.flights", "EnableResultReuse=1;ReusedResultMaxAgeInMinutes=60")):
        seen = []
        for _ in range(2 if keys else 1):
            AUDIT.unlink(missing_ok=True)
            connection = Connection("DSN=retail_audited;" + keys)
            stmt, cost, scanned = Handle("stmt", connection.dbc), ctypes.c_ulong(99), ctypes.c_ulong(99)
            assert LIBRARY.SQLExecDirect(stmt.handle, sql.encode(), -3) in (0, 1), stmt.records()
            LIBRARY.SQLGetStmtAttr(stmt.handle, COST_MICROS, ctypes.byref(cost), 0, None)
            LIBRARY.SQLGetStmtAttr(stmt.handle, SCANNED_BYTES, ctypes.byref(scanned), 0, None)
            stmt.free()
            connection.close()
            line, = [line for line in audit_lines() if line["event"] == "query_end"]
            same(round(float(line["cost_estimate_usd"]) * 1e6), cost.value, sql)
            mebibytes = 0 if line["reused"] or not scanned.value else max(10, -(-scanned.value // 2**20))
            same(cost.value, round(mebibytes * 6.5 * 1e6 / 2**20), sql)
            seen.append((line["reused"], cost.value > 0))
        if keys:
            same(seen, [(False, True), (True, False)])
            continue
        done = subprocess.run([COMMAND, "query", "retail_audited", sql, "--json"], capture_output=True, text=True, check=True, env=os.environ | {"LD_PRELOAD": ""})
        same(round(float(json.loads(done.stdout)["cost_estimate_usd"]) * 1e6), cost.value, sql)


@promise("an audit file that others may read is refused, with the mending")
def open_audit_file():
    AUDIT.unlink(missing_ok=True)
    AUDIT.touch(mode=0o600)
    AUDIT.chmod(0o644)
    connection = Connection("DSN=retail_required")
    stmt = Handle("stmt", connection.dbc)
    with Calls() as calls:
        same(LIBRARY.SQLExecDirect(stmt.handle, b"SELECT 1", -3), -1)
    assert "chmod 600" in stmt.records()[0][2], stmt.records()
    same((calls["athena:StartQueryExecution"], AUDIT.stat().st_size), (0, 0))
    stmt.free()
    connection.close()
    AUDIT.unlink()


@promise("AuditLog in a connection string is refused")
def audit_from_string():
    try:
        connect(f"AuditLog={AUDIT}").close()
    except pyodbc.Error as error:
        assert "AuditLog" in error.args[1], error
        return
    raise AssertionError("it was accepted")


def last_start():
    found = [entry for entry in control("GET", "trail") if "StartQueryExecution" in json.dumps(entry)]
    assert found, "nothing was recorded"
    return json.dumps(found[-1])


@promise("place, owner, canned ACL and encryption arrive at the service as they are set")
def placed():
    control("DELETE", "trail")
    connection = pyodbc.connect("DSN=retail_place", autocommit=True)
    same(connection.cursor().execute("SELECT 5 AS n").fetchall()[0][0], 5)
    seen = last_start()
    for word in ("s3://retail-results/placed/", "222233334444", "BUCKET_OWNER_FULL_CONTROL", "SSE_S3"):
        assert word in seen, f"{word} is not in {seen[:600]}"


@promise("another owner than the expected one is refused by the service")
def stranger():
    connection = pyodbc.connect("DSN=retail_stranger", autocommit=True)
    state, message = refusal(connection.cursor(), "SELECT 5 AS n")
    assert state in ("42000", "HY000", "28000"), (state, message)


@promise("with a workgroup that enforces its settings nothing of the place is sent")
def enforced():
    control("DELETE", "trail")
    same(connect().cursor().execute("SELECT 6 AS n").fetchall()[0][0], 6)
    assert "ResultConfiguration" not in last_start() or "OutputLocation" not in last_start(), last_start()[:400]


@promise("keys of the result's place that the workgroup overrules are named in one 01S02, and the rows come")
def overruled():
    for name, words in (("retail_overruled", "S3OutputLocation, S3OutputEncOption, S3OutputEncKMSKey, AclOption are not used"),
                        ("retail_managed_overruled", "S3OutputLocation, S3OutputEncOption, S3OutputEncKMSKey, AclOption, ExpectedBucketOwner are not used")):
        control("DELETE", "trail")
        connection = Connection("DSN=" + name)
        told_of = [message for state, _, message in connection.warnings if state == "01S02"]
        same(len(told_of), 1, connection.warnings)
        assert words in told_of[0], told_of
        same(connection.query("SELECT 8 AS n"), [["8"]])
        assert "SSE_KMS" not in last_start() and "BUCKET_OWNER_FULL_CONTROL" not in last_start()
        connection.close()


@promise("pages larger than an answer may be are asked for with fewer rows: 1,000 rows of 100,000 characters, by pages and from managed results")
def large_pages():
    for dsn in ("retail;ResultFetcher=GetQueryResults", "retail_managed"):
        cursor = pyodbc.connect("DSN=" + dsn, autocommit=True).cursor()
        with Calls() as calls:
            rows = [(n, len(text), text[-1]) for n, text in cursor.execute("SELECT n, rpad('x', 100000, 'y') AS t FROM UNNEST(sequence(1, 1000)) AS u (n)")]
        same(sorted(rows) == [(n, 100000, "y") for n in range(1, 1001)], True, f"{dsn}: {len(rows)} rows")
        assert 4 <= calls["athena:GetQueryResults"] < 16 and calls["s3:GetObject"] == 0, calls.made


@promise("EnableResultReuse answers from an earlier result, which the attribute tells")
def reuse():
    connection = Connection("DSN=retail;EnableResultReuse=1;ReusedResultMaxAgeInMinutes=60")
    seen = []
    for _ in range(2):
        stmt, value = Handle("stmt", connection.dbc), ctypes.c_ulong(99)
        assert LIBRARY.SQLExecDirect(stmt.handle, b"SELECT count(*) FROM flights.airports", -3) in (0, 1), stmt.records()
        LIBRARY.SQLGetStmtAttr(stmt.handle, 0x4009, ctypes.byref(value), 0, None)
        seen.append(value.value)
        stmt.free()
    connection.close()
    same(seen, [0, 1])


@promise("who asks for the streaming protocol is told once that it is read as auto")
def streaming():
    for keys in ("ResultFetcher=GetQueryResultsStream", "UseResultsetStreaming=1"):
        connection = Connection("DSN=retail;" + keys)
        told = [message for state, _, message in connection.warnings if "GetQueryResultsStream" in message]
        same(len(told), 1, keys)
        with Calls() as calls:
            same(connection.query("SELECT 7 AS n"), [["7"]])
        same(calls["athena:GetQueryResults"], 0, keys)
        connection.close()


@promise("the old switch EnableS3Fetcher=0 reads pages")
def old_switch():
    connection = Connection("DSN=retail;EnableS3Fetcher=0")
    with Calls() as calls:
        same(connection.query("SELECT 7 AS n"), [["7"]])
    assert calls["athena:GetQueryResults"] >= 1 and calls["s3:GetObject"] == 0, calls.made
    connection.close()


finish()
