#!/usr/bin/env python3
"""Runs at least 200 queries on both engines of the sandbox and compares columns, rows and error names.

Prints every difference; those of known.txt (QUERY, a tab, the reason) are known and counted as such. A known one that is gone is a finding too.
"""
import datetime as dt
import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "sandbox"), str(ROOT / "tests" / "sandbox")]

from athena_sandbox.contract import Caller  # noqa: E402
from athena_sandbox.engine.catalog import QueryCatalog  # noqa: E402
from athena_sandbox.engine.duck import Engine, Malformed  # noqa: E402
from athena_sandbox.engine.errors import QueryFailure  # noqa: E402
from athena_sandbox.format.types import trino_name  # noqa: E402
from athena_sandbox.process import RunningSandbox  # noqa: E402
import test_athena_engine  # noqa: E402

RETAIL = "222233334444"
NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.timezone.utc)
# What the time of day decides cannot be compared.
MOMENTS = ("now()", "localtimestamp", "current_timestamp", "current_date", "current_time", "localtime")


def queries():
    """The file's queries and the expressions of the engine's own tests."""
    own = [line.rstrip("\n") for line in (HERE / "queries.txt").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    if sys.argv[-1].upper().startswith("SELECT"):
        return sys.argv[-1:]
    cases = [case[0] for case in test_athena_engine.EXPRESSIONS if case[0] not in MOMENTS]
    return list(dict.fromkeys(own + [f"SELECT {case}" for case in cases]))


def outcome(sandbox, engine, prepare, sql):
    role = sandbox.world.accounts[RETAIL].roles["AthenaConsumer"]
    caller = Caller(RETAIL, f"arn:aws:sts::{RETAIL}:assumed-role/AthenaConsumer/both", "ASIABOTH", "assumed-role", role_arn=role.arn,
                    session_name="both", identity_policies=role.policies)
    connection = engine.connect()
    try:
        catalog = QueryCatalog(sandbox, caller, None, "flights", sandbox.athena.catalogs.glue_ids(RETAIL))
        prepared = prepare(connection, sql, catalog, NOW)
        rows = list(engine.rows(connection, prepared))
        if "ORDER BY" not in sql.upper():
            rows.sort(key=repr)
        return [(name, trino_name(kind)) for name, kind in prepared.columns], rows
    except QueryFailure as error:
        if "-v" in sys.argv:
            print(f"     ({engine.name}: {error.reason})")
        return error.name
    except Malformed:
        return "MALFORMED_QUERY"
    finally:
        connection.close()


def shown(result):
    if isinstance(result, str):
        return result
    columns, rows = result
    return f"{', '.join(f'{n} {k}' for n, k in columns)} | {rows[:2]}{' ...' if len(rows) > 2 else ''}"[:230]


def main():
    known = dict(line.split("\t", 1) for line in (HERE / "known.txt").read_text(encoding="utf-8").splitlines() if "\t" in line)
    counts = {"same": 0, "known": 0, "new": 0}
    seen = set()
    with tempfile.TemporaryDirectory() as state:
        sandbox = RunningSandbox(ROOT / "sandbox" / "worlds" / "default.yaml", state, "trino")
        sandbox.listen(0)
        try:
            trino, duck = sandbox.athena.engine, Engine()
            for sql in queries():
                one, two = outcome(sandbox, duck, duck.prepare, sql), outcome(sandbox, trino, trino.query, sql)
                if one == two:
                    counts["same"] += 1
                    continue
                kind = "known" if sql in known else "new"
                seen.add(sql)
                counts[kind] += 1
                print(f"{'ok   known difference' if kind == 'known' else 'FAIL trino'}: {sql}")
                if kind == "known":
                    print(f"       {known[sql]}")
                print(f"     DuckDB: {shown(one)}\n     Trino:  {shown(two)}")
        finally:
            sandbox.stop()
    gone = [sql for sql in known if sql not in seen]
    for sql in gone:
        print(f"FAIL trino: known.txt lists a difference that is gone: {sql}")
    total = sum(counts.values())
    if total < 200:
        print(f"FAIL trino: only {total} queries")
    print(f"{total} queries on both engines: {counts['same']} the same, {counts['known']} known differences, {counts['new']} new ones")
    print(f"trino: {counts['same'] + counts['known']} passed, {counts['new'] + len(gone) + (total < 200)} failed")
    return 1 if counts["new"] or gone or total < 200 else 0


if __name__ == "__main__":
    sys.exit(main())
