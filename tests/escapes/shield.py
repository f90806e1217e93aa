#!/usr/bin/env python3
"""Trials and liveness texts that tools send: what is refused without a call, what a free call answers, and what SQL_ATTR_MAX_ROWS
makes of a query."""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from connection import SQL_ATTR_MAX_ROWS, Escapes, refused  # noqa: E402
from promise import AREA, finish, promise, same  # noqa: E402
from sandbox import Calls, control  # noqa: E402

AREA[0] = "escapes"
db = Escapes(os.environ["ATHENA_TEST_CONNECT"])
probing = Escapes("DSN=probing")

# What Tableau and MicroStrategy try when they learn what a source can do.
TRIALS = {
    "Tableau's local temporary table": 'CREATE LOCAL TEMPORARY TABLE "XT01_CONNECT" ( "COL" INTEGER ) ON COMMIT PRESERVE ROWS',
    "Tableau's global temporary table": 'CREATE GLOBAL TEMPORARY TABLE "#Tableau_1_CONNECT" ( "COL" INTEGER ) ON COMMIT PRESERVE ROWS',
    "Tableau's temporary table": 'CREATE TEMPORARY TABLE "#Tableau_2" ("COL" INTEGER)',
    "Tableau's hash table": "CREATE TABLE #Tableau_3_CONNECT (COL INTEGER)",
    "Tableau's quoted hash table": 'CREATE TABLE "#Tableau_4" AS SELECT 1 AS "COL"',
    "Tableau's SELECT INTO": 'SELECT * INTO "#Tableau_5_CONNECT" FROM (SELECT 1 AS COL) AS CHECKTEMP LIMIT 1',
    "Tableau's SELECT TOP INTO": "SELECT TOP 1 1 AS COL INTO #Tableau_6",
    "Tableau's drop of its table": 'DROP TABLE IF EXISTS "#Tableau_7"',
    "MicroStrategy's volatile table": "CREATE VOLATILE TABLE TAX3ZZL00 (a INTEGER) ON COMMIT PRESERVE ROWS",
    "MicroStrategy's declared table": "DECLARE GLOBAL TEMPORARY TABLE SESSION.ZZT0001 (a INTEGER) ON COMMIT PRESERVE ROWS NOT LOGGED",
    "MicroStrategy's insert into its table": "INSERT INTO #ZZT0001 VALUES (1)",
    "MicroStrategy's SELECT INTO": "select a11.origin origin into ZZMD00 from flights a11 group by a11.origin",
    "a SELECT INTO behind a WITH": "WITH a AS (SELECT 1 x) SELECT x INTO b FROM a",
}
for who, text in TRIALS.items():
    @promise(f"{who} is refused in the driver: HYC00, no call at all")
    def trial(text=text):
        with Calls() as made:
            state, message = refused(db.run, text)
        same(state, "HYC00", message)
        same(made.made, {})


@promise("what only looks like a trial is sent")
def not_a_trial():
    for text in ("SELECT 'INTO #t' AS a", 'SELECT 1 AS "into"', "SELECT 1 -- INTO t"):
        with Calls() as made:
            db.run(text)
        same(made["athena:StartQueryExecution"], 1, text)


LIVENESS = ("SELECT 1", "select 1;", " SELECT 1 ", "/* ping */ SELECT 1", "VALUES 1")
for text in LIVENESS:
    @promise(f"LocalProbe answers {text!r} by one free call and no query")
    def local(text=text):
        with Calls() as made:
            rows = probing.run(text)
        same(rows, [["1"]])
        same(made.made, {"athena:GetWorkGroup": 1})

for text in ("SELECT 1 AS a", "SELECT 2", "SELECT 1 + 1", "SELECT '1'", "VALUES 1, 2", "SELECT 1 LIMIT 1"):
    @promise(f"LocalProbe lets {text!r} run as a query")
    def not_local(text=text):
        with Calls() as made:
            probing.run(text)
        same(made["athena:StartQueryExecution"], 1)


@promise("without LocalProbe SELECT 1 is a query")
def off():
    with Calls() as made:
        same(db.run("SELECT 1"), [["1"]])
    same(made["athena:StartQueryExecution"], 1)


def last_text():
    return control("GET", "queries")[-1]["query"]


LIMITS = {
    "SELECT carrier FROM airlines ORDER BY carrier": "SELECT carrier FROM airlines ORDER BY carrier LIMIT 3",
    "SELECT carrier FROM airlines ORDER BY carrier -- all": "SELECT carrier FROM airlines ORDER BY carrier LIMIT 3 -- all",
    "WITH a AS (SELECT * FROM airlines) SELECT carrier FROM a ORDER BY 1;": "WITH a AS (SELECT * FROM airlines) SELECT carrier FROM a ORDER BY 1 LIMIT 3;",
    "SELECT carrier FROM airlines ORDER BY carrier LIMIT 5": "SELECT carrier FROM airlines ORDER BY carrier LIMIT 5",
    "SELECT carrier FROM airlines UNION SELECT carrier FROM airlines ORDER BY 1": "SELECT carrier FROM airlines UNION SELECT carrier FROM airlines ORDER BY 1",
    "(SELECT carrier FROM airlines ORDER BY carrier)": "(SELECT carrier FROM airlines ORDER BY carrier)",
}
for given, sent in LIMITS.items():
    @promise(f"SQL_ATTR_MAX_ROWS=3 gives the first three rows of: {given}")
    def limited(given=given, sent=sent):
        whole = db.run(given)
        same(db.run(given, attributes=[(SQL_ATTR_MAX_ROWS, 3)]), whole[:3])
        same(last_text(), sent)


@promise("the limit goes beside parameters, sent or written into the text")
def limit_and_parameters():
    rows = db.run("SELECT carrier FROM airlines WHERE carrier > ? ORDER BY carrier", ["'A'"], [(SQL_ATTR_MAX_ROWS, 2)])
    same(len(rows), 2)
    assert last_text().endswith("LIMIT 2"), last_text()
    same(db.run("SELECT ? AS a FROM airlines", ["'x'"], [(SQL_ATTR_MAX_ROWS, 2)]), [["x"], ["x"]])
    assert last_text().endswith("LIMIT 2"), last_text()


finish()
