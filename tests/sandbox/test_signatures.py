"""Signature Version 4: botocore signs, the request is altered, and each service refuses in its own words."""
import datetime
import hashlib
import http.client
import json
import re

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from conftest import BASE_KEYS, REGION, RETAIL

STS_BODY = b"Action=GetCallerIdentity&Version=2011-06-15"
KINDS = ("athena", "glue", "sts", "s3")


def request_of(sandbox, service):
    if service == "s3":
        return AWSRequest("GET", f"{sandbox.endpoint}/retail-results?list-type=2", headers={})
    if service == "sts":
        return AWSRequest("POST", sandbox.endpoint + "/", data=STS_BODY, headers={
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8"})
    target = {"athena": "AmazonAthena.ListWorkGroups", "glue": "AWSGlue.GetDatabases"}[service]
    return AWSRequest("POST", sandbox.endpoint + "/", data=b"{}", headers={
        "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target})


def sign(request, service, keys, region=REGION, scope=None):
    signer = S3SigV4Auth if service == "s3" else SigV4Auth
    signer(Credentials(*keys), scope or service, region).add_auth(request)
    return request


def send(sandbox, request, drop=(), change=None, body=None, path=None):
    """Sends a signed request, perhaps altered; (status, code, whole body)."""
    host = sandbox.endpoint.split("//")[1]
    headers = {k: v for k, v in request.headers.items() if k.lower() not in drop}
    headers.update(change or {})
    connection = http.client.HTTPConnection(host, timeout=10)
    target = path or request.url.split(host, 1)[1] or "/"
    data = request.data if body is None else body
    connection.request(request.method, target, body=data, headers=headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    found = re.search(rb"<Code>([^<]*)</Code>", text)
    if found:
        return answer.status, found.group(1).decode(), text
    try:
        return answer.status, json.loads(text).get("__type"), text
    except ValueError:
        return answer.status, None, text


@pytest.fixture
def keys(sandbox):
    return sandbox.chain(RETAIL)


@pytest.mark.parametrize("service", KINDS)
def test_a_good_signature_is_accepted(sandbox, keys, service):
    status, code, text = send(sandbox, sign(request_of(sandbox, service), service, keys))
    assert (status, code) == (200, None), text


ALTERED = {
    # what is done to the request -> the error of (JSON, Query, S3)
    "the secret is wrong": ("InvalidSignatureException", "SignatureDoesNotMatch",
                            "SignatureDoesNotMatch"),
    "the key is unknown": ("UnrecognizedClientException", "InvalidClientTokenId",
                           "InvalidAccessKeyId"),
    "the token is another one": ("UnrecognizedClientException", "InvalidClientTokenId",
                                 "InvalidToken"),
    "the token is missing": ("UnrecognizedClientException", "InvalidClientTokenId",
                             "InvalidAccessKeyId"),
    "the token belongs to another session": ("UnrecognizedClientException", "InvalidClientTokenId",
                                             "InvalidToken"),
    "it is unsigned": ("MissingAuthenticationTokenException", "MissingAuthenticationToken",
                       "AccessDenied"),
    "the region is not one": ("InvalidSignatureException", "SignatureDoesNotMatch",
                              "AuthorizationHeaderMalformed"),
    "the authorization is cut": ("IncompleteSignatureException", "IncompleteSignature",
                                 "AuthorizationHeaderMalformed"),
    "a header is added": ("InvalidSignatureException", "SignatureDoesNotMatch", "AccessDenied"),
    "the date header is changed": ("InvalidSignatureException", "SignatureDoesNotMatch",
                                   "SignatureDoesNotMatch"),
    "the path is changed": ("InvalidSignatureException", "SignatureDoesNotMatch",
                            "SignatureDoesNotMatch"),
}


@pytest.mark.parametrize("service", KINDS)
@pytest.mark.parametrize("what", ALTERED)
def test_an_altered_request_is_refused_in_the_services_own_words(sandbox, keys, service, what):
    expected = ALTERED[what][{"sts": 1, "s3": 2}.get(service, 0)]
    request, more = request_of(sandbox, service), {}
    used, region = keys, REGION
    if what == "the secret is wrong":
        used = (keys[0], keys[1][:-1] + ("y" if keys[1][-1] == "x" else "x"), keys[2])
    elif what == "the key is unknown":
        used = ("ASIASANDBOXNOTTHERE0", keys[1], keys[2])
    elif what == "the token is another one":
        used = (keys[0], keys[1], keys[2][:-4] + ("BBBB" if keys[2][-4:] == "AAAA" else "AAAA"))
    elif what == "the token is missing":
        used = (keys[0], keys[1], None)
    elif what == "the token belongs to another session":
        used = (keys[0], keys[1], sandbox.chain(RETAIL)[2])
    elif what == "the region is not one":
        region = "us-nowhere-9"
    sign(request, service, used, region)
    if what == "it is unsigned":
        more["drop"] = ("authorization",)
    elif what == "the authorization is cut":
        more["change"] = {"Authorization": request.headers["Authorization"].split(", Sig")[0]}
    elif what == "a header is added":
        more["change"] = {"x-amz-acl": "public-read"}
    elif what == "the date header is changed":
        stamp = request.headers["X-Amz-Date"]
        more["change"] = {"X-Amz-Date": stamp[:-3] + f"{(int(stamp[-3:-1]) + 1) % 60:02d}Z"}
    elif what == "the path is changed":
        more["path"] = "/retail-data?list-type=2" if service == "s3" else "/other"
    status, code, text = send(sandbox, request, **more)
    assert code == expected, text
    assert status in (400, 403)


@pytest.mark.parametrize("service", ("athena", "glue", "sts"))
def test_a_changed_body_is_refused(sandbox, keys, service):
    request = sign(request_of(sandbox, service), service, keys)
    body = STS_BODY.replace(b"2011", b"2012") if service == "sts" else b"{ }"
    assert send(sandbox, request, body=body)[1] in ("InvalidSignatureException",
                                                    "SignatureDoesNotMatch")


def test_a_changed_object_body_is_refused_by_its_hash(sandbox, keys):
    request = AWSRequest("PUT", f"{sandbox.endpoint}/retail-results/x", data=b"one", headers={
        "X-Amz-Content-SHA256": hashlib.sha256(b"one").hexdigest()})
    sign(request, "s3", keys)
    assert send(sandbox, request, body=b"two")[1] == "XAmzContentSHA256Mismatch"


def test_s3_needs_the_content_hash_header(sandbox, keys):
    request = AWSRequest("GET", f"{sandbox.endpoint}/retail-results?list-type=2", headers={})
    SigV4Auth(Credentials(*keys), "s3", REGION).add_auth(request)
    status, code, text = send(sandbox, request, drop=("x-amz-content-sha256",))
    assert (status, code) == (400, "InvalidRequest") and b"x-amz-content-sha256" in text


@pytest.mark.parametrize("service, seconds, accepted", [
    ("athena", -290, True), ("athena", -310, False), ("sts", 290, True), ("sts", 310, False),
    ("s3", -890, True), ("s3", -910, False), ("s3", 890, True), ("s3", 910, False)])
def test_the_date_window(sandbox, keys, service, seconds, accepted):
    sandbox.control("clock", "POST", {"offset": -seconds})
    status, code, text = send(sandbox, sign(request_of(sandbox, service), service, keys))
    if accepted:
        assert status == 200, text
        return
    assert code == {"s3": "RequestTimeTooSkewed", "sts": "SignatureDoesNotMatch"}.get(
        service, "InvalidSignatureException")
    if service == "s3":
        assert b"<MaxAllowedSkewMilliseconds>900000<" in text
    else:
        assert (b"Signature expired: " if seconds < 0 else b"Signature not yet current: ") in text


def test_the_date_of_the_answer_is_the_sandboxes_clock(sandbox, keys):
    sandbox.control("clock", "POST", {"offset": 7200})
    request = sign(request_of(sandbox, "athena"), "athena", keys)
    connection = http.client.HTTPConnection(sandbox.endpoint.split("//")[1])
    connection.request("POST", "/", body=b"{}", headers=dict(request.headers))
    stamp = connection.getresponse().headers["Date"]
    moment = datetime.datetime.strptime(stamp, "%a, %d %b %Y %H:%M:%S GMT")
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    assert abs((moment - now).total_seconds() - 7200) < 5


def test_the_scope_must_name_the_service_of_the_target(sandbox, keys):
    request = sign(request_of(sandbox, "glue"), "glue", keys, scope="athena")
    assert send(sandbox, request)[1] == "InvalidSignatureException"


def test_a_host_that_names_a_region_must_be_the_scopes(sandbox, keys):
    port = sandbox.endpoint.rsplit(":", 1)[1]
    request = AWSRequest("POST", f"http://glue.eu-west-1.localhost:{port}/", data=b"{}", headers={
        "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSGlue.GetDatabases"})
    sign(request, "glue", keys)
    status, code, _ = send(sandbox, request, path="/",
                           change={"Host": f"glue.eu-west-1.localhost:{port}"})
    assert code == "InvalidSignatureException"


def test_a_long_term_key_with_a_token_is_refused(sandbox):
    request = sign(request_of(sandbox, "sts"), "sts", (*BASE_KEYS[:2], "made-up-token"))
    assert send(sandbox, request)[1] == "InvalidClientTokenId"


def test_a_region_that_the_account_has_not_enabled(small):
    from conftest import bare_world
    world = bare_world()
    world["accounts"][RETAIL]["enabled_regions"] = ["us-east-1"]
    handle = small(world)
    from botocore.exceptions import ClientError
    keys = handle.chain(RETAIL)
    request = sign(request_of(handle, "glue"), "glue", keys, region="eu-west-1")
    assert send(handle, request)[1] == "UnrecognizedClientException"
    with pytest.raises(ClientError) as caught:
        handle.chain(RETAIL, region="eu-west-1")
    assert caught.value.response["Error"]["Code"] == "RegionDisabledException"
    assert RETAIL in caught.value.response["Error"]["Message"]


def test_a_presigned_sts_request_is_verified(sandbox, keys):
    request = AWSRequest("GET", f"{sandbox.endpoint}/?Action=GetCallerIdentity&Version=2011-06-15")
    SigV4QueryAuth(Credentials(*keys), "sts", REGION, 60).add_auth(request)
    status, _, text = send(sandbox, request)
    assert status == 200 and b"assumed-role/AthenaConsumer" in text


def test_sts_answers_json_when_asked(sandbox):
    request = AWSRequest("POST", sandbox.endpoint + "/", data=STS_BODY, headers={
        "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"})
    sign(request, "sts", BASE_KEYS)
    found = json.loads(send(sandbox, request)[2])
    assert found["GetCallerIdentityResponse"]["GetCallerIdentityResult"]["Account"] == "111122223333"


@pytest.mark.parametrize("kind, status", [("application/x-amz-json-1.0", 404), ("", 404)])
def test_a_wrong_content_type_of_athena_is_an_unknown_operation(sandbox, keys, kind, status):
    request = AWSRequest("POST", sandbox.endpoint + "/", data=b"{}", headers={
        "X-Amz-Target": "AmazonAthena.ListWorkGroups", **({"Content-Type": kind} if kind else {})})
    sign(request, "athena", keys)
    answer = send(sandbox, request)
    assert answer[0] == status and b"UnknownOperationException" in answer[2]


@pytest.mark.parametrize("seed", range(4))
def test_random_requests_signed_by_botocore_are_accepted_and_their_neighbours_refused(seed):
    """Differential: a hundred odd requests per seed, standard and S3 signer, checked in process."""
    import random
    import urllib.parse

    from athena_sandbox.identity import sigv4
    rng = random.Random(seed)
    letters = "abzAZ019-_.~ !*'();:@&=+$,/?%#[]\"<>\\^`{|}äß日😀"
    secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

    def text(longest):
        return "".join(rng.choice(letters) for _ in range(rng.randint(1, longest)))
    for _ in range(100):
        service = rng.choice(["s3", "glue"])
        path = "/" + "/".join(urllib.parse.quote(text(6), safe="-_.~") for _ in range(rng.randint(0, 4)))
        query = "&".join(f"{urllib.parse.quote(text(5), safe='-_.~')}={urllib.parse.quote(text(5), safe='-_.~')}"
                         for _ in range(rng.randint(0, 4)))
        body = text(40).encode()
        request = AWSRequest(rng.choice(["GET", "PUT", "POST"]), f"http://127.0.0.1:7400{path}"
                             + ("?" + query if query else ""), data=body, headers={
                                 "X-Amz-Odd": f"  two   blanks {rng.randint(0, 9)} ", "Content-Type": "a/b"})
        signer = S3SigV4Auth if service == "s3" else SigV4Auth
        signer(Credentials("AKIA", secret, "token/+="), service, REGION).add_auth(request)
        headers = [(k.lower(), v.strip()) for k, v in request.headers.items()] + [("host", "127.0.0.1:7400")]
        signed = sigv4.parse_authorization(headers, query)
        sigv4.check_headers(signed, headers)
        sigv4.check_signature(signed, secret, request.method, path, query, headers, body)
        for change in ({"method": "DELETE"}, {"path": path + "x"}, {"query": query + "&z=1" if query else "z=1"},
                       {"secret": secret + "x"}, {"body": body + b"x"}):
            values = {"secret": secret, "method": request.method, "path": path, "query": query,
                      "headers": headers, "body": body, **change}
            with pytest.raises(sigv4.AuthError):
                sigv4.check_signature(signed, **values)
