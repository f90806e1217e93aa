#!/usr/bin/env python3
"""The client's guards and what they leave behind: MaxBytesScanned, ReadOnly, AuditLog, and result settings as the service sees them."""
import ctypes
import json
import os
import pathlib
import stat
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import pyodbc  # noqa: E402
from odbc import LIBRARY, Connection, Handle  # noqa: E402
from promise import AREA, finish, promise, same  # noqa: E402
from sandbox import Calls, control  # noqa: E402

AREA[0] = "guards"
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
write_data_source("retail_place", Workgroup="primary", S3OutputLocation="s3://retail-results/placed/", S3OutputEncOption="SSE_S3",
                  AclOption="BUCKET_OWNER_FULL_CONTROL", ExpectedBucketOwner="222233334444")
write_data_source("retail_stranger", Workgroup="primary", S3OutputLocation="s3://retail-results/placed/", ExpectedBucketOwner="999988887777")


@promise("MaxBytesScanned stops a query that scans more, says so, and leaves nothing running")
def bytes_scanned():
    cursor = pyodbc.connect("DSN=retail_guarded;MinQueryExecutionPollingInterval=20", autocommit=True).cursor()
    state, message = refusal(cursor, "SELECT count(*) FROM flights.flights a CROSS JOIN flights.flights b WHERE (a.distance + b.distance) % 7 = 3")
    assert "MaxBytesScanned=1000" in message and state in ("HY000", "HY001", "42000"), (state, message)
    running = [q for q in control("GET", "queries") if q.get("state", q.get("State")) in ("QUEUED", "RUNNING")]
    same(running, [])


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
                "PREPARE p FROM INSERT INTO flights.notes VALUES (1, 'x', 1.0, NULL)", "EXECUTE p", "/* SELECT */ INSERT INTO flights.notes VALUES (1, 'x', 1.0, NULL)"):
        with Calls() as calls:
            state, message = refusal(cursor, sql)
        same(state, "42000", sql)
        assert "read-only" in message, message
        same(calls["athena:StartQueryExecution"], 0, sql)


@promise("ReadOnly lets everything through that reads")
def read_only_reads():
    cursor = pyodbc.connect("DSN=retail_reading", autocommit=True).cursor()
    for sql in ("SELECT count(*) FROM flights.airlines", "WITH a AS (SELECT 1 AS n) SELECT n FROM a", "VALUES (1)", "SHOW TABLES IN flights",
                "DESCRIBE flights.airlines", "EXPLAIN SELECT 1"):
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
