"""Faults by rule, and the control API that sets them."""
import http.client
import time
import urllib.request

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError, \
    ResponseStreamingError, IncompleteReadError
from urllib3.exceptions import ProtocolError

from conftest import RETAIL


def codes(call, times):
    out = []
    for _ in range(times):
        try:
            call()
            out.append("ok")
        except ClientError as error:
            out.append(error.response["Error"]["Code"])
    return out


def test_the_nth_call_is_throttled(sandbox, clients):
    glue = clients(RETAIL, "glue")
    sandbox.control("faults", "POST", {"service": "glue", "operation": "GetDatabases", "nth": 2,
                                       "error": "throttle"})
    assert codes(glue.get_databases, 3) == ["ok", "ThrottlingException", "ok"]
    assert sandbox.control("faults")[0]["fired"] == 1


def test_every_service_has_its_own_throttle_and_server_error(sandbox):
    keys = sandbox.chain(RETAIL)
    sandbox.control("faults", "POST", [{"error": "throttle", "times": 3}])
    s3 = sandbox.client("s3", keys)
    assert codes(lambda: s3.list_objects_v2(Bucket="retail-results"), 1) == ["SlowDown"]
    assert codes(sandbox.client("sts", keys).get_caller_identity, 1) == ["Throttling"]
    assert codes(sandbox.client("athena", keys).list_work_groups, 1) == ["ThrottlingException"]
    sandbox.control("faults", "DELETE")
    sandbox.control("faults", "POST", {"error": "5xx"})
    assert codes(sandbox.client("athena", keys).list_work_groups, 1) == ["InternalServerException"]


def test_latency_and_account(sandbox, clients):
    mine, other = clients(RETAIL, "glue"), clients("444455556666", "glue")
    sandbox.control("faults", "POST", {"service": "glue", "account": RETAIL, "latency": 0.3})
    start = time.monotonic()
    other.get_databases()
    quick = time.monotonic() - start
    mine.get_databases()
    assert time.monotonic() - start - quick >= 0.3 > quick


def test_a_reset_before_the_answer(sandbox, clients):
    glue = clients(RETAIL, "glue")
    sandbox.control("faults", "POST", {"service": "glue", "reset": "before", "times": 1})
    with pytest.raises((ConnectionClosedError, EndpointConnectionError)):
        glue.get_databases()
    glue.get_databases()


def test_a_reset_after_the_answer_leaves_the_change_made(sandbox, clients):
    """The request was carried out; only its answer is lost on the way, now and then."""
    s3 = clients(RETAIL, "s3")
    sandbox.control("faults", "POST", {"service": "s3", "operation": "PutObject", "reset": "after", "times": 1})
    try:
        s3.put_object(Bucket="retail-results", Key="t/after", Body=b"1")
    except (ConnectionClosedError, EndpointConnectionError, ResponseStreamingError, ProtocolError):
        pass
    fresh = clients(RETAIL, "s3")                       # the first one may still hold the dead connection
    assert fresh.get_object(Bucket="retail-results", Key="t/after")["Body"].read() == b"1"
    fired = [rule["fired"] for rule in sandbox.control("faults")]
    assert fired == [1]


def test_every_nth_call_and_a_probability(sandbox, clients):
    glue = clients(RETAIL, "glue")
    sandbox.control("faults", "POST", {"service": "glue", "error": "throttle", "every": 3})
    assert codes(glue.get_databases, 6) == ["ok", "ok", "ThrottlingException"] * 2
    for probability, low, high in ((0.0, 0, 0), (1.0, 40, 40), (0.5, 8, 32)):
        sandbox.control("faults", "DELETE")
        sandbox.control("faults", "POST", {"service": "glue", "error": "5xx", "probability": probability})
        assert low <= codes(glue.get_databases, 40).count("InternalServiceException") <= high


def test_the_clock_of_an_answer_can_be_skewed(sandbox, clients):
    import email.utils
    glue, skews = clients(RETAIL, "glue"), []
    for rule in ({}, {"service": "glue", "clock_skew": 7200}):
        if rule:
            sandbox.control("faults", "POST", rule)
        date = glue.get_databases()["ResponseMetadata"]["HTTPHeaders"]["date"]
        skews.append(email.utils.parsedate_to_datetime(date).timestamp() - time.time())
    assert abs(skews[0]) < 5 and 7190 < skews[1] < 7210


def test_a_body_is_cut_after_n_bytes(sandbox):
    sandbox.sandbox.store.put("retail-results", "t/cut", b"x" * 100_000)
    s3 = sandbox.clients(RETAIL, "s3")
    sandbox.control("faults", "POST", {"service": "s3", "operation": "GetObject", "key": "t/cut",
                                       "cut": 5000})
    body = s3.get_object(Bucket="retail-results", Key="t/cut")["Body"]
    with pytest.raises((ResponseStreamingError, IncompleteReadError, ProtocolError)):
        body.read()


def test_garbage_html_and_truncation(sandbox):
    keys = sandbox.chain(RETAIL)
    for fault in ({"garbage": True}, {"html": True}, {"truncate": 10}):
        sandbox.control("faults", "POST", {**fault, "service": "athena"})
        try:
            found = sandbox.client("athena", keys).list_work_groups()
        except (ClientError, ValueError):
            found = {}
        assert "WorkGroups" not in found
        sandbox.control("faults", "DELETE")
    assert "WorkGroups" in sandbox.client("athena", keys).list_work_groups()


def test_credentials_expire_by_fault(sandbox, clients):
    s3 = clients(RETAIL, "s3")
    sandbox.control("faults", "POST", {"service": "s3", "expire": True, "times": 1})
    assert codes(lambda: s3.list_objects_v2(Bucket="retail-results"), 2) == ["ExpiredToken"] * 2


def test_pace(sandbox):
    sandbox.sandbox.store.put("retail-results", "t/pace", b"x" * 50_000)
    s3 = sandbox.clients(RETAIL, "s3")
    sandbox.control("faults", "POST", {"service": "s3", "bytes_per_second": 100_000,
                                       "first_byte": 0.1})
    start = time.monotonic()
    s3.get_object(Bucket="retail-results", Key="t/pace")["Body"].read()
    assert 0.5 < time.monotonic() - start < 2


def test_counters(sandbox, clients):
    glue = clients(RETAIL, "glue")
    sandbox.control("counters", "DELETE")
    glue.get_databases()
    glue.get_databases()
    assert sandbox.control("counters")["glue:GetDatabases"] == 2


def test_control_refuses_nonsense_and_foreign_hosts(sandbox):
    assert "did you mean 'service'" in sandbox.control("faults", "POST", {"servise": "s3"})["error"]
    assert "error" in sandbox.control("nothing")
    connection = http.client.HTTPConnection(sandbox.endpoint.split("//")[1])
    connection.request("GET", "/_sandbox/status", headers={"Host": "evil.example.com"})
    assert connection.getresponse().status == 403


def test_the_page_shows_accounts_and_escapes_text(sandbox):
    text = urllib.request.urlopen(sandbox.endpoint + "/").read().decode()
    assert "retail-banking" in text and "AthenaRunAs" in text and "<script" not in text


def test_bytes_that_are_no_http_are_refused(sandbox):
    import socket
    host, port = sandbox.endpoint.split("//")[1].split(":")
    for junk in (b"\x16\x03\x01\x02\x00", b"GET /\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
                 b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"):
        with socket.create_connection((host, int(port)), timeout=5) as sock:
            sock.sendall(junk + b"\r\n\r\n")
            assert sock.recv(100).startswith(b"HTTP/1.1 400")
