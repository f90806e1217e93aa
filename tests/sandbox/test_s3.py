"""The S3 API read by boto3, and the raw answers where boto3 hides them."""
import io
import urllib.error
import urllib.request

import boto3
import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from conftest import INVESTMENT, REGION, RETAIL

BUCKET = "retail-results"


def code_of(caught):
    return caught.value.response["Error"]["Code"]


@pytest.fixture(scope="module")
def s3(sandbox):
    return sandbox.clients(RETAIL, "s3")


def test_an_object_comes_back_with_etag_and_type(s3):
    put = s3.put_object(Bucket=BUCKET, Key="t/a.txt", Body=b"hello", ContentType="text/plain",
                        Metadata={"colour": "red"})
    got = s3.get_object(Bucket=BUCKET, Key="t/a.txt")
    assert got["Body"].read() == b"hello"
    assert got["ETag"] == put["ETag"] == '"5d41402abc4b2a76b9719d911017c592"'
    assert (got["ContentType"], got["Metadata"]) == ("text/plain", {"colour": "red"})
    assert got["AcceptRanges"] == "bytes"


@pytest.mark.parametrize("key", ["plain", "with blank", "a/b//c", "../up", "a/./b", "plus+and=more",
                                 "ünïcode/日本", "per%20cent", "x" * 300, "q?x&y", "~tilde", "(a)*'!"])
def test_any_key_can_be_written_and_read(s3, key):
    s3.put_object(Bucket=BUCKET, Key="keys/" + key, Body=key.encode())
    assert s3.get_object(Bucket=BUCKET, Key="keys/" + key)["Body"].read() == key.encode()
    listed = [k["Key"] for k in s3.list_objects_v2(Bucket=BUCKET, Prefix="keys/")["Contents"]]
    assert "keys/" + key in listed


@pytest.mark.parametrize("asked, want, stated", [
    ("bytes=0-0", b"0", "bytes 0-0/10"), ("bytes=2-4", b"234", "bytes 2-4/10"),
    ("bytes=7-", b"789", "bytes 7-9/10"), ("bytes=-3", b"789", "bytes 7-9/10"),
    ("bytes=5-99", b"56789", "bytes 5-9/10"), ("bytes=-99", b"0123456789", "bytes 0-9/10")])
def test_ranges(s3, asked, want, stated):
    s3.put_object(Bucket=BUCKET, Key="t/ten", Body=b"0123456789")
    got = s3.get_object(Bucket=BUCKET, Key="t/ten", Range=asked)
    assert got["Body"].read() == want
    assert (got["ContentRange"], got["ContentLength"]) == (stated, len(want))
    assert got["ResponseMetadata"]["HTTPStatusCode"] == 206


@pytest.mark.parametrize("asked", ["bytes=4-2", "lines=1-2", "bytes=1-2,4-5", "bytes=-"])
def test_a_range_that_makes_no_sense_is_ignored(s3, asked):
    s3.put_object(Bucket=BUCKET, Key="t/ten", Body=b"0123456789")
    got = s3.get_object(Bucket=BUCKET, Key="t/ten", Range=asked)
    assert (got["Body"].read(), got["ResponseMetadata"]["HTTPStatusCode"]) == (b"0123456789", 200)


@pytest.mark.parametrize("body, asked", [(b"", "bytes=0-99"), (b"0123456789", "bytes=10-"),
                                         (b"0123456789", "bytes=-0"), (b"", "bytes=-5")])
def test_a_range_outside_the_object_is_416(s3, body, asked):
    s3.put_object(Bucket=BUCKET, Key="t/small", Body=body)
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket=BUCKET, Key="t/small", Range=asked)
    answer = caught.value.response
    assert code_of(caught) == "InvalidRange"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 416
    assert answer["Error"]["ActualObjectSize"] == str(len(body))


def test_if_match_guards_against_another_version(s3):
    etag = s3.put_object(Bucket=BUCKET, Key="t/v", Body=b"one")["ETag"]
    assert s3.get_object(Bucket=BUCKET, Key="t/v", IfMatch=etag, Range="bytes=0-0")
    s3.put_object(Bucket=BUCKET, Key="t/v", Body=b"two")
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket=BUCKET, Key="t/v", IfMatch=etag)
    assert code_of(caught) == "PreconditionFailed"
    now = s3.head_object(Bucket=BUCKET, Key="t/v")["ETag"]
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket=BUCKET, Key="t/v", IfNoneMatch=now)
    assert code_of(caught) == "304"


def test_head_says_the_size_and_has_no_body(s3):
    s3.put_object(Bucket=BUCKET, Key="t/head", Body=b"12345")
    assert s3.head_object(Bucket=BUCKET, Key="t/head")["ContentLength"] == 5
    with pytest.raises(ClientError) as caught:
        s3.head_object(Bucket=BUCKET, Key="t/none")
    assert code_of(caught) == "404"


def test_a_missing_key_is_404_with_list_permission_and_403_without(s3, small):
    from conftest import bare_world
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket=BUCKET, Key="t/none")
    assert code_of(caught) == "NoSuchKey"
    world = bare_world()
    statements = world["accounts"][RETAIL]["roles"]["AthenaConsumer"]["policies"]["Storage"]["Statement"]
    statements[0]["Action"].remove("s3:ListBucket")
    other = small(world).clients(RETAIL, "s3")
    with pytest.raises(ClientError) as caught:
        other.get_object(Bucket=BUCKET, Key="t/none")
    assert code_of(caught) == "AccessDenied"


def test_a_missing_bucket(s3):
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket="no-such-bucket-here", Key="x")
    assert code_of(caught) == "NoSuchBucket"


def test_another_accounts_bucket_is_closed(s3):
    with pytest.raises(ClientError) as caught:
        s3.list_objects_v2(Bucket="risk-results")
    assert code_of(caught) == "AccessDenied"


def test_the_expected_owner_is_compared(s3):
    s3.put_object(Bucket=BUCKET, Key="t/owner", Body=b"x")
    assert s3.get_object(Bucket=BUCKET, Key="t/owner", ExpectedBucketOwner=RETAIL)
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket=BUCKET, Key="t/owner", ExpectedBucketOwner=INVESTMENT)
    assert code_of(caught) == "AccessDenied"


def test_listing_pages_prefixes_and_delimiters(s3):
    names = [f"list/{folder}/{n:03d}" for folder in "abc" for n in range(7)] + ["list/z"]
    for name in names:
        s3.put_object(Bucket=BUCKET, Key=name, Body=b"")
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=BUCKET, Prefix="list/", PaginationConfig={"PageSize": 4})
    assert [item["Key"] for page in pages for item in page["Contents"]] == sorted(names)
    folders = s3.list_objects_v2(Bucket=BUCKET, Prefix="list/", Delimiter="/")
    assert [p["Prefix"] for p in folders["CommonPrefixes"]] == ["list/a/", "list/b/", "list/c/"]
    assert [k["Key"] for k in folders["Contents"]] == ["list/z"]
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=BUCKET, Prefix="list/", Delimiter="/", PaginationConfig={"PageSize": 1})
    seen = [x for page in pages for x in [p["Prefix"] for p in page.get("CommonPrefixes", [])]
            + [k["Key"] for k in page.get("Contents", [])]]
    assert seen == ["list/a/", "list/b/", "list/c/", "list/z"]
    after = s3.list_objects_v2(Bucket=BUCKET, Prefix="list/", StartAfter="list/c/005")
    assert [k["Key"] for k in after["Contents"]] == ["list/c/006", "list/z"]
    first = s3.get_paginator("list_objects").paginate(Bucket=BUCKET, Prefix="list/",
                                                      PaginationConfig={"PageSize": 5})
    assert [item["Key"] for page in first for item in page["Contents"]] == sorted(names)


def test_multipart_upload_through_the_transfer_manager(s3):
    data = bytes(range(256)) * 60_000
    from boto3.s3.transfer import TransferConfig
    s3.upload_fileobj(io.BytesIO(data), BUCKET, "t/big", Config=TransferConfig(
        multipart_threshold=6 << 20, multipart_chunksize=6 << 20, max_concurrency=3))
    head = s3.head_object(Bucket=BUCKET, Key="t/big")
    assert (head["ContentLength"], head["ETag"][-3:]) == (len(data), '-3"')
    out = io.BytesIO()
    s3.download_fileobj(BUCKET, "t/big", out, Config=TransferConfig(multipart_threshold=1 << 20))
    assert out.getvalue() == data


def test_copy_and_delete(sandbox):
    s3 = sandbox.clients(RETAIL, "s3")
    s3.put_object(Bucket="retail-data", Key="tmp/a", Body=b"copy me")
    s3.copy_object(Bucket="retail-data", Key="tmp/b", CopySource={"Bucket": "retail-data",
                                                                  "Key": "tmp/a"})
    assert s3.get_object(Bucket="retail-data", Key="tmp/b")["Body"].read() == b"copy me"
    s3.delete_objects(Bucket="retail-data", Delete={"Objects": [{"Key": "tmp/a"}, {"Key": "tmp/b"}]})
    assert s3.list_objects_v2(Bucket="retail-data", Prefix="tmp/")["KeyCount"] == 0


def test_bucket_location_is_empty_in_us_east_1(s3):
    assert s3.get_bucket_location(Bucket=BUCKET)["LocationConstraint"] is None


def test_a_bucket_of_another_region_redirects_and_names_it(small):
    from conftest import bare_world
    world = bare_world()
    world["accounts"][RETAIL]["buckets"][BUCKET] = {"region": "eu-west-1"}
    handle = small(world)
    keys = handle.chain(RETAIL)
    request = AWSRequest("GET", f"{handle.endpoint}/{BUCKET}?list-type=2")
    S3SigV4Auth(Credentials(*keys), "s3", REGION).add_auth(request)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.build_opener(NoRedirect).open(
            urllib.request.Request(request.url, headers=dict(request.headers)))
    assert caught.value.code == 301
    assert caught.value.headers["x-amz-bucket-region"] == "eu-west-1"
    assert b"PermanentRedirect" in caught.value.read()
    client = handle.client("s3", keys, region="eu-west-1")
    client.put_object(Bucket=BUCKET, Key="x", Body=b"1")
    handle.control("switches", "POST", {"s3_wrong_region_redirects": False})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(request.url, headers=dict(request.headers)))
    assert caught.value.code == 400
    assert b"<Region>eu-west-1</Region>" in caught.value.read()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments):
        return None


def test_requester_pays_wants_the_header(small):
    from conftest import bare_world
    world = bare_world()
    world["accounts"]["555566667777"]["buckets"]["mesh-data"]["requester_pays"] = True
    handle = small(world)
    handle.sandbox.store.put("mesh-data", "x", b"1")
    s3 = handle.clients(RETAIL, "s3")
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket="mesh-data", Key="x")
    assert code_of(caught) == "AccessDenied"
    assert s3.get_object(Bucket="mesh-data", Key="x", RequestPayer="requester")["Body"].read() == b"1"


def test_virtual_host_style_names_the_bucket(sandbox):
    keys = sandbox.chain(RETAIL)
    sandbox.sandbox.store.put(BUCKET, "t/virtual", b"v")
    port = sandbox.endpoint.rsplit(":", 1)[1]
    request = AWSRequest("GET", f"http://{BUCKET}.s3.localhost:{port}/t/virtual")
    S3SigV4Auth(Credentials(*keys), "s3", REGION).add_auth(request)
    headers = {**dict(request.headers), "Host": f"{BUCKET}.s3.localhost:{port}"}
    with urllib.request.urlopen(urllib.request.Request(
            f"{sandbox.endpoint}/t/virtual", headers=headers)) as answer:
        assert answer.read() == b"v"


def test_presigned_urls_work_until_they_expire(sandbox):
    sandbox.sandbox.store.put(BUCKET, "t/presigned", b"p")
    url = sandbox.client("s3", sandbox.chain(RETAIL), signature_version="s3v4").generate_presigned_url(
        "get_object", Params={"Bucket": BUCKET, "Key": "t/presigned"}, ExpiresIn=60)
    assert urllib.request.urlopen(url).read() == b"p"
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url.replace("presigned?", "presigneD?"))
    assert b"SignatureDoesNotMatch" in caught.value.read()
    sandbox.control("clock", "POST", {"move": 61})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url)
    assert caught.value.code == 403 and b"Request has expired" in caught.value.read()


def test_tls_serves_the_same_objects_with_its_own_ca(sandbox):
    keys = sandbox.chain(RETAIL)
    data = b"over tls" * 100_000
    ca = str(sandbox.sandbox.state_dir / "ca.pem")
    client = boto3.client("s3", endpoint_url=sandbox.sandbox.tls_endpoint, region_name=REGION,
                          aws_access_key_id=keys[0], aws_secret_access_key=keys[1],
                          aws_session_token=keys[2], verify=ca)
    client.put_object(Bucket=BUCKET, Key="t/tls", Body=data)
    assert client.get_object(Bucket=BUCKET, Key="t/tls")["Body"].read() == data
