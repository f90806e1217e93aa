"""STS beyond the chain: validation texts, tags, source identity, packed size, federation, session tokens."""
import base64
import hashlib
import hmac
import json
import time

import pytest
from botocore.exceptions import ClientError

from conftest import BASE_KEYS, CENTRAL, EXTERNAL_IDS, RETAIL, ROLE_A, bare_world, role_b


def refusal(call, *arguments, **named):
    with pytest.raises(ClientError) as caught:
        call(*arguments, **named)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


@pytest.fixture(scope="module")
def raw(sandbox):
    """AssumeRole on Role A without the client's own checks."""
    client = sandbox.client("sts", parameter_validation=False)

    def call(**more):
        return client.assume_role(**{"RoleArn": ROLE_A, "RoleSessionName": "tester", **more})
    return call


VALIDATION = [
    ({"RoleSessionName": "x"}, "'x' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2"),
    ({"RoleSessionName": "x" * 65}, "Member must have length less than or equal to 64"),
    ({"RoleSessionName": "with blank"}, "Member must satisfy regular expression pattern: [\\w+=,.@-]*"),
    ({"RoleSessionName": "grün"}, "regular expression pattern"),
    ({"RoleArn": "short"}, "'short' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20"),
    ({"RoleArn": "this-is-no-arn-but-long-enough"}, "this-is-no-arn-but-long-enough is invalid"),
    ({"ExternalId": "x"}, "'externalId' failed to satisfy constraint"),
    ({"ExternalId": "with blank"}, "[\\w+=,.@:\\/-]*"),
    ({"DurationSeconds": 899}, "'899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900"),
    ({"DurationSeconds": 43201}, "Member must have value less than or equal to 43200"),
    ({"SourceIdentity": "x"}, "'sourceIdentity'"),
    ({"Tags": [{"Key": "k" * 129, "Value": ""}]}, "tags.1.member.key"),
    ({"Tags": [{"Key": "k", "Value": "v" * 257}]}, "tags.1.member.value"),
    ({"Tags": [{"Key": "semi;colon", "Value": ""}]}, "regular expression pattern"),
    ({"Policy": "x" * 2049}, "Member must have length less than or equal to 2048"),
]


@pytest.mark.parametrize("more, text", VALIDATION, ids=[str(n) for n in range(len(VALIDATION))])
def test_validation_errors_have_awss_form(raw, more, text):
    code, message = refusal(raw, **more)
    assert code == "ValidationError"
    assert text in message


def test_several_broken_constraints_are_counted(raw):
    code, message = refusal(raw, RoleSessionName="a b", DurationSeconds=1)
    assert message.startswith("2 validation errors detected: ")


@pytest.mark.parametrize("policy", ["{", "[]", '{"Version":"2012-10-17"}',
                                    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow"}]}',
                                    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*",'
                                    '"Resource":"not-an-arn"}]}'])
def test_a_malformed_session_policy(raw, policy):
    assert refusal(raw, Policy=policy)[0] == "MalformedPolicyDocument"


def test_policy_and_tags_together_may_be_too_large(raw):
    import random
    rng = random.Random(7)
    tags = [{"Key": f"k{n:02d}", "Value": "".join(rng.choice("abcdefghijklmnopqrstuvwxyz0123456789")
                                                  for _ in range(250))} for n in range(40)]
    code, message = refusal(raw, Tags=tags)
    assert code == "PackedPolicyTooLarge" and "% of allotted space" in message


def test_the_packed_size_is_reported(raw):
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role_b(RETAIL)}]})
    assert 1 <= raw(Policy=policy)["PackedPolicySize"] <= 20
    assert "PackedPolicySize" not in raw()


def test_transitive_tags_reach_the_second_hop_and_cannot_be_set_again(sandbox):
    keys = sandbox.role_a(Tags=[{"Key": "team", "Value": "red"}, {"Key": "once", "Value": "1"}],
                          TransitiveTagKeys=["team"])
    keys_b = sandbox.assume(keys, role_b(RETAIL), ExternalId=EXTERNAL_IDS[RETAIL])
    caller = sandbox.sandbox.sessions.caller(keys_b[0])
    assert caller.session_tags == {"team": "red"}
    code, _ = refusal(sandbox.assume, keys, role_b(RETAIL), ExternalId=EXTERNAL_IDS[RETAIL],
                      Tags=[{"Key": "TEAM", "Value": "blue"}])
    assert code == "InvalidParameterValue"


def test_inherited_tags_need_tag_session_on_the_second_hop(sandbox):
    policy = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role_b(RETAIL)}]})
    keys = sandbox.role_a(Tags=[{"Key": "team", "Value": "red"}], TransitiveTagKeys=["team"],
                          Policy=policy)
    code, message = refusal(sandbox.assume, keys, role_b(RETAIL), ExternalId=EXTERNAL_IDS[RETAIL])
    assert code == "AccessDenied" and "perform: sts:TagSession on resource" in message


def test_the_source_identity_persists_and_cannot_change(sandbox):
    keys = sandbox.role_a(SourceIdentity="alice")
    keys_b = sandbox.assume(keys, role_b(RETAIL), ExternalId=EXTERNAL_IDS[RETAIL])
    assert sandbox.sandbox.sessions.caller(keys_b[0]).source_identity == "alice"
    code, message = refusal(sandbox.assume, keys, role_b(RETAIL), ExternalId=EXTERNAL_IDS[RETAIL],
                            SourceIdentity="mallory")
    assert code == "AccessDenied" and "sts:SetSourceIdentity" in message


def test_a_source_identity_needs_the_trust_policys_consent(small):
    world = bare_world()
    world["accounts"][RETAIL]["roles"]["AthenaConsumer"]["trust"]["Statement"].pop()
    handle = small(world)
    keys = handle.role_a(SourceIdentity="alice")
    code, message = refusal(handle.assume, keys, role_b(RETAIL), ExternalId=EXTERNAL_IDS[RETAIL])
    assert code == "AccessDenied" and "sts:SetSourceIdentity" in message
    handle.assume(handle.role_a(), role_b(RETAIL), ExternalId=EXTERNAL_IDS[RETAIL])


def test_duplicate_tag_keys_are_refused(raw):
    assert refusal(raw, Tags=[{"Key": "a", "Value": ""}, {"Key": "A", "Value": ""}])[0] == \
        "InvalidParameterValue"


def test_a_transitive_key_must_be_among_the_tags(raw):
    assert refusal(raw, Tags=[{"Key": "a", "Value": ""}], TransitiveTagKeys=["b"])[0] == \
        "InvalidParameterValue"


# --- same account (the trust policy must always allow) ---------------------------------------------------------

def same_account_world(principal, identity):
    world = bare_world()
    account = world["accounts"][CENTRAL]
    statements = [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}] if identity else \
        [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]
    account["users"]["bi-service"]["policies"] = [{"Version": "2012-10-17", "Statement": statements}]
    account["roles"]["AthenaRunAs"]["trust"] = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}]}
    return world


@pytest.mark.parametrize("principal, identity, accepted", [
    (f"arn:aws:iam::{CENTRAL}:user/bi-service", False, True),
    (f"arn:aws:iam::{CENTRAL}:user/bi-service", True, True),
    (f"arn:aws:iam::{CENTRAL}:root", False, False),
    (f"arn:aws:iam::{CENTRAL}:root", True, True),
    (CENTRAL, False, False), (CENTRAL, True, True),
    (f"arn:aws:iam::{CENTRAL}:user/outsider", True, False),
    (RETAIL, True, False)])
def test_same_account_rules(small, principal, identity, accepted):
    handle = small(same_account_world(principal, identity))
    if accepted:
        handle.role_a()
    else:
        assert refusal(handle.role_a)[0] == "AccessDenied"


def test_the_external_id_is_tested_in_the_callers_policy_too(small):
    world = bare_world()
    statement = world["accounts"][CENTRAL]["roles"]["AthenaRunAs"]["policies"]["AssumeConsumers"][
        "Statement"][0]
    statement["Condition"] = {"StringEquals": {"sts:ExternalId": "another"}}
    handle = small(world)
    assert refusal(handle.chain, RETAIL)[0] == "AccessDenied"


def test_a_trust_that_wants_mfa(small):
    world = bare_world()
    account = world["accounts"][CENTRAL]
    serial = f"arn:aws:iam::{CENTRAL}:mfa/bi"
    account["users"]["bi-service"].update(mfa_serial=serial, mfa_code="123456")
    account["roles"]["AthenaRunAs"]["trust"]["Statement"][0]["Condition"] = {
        "Bool": {"aws:MultiFactorAuthPresent": "true"}}
    handle = small(world)
    assert refusal(handle.role_a)[0] == "AccessDenied"
    code, text = refusal(handle.role_a, SerialNumber=serial, TokenCode="000000")
    assert "MultiFactorAuthentication failed" in text
    handle.role_a(SerialNumber=serial, TokenCode="123456")
    found = handle.client("sts").get_session_token(SerialNumber=serial, TokenCode="123456")[
        "Credentials"]
    handle.assume((found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"]), ROLE_A)


def test_session_tokens(sandbox):
    found = sandbox.client("sts").get_session_token(DurationSeconds=900)["Credentials"]
    keys = (found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
    assert sandbox.client("sts", keys).get_caller_identity()["Arn"].endswith(":user/bi-service")
    assert refusal(sandbox.client("sts", keys).get_session_token)[0] == "AccessDenied"
    # Role credentials obtained with them are chained.
    code, text = refusal(sandbox.assume, keys, ROLE_A, DurationSeconds=7200)
    assert code == "ValidationError" and "role chaining" in text


def test_key_info_and_messages(sandbox):
    client = sandbox.client("sts", sandbox.chain(RETAIL))
    assert client.get_access_key_info(AccessKeyId=BASE_KEYS[0])["Account"] == CENTRAL
    assert refusal(client.decode_authorization_message, EncodedMessage="zzzz")[0] == "AccessDenied"


def test_an_unknown_operation(sandbox):
    client = sandbox.client("sts")
    assert refusal(client.get_federation_token, Name="someone")[0] == "InvalidAction"


# --- web identity ----------------------------------------------------------------------------------------------

HOST = "idp.example.com"


def web_world():
    world = bare_world()
    account = world["accounts"][CENTRAL]
    account["oidc_providers"] = {HOST: {"client_ids": ["driver"], "secret": "provider-secret"}}
    account["roles"]["WebRole"] = {"trust": {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Federated": f"arn:aws:iam::{CENTRAL}:oidc-provider/{HOST}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{HOST}:aud": "driver"},
                      "StringLike": {f"{HOST}:sub": "user:*"}}}]}}
    return world


def token(secret="provider-secret", **claims):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")
    body = part({"alg": "HS256", "typ": "JWT"}) + b"." + part({
        "iss": f"https://{HOST}", "aud": "driver", "sub": "user:ann", "exp": time.time() + 600,
        **claims})
    mac = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return (body + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")).decode()


@pytest.fixture
def web(small):
    handle = small(web_world())
    import boto3
    from botocore import UNSIGNED
    from botocore.config import Config
    client = boto3.client("sts", endpoint_url=handle.endpoint, region_name="us-east-1",
                          config=Config(signature_version=UNSIGNED, retries={"max_attempts": 1}))

    def call(jwt):
        return client.assume_role_with_web_identity(RoleArn=f"arn:aws:iam::{CENTRAL}:role/WebRole",
                                                    RoleSessionName="tester", WebIdentityToken=jwt)
    return handle, call


def test_a_web_identity_becomes_a_role_session(web):
    handle, call = web
    found = call(token())
    assert found["SubjectFromWebIdentityToken"] == "user:ann" and found["Audience"] == "driver"
    keys = found["Credentials"]
    arn = handle.client("sts", (keys["AccessKeyId"], keys["SecretAccessKey"],
                                keys["SessionToken"])).get_caller_identity()["Arn"]
    assert arn == f"arn:aws:sts::{CENTRAL}:assumed-role/WebRole/tester"


@pytest.mark.parametrize("jwt, code", [
    (lambda: token(secret="other"), "InvalidIdentityToken"),
    (lambda: token(exp=time.time() - 1), "ExpiredTokenException"),
    (lambda: token(aud="else"), "InvalidIdentityToken"),
    (lambda: token(iss="https://other.example.com"), "InvalidIdentityToken"),
    (lambda: token(sub="robot:1"), "AccessDenied"),
    (lambda: "not.a.token", "InvalidIdentityToken"),
    (lambda: "justtext", "InvalidIdentityToken")])
def test_bad_web_identities(web, jwt, code):
    assert refusal(web[1], jwt())[0] == code


def test_a_caller_with_the_right_decodes_an_authorization_message(sandbox):
    user = f"arn:aws:iam::{CENTRAL}:user/bi-service"
    client = sandbox.client("sts")
    message = base64.urlsafe_b64encode(json.dumps({"allowed": False, "explicitDeny": True, "context": {"action": "s3:GetObject"}}).encode()).decode()
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:DecodeAuthorizationMessage", "Resource": "*"}]}
    before = sandbox.control("user_policies", "POST", {"user": user, "policies": [allow]})["before"]
    try:
        decoded = json.loads(client.decode_authorization_message(EncodedMessage=message)["DecodedMessage"])
        code = refusal(client.decode_authorization_message, EncodedMessage="zzzz")[0]
    finally:
        sandbox.control("user_policies", "POST", {"user": user, "policies": before})
    assert decoded == {"allowed": False, "explicitDeny": True, "context": {"action": "s3:GetObject"}}
    assert code == "InvalidAuthorizationMessageException"
