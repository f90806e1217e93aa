#!/usr/bin/env python3
"""Turns every switch of the sandbox and asks the driver the same questions under both readings.

`switches.py` runs all; `switches.py --probe NAME` asks one set of questions in a process of its own, so that nothing is remembered.
"""
import json
import pathlib
import struct
import subprocess
import sys
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import odbc  # noqa: E402
import pyodbc  # noqa: E402
from promise import AREA, finish, promise  # noqa: E402
from sandbox import control  # noqa: E402

AREA[0] = "switches"
ROLE_B = "arn:aws:iam::222233334444:role/AthenaConsumer"
EVERY = "SELECT * FROM edges.every_type WHERE label IN ('normal', 'null') ORDER BY row_number"


def rows(dsn, sql):
    connection = pyodbc.connect(f"DSN={dsn}")
    try:
        return [[repr(value) for value in row] for row in connection.cursor().execute(sql).fetchall()]
    finally:
        connection.close()


def state(function, *arguments):
    """"rows" and how many, or the SQLSTATE and whether the text explains itself."""
    try:
        return ["rows", len(function(*arguments))]
    except pyodbc.Error as error:
        return ["refused", error.args[0]]


def connected(dsn):
    pyodbc.connect(f"DSN={dsn}").close()
    return []


def listing(dsn, function, **names):
    connection = pyodbc.connect(f"DSN={dsn}")
    try:
        return [list(map(repr, row)) for row in getattr(connection.cursor(), function)(**names).fetchall()]
    finally:
        connection.close()


# --- the questions: each returns what must be equal under both readings ------------------------------------------------

def every_type():
    return rows("retail", EVERY), rows("retail_pages", EVERY)


def large_result():
    """Long enough to be read in several ranges."""
    found = rows("retail", "SELECT flight, tailnum, carrier, origin, dest, distance, time_hour FROM flights ORDER BY 7, 3, 1, 2")
    return len(found), found[:3], found[-3:]


def refused_hop():
    return state(connected, "not_allowed")


def bad_token():
    return state(connected, "garbled")


def moved_clock(seconds):
    control("POST", "clock", {"offset": seconds})
    try:
        return rows("retail", "SELECT 1 AS n")
    finally:
        control("POST", "clock", {"offset": 0})


def clock_of_ten_minutes():
    return moved_clock(600)


def clock_of_an_hour():
    return moved_clock(3600)


def expiry(service, operation):
    connection = pyodbc.connect("DSN=retail")
    cursor = connection.cursor()
    first = cursor.execute("SELECT name FROM airlines ORDER BY 1").fetchall()
    control("POST", "faults", {"service": service, "operation": operation, "expire": True, "times": 1})
    try:
        again = cursor.execute("SELECT name FROM airlines ORDER BY 1").fetchall()
        left = control("GET", "faults")
    finally:
        control("DELETE", "faults")
    return len(first), first == again, [fault.get("hits", fault.get("count")) for fault in left]


def expired_in_athena():
    return expiry("athena", "StartQueryExecution")


def expired_in_s3():
    return expiry("s3", "GetObject")


def other_region():
    return rows("retail_west", EVERY)


def requester_pays():
    return rows("retail_payer", EVERY)


def missing_names():
    return (listing("retail", "columns", schema="flights", table="no_such_table"), listing("retail", "tables", schema="no_such_schema"),
            state(rows, "retail", "SELECT * FROM no_such_table"))


def lists():
    return listing("retail", "tables", schema="flights"), listing("restricted", "tables", schema="flights"), \
        len(listing("retail", "columns", schema="flights"))


def hidden_table():
    return (listing("retail", "tables", schema="governed"), listing("retail", "columns", schema="governed", table="employment"),
            state(rows, "retail", "SELECT * FROM governed.employment")[0])


def queued():
    return rows("retail_pages", "/*+ sandbox:states=QUEUED:0.5,RUNNING:0.2,QUEUED:0.3 */ SELECT 7 AS n")


def unreachable_output():
    return state(rows, "retail_astray", "SELECT 1")[0]


def denied_query():
    return state(rows, "restricted", "SELECT * FROM edges.every_type")


def over_the_limit():
    return state(rows, "retail_capped", "SELECT * FROM flights_csv")


def unload():
    connection = pyodbc.connect("DSN=retail", autocommit=True)
    cursor = connection.cursor()
    cursor.execute(f"UNLOAD (SELECT * FROM airlines) TO 's3://retail-data/unload/{uuid.uuid4().hex}/' WITH (format = 'PARQUET')")
    return cursor.description is None, cursor.execute("SELECT 1").fetchval()


def reused():
    sql = "SELECT name FROM airlines ORDER BY 1"
    return rows("retail_reuse", sql), rows("retail_reuse", sql)


def equal_names():
    return rows("retail", "SELECT 1 AS x, 2 AS x, 3 AS y, 4 AS x"), rows("retail_pages", "SELECT 1 AS x, 2 AS x, 3 AS y, 4 AS x")


def null_column():
    return rows("retail", "SELECT NULL AS n, 1 AS m"), rows("retail_pages", "SELECT NULL AS n, 1 AS m")


def char_values():
    """Padding is what the readings differ in; what is left of it is compared."""
    connection = pyodbc.connect("DSN=retail")
    found = connection.cursor().execute("SELECT CAST('ab' AS char(5)), c_char FROM edges.every_type WHERE label = 'normal'").fetchone()
    return [value.rstrip(" ") for value in found]


def float_values():
    """As 32 bits: that is all a float has."""
    connection = pyodbc.connect("DSN=retail")
    found = connection.cursor().execute("SELECT CAST(0.1 AS real), CAST(1e20 AS real), CAST(-3.4028235e38 AS real), CAST(1.5 AS real)").fetchone()
    return [struct.pack("<f", value).hex() for value in found]


def far_years():
    connection = odbc.Connection("DSN=retail")
    try:
        found = connection.query("SELECT date_add('year', 9000, DATE '2024-01-31') AS far, DATE '9999-12-31' AS near, DATE '2024-01-31' AS day")
        return [value.lstrip("+") for value in found[0]]
    except odbc.Failure as failure:
        return [record[0] for record in failure.records]


PROBES = {
    "sts_because_clause": refused_hop, "sts_fractional_expiration": every_type, "sts_clock_is_request_expired": clock_of_an_hour,
    "clock_window_seconds": clock_of_ten_minutes, "garbled_token_is_invalid_token": bad_token, "json_auth_names_of_query": expired_in_athena,
    "s3_because_clause": denied_query, "s3_expired_is_403": expired_in_s3, "s3_wrong_region_redirects": other_region,
    "requester_pays_needs_header": requester_pays, "glue_error_type_header": missing_names, "glue_errors_namespaced": missing_names,
    "glue_lists_check_children": lists, "athena_reads_default_database": every_type, "lake_denies_loudly": hidden_table,
    "lake_names_the_right": hidden_table, "json_message_capital": missing_names, "queued_results_say_running": queued,
    "output_bucket_checked_at_start": unreachable_output, "denied_query_says_insufficient": denied_query, "cutoff_says_cancelled": over_the_limit,
    "unload_has_substatement": unload, "duplicate_result_members": every_type, "reuse_keeps_old_location": reused,
    "result_etag_is_md5": large_result, "equal_names_kept": equal_names, "null_is_unknown": null_column, "char_padded": char_values,
    "float_digits_are_short": float_values, "wide_years_signed": far_years,
}
# Both readings must answer, and not by a refusal alone.
MUST_HAVE_ROWS = {every_type, large_result, other_region, requester_pays, queued, reused, equal_names, null_column, char_values, float_values,
                  clock_of_ten_minutes, clock_of_an_hour, expired_in_athena, expired_in_s3, lists, unload}


def ask(name):
    done = subprocess.run([sys.executable, __file__, "--probe", name], capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise AssertionError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"status {done.returncode}")
    return json.loads(done.stdout)


def main():
    switches = control("GET", "switches")
    others = {name: entry["other"] for name, entry in control("GET", "readings").items()}
    remembered = {}

    @promise("every switch of the sandbox has its questions here, and none is asked for that is not there")
    def all_there():
        assert set(switches) == set(PROBES) == set(others), set(switches) ^ set(PROBES)

    for name in sorted(PROBES):
        def both(name=name):
            probe = PROBES[name]
            if probe not in remembered:
                remembered[probe] = ask(name)
            before = control("POST", "switches", {name: others[name]})["before"]
            try:
                other = ask(name)
            finally:
                control("POST", "switches", before)
            assert other == remembered[probe], f"{json.dumps(remembered[probe])[:300]} became {json.dumps(other)[:300]}"
            if probe in MUST_HAVE_ROWS:
                assert other and other != "refused", other
        promise(f"{name}: the same under both readings")(both)
    finish()


if sys.argv[1:2] == ["--probe"]:
    print(json.dumps(PROBES[sys.argv[2]]()))
else:
    main()
