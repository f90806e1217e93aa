"""One right removed at a time: the chain and a query stop where AWS would stop them."""
import time

import pytest
from botocore.exceptions import ClientError

from conftest import (BASE_KEYS, CENTRAL, EXTERNAL_IDS, MESH, RETAIL, ROLE_A, bare_world, role_b)

OBJECT = "id,name\n1,one\n2,two\n"


def world_with_a_table():
    """The default world with one CSV table in retail and one in the mesh."""
    world = bare_world()
    world["accounts"][RETAIL]["buckets"]["retail-data"] = {"objects": {"flights/t/a.csv": OBJECT}}
    world["accounts"][MESH]["buckets"]["mesh-data"]["objects"] = {"shared/p/a.csv": OBJECT}
    return world


def add_tables(handle):
    for account, database, name, place in ((RETAIL, "flights", "t", "s3://retail-data/flights/t/"),
                                           (MESH, "shared", "p", "s3://mesh-data/shared/p/")):
        handle.sandbox.glue.put_table(account, database, {
            "Name": name, "TableType": "EXTERNAL_TABLE", "PartitionKeys": [],
            "Parameters": {"classification": "csv", "skip.header.line.count": "1"},
            "StorageDescriptor": {
                "Columns": [{"Name": "id", "Type": "int"}, {"Name": "name", "Type": "string"}],
                "Location": place, "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
                "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
                "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.serde2.OpenCSVSerde",
                              "Parameters": {"separatorChar": ","}}}})


def run(handle, keys, sql, workgroup="retail-bi"):
    """(state, reason, rows) of a query; a refused start is ("REFUSED", code, message)."""
    athena = handle.client("athena", keys)
    try:
        number = athena.start_query_execution(QueryString=sql, WorkGroup=workgroup)["QueryExecutionId"]
    except ClientError as error:
        return "REFUSED", error.response["Error"]["Code"], error.response["Error"]["Message"]
    for _ in range(400):
        found = athena.get_query_execution(QueryExecutionId=number)["QueryExecution"]
        if found["Status"]["State"] in ("SUCCEEDED", "FAILED", "CANCELLED"):
            break
        time.sleep(0.02)
    if found["Status"]["State"] != "SUCCEEDED":
        return found["Status"]["State"], found["Status"].get("StateChangeReason"), None
    bucket, _, key = found["ResultConfiguration"]["OutputLocation"][5:].partition("/")
    body = handle.client("s3", keys).get_object(Bucket=bucket, Key=key)["Body"].read()
    return "SUCCEEDED", None, body


@pytest.fixture
def working(small):
    handle = small(world_with_a_table())
    add_tables(handle)
    return handle


def strip_action(handle, action, resource_part=""):
    """Removes an action from every statement of Role B's policies that mentions the resource."""
    role = handle.sandbox.world.find_role(role_b(RETAIL))
    documents = []
    for policy in role.policies:
        statements = []
        for statement in policy.document["Statement"]:
            statement = dict(statement)
            actions = statement["Action"]
            actions = [actions] if isinstance(actions, str) else actions
            if resource_part in str(statement["Resource"]):
                actions = [a for a in actions if a != action]
            if actions:
                statements.append({**statement, "Action": actions})
        documents.append({"Version": "2012-10-17", "Statement": statements})
    handle.control("role_policies", "POST", {"role": role_b(RETAIL), "policies": documents})


def test_everything_in_place_works(working):
    keys = working.chain(RETAIL)
    assert run(working, keys, "SELECT count(*) AS n FROM flights.t") == ("SUCCEEDED", None, b'"n"\n"2"\n')
    assert run(working, keys, "SELECT name FROM mesh.p WHERE id = 2")[2] == b'"name"\n"two"\n'
    assert working.sandbox.ledger.totals().keys() == {RETAIL}


QUERY_RIGHTS = [
    ("athena:StartQueryExecution", "", "REFUSED", "AccessDeniedException"),
    ("glue:GetTable", "", "FAILED", "glue:GetTable"),
    ("s3:GetObject", "retail-data/*", "FAILED", "Access"),
    ("s3:PutObject", "retail-results/*", "FAILED", "ccess"),
]


@pytest.mark.parametrize("action, resource, state, text", QUERY_RIGHTS, ids=[r[0] for r in QUERY_RIGHTS])
def test_a_query_without_one_right_fails(working, action, resource, state, text):
    strip_action(working, action, resource)
    outcome = run(working, working.chain(RETAIL), "SELECT count(*) FROM flights.t")
    assert outcome[0] == state, outcome
    assert text in str(outcome[1:]), outcome


def test_the_mesh_needs_the_producers_two_policies(working):
    keys = working.chain(RETAIL)
    policy = working.control("glue_policy", "POST", {"account": MESH, "policy": None})["before"]
    assert run(working, keys, "SELECT * FROM mesh.p")[0] == "FAILED"
    working.control("glue_policy", "POST", {"account": MESH, "policy": policy})
    assert run(working, keys, "SELECT * FROM mesh.p")[0] == "SUCCEEDED"
    working.control("bucket_policy", "POST", {"bucket": "mesh-data", "policy": None})
    assert run(working, keys, "SELECT * FROM mesh.p")[0] == "FAILED"


def test_the_session_policy_binds_what_happens_inside_a_query(working):
    import json
    allow_athena = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["athena:*", "s3:*"], "Resource": "*"}]})
    keys = working.assume(working.role_a(), role_b(RETAIL), ExternalId=EXTERNAL_IDS[RETAIL],
                          Policy=allow_athena)
    state, reason, _ = run(working, keys, "SELECT count(*) FROM flights.t")
    assert state == "FAILED" and "no session policy allows the glue:" in reason, (state, reason, _)


def test_a_bucket_readable_only_via_athena_is_closed_to_the_direct_get(working):
    role = working.sandbox.world.find_role(role_b(RETAIL))
    documents = [policy.document for policy in role.policies]
    documents.append({"Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::retail-data/*",
        "Condition": {"ForAllValues:StringNotEquals": {"aws:CalledVia": ["athena.amazonaws.com"]}}}]})
    working.control("role_policies", "POST", {"role": role_b(RETAIL), "policies": documents})
    keys = working.chain(RETAIL)
    assert run(working, keys, "SELECT count(*) FROM flights.t")[0] == "SUCCEEDED"
    with pytest.raises(ClientError) as caught:
        working.client("s3", keys).get_object(Bucket="retail-data", Key="flights/t/a.csv")
    assert caught.value.response["Error"]["Code"] == "AccessDenied"
    assert "explicit deny in an identity-based policy" in caught.value.response["Error"]["Message"]


def test_an_unknown_workgroup_is_access_denied_for_a_role_scoped_to_one(working):
    keys = working.assume(working.role_a(), f"arn:aws:iam::{RETAIL}:role/AthenaConsumerRestricted",
                          ExternalId="bi-retail-r-55d0")
    assert run(working, keys, "SELECT 1", "no-such")[1] == "AccessDeniedException"
    wide = working.chain(RETAIL)
    assert run(working, wide, "SELECT 1", "no-such")[1:] == ("InvalidRequestException",
                                                             "WorkGroup is not found.")
    assert run(working, wide, "SELECT 1", "retail-disabled")[0] == "REFUSED"


CHAIN_CHANGES = {
    "Role A without permission": lambda w: w["accounts"][CENTRAL]["roles"]["AthenaRunAs"].update(
        policies=[]),
    "Role B does not trust A": lambda w: [s.update(
        Principal={"AWS": f"arn:aws:iam::{CENTRAL}:user/outsider"}) for s in
        w["accounts"][RETAIL]["roles"]["AthenaConsumer"]["trust"]["Statement"]],
    "Role B is absent": lambda w: w["accounts"][RETAIL]["roles"].pop("AthenaConsumer"),
    "another ExternalId": lambda w: w["accounts"][RETAIL]["roles"]["AthenaConsumer"]["trust"][
        "Statement"][0].update(Condition={"StringEquals": {"sts:ExternalId": "changed"}}),
    "a service control policy": lambda w: w["accounts"][CENTRAL].update(scp=[{
        "Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": "sts:AssumeRole",
             "Resource": f"arn:aws:iam::{RETAIL}:role/*"}]}]),
    "a permissions boundary": lambda w: w["accounts"][CENTRAL]["roles"]["AthenaRunAs"].update(
        boundary={"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "athena:*",
                                                          "Resource": "*"}]}),
}


@pytest.mark.parametrize("what", CHAIN_CHANGES)
def test_the_second_hop_is_refused(small, what):
    world = bare_world()
    CHAIN_CHANGES[what](world)
    handle = small(world)
    keys = handle.role_a()
    with pytest.raises(ClientError) as caught:
        handle.assume(keys, role_b(RETAIL), ExternalId=EXTERNAL_IDS[RETAIL])
    error = caught.value.response["Error"]
    assert error["Code"] == "AccessDenied"
    clause = {"Role A without permission": "because no identity-based policy allows",
              "a service control policy": "with an explicit deny in a service control policy",
              "a permissions boundary": "because no permissions boundary allows"}.get(what)
    assert (clause in error["Message"]) if clause else ("because" not in error["Message"])


def test_the_first_hop_is_refused_for_a_wrong_secret_and_an_unknown_key(sandbox):
    for keys, code in ((BASE_KEYS[:1] + ("wrong", None), "SignatureDoesNotMatch"),
                       (("AKIASANDBOXNOBODY000", "x", None), "InvalidClientTokenId")):
        with pytest.raises(ClientError) as caught:
            sandbox.assume(keys, ROLE_A)
        assert caught.value.response["Error"]["Code"] == code


def test_a_query_needs_the_default_database(working):
    import copy
    role = f"arn:aws:iam::{RETAIL}:role/AthenaConsumerRestricted"
    keys = working.assume(working.role_a(), role, ExternalId="bi-retail-r-55d0")
    sql = "SELECT count(*) AS n FROM flights.t"
    assert run(working, keys, sql)[0] == "SUCCEEDED"
    documents = copy.deepcopy([p.document for p in working.sandbox.world.find_role(role).policies])
    for statement in documents[0]["Statement"]:
        if isinstance(statement["Resource"], list):
            statement["Resource"] = [r for r in statement["Resource"] if "database/default" not in r]
    working.control("role_policies", "POST", {"role": role, "policies": documents})
    state, reason, _ = run(working, keys, sql)
    assert state == "FAILED" and "database/default" in reason
    working.control("switches", "POST", {"athena_reads_default_database": False})
    assert run(working, keys, sql)[0] == "SUCCEEDED"
