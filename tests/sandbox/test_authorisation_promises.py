"""What the sandbox promises about authorisation, a test for each promise, asked over HTTP by boto3.

Two promises have files of their own: at least eighty cases typed from AWS's pages (test_policy_cases.py), and results in another account's
bucket under its own key (test_governed_worlds.py).
"""
import copy
import json

import pytest
import yaml
from botocore.exceptions import ClientError

from athena_sandbox.identity.conditions import check_key
from athena_sandbox.world.loader import World
from athena_sandbox.world.schema import WorldError
from conftest import CENTRAL, EXTERNAL_IDS, INVESTMENT, MESH, REGION, RETAIL, ROLE_A, WORLD, bare_world, role_b, start
from test_chain import normalised
from test_negative_world import add_tables, run, world_with_a_table

GOVERNED = "666677778888"
KEY = f"arn:aws:kms:{REGION}:{RETAIL}:key/0d9b2c3a-1111-4222-8333-444455556666"
RESTRICTED = f"arn:aws:iam::{RETAIL}:role/AthenaConsumerRestricted"
SESSION = f"arn:aws:sts::{RETAIL}:assumed-role/AthenaConsumer/tester"
BI_USER = f"arn:aws:iam::{CENTRAL}:user/bi-service"
QUERY = "SELECT count(*) AS n FROM flights.t"


def policy(*statements):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement} for statement in statements]}


def root(account):
    return {"AWS": f"arn:aws:iam::{account}:root"}


def trusting(principal, **more):
    return policy({"Principal": {"AWS": principal}, "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"], **more})


def code_of(call, *arguments, **named):
    try:
        call(*arguments, **named)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "ok"


def text_of(call, *arguments, **named):
    with pytest.raises(ClientError) as caught:
        call(*arguments, **named)
    return caught.value.response["Error"]["Message"]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """The default world with one table in flights, mesh and governed, many hidden tables, and a bucket under retail's own key."""
    world = world_with_a_table()
    retail = world["accounts"][RETAIL]
    retail["kms_keys"] = {"own": {"id": KEY.rsplit("/", 1)[1], "policy": policy({"Principal": root(RETAIL), "Action": "kms:*", "Resource": "*"})}}
    retail["buckets"]["retail-vault"] = {"kms_key": KEY}
    retail["roles"]["AthenaConsumer"]["policies"]["Vault"] = policy(
        {"Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::retail-vault/*"})
    world["accounts"][GOVERNED]["buckets"]["governed-data"] = {"objects": {"governed/stocks/a.csv": "id,name\n1,one\n"}}
    path = tmp_path_factory.mktemp("promises") / "world.yaml"
    path.write_text(yaml.safe_dump(world), encoding="utf-8")
    handle = start(path, path.parent / "state")
    add_tables(handle)
    glue = handle.sandbox.glue
    stocks = glue.table(RETAIL, "flights", "t")
    for name in ["stocks", "volatility"] + [f"m{n:03d}" for n in range(250)]:
        stocks["StorageDescriptor"]["Location"] = f"s3://governed-data/governed/{name}/"
        glue.put_table(GOVERNED, "governed", {**{k: stocks[k] for k in ("TableType", "PartitionKeys", "Parameters", "StorageDescriptor")}, "Name": name})
    yield handle
    handle.sandbox.stop()


@pytest.fixture
def world(shared):
    """The shared sandbox; what a test changes through `set` is as before afterwards."""
    undo, sandbox = [], shared.sandbox

    def put(what, **body):
        key = {"trust": "policy", "role_policies": "policies", "user_policies": "policies", "bucket_policy": "policy", "glue_policy": "policy",
               "key_policy": "policy", "regions": "enabled_regions", "scp": "policies"}[what]
        answer = shared.control(what, "POST", body)
        assert "before" in answer, answer
        undo.append((what, {**body, key: answer["before"]}))
    shared.set = put
    lake = sandbox.lakeformation
    kept = copy.deepcopy((lake.governed, lake.grants, lake.shares))
    yield shared
    lake.governed, lake.grants, lake.shares = kept
    for what, body in reversed(undo):
        shared.control(what, "POST", body)


def documents_of(handle, role):
    return copy.deepcopy([p.document for p in handle.sandbox.world.find_role(role).policies])


def with_policies(handle, role, *more, without=()):
    """Gives the role more policies; `without` names (action, part of a resource) that its own statements lose."""
    documents = documents_of(handle, role)
    for document in documents:
        for statement in document["Statement"]:
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            statement["Action"] = [a for a in actions if (a, True) not in [(w, part in str(statement["Resource"])) for w, part in without]] \
                or ["iam:GetRole"]
    handle.set("role_policies", role=role, policies=documents + list(more))


# --- both sides ------------------------------------------------------------------------------------------------------------------------

def test_role_trust_policies_must_always_allow(world):
    everything = policy({"Action": "*", "Resource": "*"})
    world.set("user_policies", user=BI_USER, policies=[everything])
    world.set("trust", role=ROLE_A, policy=trusting(f"arn:aws:iam::{CENTRAL}:user/outsider"))
    assert code_of(world.role_a) == "AccessDenied"
    world.set("trust", role=ROLE_A, policy=trusting(BI_USER))
    world.set("role_policies", role=ROLE_A, policies=[everything])
    world.set("trust", role=role_b(RETAIL), policy=trusting(f"arn:aws:iam::{CENTRAL}:user/outsider"))
    assert code_of(world.chain, RETAIL) == "AccessDenied"
    world.set("trust", role=role_b(RETAIL), policy=trusting(ROLE_A))
    assert code_of(world.chain, RETAIL) == "ok"


KEY_RIGHTS = policy({"Action": "kms:*", "Resource": "*"})


@pytest.mark.parametrize("principal, identity, accepted", [
    (root(RETAIL), True, True), (root(RETAIL), False, False),
    ({"AWS": role_b(RETAIL)}, False, True), ({"AWS": role_b(RETAIL)}, True, True),
    (root(CENTRAL), True, False), ({"AWS": RESTRICTED}, True, False)])
def test_key_policies_must_always_allow_and_root_leaves_it_to_identity_policies(world, principal, identity, accepted):
    world.set("key_policy", key=KEY, policy=policy({"Principal": principal, "Action": "kms:*", "Resource": "*"}))
    if identity:
        with_policies(world, role_b(RETAIL), KEY_RIGHTS)
    s3 = world.client("s3", world.chain(RETAIL))
    assert code_of(s3.put_object, Bucket="retail-vault", Key="x", Body=b"1") == ("ok" if accepted else "AccessDenied")


@pytest.mark.parametrize("principal, identity, accepted", [
    (BI_USER, False, True), (BI_USER, True, True), (root(CENTRAL)["AWS"], False, False), (root(CENTRAL)["AWS"], True, True)])
def test_in_one_account_a_named_caller_needs_no_identity_policy_and_root_does(world, principal, identity, accepted):
    world.set("trust", role=ROLE_A, policy=trusting(principal))
    world.set("user_policies", user=BI_USER, policies=[policy({"Action": "sts:AssumeRole" if identity else "s3:ListAllMyBuckets", "Resource": "*"})])
    assert code_of(world.role_a) == ("ok" if accepted else "AccessDenied")


@pytest.mark.parametrize("principal", [ROLE_A, root(CENTRAL)["AWS"], CENTRAL])
@pytest.mark.parametrize("identity", [True, False])
def test_across_accounts_both_sides_always_have_to_allow(world, principal, identity):
    world.set("trust", role=role_b(RETAIL), policy=trusting(principal))
    if not identity:
        world.set("role_policies", role=ROLE_A, policies=[policy({"Action": "sts:GetCallerIdentity", "Resource": "*"})])
    assert code_of(world.chain, RETAIL) == ("ok" if identity else "AccessDenied")


def test_across_accounts_a_bucket_needs_its_policy_and_the_readers_right(world):
    def read():
        return code_of(world.client("s3", world.chain(RETAIL)).get_object, Bucket="mesh-data", Key="shared/p/a.csv")
    assert read() == "ok"
    world.set("bucket_policy", bucket="mesh-data", policy=None)
    assert read() == "AccessDenied"
    world.set("bucket_policy", bucket="mesh-data", policy=policy({"Principal": {"AWS": role_b(RETAIL)}, "Action": "s3:*", "Resource": [
        "arn:aws:s3:::mesh-data", "arn:aws:s3:::mesh-data/*"]}))
    assert read() == "ok"
    with_policies(world, role_b(RETAIL), without=[("s3:GetObject", "mesh-data")])
    assert read() == "AccessDenied"


ONLY_GLUE = json.dumps(policy({"Action": "glue:GetDatabase", "Resource": "*"}))


@pytest.mark.parametrize("bucket, key, principal, outcome", [
    ("retail-data", "flights/t/a.csv", SESSION, "ok"),
    ("retail-data", "flights/t/a.csv", role_b(RETAIL), "AccessDenied"),
    ("retail-data", "flights/t/a.csv", root(RETAIL)["AWS"], "AccessDenied"),
    ("retail-data", "flights/t/a.csv", SESSION + "2", "AccessDenied"),
    ("mesh-data", "shared/p/a.csv", SESSION, "AccessDenied"),
    ("mesh-data", "shared/p/a.csv", role_b(RETAIL), "AccessDenied")])
def test_a_session_arn_grant_escapes_the_session_policy_only_within_one_account(world, bucket, key, principal, outcome):
    """IAM User Guide, policy evaluation logic: a resource policy that names the session itself is limited by no session policy; one that
    names the role is; and across accounts the caller's own side must allow, session policy included."""
    world.set("bucket_policy", bucket=bucket, policy=policy({"Principal": {"AWS": principal}, "Action": "s3:GetObject",
                                                             "Resource": f"arn:aws:s3:::{bucket}/*"}))
    s3 = world.client("s3", world.chain(RETAIL, Policy=ONLY_GLUE))
    assert code_of(s3.get_object, Bucket=bucket, Key=key) == outcome


def test_an_explicit_deny_in_the_session_policy_binds_a_session_arn_grant_too(world):
    world.set("bucket_policy", bucket="retail-data", policy=policy({"Principal": {"AWS": SESSION}, "Action": "s3:GetObject",
                                                                    "Resource": "arn:aws:s3:::retail-data/*"}))
    deny = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]})
    s3 = world.client("s3", world.chain(RETAIL, Policy=deny))
    assert "explicit deny in a session policy" in text_of(s3.get_object, Bucket="retail-data", Key="flights/t/a.csv")


@pytest.mark.parametrize("account, outcome", [(CENTRAL, "ok"), (RETAIL, "AccessDenied")])
def test_a_trust_policy_that_names_the_session_escapes_its_session_policy_only_within_one_account(world, account, outcome):
    world.set("trust", role=role_b(account), policy=trusting(f"arn:aws:sts::{CENTRAL}:assumed-role/AthenaRunAs/tester"))
    keys = world.role_a(Policy=ONLY_GLUE)
    assert code_of(world.assume, keys, role_b(account), ExternalId=EXTERNAL_IDS[account]) == outcome
    world.set("trust", role=role_b(account), policy=trusting(ROLE_A))
    assert code_of(world.assume, keys, role_b(account), ExternalId=EXTERNAL_IDS[account]) == "AccessDenied"


def test_the_central_account_has_a_role_b_too(shared):
    found = shared.client("sts", shared.chain(CENTRAL)).get_caller_identity()
    assert found["Arn"] == f"arn:aws:sts::{CENTRAL}:assumed-role/AthenaConsumer/tester"


# --- what a refusal says ---------------------------------------------------------------------------------------------------------------

def test_worlds_that_aws_cannot_tell_apart_get_identical_answers_and_the_log_knows(small):
    world = bare_world()
    world["accounts"][CENTRAL]["roles"]["AthenaRunAs"]["policies"] = [policy({"Action": "sts:*", "Resource": "*"})]
    handle = small(world)
    keys, right = handle.role_a(), {"ExternalId": EXTERNAL_IDS[RETAIL]}
    answers = {"wrong ExternalId": normalised(handle, keys, role_b(RETAIL), ExternalId="wrong-external-id"),
               "missing ExternalId": normalised(handle, keys, role_b(RETAIL)),
               "absent account": normalised(handle, keys, role_b("999988887777"), ExternalId="x1")}
    saved = handle.control("trust", "POST", {"role": role_b(RETAIL), "policy": trusting(f"arn:aws:iam::{CENTRAL}:user/outsider")})["before"]
    answers["missing trust"] = normalised(handle, keys, role_b(RETAIL), **right)
    handle.control("trust", "POST", {"role": role_b(RETAIL), "policy": saved})
    handle.control("recreate_role", "POST", {"role": ROLE_A})
    keys = handle.role_a()
    answers["recreated Role A"] = normalised(handle, keys, role_b(RETAIL), **right)
    del handle.sandbox.world.accounts[RETAIL].roles["AthenaConsumer"]
    answers["absent role"] = normalised(handle, keys, role_b(RETAIL), **right)
    assert len({repr(answer) for answer in answers.values()}) == 1, answers
    status, headers, body = answers["absent role"]
    assert status == 403 and not any(word in body.lower() for word in (b"external", b"trust", b"because", b"exist", b"condition"))
    assert set(headers) <= {"content-type", "connection"}
    log = "\n".join(handle.control("log"))
    for reason in ("conditions are not met: sts:externalid", "does not name", "entity that was deleted", "no such role"):
        assert reason in log, reason


# --- calls made inside a query ---------------------------------------------------------------------------------------------------------

INSIDE_AND_DIRECT = [
    ({"ForAnyValue:StringEquals": {"aws:CalledVia": "athena.amazonaws.com"}}, True, False),
    ({"StringEquals": {"aws:CalledViaFirst": "athena.amazonaws.com"}}, True, False),
    ({"StringEquals": {"aws:CalledViaLast": "athena.amazonaws.com"}}, True, False),
    ({"Bool": {"aws:ViaAWSService": "true"}}, True, False),
    ({"Bool": {"aws:ViaAWSService": "false"}}, False, True),
    ({"Null": {"aws:CalledVia": "true"}}, False, True),
    ({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, False, True),
    ({"Null": {"aws:SourceVpc": "false"}}, False, False),
    ({"Null": {"aws:SourceVpce": "false"}}, False, False),
    ({"ArnEquals": {"aws:PrincipalArn": role_b(RETAIL)}}, True, True),
    ({"StringLike": {"aws:userid": "*:tester"}}, True, True)]


@pytest.mark.parametrize("condition, inside, direct", INSIDE_AND_DIRECT, ids=[json.dumps(c)[:60] for c, _, _ in INSIDE_AND_DIRECT])
def test_a_query_acts_as_the_callers_session_with_called_via_and_without_network_keys(world, condition, inside, direct):
    with_policies(world, role_b(RETAIL), policy({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::retail-results/*"},
                                                {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::retail-data/*", "Condition": condition}),
                  without=[("s3:GetObject", "retail-data/")])
    keys = world.chain(RETAIL)
    assert run(world, keys, QUERY)[0] == ("SUCCEEDED" if inside else "FAILED")
    s3 = world.client("s3", keys)
    assert code_of(s3.get_object, Bucket="retail-data", Key="flights/t/a.csv") == ("ok" if direct else "AccessDenied")


def test_the_session_policy_binds_the_calls_inside_a_query(world):
    allowed = policy({"Action": ["athena:*", "s3:*"], "Resource": "*"})
    state, reason, _ = run(world, world.chain(RETAIL, Policy=json.dumps(allowed)), QUERY)
    assert state == "FAILED" and "no session policy allows the glue:" in reason
    allowed["Statement"].append({"Effect": "Allow", "Action": "glue:*", "Resource": "*"})
    assert run(world, world.chain(RETAIL, Policy=json.dumps(allowed)), QUERY)[0] == "SUCCEEDED"


# --- actions and their resources -------------------------------------------------------------------------------------------------------

def test_account_level_lists_need_the_resource_star(world):
    named = world.client("athena", world.assume(world.role_a(), RESTRICTED, ExternalId="bi-retail-r-55d0"))
    for call in (named.list_data_catalogs, named.list_work_groups):
        assert code_of(call) == "AccessDeniedException"
    with_policies(world, RESTRICTED, policy({"Action": ["athena:ListDataCatalogs", "athena:ListWorkGroups"], "Resource": [
        f"arn:aws:athena:{REGION}:{RETAIL}:workgroup/*", f"arn:aws:athena:{REGION}:{RETAIL}:datacatalog/*"]}))
    for call in (named.list_data_catalogs, named.list_work_groups):
        assert code_of(call) == "AccessDeniedException"
    wide = world.client("athena", world.chain(RETAIL))
    assert [code_of(wide.list_data_catalogs), code_of(wide.list_work_groups)] == ["ok", "ok"]


# Names of the service authorization reference that no operation of today has.
LEGACY = ["athena:RunQuery", "athena:GetCatalogs", "athena:GetNamespace", "athena:GetNamespaces", "athena:GetTable", "athena:GetTables",
          "athena:GetExecutionEngine", "athena:GetExecutionEngines", "athena:GetQueryExecutions", "athena:CancelQueryExecution"]


def test_legacy_action_names_are_accepted_and_grant_nothing_of_today(small):
    world = world_with_a_table()
    policies = world["accounts"][RETAIL]["roles"]["AthenaConsumer"]["policies"]
    policies["Queries"]["Statement"][0]["Action"] += LEGACY
    handle = small(world)
    add_tables(handle)
    assert run(handle, handle.chain(RETAIL), QUERY)[0] == "SUCCEEDED"
    handle.control("role_policies", "POST", {"role": role_b(RETAIL), "policies": [policy({"Action": LEGACY, "Resource": "*"})]})
    assert run(handle, handle.chain(RETAIL), QUERY)[:2] == ("REFUSED", "AccessDeniedException")


@pytest.mark.parametrize("lost", ["catalog", "database/flights", "table/flights/t"])
def test_glue_checks_the_resource_and_its_ancestors_and_names_the_refused_one(world, lost):
    base = f"arn:aws:glue:{REGION}:{RETAIL}:"
    arns = [base + part for part in ("catalog", "database/default", "database/flights", "table/flights/t") if part != lost]
    glue = world.client("glue", world.chain(RETAIL, Policy=json.dumps(policy({"Action": "glue:GetTable", "Resource": arns}))))
    assert f"on resource: {base}{lost} because" in text_of(glue.get_table, DatabaseName="flights", Name="t")


def test_queries_need_database_default_and_direct_reads_do_not(world):
    documents = documents_of(world, RESTRICTED)
    for statement in documents[0]["Statement"]:
        if isinstance(statement["Resource"], list):
            statement["Resource"] = [r for r in statement["Resource"] if "database/default" not in r]
    world.set("role_policies", role=RESTRICTED, policies=documents)
    keys = world.assume(world.role_a(), RESTRICTED, ExternalId="bi-retail-r-55d0")
    state, reason, _ = run(world, keys, QUERY)
    assert state == "FAILED" and f"arn:aws:glue:{REGION}:{RETAIL}:database/default" in reason
    assert code_of(world.client("glue", keys).get_table, DatabaseName="flights", Name="t") == "ok"


# --- Lake Formation --------------------------------------------------------------------------------------------------------------------

def grant(world, table, *permissions, catalog=GOVERNED):
    world.sandbox.lakeformation.grants.append({"account": RETAIL, "catalog": catalog, "who": role_b(RETAIL), "database": "governed", "table": table,
                                               "accepted": True, "permissions": set(permissions)})


def test_what_may_not_be_described_is_absent_and_pages_are_short_or_empty_with_a_token(world):
    glue = world.client("glue", world.chain(RETAIL))
    pages, token = [], {}
    while True:
        page = glue.get_tables(DatabaseName="governed", MaxResults=100, **token)
        pages.append([table["Name"] for table in page["TableList"]])
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert pages == [[], [], ["stocks", "volatility"]]
    grant(world, "m120", "DESCRIBE")
    first = glue.get_tables(DatabaseName="governed", MaxResults=100)
    second = glue.get_tables(DatabaseName="governed", MaxResults=100, NextToken=first["NextToken"])
    assert (first["TableList"], [t["Name"] for t in second["TableList"]], "NextToken" in second) == ([], ["m120"], True)


def test_registered_data_is_vended_with_get_data_access_and_without_a_right_on_s3(world):
    keys = world.chain(RETAIL)
    sql = "SELECT count(*) AS n FROM governed.stocks"
    assert run(world, keys, sql) == ("SUCCEEDED", None, b'"n"\n"1"\n')
    assert code_of(world.client("s3", keys).get_object, Bucket="governed-data", Key="governed/stocks/a.csv") == "AccessDenied"
    for other in ((), (policy({"Action": "lakeformation:GetDataAccess", "Resource": f"arn:aws:lakeformation:{REGION}:{GOVERNED}:catalog:{GOVERNED}"}),)):
        with_policies(world, role_b(RETAIL), *other, without=[("lakeformation:GetDataAccess", "*")])
        assert run(world, world.chain(RETAIL), sql)[0] == "FAILED"


def test_result_buckets_are_never_lake_formations(world):
    """GetDataAccess does not stand in for the rights on the result bucket, not even where somebody registered it."""
    lake = world.sandbox.lakeformation
    lake.locations.append((RETAIL, ("retail-results", "")))
    try:
        assert run(world, world.chain(RETAIL), "SELECT 1")[0] == "SUCCEEDED"
        with_policies(world, role_b(RETAIL), without=[("s3:PutObject", "retail-results")])
        assert run(world, world.chain(RETAIL), "SELECT 1")[0] != "SUCCEEDED"
    finally:
        lake.locations.pop()


def test_across_accounts_the_share_the_link_and_the_target_each_have_to_allow(world):
    lake = world.sandbox.lakeformation
    lake.governed[RETAIL] = {"governed"}                # the link has its own catalog's grants now
    keys = world.chain(RETAIL)

    def query():
        return run(world, keys, "SELECT count(*) AS n FROM governed.stocks")[0]
    assert query() == "FAILED"
    assert "governed" not in {d["Name"] for d in world.client("glue", keys).get_databases()["DatabaseList"]}
    grant(world, "", "DESCRIBE", catalog=RETAIL)
    assert query() == "SUCCEEDED"
    stocks = next(g for g in lake.grants if g["table"] == "stocks")
    stocks["permissions"] = {"DESCRIBE"}
    assert query() == "FAILED"
    stocks["permissions"] = {"DESCRIBE", "SELECT"}
    share = next(s for s in lake.shares if s["who"] == RETAIL)
    share["accepted"] = False
    assert query() == "FAILED"
    share["accepted"] = True
    assert query() == "SUCCEEDED"


def test_the_mesh_has_one_lake_formation_producer_and_one_of_glue_resource_policies(shared):
    accounts = shared.sandbox.world.accounts
    assert (bool(accounts[MESH].glue_policy), bool(accounts[MESH].raw.get("lakeformation"))) == (True, False)
    assert (bool(accounts[GOVERNED].glue_policy), bool(accounts[GOVERNED].raw.get("lakeformation"))) == (False, True)
    links = {d["Name"]: d["TargetDatabase"]["CatalogId"] for d in shared.client("glue", shared.chain(RETAIL)).get_databases()["DatabaseList"]
             if "TargetDatabase" in d}
    assert links == {"mesh": MESH, "governed": GOVERNED}


# --- keys, existence, identity of roles ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("actions, write, read", [
    (["kms:GenerateDataKey", "kms:Decrypt"], "ok", "ok"), (["kms:GenerateDataKey"], "ok", "AccessDenied"),
    (["kms:Decrypt"], "AccessDenied", "ok"), (["kms:DescribeKey"], "AccessDenied", "AccessDenied")])
def test_writing_needs_generate_data_key_and_reading_needs_decrypt(world, actions, write, read):
    world.sandbox.store.put("retail-vault", "there", b"1")
    with_policies(world, role_b(RETAIL), policy({"Action": actions, "Resource": KEY}))
    s3 = world.client("s3", world.chain(RETAIL))
    assert (code_of(s3.put_object, Bucket="retail-vault", Key="new", Body=b"1"), code_of(s3.get_object, Bucket="retail-vault", Key="there")) \
        == (write, read)


def test_iam_comes_before_existence(world):
    keys = world.assume(world.role_a(), RESTRICTED, ExternalId="bi-retail-r-55d0")
    athena, glue = world.client("athena", keys), world.client("glue", keys)
    assert code_of(athena.get_work_group, WorkGroup="no-such-group") == "AccessDeniedException"
    assert run(world, keys, "SELECT 1", "no-such-group")[:2] == ("REFUSED", "AccessDeniedException")
    assert code_of(glue.get_table, DatabaseName="nowhere", Name="t") == "AccessDeniedException"
    assert code_of(glue.get_table, DatabaseName="flights", Name="nowhere") == "EntityNotFoundException"
    wide = world.chain(RETAIL)
    assert run(world, wide, "SELECT 1", "no-such-group")[:2] == ("REFUSED", "InvalidRequestException")
    assert code_of(world.client("glue", wide).get_table, DatabaseName="nowhere", Name="t") == "EntityNotFoundException"


@pytest.mark.parametrize("wanted, outcome", [(EXTERNAL_IDS[RETAIL], "ok"), ("another", "AccessDenied")])
def test_the_external_id_is_tested_in_the_callers_policy_too(world, wanted, outcome):
    world.set("role_policies", role=ROLE_A, policies=[policy({"Action": "sts:AssumeRole", "Resource": "*", "Condition": {
        "StringEquals": {"sts:ExternalId": wanted}}})])
    assert code_of(world.chain, RETAIL) == outcome


def test_a_trust_policy_is_bound_to_the_role_that_existed_when_it_was_saved(small):
    handle = small(bare_world())
    assert code_of(handle.chain, RETAIL) == "ok"
    handle.control("recreate_role", "POST", {"role": ROLE_A})
    assert code_of(handle.chain, RETAIL) == "AccessDenied"
    handle.control("trust", "POST", {"role": role_b(RETAIL)})
    assert (code_of(handle.chain, RETAIL), code_of(handle.chain, INVESTMENT)) == ("ok", "AccessDenied")


def test_accounts_carry_enabled_regions(world):
    assert code_of(world.chain, RETAIL, region="eu-west-1") == "ok"
    world.set("regions", account=RETAIL, enabled_regions=[REGION])
    assert code_of(world.chain, RETAIL, region="eu-west-1") == "RegionDisabledException"
    assert code_of(world.chain, RETAIL) == "ok"
    keys = world.chain(RETAIL)
    assert code_of(world.client("glue", keys, "eu-west-1").get_databases) == "UnrecognizedClientException"


def padded(document, size):
    """The document, made exactly `size` characters long without white space by a Sid."""
    document = copy.deepcopy(document)
    document["Statement"][0]["Sid"] = ""
    short = len(json.dumps(document, separators=(",", ":")))
    document["Statement"][0]["Sid"] = "x" * (size - short)
    return document


IDENTITY = policy({"Action": "s3:GetObject", "Resource": "*"})
LIMITS = {
    "a role's inline policies": (10_240, lambda a, d: a["roles"]["AthenaConsumer"].update(policies=[d]), IDENTITY),
    "a user's inline policies": (2_048, lambda a, d: a["users"]["bi-service"].update(policies=[d]), IDENTITY),
    "a managed policy": (6_144, lambda a, d: a.update(managed_policies={"Big": d}), IDENTITY),
    "a permissions boundary": (6_144, lambda a, d: a["roles"]["AthenaConsumer"].update(boundary=d), IDENTITY),
    "a trust policy": (2_048, lambda a, d: a["roles"]["AthenaConsumer"].update(trust=d), trusting(ROLE_A)),
    "a bucket policy": (20_480, lambda a, d: a["buckets"].update({"central-data": {"policy": d}}),
                        policy({"Principal": root(RETAIL), "Action": "s3:GetObject", "Resource": "arn:aws:s3:::central-data/*"})),
    "a key policy": (32_768, lambda a, d: a.update(kms_keys={"k": {"id": "0d9b2c3a-1111-4222-8333-444455556666", "policy": d}}),
                     policy({"Principal": root(CENTRAL), "Action": "kms:*", "Resource": "*"})),
    "a catalog policy": (10_240, lambda a, d: a.update(glue={"policy": d}),
                         policy({"Principal": root(RETAIL), "Action": "glue:GetTable", "Resource": "*"})),
}


def started(document, tmp_path):
    """Starts a sandbox far enough to read every policy; the error's text, or None."""
    from athena_sandbox.process import RunningSandbox
    path = tmp_path / "world.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    try:
        RunningSandbox(path, tmp_path / "state").stop()
    except WorldError as error:
        return str(error)
    return None


@pytest.mark.parametrize("what", LIMITS)
def test_size_limits_of_policies_are_enforced(what, tmp_path):
    limit, place, document = LIMITS[what]
    for size, words in ((limit, None), (limit + 1, f"{limit + 1} characters, the limit is {limit}")):
        world = bare_world()
        place(world["accounts"][CENTRAL], padded(document, size))
        said = started(world, tmp_path)
        assert (words in said) if words else said is None, said


def test_the_size_limit_of_a_session_policy_is_enforced_on_the_wire(shared):
    for size, outcome in ((2_048, "ok"), (2_049, "ValidationError")):
        text = json.dumps(padded(policy({"Action": "sts:AssumeRole", "Resource": "*"}), size), separators=(",", ":"))
        assert (len(text), code_of(shared.role_a, Policy=text)) == (size, outcome)


def test_two_role_bs_of_different_classification_live_in_one_account(shared):
    keys = shared.role_a()
    wide, narrow = shared.chain(RETAIL), shared.assume(keys, RESTRICTED, ExternalId="bi-retail-r-55d0")
    assert code_of(shared.assume, keys, RESTRICTED, ExternalId=EXTERNAL_IDS[RETAIL]) == "AccessDenied"
    assert code_of(shared.assume, keys, role_b(RETAIL), ExternalId="bi-retail-r-55d0") == "AccessDenied"
    for sql, states in ((QUERY, ("SUCCEEDED", "SUCCEEDED")), ("SELECT count(*) FROM mesh.p", ("SUCCEEDED", "FAILED"))):
        assert (run(shared, wide, sql)[0], run(shared, narrow, sql)[0]) == states
    assert run(shared, narrow, "SELECT 1", "retail-managed")[:2] == ("REFUSED", "AccessDeniedException")


# --- condition keys --------------------------------------------------------------------------------------------------------------------

NAMED_KEYS = """sts:ExternalId sts:RoleSessionName sts:SourceIdentity aws:PrincipalArn aws:PrincipalAccount
aws:PrincipalOrgID aws:PrincipalOrgPaths aws:PrincipalTag/team aws:SourceIp aws:SourceVpc aws:SourceVpce aws:SourceArn
aws:SourceAccount aws:CalledVia aws:CalledViaFirst aws:CalledViaLast aws:ViaAWSService aws:SecureTransport
aws:ResourceAccount aws:ResourceOrgID aws:ResourceTag/team aws:RequestTag/team aws:TagKeys aws:RequestedRegion
aws:MultiFactorAuthPresent aws:MultiFactorAuthAge aws:CurrentTime aws:userid s3:prefix s3:ResourceAccount
s3:x-amz-server-side-encryption s3:x-amz-server-side-encryption-aws-kms-key-id kms:ViaService
kms:EncryptionContext:aws:s3:arn""".split()


@pytest.mark.parametrize("key", NAMED_KEYS)
def test_every_condition_key_of_the_list_is_known_and_its_misspelling_stops_the_start(key):
    check_key(key, "here")
    check_key(key.upper(), "here")
    family, slash, tag = key.partition("/")
    wrong = family + "s" + slash + tag if "EncryptionContext" not in key else key.replace("Context", "Contexts")
    world = bare_world()
    world["accounts"][CENTRAL]["roles"]["AthenaRunAs"]["trust"]["Statement"][0]["Condition"] = {"StringEquals": {wrong: "x"}}
    with pytest.raises(WorldError, match=f"accounts.{CENTRAL}.roles.AthenaRunAs.trust.*unknown condition key '{wrong}'.*nearest known key"):
        World(world, WORLD.parent)


KEY_VALUES = [
    # condition on Role B's ListBucket, whether it holds
    ({"StringEquals": {"aws:PrincipalAccount": RETAIL}}, True),
    ({"StringEquals": {"aws:PrincipalAccount": CENTRAL}}, False),
    ({"ArnEquals": {"aws:PrincipalArn": role_b(RETAIL)}}, True),
    ({"StringEquals": {"aws:PrincipalOrgID": "o-acme1sandbx"}}, True),
    ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-acme1sandbx/*"}}, True),
    ({"StringEquals": {"aws:ResourceAccount": RETAIL}}, True),
    ({"StringEquals": {"aws:ResourceOrgID": "o-acme1sandbx"}}, True),
    ({"StringEquals": {"s3:ResourceAccount": "999900001111"}}, False),
    ({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, True),
    ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, False),
    ({"StringEquals": {"aws:SourceVpc": "vpc-1"}}, False),
    ({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, False),
    ({"ArnLike": {"aws:SourceArn": "arn:aws:*:*:*:*"}}, False),
    ({"StringEquals": {"aws:SourceAccount": RETAIL}}, False),
    ({"Bool": {"aws:SecureTransport": "false"}}, True),
    ({"Bool": {"aws:ViaAWSService": "true"}}, False),
    ({"Null": {"aws:CalledVia": "true"}}, True),
    ({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}, True),
    ({"StringLike": {"aws:userid": "AROA*:tester"}}, True),
    ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, False),
    ({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, True),
    ({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, False),
    ({"StringEquals": {"aws:PrincipalTag/team": "red"}}, True),
    ({"StringEquals": {"aws:SourceIdentity": "alice"}}, True),
    ({"StringLike": {"s3:prefix": "home/*"}}, True),
    ({"StringLike": {"s3:prefix": "other/*"}}, False),
    ({"NumericLessThanEquals": {"s3:max-keys": "5"}}, True),
]


@pytest.mark.parametrize("condition, allowed", KEY_VALUES, ids=[json.dumps(k)[:60] for k, _ in KEY_VALUES])
def test_condition_keys_have_the_values_of_the_request(shared, condition, allowed):
    first = shared.role_a(Tags=[{"Key": "team", "Value": "red"}], TransitiveTagKeys=["team"], SourceIdentity="alice")
    keys = shared.assume(first, role_b(RETAIL), ExternalId=EXTERNAL_IDS[RETAIL], Policy=json.dumps(
        policy({"Action": "s3:ListBucket", "Resource": "*", "Condition": condition})))
    outcome = code_of(shared.client("s3", keys).list_objects_v2, Bucket="retail-data", Prefix="home/x", MaxKeys=5)
    assert outcome == ("ok" if allowed else "AccessDenied")


TRUST_VALUES = [
    # condition of Role B's trust policy, whether it holds
    ({"StringEquals": {"sts:ExternalId": EXTERNAL_IDS[CENTRAL]}}, True),
    ({"StringEquals": {"sts:ExternalId": "other"}}, False),
    ({"StringLike": {"sts:RoleSessionName": "test*"}}, True),
    ({"StringLike": {"sts:RoleSessionName": "other*"}}, False),
    ({"StringEquals": {"sts:SourceIdentity": "alice"}}, True),
    ({"StringEquals": {"sts:SourceIdentity": "bob"}}, False),
    ({"StringEquals": {"aws:RequestTag/team": "red"}}, True),
    ({"StringEquals": {"aws:RequestTag/team": "blue"}}, False),
    ({"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "cost"]}}, True),
    ({"ForAllValues:StringEquals": {"aws:TagKeys": ["cost"]}}, False),
    ({"StringEquals": {"aws:ResourceTag/class": "open"}}, True),
    ({"StringEquals": {"aws:ResourceTag/class": "secret"}}, False),
    ({"StringEquals": {"aws:PrincipalOrgID": "o-acme1sandbx"}}, True),
    ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, False),
    ({"NumericLessThan": {"aws:MultiFactorAuthAge": "300"}}, False),
    ({"NumericLessThanIfExists": {"aws:MultiFactorAuthAge": "300"}}, True),
]


@pytest.mark.parametrize("condition, allowed", TRUST_VALUES, ids=[json.dumps(k)[:60] for k, _ in TRUST_VALUES])
def test_condition_keys_of_assume_role_have_the_values_of_the_request(world, condition, allowed):
    world.sandbox.world.find_role(role_b(CENTRAL)).tags["class"] = "open"
    world.set("trust", role=role_b(CENTRAL), policy=trusting(ROLE_A, Condition=condition))
    assert code_of(world.assume, world.role_a(), role_b(CENTRAL), ExternalId=EXTERNAL_IDS[CENTRAL], SourceIdentity="alice",
                   Tags=[{"Key": "team", "Value": "red"}]) == ("ok" if allowed else "AccessDenied")


def test_the_keys_of_a_second_factor_have_values_when_there_is_one(small):
    world, serial = bare_world(), f"arn:aws:iam::{CENTRAL}:mfa/bi"
    world["accounts"][CENTRAL]["users"]["bi-service"].update(mfa_serial=serial, mfa_code="123456")
    world["accounts"][CENTRAL]["roles"]["AthenaRunAs"]["trust"] = trusting(BI_USER, Condition={
        "Bool": {"aws:MultiFactorAuthPresent": "true"}, "NumericLessThan": {"aws:MultiFactorAuthAge": "300"}})
    handle = small(world)
    assert code_of(handle.role_a) == "AccessDenied"
    assert code_of(handle.role_a, SerialNumber=serial, TokenCode="123456") == "ok"


KEY_CONDITIONS = [
    ({"StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}}, True),
    ({"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}, False),
    ({"StringLike": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::retail-vault*"}}, True),
    ({"StringLike": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::retail-data*"}}, False)]


@pytest.mark.parametrize("condition, allowed", KEY_CONDITIONS, ids=[json.dumps(k)[:60] for k, _ in KEY_CONDITIONS])
def test_condition_keys_of_a_key_policy_have_the_values_of_the_request(world, condition, allowed):
    world.set("key_policy", key=KEY, policy=policy({"Principal": {"AWS": role_b(RETAIL)}, "Action": "kms:*", "Resource": "*", "Condition": condition}))
    s3 = world.client("s3", world.chain(RETAIL))
    assert code_of(s3.put_object, Bucket="retail-vault", Key="y", Body=b"1") == ("ok" if allowed else "AccessDenied")


@pytest.mark.parametrize("header, allowed", [({"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": KEY}, True), ({}, False)])
def test_the_encryption_headers_of_a_put_are_condition_keys(world, header, allowed):
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::retail-vault/*", "Condition": {
        "StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms", "s3:x-amz-server-side-encryption-aws-kms-key-id": KEY}}}
    world.set("bucket_policy", bucket="retail-vault", policy={"Version": "2012-10-17", "Statement": [deny]})
    with_policies(world, role_b(RETAIL), KEY_RIGHTS)
    s3 = world.client("s3", world.chain(RETAIL))
    assert code_of(s3.put_object, Bucket="retail-vault", Key="z", Body=b"1", **header) == ("ok" if allowed else "AccessDenied")
