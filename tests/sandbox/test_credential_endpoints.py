"""Where machines get their own credentials: instance metadata, containers, the sign-in portal, aws login."""
import base64
import json
import subprocess
import time
import urllib.error
import urllib.request
import uuid

import pytest
from botocore.utils import ContainerMetadataFetcher, InstanceMetadataFetcher

from conftest import CENTRAL, EXTERNAL_IDS, RETAIL, ROLE_A, bare_world, role_b


@pytest.fixture
def machine(small):
    world = bare_world()
    world["credential_endpoints"] = {
        "imds": {"role": ROLE_A}, "container": {"role": ROLE_A, "token": "container-token"},
        "sso": {"token": "sso-token", "refresh_token": "refresh-1", "client_id": "client",
                "client_secret": "client-secret", "roles": [ROLE_A]},
        "login": {"role": ROLE_A, "refresh_token": "login-1", "client_id": "login-client"}}
    return small(world)


def fetch(handle, path, method="GET", headers=None, body=None):
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(handle.endpoint + path, data, headers or {}, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def goes_on_to_b(handle, keys):
    """The second hop with these keys of Role A; they are chained, so an hour is the most."""
    handle.assume(keys, role_b(RETAIL), ExternalId=EXTERNAL_IDS[RETAIL])
    return True


def test_instance_metadata_as_botocore_reads_it(machine):
    found = InstanceMetadataFetcher(timeout=2, num_attempts=1, base_url=machine.endpoint + "/",
                                    env={}).retrieve_iam_role_credentials()
    assert found["role_name"] == "AthenaRunAs"
    assert goes_on_to_b(machine, (found["access_key"], found["secret_key"], found["token"]))


def test_instance_metadata_is_version_two_only(machine):
    path = "/latest/meta-data/iam/security-credentials/"
    assert fetch(machine, path)[0] == 401
    assert fetch(machine, "/latest/api/token")[0] == 405
    assert fetch(machine, "/latest/api/token", "PUT")[0] == 400
    ttl = {"X-aws-ec2-metadata-token-ttl-seconds": "21601"}
    assert fetch(machine, "/latest/api/token", "PUT", ttl)[0] == 400
    status, token = fetch(machine, "/latest/api/token", "PUT",
                          {"X-aws-ec2-metadata-token-ttl-seconds": "60"})
    use = {"X-aws-ec2-metadata-token": token.decode()}
    assert fetch(machine, path, headers=use) == (200, b"AthenaRunAs")
    assert fetch(machine, path + "Other", headers=use)[0] == 404
    machine.control("clock", "POST", {"move": 61})
    assert fetch(machine, path, headers=use)[0] == 401


def test_container_credentials_as_botocore_reads_them(machine):
    found = ContainerMetadataFetcher().retrieve_full_uri(
        machine.endpoint + "/v2/credentials/sandbox", headers={"Authorization": "container-token"})
    assert goes_on_to_b(machine, (found["AccessKeyId"], found["SecretAccessKey"], found["Token"]))
    assert found["AccountId"] == CENTRAL


@pytest.mark.parametrize("headers", [{}, {"Authorization": "wrong"}])
def test_container_credentials_want_their_token(machine, headers):
    assert fetch(machine, "/v2/credentials/sandbox", headers=headers)[0] == 401


def portal(handle, token, account=CENTRAL, role="AthenaRunAs"):
    return fetch(handle, f"/federation/credentials?role_name={role}&account_id={account}",
                 headers={"x-amz-sso_bearer_token": token})


def test_the_portal_gives_role_credentials_for_a_token(machine):
    status, body = portal(machine, "sso-token")
    found = json.loads(body)["roleCredentials"]
    assert status == 200 and found["expiration"] > time.time() * 1000
    assert goes_on_to_b(machine, (found["accessKeyId"], found["secretAccessKey"],
                                  found["sessionToken"]))
    assert portal(machine, "other")[0] == 401
    assert portal(machine, "sso-token", RETAIL, "AthenaConsumer")[0] == 403


def test_a_token_is_refreshed_once_with_each_refresh_token(machine):
    body = {"clientId": "client", "clientSecret": "client-secret", "grantType": "refresh_token",
            "refreshToken": "refresh-1"}
    assert fetch(machine, "/token", "POST", body={**body, "clientSecret": "x"})[0] == 401
    status, text = fetch(machine, "/token", "POST", body=body)
    found = json.loads(text)
    assert status == 200 and portal(machine, found["accessToken"])[0] == 200
    assert fetch(machine, "/token", "POST", body=body)[0] == 400
    machine.control("clock", "POST", {"move": found["expiresIn"] + 1})
    assert portal(machine, found["accessToken"])[0] == 401


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def proof(folder, alter=None, **claims):
    """A DPoP proof signed by openssl with a fresh P-256 key."""
    key = folder / "key.pem"
    if not key.exists():
        subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key],
                       check=True)
    der = subprocess.run(["openssl", "ec", "-in", key, "-pubout", "-outform", "DER"], check=True,
                         capture_output=True).stdout
    head = {"typ": "dpop+jwt", "alg": "ES256", "jwk": {"kty": "EC", "crv": "P-256",
                                                       "x": b64(der[-64:-32]), "y": b64(der[-32:])}}
    body = {"htm": "POST", "htu": "https://us-east-1.signin.aws.amazon.com/v1/token",
            "iat": int(time.time()), "jti": str(uuid.uuid4()), **claims}
    text = b64(json.dumps(head).encode()) + "." + b64(json.dumps(body).encode())
    signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], check=True,
                               input=text.encode(), capture_output=True).stdout
    out, at = b"", 2
    for _ in range(2):
        length = signature[at + 1]
        out += signature[at + 2:at + 2 + length].lstrip(b"\0").rjust(32, b"\0")
        at += 2 + length
    if alter:
        out = bytes(64)
    return f"{text}.{b64(out)}"


LOGIN = {"clientId": "login-client", "grantType": "refresh_token", "refreshToken": "login-1"}


def test_aws_login_renews_with_a_proof_of_possession(machine, tmp_path):
    dpop = proof(tmp_path)
    status, text = fetch(machine, "/v1/token", "POST", {"DPoP": dpop}, LOGIN)
    found = json.loads(text)
    assert status == 200 and found["tokenType"] == "aws_sigv4" and found["expiresIn"] <= 900
    keys = found["accessToken"]
    assert goes_on_to_b(machine, (keys["accessKeyId"], keys["secretAccessKey"],
                                  keys["sessionToken"]))
    assert fetch(machine, "/v1/token", "POST", {"DPoP": dpop},
                 {**LOGIN, "refreshToken": found["refreshToken"]})[0] == 400
    assert json.loads(fetch(machine, "/v1/token", "POST", {"DPoP": proof(tmp_path)}, LOGIN)[1])[
        "error"] == "TOKEN_EXPIRED"


@pytest.mark.parametrize("more", [{"alter": True}, {"htm": "GET"}, {"iat": 1}, {"jti": "x"},
                                  {"htu": "https://x/other"}])
def test_a_bad_proof_is_refused(machine, tmp_path, more):
    assert fetch(machine, "/v1/token", "POST", {"DPoP": proof(tmp_path, **more)}, LOGIN)[0] == 400
    assert fetch(machine, "/v1/token", "POST", {}, LOGIN)[0] == 400


def test_a_world_without_them_has_no_such_endpoints(small):
    world = bare_world()
    del world["credential_endpoints"]
    assert fetch(small(world), "/latest/api/token", "PUT",
                 {"X-aws-ec2-metadata-token-ttl-seconds": "60"})[0] in (400, 403, 404)


def test_every_way_of_signing_in_of_the_default_world_leads_to_role_b(sandbox):
    found = InstanceMetadataFetcher(timeout=2, num_attempts=1, base_url=sandbox.endpoint + "/",
                                    env={}).retrieve_iam_role_credentials()
    ways = [(found["access_key"], found["secret_key"], found["token"])]
    body = json.loads(fetch(sandbox, "/v2/credentials/sandbox", headers={
        "Authorization": "sandbox-container-token"})[1])
    ways.append((body["AccessKeyId"], body["SecretAccessKey"], body["Token"]))
    body = json.loads(portal(sandbox, "sandbox-sso-token", role="BiWorkstation")[1])["roleCredentials"]
    ways.append((body["accessKeyId"], body["secretAccessKey"], body["sessionToken"]))
    token = sandbox.control("web_identity", "POST", {
        "account": CENTRAL, "provider": "idp.sandbox.example", "sub": "user:ann"})["token"]
    body = sandbox.client("sts").assume_role_with_web_identity(
        RoleArn=f"arn:aws:iam::{CENTRAL}:role/BiFederated", RoleSessionName="ann",
        WebIdentityToken=token)["Credentials"]
    ways.append((body["AccessKeyId"], body["SecretAccessKey"], body["SessionToken"]))
    for keys in ways:
        goes_on_to_b(sandbox, sandbox.assume(keys, ROLE_A))
