"""The vectors that every reader of results has to get right: here is proof that the sandbox has each of them, byte by byte.

Types and edge values are in test_format_values.py (texts) and in edges.every_type (test_the_golden_texts_of_every_type below reads them back).
"""
import json
import urllib.error
import urllib.request

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from athena_sandbox.format import csvtext, metadata, types as t
from conftest import RETAIL, bare_world, start, yaml
from test_athena_api import Athena


@pytest.fixture(scope="module")
def athena(sandbox):
    return Athena(sandbox)


def body_of(athena, sql, **more):
    return athena.object(athena.good(sql, **more)["ResultConfiguration"]["OutputLocation"])


# --- types and CSV ---------------------------------------------------------------------------------------------------------------------

def test_the_golden_texts_of_every_type(athena):
    rows = athena.rows("SELECT label, c_double, c_float FROM every_type", database="edges")
    texts = {text for row in rows[1:] for text in row[1:]}
    assert {"0.0", "-0.0", "1.0E-4", "0.001", "9999999.0", "1.0E7", "NaN", "Infinity", "-Infinity", "1.7976931348623157E308", "4.9E-324", None} <= texts


def test_empty_and_null_are_told_apart_by_their_quotes_alone(athena):
    assert body_of(athena, "SELECT '' AS a, CAST(NULL AS varchar) AS b") == b'"a","b"\n"",\n'
    assert body_of(athena, "SELECT CAST(NULL AS varchar) AS a") == b'"a"\n\n'


def test_the_characters_that_readers_get_wrong_are_in_one_object(athena):
    body = body_of(athena, "SELECT * FROM csv_edges", database="edges")
    for piece in (b'""', b",", b"\r", b"\n", b"\t", "\U0001f600".encode()):
        assert piece in body[body.index(b"\n") + 1:], piece
    assert b"\0" not in body


def test_a_field_of_one_megabyte(athena):
    body = body_of(athena, "SELECT * FROM big_field", database="edges")
    assert len(csvtext.parse_record(body[body.index(b"\n") + 1:-1].decode())[1]) == 1_048_576


@pytest.mark.parametrize("count", [0, 1, 999, 1000, 1001])
def test_row_counts_around_a_page(athena, count):
    assert body_of(athena, f"SELECT n FROM rows_{count} ORDER BY n", database="edges") == \
        b'"n"\n' + b"".join(b'"%d"\n' % n for n in range(1, count + 1))


@pytest.mark.parametrize("source", ["SELECT * FROM csv_edges", "/*+ sandbox:replay=quotes:50 */ SELECT 1"])
def test_ranges_may_end_anywhere_also_inside_a_pair_of_quotes_and_at_a_quoted_newline(athena, source):
    place = athena.good(source, database="edges")["ResultConfiguration"]["OutputLocation"]
    whole = athena.object(place)
    assert b'""' in whole and b"\n" in whole
    bucket, _, key = place[5:].partition("/")

    def piece(first, last):
        return athena.s3.get_object(Bucket=bucket, Key=key, Range=f"bytes={first}-{last}")["Body"].read()
    pair, ends = whole.index(b'""') + 1, [whole.index(b"\n") + 1, len(whole)]
    inside = next(at for at in range(len(whole)) if whole[at:at + 1] == b"\n" and whole[:at].count(b'"') % 2)
    for border in [pair, inside, inside + 1, *ends[:1], len(whole) - 1]:
        assert piece(0, border - 1) + piece(border, len(whole) - 1) == whole
    assert piece(0, ends[1] - 1) == whole == piece(0, ends[1] + 1000)


# --- names, pages, update counts -------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name, header", [
    ("header_equals_row", ["a"]), ("duplicate_names", ["x", "x", "_col2"]), ("odd_names", ['a "b"', "line\nbreak", "comma,"])])
def test_headers_that_repeat_a_row_a_name_or_hold_quotes_and_newlines(athena, name, header):
    found = athena.good(f"/*+ sandbox:replay={name} */ SELECT 1")
    assert [d["VarCharValue"] for d in athena.results(found)["ResultSet"]["Rows"][0]["Data"]] == header
    assert athena.object(found["ResultConfiguration"]["OutputLocation"]).startswith(csvtext.record(header).encode())


@pytest.mark.parametrize("value", [0, 7, None, "absent"])
def test_the_update_count_may_be_a_number_null_or_absent(sandbox, tmp_path, value):
    world = bare_world()
    world["replays"] = {"counted": {"columns": [{"name": "n", "type": "integer"}], "no_object": True, "metadata": "none",
                                    "pages": [{"rows": [["n"], [1]], "update_count": value}]}}
    path = tmp_path / "world.yaml"
    path.write_text(yaml.safe_dump(world), encoding="utf-8")
    handle = start(path, tmp_path / "state")
    try:
        other = Athena(handle)
        raw = other.direct("GetQueryResults", QueryExecutionId=other.good("/*+ sandbox:replay=counted */ SELECT 1")["QueryExecutionId"])
    finally:
        handle.sandbox.stop()
    assert ("UpdateCount" in raw, raw.get("UpdateCount")) == (value != "absent", None if value == "absent" else value)
    assert raw["ResultSet"]["Rows"] == raw["ResultSet"]["ResultRows"]


def test_a_companion_with_lengths_of_several_bytes_is_read_back(athena):
    """A name of 300 characters: the lengths of its field and of its column message are varints of two bytes."""
    name = "x" * 300
    place = athena.good(f'SELECT 1 AS "{name}"')["ResultConfiguration"]["OutputLocation"]
    body = athena.object(place + ".metadata")
    column = metadata.column(name, t.INTEGER)
    assert column in body and len(column) > 600 and column[1] & 0x80 and column[2] < 0x80
    assert b"\x22\xac\x02" + name.encode() in column


# --- states ----------------------------------------------------------------------------------------------------------------------------

def test_states_walk_back_and_end_as_they_are_told(athena):
    walk = "QUEUED:0.15,RUNNING:0.15,QUEUED:0.15,RUNNING:0.15"
    number, seen = athena.start(f"/*+ sandbox:states={walk} */ SELECT 1"), []
    while not seen or seen[-1] in ("QUEUED", "RUNNING"):
        state = athena.client.get_query_execution(QueryExecutionId=number)["QueryExecution"]["Status"]["State"]
        if seen[-1:] != [state]:
            seen.append(state)
    assert seen == ["QUEUED", "RUNNING", "QUEUED", "RUNNING", "SUCCEEDED"]
    athena.client.stop_query_execution(QueryExecutionId=number)
    assert athena.wait(number)["Status"]["State"] == "SUCCEEDED"
    failed = athena.run("/*+ sandbox:replay=failed_without_error */ SELECT 1")["Status"]
    assert failed["State"] == "FAILED" and "AthenaError" not in failed
    number = athena.start("/*+ sandbox:states=RUNNING:30 */ SELECT 1")
    athena.client.stop_query_execution(QueryExecutionId=number)
    assert athena.wait(number)["Status"]["State"] == "CANCELLED"


# --- errors of a request ---------------------------------------------------------------------------------------------------------------

REQUEST_ERRORS = [("AccessDeniedException", 400), ("TooManyRequestsException", 400), ("ThrottlingException", 400), ("UnrecognizedClientException", 400),
                  ("InvalidSignatureException", 403), ("ExpiredTokenException", 400), ("IncompleteSignatureException", 400),
                  ("MissingAuthenticationTokenException", 400), ("MetadataException", 400), ("InternalServerException", 500),
                  ("ServiceUnavailable", 503), ("InvalidRequestException", 400)]


def plain(sandbox, keys, service="athena", target="AmazonAthena.ListWorkGroups"):
    """(status, headers in lower case, body) of a signed call, as the bytes come."""
    request = AWSRequest("POST", sandbox.endpoint + "/", data=b"{}", headers={
        "X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"})
    SigV4Auth(Credentials(*keys), service, "us-east-1").add_auth(request)
    sent = urllib.request.Request(request.url, b"{}", dict(request.headers.items()), method="POST")
    try:
        with urllib.request.urlopen(sent, timeout=10) as answer:
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


@pytest.fixture(scope="module")
def keys(sandbox):
    return sandbox.chain(RETAIL)


@pytest.mark.parametrize("capital", [True, False], ids=["Message", "message"])
@pytest.mark.parametrize("header", [True, False], ids=["with x-amzn-ErrorType", "without"])
@pytest.mark.parametrize("code, status", REQUEST_ERRORS)
def test_an_error_comes_with_and_without_its_header_and_with_either_message(sandbox, keys, code, status, header, capital):
    before = sandbox.control("switches", "POST", {"json_message_capital": capital})["before"]
    try:
        sandbox.control("faults", "POST", {"service": "athena", "operation": "ListWorkGroups", "error": code, "status": status, "message": "the text",
                                           **({"headers": {"x-amzn-ErrorType": code}} if header else {})})
        got, headers, body = plain(sandbox, keys)
    finally:
        sandbox.control("switches", "POST", before)
    read = json.loads(body)
    assert (got, read["__type"], read.get("Message"), read.get("message")) == (status, code, *(("the text", None) if capital else (None, "the text")))
    assert headers.get("x-amzn-errortype") == (code if header else None)


@pytest.mark.parametrize("fault, expected", [
    ({"error": "InternalServerException", "status": 500, "truncate": 0}, (500, b"")), ({"error": "ThrottlingException", "status": 400, "truncate": 0}, (400, b"")),
    ({"html": True}, (502, b"<html"))])
def test_an_error_may_have_an_empty_body_or_a_page_of_html(sandbox, keys, fault, expected):
    sandbox.control("faults", "POST", {"service": "athena", "operation": "ListWorkGroups", **fault})
    status, _, body = plain(sandbox, keys)
    assert status == expected[0] and (body.lower().startswith(expected[1]) if expected[1] else body == b"")
