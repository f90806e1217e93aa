"""The role chain with boto3 as an independent client, and what both accounts' trails say about it."""
import json
import re

import pytest
from botocore.exceptions import ClientError

from conftest import (BASE_KEYS, CENTRAL, EXTERNAL_IDS, INVESTMENT, RETAIL, RISK, ROLE_A, role_b)


def refused(call, *arguments, **named):
    with pytest.raises(ClientError) as caught:
        call(*arguments, **named)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


def test_the_base_user_knows_itself(sandbox):
    answer = sandbox.client("sts").get_caller_identity()
    assert answer["Arn"] == f"arn:aws:iam::{CENTRAL}:user/bi-service"
    assert answer["Account"] == CENTRAL
    assert answer["UserId"].startswith("AIDA")


@pytest.mark.parametrize("account", [CENTRAL, RETAIL, INVESTMENT, RISK])
def test_the_chain_ends_in_each_consumer_account(sandbox, account):
    answer = sandbox.client("sts", sandbox.chain(account)).get_caller_identity()
    assert answer["Arn"] == f"arn:aws:sts::{account}:assumed-role/AthenaConsumer/tester"


def test_the_scope_down_policy_lets_hop_two_through_and_nothing_else(sandbox):
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        "Resource": role_b(RETAIL)}]}, separators=(",", ":"))
    keys = sandbox.role_a(Policy=policy)
    sandbox.assume(keys, role_b(RETAIL), ExternalId=EXTERNAL_IDS[RETAIL])
    code, text = refused(sandbox.assume, keys, role_b(RISK), ExternalId=EXTERNAL_IDS[RISK])
    assert code == "AccessDenied"
    assert text.endswith("because no session policy allows the sts:AssumeRole action")


def test_skipping_the_hub_is_refused(sandbox):
    code, text = refused(sandbox.assume, BASE_KEYS, role_b(RETAIL), ExternalId=EXTERNAL_IDS[RETAIL])
    assert code == "AccessDenied"
    assert "no identity-based policy allows the sts:AssumeRole action" in text


def test_another_user_of_the_same_account_may_not_assume_role_a(sandbox):
    outsider = ("AKIASANDBOXOUTSIDER1", "sandbox/outsider/secret/not-for-real0000", None)
    assert refused(sandbox.assume, outsider, ROLE_A)[0] == "AccessDenied"


def test_a_chained_session_is_capped_at_one_hour(sandbox):
    keys = sandbox.role_a()
    code, text = refused(sandbox.assume, keys, role_b(RETAIL), ExternalId=EXTERNAL_IDS[RETAIL],
                         DurationSeconds=3601)
    assert code == "ValidationError"
    assert text == ("The requested DurationSeconds exceeds the 1 hour session limit for roles "
                    "assumed by role chaining.")
    sandbox.assume(keys, role_b(RETAIL), ExternalId=EXTERNAL_IDS[RETAIL], DurationSeconds=3600)


def test_a_session_is_capped_by_the_role(sandbox):
    sandbox.role_a(DurationSeconds=43200)
    sandbox.sandbox.world.find_role(ROLE_A).max_session = 7200
    try:
        code, text = refused(sandbox.role_a, DurationSeconds=7201)
    finally:
        sandbox.sandbox.world.find_role(ROLE_A).max_session = 43200
    assert (code, "MaxSessionDuration" in text) == ("ValidationError", True)


def normalised(sandbox, keys, role, **more):
    """The whole answer of a refused AssumeRole, request id and role ARN taken out."""
    seen = {}
    client = sandbox.client("sts", keys)
    client.meta.events.register("before-parse.sts.AssumeRole",
                                lambda response_dict, **_: seen.update(response_dict))
    with pytest.raises(ClientError):
        client.assume_role(RoleArn=role, RoleSessionName="tester", **more)
    body = re.sub(rb"<RequestId>[^<]*</RequestId>", b"", seen["body"])
    headers = {k.lower(): v for k, v in seen["headers"].items()
               if k.lower() not in ("date", "x-amzn-requestid", "content-length")}
    return seen["status_code"], headers, body.replace(role.encode(), b"ROLE")


def test_refusals_that_aws_does_not_explain_are_byte_identical(sandbox, small):
    from conftest import bare_world
    keys = sandbox.role_a()
    wrong = normalised(sandbox, keys, role_b(RETAIL), ExternalId="wrong-external-id")
    missing = normalised(sandbox, keys, role_b(RETAIL))
    world = bare_world()
    accounts = world["accounts"]
    trust = accounts[RETAIL]["roles"]["AthenaConsumer"]["trust"]["Statement"]
    for statement in trust:
        statement["Principal"] = {"AWS": f"arn:aws:iam::{CENTRAL}:user/outsider"}
    del accounts[INVESTMENT]["roles"]["AthenaConsumer"]
    other = small(world)
    keys = other.role_a()
    no_trust = normalised(other, keys, role_b(RETAIL), ExternalId=EXTERNAL_IDS[RETAIL])
    no_role = normalised(other, keys, role_b(INVESTMENT), ExternalId=EXTERNAL_IDS[INVESTMENT])
    assert wrong == missing == no_trust == no_role
    assert wrong[0] == 403 and b"because" not in wrong[2]


def test_the_reason_is_in_the_sandboxes_own_log(sandbox):
    keys = sandbox.role_a()
    refused(sandbox.assume, keys, role_b(RETAIL), ExternalId="wrong-external-id")
    assert any("sts:externalid" in line for line in sandbox.control("log"))


def test_a_recreated_role_a_is_refused_until_the_trust_is_saved_again(small):
    from conftest import bare_world
    handle = small(bare_world())
    handle.chain(RETAIL)
    handle.control("recreate_role", "POST", {"role": ROLE_A})
    keys = handle.role_a()
    code, text = refused(handle.assume, keys, role_b(RETAIL), ExternalId=EXTERNAL_IDS[RETAIL])
    assert code == "AccessDenied" and "because" not in text
    handle.control("trust", "POST", {"role": role_b(RETAIL)})
    handle.assume(keys, role_b(RETAIL), ExternalId=EXTERNAL_IDS[RETAIL])


def test_sessions_of_a_deleted_role_lose_their_rights(small):
    from conftest import bare_world
    handle = small(bare_world())
    keys = handle.role_a()
    handle.control("recreate_role", "POST", {"role": ROLE_A})
    assert refused(handle.assume, keys, role_b(RETAIL),
                   ExternalId=EXTERNAL_IDS[RETAIL])[0] == "AccessDenied"


def test_assume_role_is_recorded_in_both_accounts_with_one_shared_event(sandbox):
    sandbox.chain(RETAIL, session="trail-test")
    both = [r for r in sandbox.control("trail?name=AssumeRole")
            if r["requestParameters"]["roleSessionName"] == "trail-test"]
    assert sorted(r["recipientAccountId"] for r in both) == [CENTRAL, RETAIL]
    assert len({r["sharedEventID"] for r in both}) == 1
    assert len({r["eventID"] for r in both}) == 2
    record = both[0]
    assert record["userIdentity"]["sessionContext"]["sessionIssuer"]["arn"] == ROLE_A
    assert record["requestParameters"]["externalId"] == EXTERNAL_IDS[RETAIL]
    assert "SecretAccessKey" not in json.dumps(record) and "secretAccessKey" not in json.dumps(record)


def test_an_expired_session_is_refused_to_the_second(sandbox):
    sandbox.sandbox.clock.freeze()
    try:
        keys = sandbox.role_a(DurationSeconds=900)
        whole = sandbox.sandbox.clock.epoch() % 1
        sandbox.sandbox.clock.move(899 - whole)
        client = sandbox.client("sts", keys)
        # The client's own clock stands still: its requests are dated by the sandbox's clock.
        client.meta.events.register("before-sign.sts", lambda request, **_: None)
        session = sandbox.sandbox.sessions
        from athena_sandbox.identity.sigv4 import AuthError, Signed
        claim = Signed(keys[0], "", "", "", "", [], "", keys[2], False)
        session.check_expiry(claim)
        sandbox.sandbox.clock.move(1)
        with pytest.raises(AuthError) as caught:
            session.check_expiry(claim)
        assert caught.value.kind == "expired"
    finally:
        sandbox.sandbox.clock.thaw()


def test_expired_credentials_have_each_services_own_error(sandbox):
    keys = sandbox.chain(RETAIL)
    sandbox.control("revoke", "POST", {"access_key": keys[0]})
    assert refused(sandbox.client("sts", keys).get_caller_identity)[0] == "ExpiredToken"
    assert refused(sandbox.client("glue", keys).get_databases)[0] == "ExpiredTokenException"
    assert refused(sandbox.client("s3", keys).list_objects_v2,
                   Bucket="retail-results")[0] == "ExpiredToken"


def test_answers_are_held_against_the_service_models(sandbox, clients):
    """The check itself can fail: a member that no model knows is found in JSON and in XML."""
    glue = clients(RETAIL, "glue")
    database = dict(sandbox.sandbox.glue.database(RETAIL, "default"), Invented="x")
    sandbox.sandbox.glue.put_database(RETAIL, {**database, "Name": "invented"})
    try:
        glue.get_database(Name="invented")
    finally:
        sandbox.sandbox.glue.delete_database(RETAIL, "invented")
    import model_check
    assert model_check.WRONG == ["GetDatabase.Database.Invented: unknown member of Database"]
    model_check.WRONG.clear()
    model = sandbox.client("sts").meta.service_model.operation_model("GetCallerIdentity")
    answer = b"<R><X><Arn>a</Arn><Odd/></X><ResponseMetadata/></R>"
    assert model_check.answer_problems(model, answer) == [
        "GetCallerIdentity.Odd: unknown element of GetCallerIdentityResponse"]
