#!/usr/bin/env python3
"""What is remembered belongs to one identity, one way of signing in and one place: two connections of this process that differ in one key
never hear each other's answers. And what changes through the driver is seen at once."""
import json
import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "lib"), str(pathlib.Path(__file__).resolve().parent)]
import os  # noqa: E402

from listing import Connection, Failure, columns, data_source, role, run, tables  # noqa: E402
from promise import AREA, finish, promise, same  # noqa: E402

AREA[0] = "catalog identity"
RISK = "444455556666"
PORT = os.environ["ATHENA_SANDBOX_ENDPOINT"].rsplit(":", 1)[1]
ELSEWHERE = f"http://localhost:{PORT}"                      # the same sandbox by another name
ALL = {"open": 3, "secret": 2}
NARROW = {"open": 3}
REFUSED = {"glue:GetTables": 1, "athena:ListTableMetadata": 1}   # what was refused is not remembered: it is asked again
OPEN_POLICY = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["athena:*", "glue:Get*"], "Resource": "*"},
    {"Effect": "Deny", "Action": "glue:*", "Resource": [f"arn:aws:glue:*:{RISK}:{place}" for place in ("database/secret", "table/secret/*")]}]}


def policy(document):
    return json.dumps(document, separators=(",", ":"))


# name of the key -> (its lines, what its connection may see)
OTHERS = {
    "UID and PWD": ({"UID": "AKIASANDBOXBISECOND0", "PWD": "sandbox/bi-second/secret/not-for-real000"}, ALL),
    "RunAsRole": ({"RunAsRole": "arn:aws:iam::111122223333:role/AthenaRunAsSecond"}, ALL),
    "ConsumerAccountRoleArn": ({"ConsumerAccountRoleArn": role(RISK, "AthenaConsumerNarrow")}, NARROW),
    "ExternalId": ({"ExternalId": "bi-catalog-second"}, ALL),
    "RoleSessionName": ({"RoleSessionName": "somebody-else"}, ALL),
    "SourceIdentity": ({"SourceIdentity": "somebody"}, ALL),
    "SessionTags": ({"SessionTags": "team=one"}, ALL),
    "SessionPolicy": ({"SessionPolicy": policy(OPEN_POLICY)}, NARROW),
    "SessionPolicyArns": ({"SessionPolicyArns": f"arn:aws:iam::{RISK}:policy/OpenOnly"}, NARROW),
    "ScopeDown": ({"ScopeDown": "strict"}, ALL),
    "DurationSeconds": ({"DurationSeconds": "1800"}, ALL),
    "ReadOnly": ({"ReadOnly": "1"}, ALL),
    "Workgroup": ({"Workgroup": "second"}, ALL),
    "AwsRegion": ({"AwsRegion": "eu-west-1"}, ALL),
    "GlueCatalogId": ({"GlueCatalogId": "555566667777"}, {"open": 2}),
    "GlueEndpointOverride": ({"GlueEndpointOverride": ELSEWHERE}, ALL),
    "EndpointOverride": ({"EndpointOverride": ELSEWHERE}, ALL),
    "StsEndpointOverride": ({"StsEndpointOverride": ELSEWHERE}, ALL),
    "MetadataRetrievalMethod": ({"MetadataRetrievalMethod": "ProxyAPI"}, ALL),
}
ALIKE = {"StringColumnLength": {"StringColumnLength": "1000"}, "LogLevel": {"LogLevel": "0"}, "Schema": {"Schema": "open"},
         "MetadataCacheTTL": {"MetadataCacheTTL": "500"}}

data_source("first", RISK, MetadataCacheTTL="600")
data_source("wrong", RISK, PWD="not-the-secret")
data_source("always", RISK, MetadataCacheTTL="0")
for number, (lines, _) in enumerate(OTHERS.values()):
    data_source(f"other{number}", RISK, MetadataCacheTTL="600", **lines)
for number, lines in enumerate(ALIKE.values()):
    data_source(f"alike{number}", RISK, **{"MetadataCacheTTL": "600", **lines})

first = Connection("DSN=first")


def seen(connection):
    """({database: tables}, metadata calls), by two questions: all tables, all columns."""
    listed, described = tables(connection), columns(connection)
    same(sorted(described.schemas()), sorted(listed.schemas()))
    made = {name: n for name, n in {**listed.calls, **described.calls}.items() if not name.startswith("sts:")}
    return listed.schemas(), made


@promise("the first connection sees all databases, and afterwards from memory")
def primed():
    same(seen(first)[0], ALL)
    same(seen(first), (ALL, {}))


for number, (key, (_, expected)) in enumerate(OTHERS.items()):
    @promise(f"{key} differs: the second connection makes its own calls, sees what it may see, and spoils nothing")
    def differs(number=number, expected=expected):
        same(seen(first), (ALL, {}), "the first, before")
        second = Connection(f"DSN=other{number}")
        try:
            answer, made = seen(second)
            assert made, "no call was made: it was answered from the first one's memory"
            same(answer, expected)
            same(seen(second), (expected, REFUSED if expected is NARROW else {}), "the second, again")
            same(seen(first), (ALL, {}), "the first, afterwards")
        finally:
            second.close()

for number, key in enumerate(ALIKE):
    @promise(f"{key} differs, which changes no answer of the service: the memory is shared")
    def alike(number=number):
        same(seen(first), (ALL, {}))
        second = Connection(f"DSN=alike{number}")
        same(seen(second), (ALL, {}))
        second.close()


@promise("a wrong secret for the same UID connects to nothing, however warm the memory is")
def wrong_secret():
    try:
        Connection("DSN=wrong")
    except Failure as failure:
        same(failure.records[0][0], "28000")
    else:
        raise AssertionError("connected")


@promise("a connection whose own memory is off hears nothing from the others")
def off():
    second = Connection("DSN=always")
    for _ in range(2):
        assert seen(second)[1].get("glue:GetTables", 0) >= 2
    second.close()


@promise("CREATE, ALTER and DROP through the driver are seen by the next question, on this connection and on others of its kind")
def changes():
    second = Connection("DSN=first")
    steps = (("CREATE EXTERNAL TABLE open.made_here (a int) STORED AS PARQUET LOCATION 's3://risk-data/open/made_here/'", ["a"]),
             ("ALTER TABLE open.made_here ADD COLUMNS (b string)", ["a", "b"]),
             ("DROP TABLE open.made_here", []))
    for statement, expected in steps:
        for connection in (first, second):
            seen(connection)
        run(first, statement)
        for connection in (first, second):
            found = columns(connection, schema="open", table="made\\_here")
            same([row[3] for row in found.rows], expected, statement)
            same(tables(connection).schemas()["open"], 3 + bool(expected), statement)
    second.close()


@promise("CREATE and DROP DATABASE too")
def databases():
    for statement, expected in (("CREATE DATABASE fresh_one", True), ("DROP DATABASE fresh_one", False)):
        listed = [row[1] for row in tables(first, catalog="", schema="%", table="").rows]
        same("fresh_one" in listed, not expected)
        run(first, statement)
        listed = [row[1] for row in tables(first, catalog="", schema="%", table="").rows]
        same("fresh_one" in listed, expected, statement)


@promise("a SELECT forgets nothing")
def select():
    seen(first)
    run(first, "SELECT 1")
    same(seen(first), (ALL, {}))


first.close()
finish()
