#!/usr/bin/env python3
"""Nothing in the documents is there for nothing. For every action of every document there is a role that lacks just this one; actions.txt names
the probe that fails with it, ways round turned off, or the page of AWS that asks for the action. With the whole document every probe passes.
`minimal.py documents` prints the documents, `minimal.py templates DIRECTORY` writes the templates; `minimal.py CASES` tests."""
import concurrent.futures
import datetime
import hashlib
import hmac
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))
import source  # noqa: E402
from promise import AREA, finish, promise, same  # noqa: E402
from sandbox import control  # noqa: E402

AREA[0] = "onboarding"
ROLE_B = "arn:aws:iam::222233334444:role/MinimalChain"
KEY = "arn:aws:kms:us-east-1:222233334444:key/5b1c6f1e-7a55-4d0a-9d55-2f5f0c1f6a11"
BASE = ["--base", "arn:aws:iam::111122223333:user/bi-service", "--results", "s3://retail-results/retail-bi/", "--offline", "--with-external-id"]
FLIGHTS = ["--database", "flights,edges", "--data", "s3://retail-data/flights,s3://retail-data/edges"]

ALL = ["--database", "flights,edges,mesh,555566667777:shared", "--data", "s3://retail-data/flights,s3://retail-data/edges,s3://mesh-data/shared"]


def tool(*arguments):
    return subprocess.run([os.environ["ATHENA_ODBC"], *arguments], capture_output=True, text=True, timeout=120,
                          env=dict(os.environ, LD_PRELOAD=os.environ["ATHENA_PRELOAD"], ASAN_OPTIONS="detect_leaks=1"))


def documents():
    """As `policy` prints them for the data source of each kind."""
    keys = {"Driver": "Athena", "AwsRegion": "us-east-1", "Workgroup": "retail-bi", "Schema": "flights", "RunAsRole": source.ROLE_A,
            "ConsumerAccountRoleArn": ROLE_B, "ExternalId": "minimal-77d1c3", "SessionTags": "team=bi", "SourceIdentity": "alice",
            "S3OutputLocation": "s3://retail-results/retail-bi/"}
    sealed = dict(keys, Workgroup="retail-sealed")
    ask = {"read": (keys, FLIGHTS), "write": (keys, ALL + ["--write"]), "keys": (sealed, FLIGHTS + ["--kms", KEY]),
           "governed": (keys, ["--database", "governed,666677778888:governed", "--lake-formation"]),
           "browse": (dict(keys, MetadataRetrievalMethod="ProxyAPI", QueryExternalCatalogs="1"), ALL),
           "mesh": (keys, ["--database", "mesh,555566667777:shared", "--data", "s3://mesh-data/shared"])}
    found = {}
    for name, (settings, options) in ask.items():
        answer = tool("policy", source.write(settings), "--json", *BASE, *options)
        assert answer.returncode == 0, answer.stderr
        found[name] = json.loads(answer.stdout)
    read_only = json.loads(tool("policy", source.write(dict(keys, ReadOnly="1")), "--json", *BASE).stdout)
    return {**{name: parts["consumer_policy"] for name, parts in found.items()}, "run_as_policy": found["read"]["run_as_policy"],
            "run_as_trust": found["read"]["run_as_trust"], "consumer_trust": found["read"]["consumer_trust"],
            "scope_down": found["read"]["run_as_session_policy"], "read_only": read_only["consumer_session_policy"]}


def templates(scratch):
    """What `template` prints: a consumer's stack in its variants, the central one by list and by organisation."""
    keys = {"Driver": "Athena", "AwsRegion": "us-east-1", "Workgroup": "retail-bi", "Schema": "flights", "RunAsRole": source.ROLE_A,
            "ConsumerAccountRoleArn": ROLE_B, "ExternalId": "minimal-77d1c3"}
    name, spokes = source.write(keys), scratch / "spokes.csv"
    spokes.write_text("name,account,role,RunAsRole,ExternalId,AwsRegion,Workgroup\n" + "".join(
        f"spoke-{i:03},{100000000000 + i},AthenaConsumer,{source.ROLE_A},id-{i:05}-x,eu-central-1,bi\n" for i in range(200)))
    inventory = ["--inventory", str(spokes)]
    for kind, options in {"read": [name, *BASE, *FLIGHTS], "write": [name, *BASE, *ALL, "--write", "--kms", KEY, "--lake-formation"],
                          "list": inventory, "organization": [*inventory, "--organization", "o-abc1234567"]}.items():
        answer = tool("template", *options)
        assert answer.returncode == 0, answer.stderr
        (scratch / f"template-{kind}.json").write_text(answer.stdout)


if sys.argv[1:] == ["documents"]:
    print(json.dumps(documents()))
    raise SystemExit(0)
if sys.argv[1] == "templates":
    templates(pathlib.Path(sys.argv[2]))
    raise SystemExit(0)

import pyodbc  # noqa: E402

pyodbc.pooling = False
names = itertools.count(1)
PROBES = {}


def probe(function):
    PROBES[function.__name__] = function
    return function


def open_(case, **more):
    text = f"DSN={case['dsn']};MetadataCacheTTL=0;" + "".join(f"{k}={v};" for k, v in more.items())
    return pyodbc.connect(text, autocommit=True)


def rows(case, sql, **more):
    connection = open_(case, **more)
    try:
        cursor = connection.execute(sql)
        return [tuple(row) for row in cursor.fetchall()] if cursor.description else []
    finally:
        connection.close()


def run(case, *statements):
    for sql in statements:
        rows(case, sql)


# --- what a reader does; every probe raises or asserts when something is missing -------------------------------------------------

@probe
def result_object(case):
    same(rows(case, "SELECT name FROM flights.airlines ORDER BY 1 LIMIT 1", ResultFetcher="S3"), [("AirTran Airways Corporation",)])


@probe
def result_pages(case):
    same(rows(case, "SELECT name FROM flights.airlines ORDER BY 1 LIMIT 1", ResultFetcher="GetQueryResults"), [("AirTran Airways Corporation",)])


@probe
def view(case):
    same(len(rows(case, "SELECT * FROM flights.carrier_delays")), 16)


@probe
def partitions(case):
    same(rows(case, "SELECT count(*) FROM flights.flights_by_month WHERE month = 1"), [(27004,)])


@probe
def partition_list(case):
    same(len(rows(case, "SHOW PARTITIONS flights_by_month", Schema="flights")), 12)


@probe
def show_tables(case):
    assert ("airlines",) in rows(case, "SHOW TABLES IN flights")


@probe
def list_databases(case):
    connection = open_(case, MetadataRetrievalMethod="Glue")
    found = {row[1] for row in connection.cursor().tables(catalog="", schema="%", table="")}
    connection.close()
    assert {"flights", "edges"} <= found, found


@probe
def list_tables(case):
    connection = open_(case, MetadataRetrievalMethod="Glue")
    found = {row[2] for row in connection.cursor().tables(schema="edges")}
    connection.close()
    assert "rows_999" in found, found


@probe
def list_columns(case):
    connection = open_(case, MetadataRetrievalMethod="Glue")
    found = [row[3] for row in connection.cursor().columns(schema="flights", table="airlines")]
    connection.close()
    same(found, ["carrier", "name"])


@probe
def doctor_workgroup(case):
    findings = json.loads(tool("doctor", case["dsn"], "--json").stdout)["findings"]
    same([f["verdict"] for f in findings if f["check"] == "workgroup"], ["OK"])


@probe
def stop(case):
    """A query over its time is stopped, and is seen to have stopped."""
    slow = "SELECT count(*) FROM flights.flights a CROSS JOIN flights.flights b WHERE a.dep_delay * b.arr_delay > a.distance + b.distance"
    try:
        rows(case, slow, MaxPollDuration=600)
    except pyodbc.Error:
        pass
    end = time.time() + 5
    while time.time() < end:
        mine = [q["state"] for q in control("GET", "queries") if case["role"] in q["arn"] and "CROSS JOIN" in q["query"]]
        if mine and set(mine) == {"CANCELLED"}:
            return
        time.sleep(0.1)
    raise AssertionError(f"not stopped: {mine}")


@probe
def sealed_results(case):
    same(rows(case, "SELECT count(*) FROM flights.airlines", ResultFetcher="S3"), [(16,)])


@probe
def governed_table(case):
    assert rows(case, "SELECT count(*) FROM governed.stocks")[0][0] > 100


@probe
def mesh_table(case):
    assert rows(case, "SELECT count(*) FROM mesh.airports")[0][0] > 1000


@probe
def mesh_list(case):
    connection = open_(case, MetadataRetrievalMethod="Glue")
    found = {row[2] for row in connection.cursor().tables(schema="mesh")}
    connection.close()
    assert "airports" in found, found


@probe
def browse_databases(case):
    connection = open_(case)
    found = {row[1] for row in connection.cursor().tables(catalog="", schema="%", table="")}
    connection.close()
    assert {"flights", "edges"} <= found, found


@probe
def browse_tables(case):
    connection = open_(case)
    found = {row[2] for row in connection.cursor().tables(catalog="AwsDataCatalog", schema="edges", table="%")}
    connection.close()
    assert "rows_999" in found, found


@probe
def browse_catalogs(case):
    connection = open_(case)
    cursor = connection.cursor().tables(catalog="%", schema="", table="")
    found = {row[0] for row in cursor}
    connection.close()
    assert {"AwsDataCatalog", "second_catalog"} <= found, found


# --- what a writer does -----------------------------------------------------------------------------------------------------------

def new_table(case, body="SELECT 1 AS x", more=""):
    name = f"made_{os.getpid()}_{next(names)}"
    run(case, f"CREATE TABLE flights.{name} WITH (format = 'PARQUET', external_location = 's3://retail-data/flights/{name}/'{more}) AS {body}")
    return name


def partitioned(case):
    return new_table(case, "SELECT 1 AS x, 'a' AS part", ", partitioned_by = ARRAY['part']")


@probe
def create_and_drop_table(case):
    run(case, f"DROP TABLE flights.{new_table(case)}")


@probe
def insert(case):
    name = new_table(case)
    run(case, f"INSERT INTO flights.{name} VALUES (2)", f"DROP TABLE flights.{name}")


@probe
def unload(case):
    run(case, f"UNLOAD (SELECT 1 AS x) TO 's3://retail-data/flights/unloaded_{os.getpid()}_{next(names)}/' WITH (format = 'PARQUET')")


@probe
def add_partition(case):
    name = partitioned(case)
    run(case, f"ALTER TABLE flights.{name} ADD PARTITION (part = 'b') LOCATION 's3://retail-data/flights/{name}/b/'", f"DROP TABLE flights.{name}")


@probe
def drop_partition(case):
    name = partitioned(case)
    run(case, f"ALTER TABLE flights.{name} DROP PARTITION (part = 'a')", f"DROP TABLE flights.{name}")


@probe
def replace_view(case):
    name = f"view_{os.getpid()}_{next(names)}"
    run(case, *[f"CREATE OR REPLACE VIEW flights.{name} AS SELECT {n} AS x" for n in (1, 2)], f"DROP VIEW flights.{name}")


@probe
def iceberg(case):
    name = f"berg_{os.getpid()}_{next(names)}"
    run(case, f"CREATE TABLE flights.{name} (x int) LOCATION 's3://retail-data/flights/{name}/' TBLPROPERTIES ('table_type' = 'ICEBERG')",
        f"INSERT INTO flights.{name} VALUES (1), (2)", f"UPDATE flights.{name} SET x = 3 WHERE x = 1", f"DELETE FROM flights.{name} WHERE x = 2",
        f"DROP TABLE flights.{name}")


# --- chain and refusals -----------------------------------------------------------------------------------------------------------

@probe
def chain(case):
    """Both hops, with a tag that goes on and a source identity."""
    answer = tool("whoami", case["dsn"])
    same((answer.returncode, answer.stderr), (0, ""))


@probe
def wrong_external_id(case):
    path = source.write(dict(case["all"], ExternalId="minimal-another"))
    same(tool("whoami", path).returncode, 1)


def may(case, action, resource):
    """What the session that the driver makes may do."""
    tool("whoami", case["dsn"])
    keys = [s["accessKeyId"] for s in control("GET", "sessions") if f"/{case['role']}/" in s["arn"]]
    assert keys, "no session"
    return control("POST", "simulate", {"access_key": keys[-1], "action": action, "resource": resource})["allowed"]


TABLE, OBJECT = "arn:aws:glue:us-east-1:222233334444:table/flights/notes", "arn:aws:s3:::retail-data/flights/x"
for refused, resource in (("glue:BatchCreatePartition", TABLE), ("glue:BatchDeletePartition", TABLE), ("glue:BatchUpdatePartition", TABLE), ("glue:CreateTable", TABLE),
                          ("glue:DeleteTable", TABLE), ("glue:ImportCatalogToGlue", "arn:aws:glue:us-east-1:222233334444:catalog"), ("glue:UpdateTable", TABLE),
                          ("s3:DeleteObject", OBJECT), ("s3:PutObject", OBJECT)):
    def refusal(case, refused=refused, resource=resource):
        assert not may(case, refused, resource), f"{refused} is allowed"
    PROBES["refused:" + refused] = refusal


# What every reader and every writer does, whether or not a row of actions.txt rests on it.
READERS = ("read", "write", "keys")
READING = ("result_object", "result_pages", "view", "partitions", "partition_list", "show_tables", "list_databases", "list_tables", "list_columns", "stop")
WRITING = ("create_and_drop_table", "insert", "unload", "add_partition", "drop_partition", "replace_view", "iceberg")


# --- the machine ------------------------------------------------------------------------------------------------------------------

def read_table():
    """{(document, statement, action): probe or page}"""
    found = {}
    for line in (HERE / "actions.txt").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            document, sid, action, shown = (part.strip() for part in line.split("|"))
            assert (document, sid, action) not in found, f"twice: {line}"
            found[document, sid, action] = shown
    return found


def signed_session(policy):
    """A session of Role A with this session policy, asked for without the driver."""
    now = datetime.datetime.now(datetime.timezone.utc)
    stamp, day, region = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d"), os.environ["ATHENA_SANDBOX_REGION"]
    url = urllib.parse.urlsplit(source.endpoint())
    body = urllib.parse.urlencode({"Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": source.ROLE_A, "RoleSessionName": "narrowed",
                                   "Policy": json.dumps(policy)})
    digest = hashlib.sha256(body.encode()).hexdigest()
    headers = f"content-type:application/x-www-form-urlencoded\nhost:{url.netloc}\nx-amz-date:{stamp}\n"
    request = f"POST\n/\n\n{headers}\ncontent-type;host;x-amz-date\n{digest}"
    scope = f"{day}/{region}/sts/aws4_request"
    key = ("AWS4" + source.BASE["PWD"]).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    sent = urllib.request.Request(source.endpoint() + "/", body.encode(), {
        "Content-Type": "application/x-www-form-urlencoded", "X-Amz-Date": stamp,
        "Authorization": f"AWS4-HMAC-SHA256 Credential={source.BASE['UID']}/{scope}, SignedHeaders=content-type;host;x-amz-date, Signature={signature}"})
    answer = urllib.request.urlopen(sent, timeout=10).read().decode()
    return {key: re.search(f"<{tag}>([^<]+)</{tag}>", answer).group(1)
            for key, tag in (("UID", "AccessKeyId"), ("PWD", "SecretAccessKey"), ("SessionToken", "SessionToken"))}


def place(case):
    """Gives the case its data source."""
    keys = dict(case.get("keys") or {})
    case["role"] = (keys.get("ConsumerAccountRoleArn") or keys.get("RunAsRole") or "/").rsplit("/", 1)[1]
    if "session" in case:
        keys |= signed_session(case["session"])
    case["all"] = source.keys_of(source.BASE, keys, Schema="flights")
    case["dsn"] = source.write(case["all"])


def outcome(case, name):
    """None when the probe passes, else why not."""
    try:
        PROBES[name](case)
    except Exception as error:  # noqa: BLE001 - every failure is an answer here
        return f"{type(error).__name__}: {error}"[:300]
    return None


def produced(case, name):
    """The producer's policies are one each: set, looked at, put back."""
    change = ("bucket_policy", {"bucket": "mesh-data"}) if case["document"] == "producer_bucket" else ("glue_policy", {"account": "555566667777"})
    before = control("POST", change[0], {**change[1], "policy": case["policy"]})["before"]
    try:
        return outcome(MESH, name)
    finally:
        control("POST", change[0], {**change[1], "policy": before})


def main():
    global MESH
    cases = json.loads(pathlib.Path(sys.argv[1]).read_text())
    table = read_table()
    for case in cases:
        place(case)
    MESH = next(case for case in cases if case["document"] == "mesh")
    look = lambda case, name: (produced if "policy" in case else outcome)(case, name)  # noqa: E731
    cut = {(c["document"], c["sid"], c["action"]): c for c in cases if c["action"]}
    whole = {c["document"]: c for c in cases if not c["action"]}
    # The slow one is last: where it fails, its query goes on for a while.
    wanted = {(key[0], shown) for key, shown in table.items() if shown in PROBES} | {(document, name) for document in READERS for name in READING}
    wanted = sorted(wanted | {("write", name) for name in WRITING}, key=lambda w: w[1] == "stop")

    @promise("actions.txt has a row for every action of every document, and no other")
    def complete():
        same((sorted(set(cut) - set(table)), sorted(set(table) - set(cut))), ([], []))

    @promise("what is not shown by a probe is asked for by a page of AWS")
    def pages():
        same([row for row in table.items() if row[1] not in PROBES and not re.fullmatch(r"https://docs\.aws\.amazon\.com/[\w/.#-]+", row[1])], [])

    @promise("the documents for reading are not enough for writing")
    def not_more():
        same([name for name in WRITING if outcome(whole["read"], name) is None], [])

    # The producer's policies are one each and seen by others too: its cases come after all the rest, one at a time.
    with concurrent.futures.ThreadPoolExecutor(4) as pool, concurrent.futures.ThreadPoolExecutor(1) as alone:
        passed = {w: pool.submit(look, whole[w[0]], w[1]) for w in wanted if "policy" not in whole[w[0]]}
        tried = sorted((key for key, shown in table.items() if shown in PROBES and key in cut), key=lambda k: table[k] == "stop")
        broken = {key: pool.submit(look, cut[key], table[key]) for key in tried if "policy" not in cut[key]}
        concurrent.futures.wait([*passed.values(), *broken.values()])
        passed |= {w: alone.submit(look, whole[w[0]], w[1]) for w in wanted if w not in passed}
        broken |= {key: alone.submit(look, cut[key], table[key]) for key in tried if key not in broken}
    for (document, name), done in passed.items():
        @promise(f"whole document {document}: {name} passes")
        def enough(done=done):
            same(done.result(), None)
    for key, done in broken.items():
        @promise(f"{key[0]} without {key[2]} in {key[1]}: {table[key]} fails")
        def needed(done=done):
            assert done.result(), "it passes all the same"
            if os.environ.get("MINIMAL_SHOW"):
                print("    ", done.result()[:220])
    finish()


main()
