"""Lake Formation, KMS keys and result buckets of other accounts."""
import pytest
from botocore.exceptions import ClientError

from conftest import EXTERNAL_IDS, INVESTMENT, MESH, RETAIL, ROOT, role_b, start
from test_negative_world import run

GOVERNED = "666677778888"
KEY = "arn:aws:kms:us-east-1:777788889999:key/5b1c6f1e-7a55-4d0a-9d55-2f5f0c1f6a11"


# --- Lake Formation ---------------------------------------------------------------------------------------------

def test_tables_that_may_not_be_described_are_absent_without_an_error(clients):
    found = clients(RETAIL, "glue").get_tables(DatabaseName="governed")["TableList"]
    assert [table["Name"] for table in found] == ["stocks", "volatility"]


def test_a_hidden_table_is_refused_by_name_under_both_readings(sandbox, clients):
    glue = clients(RETAIL, "glue")
    for loud, code in ((True, "AccessDeniedException"), (False, "EntityNotFoundException")):
        before = sandbox.control("switches", "POST", {"lake_denies_loudly": loud})["before"]
        try:
            with pytest.raises(ClientError) as caught:
                glue.get_table(DatabaseName="governed", Name="employment")
        finally:
            sandbox.control("switches", "POST", before)
        assert caught.value.response["Error"]["Code"] == code


def test_select_needs_select_and_no_s3_right(sandbox):
    keys = sandbox.chain(RETAIL)
    assert run(sandbox, keys, "SELECT count(*) AS n FROM governed.stocks")[0] == "SUCCEEDED"
    assert run(sandbox, keys, "SELECT count(*) AS n FROM governed.volatility")[0] == "FAILED"
    with pytest.raises(ClientError) as caught:
        sandbox.client("s3", keys).list_objects_v2(Bucket="governed-data")
    assert caught.value.response["Error"]["Code"] == "AccessDenied"


def test_governed_data_needs_get_data_access(small):
    import copy
    import yaml
    world = copy.deepcopy(yaml.safe_load((ROOT / "sandbox/worlds/default.yaml").read_text()))
    for account in world["accounts"].values():
        for name, database in (account.get("databases") or {}).items():
            if name != "governed":
                database.pop("tables", None)
    del world["accounts"][RETAIL]["roles"]["AthenaConsumer"]["policies"]["GovernedData"]
    handle = small(world)
    state, reason, _ = run(handle, handle.chain(RETAIL), "SELECT count(*) FROM governed.stocks")
    assert state == "FAILED", reason
    assert any("lakeformation:GetDataAccess" in line for line in handle.control("log"))


def test_shared_databases_are_listed_only_when_asked_for(clients):
    glue = clients(RETAIL, "glue")
    assert "666677778888" not in {d["CatalogId"] for d in glue.get_databases()["DatabaseList"]}
    foreign = glue.get_databases(ResourceShareType="FOREIGN")["DatabaseList"]
    assert [(d["CatalogId"], d["Name"]) for d in foreign] == [(GOVERNED, "governed")]
    both = glue.get_databases(ResourceShareType="ALL")["DatabaseList"]
    assert {RETAIL, GOVERNED} == {d["CatalogId"] for d in both}


def test_a_share_that_was_not_accepted_shows_nothing(clients):
    glue = clients(INVESTMENT, "glue")
    assert glue.get_databases(ResourceShareType="FOREIGN")["DatabaseList"] == []
    with pytest.raises(ClientError):
        glue.get_table(CatalogId=GOVERNED, DatabaseName="governed", Name="stocks")


def test_the_other_producer_is_not_governed(clients):
    names = [t["Name"] for t in clients(RETAIL, "glue").get_tables(
        CatalogId=MESH, DatabaseName="shared")["TableList"]]
    assert len(names) >= 3


# --- results in another account, under its own key ---------------------------------------------------------------

@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    handle = start(ROOT / "sandbox/worlds/results_elsewhere.yaml", tmp_path_factory.mktemp("else"))
    yield handle
    handle.sandbox.stop()


QUERY = "SELECT count(*) AS n FROM flights.airlines"


def test_results_are_written_to_and_read_from_the_other_account(elsewhere):
    keys = elsewhere.chain(RETAIL)
    state, reason, body = run(elsewhere, keys, QUERY)
    assert (state, body) == ("SUCCEEDED", b'"n"\n"16"\n'), reason
    s3 = elsewhere.client("s3", keys)
    key = s3.list_objects_v2(Bucket="vault-results")["Contents"][0]["Key"]
    head = s3.head_object(Bucket="vault-results", Key=key, ExpectedBucketOwner="777788889999")
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", KEY)
    with pytest.raises(ClientError):
        s3.head_object(Bucket="vault-results", Key=key, ExpectedBucketOwner=RETAIL)


def key_policy(*actions):
    return {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::777788889999:root"}, "Action": "kms:*",
         "Resource": "*"},
        {"Effect": "Allow", "Principal": {"AWS": role_b(RETAIL)}, "Action": list(actions),
         "Resource": "*"}]}


def test_writing_needs_generate_data_key_and_reading_decrypt(elsewhere):
    keys = elsewhere.chain(RETAIL)
    s3 = elsewhere.client("s3", keys)
    before = elsewhere.control("key_policy", "POST", {"key": KEY, "policy": key_policy("kms:Decrypt")})
    try:
        assert run(elsewhere, keys, QUERY)[0] in ("FAILED", "REFUSED")
        elsewhere.control("key_policy", "POST", {"key": KEY, "policy": key_policy(
            "kms:GenerateDataKey")})
        s3.put_object(Bucket="vault-results", Key="x", Body=b"1")
        with pytest.raises(ClientError) as caught:
            s3.get_object(Bucket="vault-results", Key="x")
        error = caught.value.response["Error"]
        assert error["Code"] == "AccessDenied" and "kms:Decrypt" in error["Message"]
    finally:
        elsewhere.control("key_policy", "POST", {"key": KEY, "policy": before["before"]})
    assert s3.get_object(Bucket="vault-results", Key="x")["Body"].read() == b"1"


def test_the_key_policy_must_allow_even_in_its_own_account(elsewhere):
    world, sandbox = elsewhere.sandbox.world, elsewhere.sandbox
    caller = sandbox.sessions.caller(elsewhere.chain(RETAIL)[0])
    caller.account = "777788889999"
    caller.identity_policies = [*caller.identity_policies]
    before = world.find_key(KEY).policy
    elsewhere.control("key_policy", "POST", {"key": KEY, "policy": {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "kms:*", "Resource": "*"}]}})
    try:
        assert not sandbox.may(caller, "kms:Decrypt", KEY, {"kms:ViaService":
                                                            "s3.us-east-1.amazonaws.com"})
    finally:
        world.find_key(KEY).policy = before


def test_the_encryption_condition_of_a_bucket_policy(elsewhere):
    keys = elsewhere.chain(RETAIL)
    s3 = elsewhere.client("s3", keys)
    before = elsewhere.sandbox.store.bucket("vault-results").policy.document
    denying = {"Version": "2012-10-17", "Statement": before["Statement"] + [{
        "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::vault-results/*",
        "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}}]}
    elsewhere.control("bucket_policy", "POST", {"bucket": "vault-results", "policy": denying})
    try:
        with pytest.raises(ClientError):
            s3.put_object(Bucket="vault-results", Key="y", Body=b"1")
        s3.put_object(Bucket="vault-results", Key="y", Body=b"1", ServerSideEncryption="aws:kms",
                      SSEKMSKeyId=KEY)
    finally:
        elsewhere.control("bucket_policy", "POST", {"bucket": "vault-results", "policy": before})


def test_external_ids_are_those_of_the_world():
    assert EXTERNAL_IDS[RETAIL] == "bi-retail-7c1e"
