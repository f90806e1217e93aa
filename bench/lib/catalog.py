#!/usr/bin/env python3
"""Calls and time of the catalog functions: medians over so many new processes' worth of connections, each with an empty memory."""
import pathlib
import statistics
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/lib"), str(ROOT / "tests/catalog")]
from listing import Connection, Faults, columns, data_source, tables  # noqa: E402

REPEATS, LATENCY = int(sys.argv[1]), 0.02
QUESTIONS = (
    ("(a) SQLTables, all 10,000 tables", lambda c: tables(c, keep=False)),
    ("    SQLColumns, all 200,000 columns", lambda c: columns(c, keep=False)),
    ("    SQLTables, a schema of 1,000 tables", lambda c: tables(c, schema="hub", keep=False)),
    ("(b) SQLColumns, a schema of 1,000 tables", lambda c: columns(c, schema="hub", keep=False)),
    ("(c) SQLColumns, one table", lambda c: columns(c, schema="hub", table="t\\_00500", keep=False)),
    ("    the same, names without escapes", lambda c: columns(c, schema="hub", table="t_00500", keep=False)),
)
# A session name of its own makes a memory of its own: each question is asked once of the service and once of the memory.
for number in range(REPEATS * len(QUESTIONS)):
    data_source(f"bench{number}", "222233334444", RoleSessionName=f"bench-{number}")

print(f"10,000 tables of 20 columns in 50 databases (108 pages of tables), {LATENCY * 1000:.0f} ms for each answer, medians of {REPEATS}\n")
print(f"{'question':<42} {'rows':>7} {'calls':>6} {'seconds':>8}   {'(d) again: calls':>16} {'seconds':>8}")
turn = 0
for text, ask in QUESTIONS:
    first, again = [], []
    for _ in range(REPEATS):
        connection = Connection(f"DSN=bench{turn}")
        turn += 1
        with Faults({"service": "glue", "latency": LATENCY}, {"service": "athena", "latency": LATENCY}):
            first.append(ask(connection))
            again.append(ask(connection))
        connection.close()
    print(f"{text:<42} {first[0].count:>7} {max(one.total for one in first):>6} {statistics.median(one.seconds for one in first):>8.3f}   "
          f"{max(one.total for one in again):>16} {statistics.median(one.seconds for one in again):>8.3f}")
