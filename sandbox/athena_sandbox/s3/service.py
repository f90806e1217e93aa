"""The S3 API: objects, ranges, conditions, listings, multipart uploads, in S3's own XML."""
from __future__ import annotations

import email.utils
import hashlib
import re
import urllib.parse

from ..contract import ServiceError
from ..front.http import FileSlice, Response
from ..front.wire import xml_document
from .multipart import NAMESPACE, Multipart, iso, unescape
from .store import Bucket

RANGE = re.compile(r"bytes=(\d*)-(\d*)")
BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
SUBRESOURCES = ("location", "uploads", "uploadId", "delete", "policy", "acl", "versioning",
                "encryption", "tagging", "cors", "lifecycle", "versions", "attributes", "website",
                "logging", "notification", "replication", "object-lock", "requestPayment",
                "publicAccessBlock", "ownershipControls", "accelerate", "inventory", "analytics")


class S3Service(Multipart):
    """operation(...) names the S3 operation; handle(call, request) answers it."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.store = sandbox.store

    @staticmethod
    def split(host, path):
        """Bucket and key of a request, path style or virtual host."""
        name = host.rsplit(":", 1)[0] if not host.startswith("[") else host
        found = re.fullmatch(r"(.+)\.s3(?:[.-][a-z0-9-]+)?\.localhost", name)
        raw = path[1:] if path.startswith("/") else path
        if found:
            return found.group(1), urllib.parse.unquote(raw, errors="surrogateescape")
        bucket, _, key = raw.partition("/")
        return urllib.parse.unquote(bucket), urllib.parse.unquote(key, errors="surrogateescape")

    @staticmethod
    def operation(method, bucket, key, query, headers):
        sub = next((name for name in SUBRESOURCES if name in query), None)
        if not bucket:
            return "ListBuckets" if method == "GET" else "Unknown"
        if not key:
            table = {("GET", None): "ListObjectsV2" if query.get("list-type") == "2"
                     else "ListObjects", ("HEAD", None): "HeadBucket", ("PUT", None): "CreateBucket",
                     ("DELETE", None): "DeleteBucket", ("GET", "location"): "GetBucketLocation",
                     ("GET", "uploads"): "ListMultipartUploads", ("POST", "delete"): "DeleteObjects",
                     ("GET", "policy"): "GetBucketPolicy", ("GET", "versioning"):
                     "GetBucketVersioning", ("GET", "requestPayment"): "GetBucketRequestPayment"}
            return table.get((method, sub), "Unknown")
        if method == "PUT" and sub is None and "x-amz-copy-source" in headers:
            return "CopyObject"
        table = {("GET", None): "GetObject", ("HEAD", None): "HeadObject", ("PUT", None): "PutObject",
                 ("DELETE", None): "DeleteObject", ("POST", "uploads"): "CreateMultipartUpload",
                 ("PUT", "uploadId"): "UploadPart", ("POST", "uploadId"): "CompleteMultipartUpload",
                 ("DELETE", "uploadId"): "AbortMultipartUpload", ("GET", "uploadId"): "ListParts"}
        return table.get((method, sub), "Unknown")

    def handle(self, call):
        bucket, key, query = call.params["bucket"], call.params["key"], call.params["query"]
        method = getattr(self, "op_" + call.action, None)
        if method is None:
            raise ServiceError("NotImplemented", "A header or query you provided implies "
                               "functionality that is not implemented.", 501)
        if call.action == "ListBuckets":
            return method(call)
        if call.action == "CreateBucket":
            return method(call, bucket)
        owner = self.store.check_bucket(bucket, call.headers.get("x-amz-expected-bucket-owner"))
        self._check_region(call, owner)
        if owner.requester_pays and call.caller.kind != "engine" and call.caller.account != owner.owner_account \
                and call.headers.get("x-amz-request-payer", "").lower() != "requester" \
                and self.sandbox.world.switch("requester_pays_needs_header"):
            raise ServiceError("AccessDenied", "Access Denied", 403,
                               reason="requester pays: header x-amz-request-payer is missing")
        return method(call, owner, key, query)

    def _check_region(self, call, bucket):
        if call.region == bucket.region:
            return
        headers = {"x-amz-bucket-region": bucket.region}
        if call.action in ("GetBucketLocation",):
            return
        if self.sandbox.world.switch("s3_wrong_region_redirects"):
            raise ServiceError(
                "PermanentRedirect", "The bucket you are attempting to access must be addressed "
                "using the specified endpoint. Please send all future requests to this endpoint.",
                301, headers=headers, Endpoint=f"{bucket.name}.s3.{bucket.region}.amazonaws.com",
                Bucket=bucket.name)
        raise ServiceError("AuthorizationHeaderMalformed", "The authorization header is malformed; "
                           f"the region '{call.region}' is wrong; expecting '{bucket.region}'", 400,
                           headers=headers, Region=bucket.region)

    def _authorize(self, call, action, arn, context=None):
        self.sandbox.authorize(call.caller, action, arn, context, call=call)

    # --- buckets ----------------------------------------------------------------------------------

    def op_ListBuckets(self, call):
        self._authorize(call, "s3:ListAllMyBuckets", "*")
        mine = sorted((b for b in self.store.buckets() if b.owner_account == call.caller.account),
                      key=lambda b: b.name)
        body = xml_document("ListAllMyBucketsResult", {
            "Owner": {"ID": hashlib.sha256(call.caller.account.encode()).hexdigest()},
            "Buckets": {"Bucket": [{"Name": b.name, "CreationDate": iso(b.created.timestamp()),
                                    "BucketRegion": b.region} for b in mine]}}, NAMESPACE)
        return Response(200, [], body, "application/xml")

    def op_CreateBucket(self, call, name):
        self._authorize(call, "s3:CreateBucket", f"arn:aws:s3:::{name}")
        if not BUCKET_NAME.fullmatch(name):
            raise ServiceError("InvalidBucketName", "The specified bucket is not valid.", 400)
        have = self.store.bucket(name)
        if have is not None:
            mine = have.owner_account == call.caller.account
            raise ServiceError("BucketAlreadyOwnedByYou" if mine else "BucketAlreadyExists",
                               "The requested bucket name is not available.", 409)
        self.store._buckets[name] = Bucket(name, call.caller.account, call.region)
        return Response(200, [("Location", f"/{name}")])

    def op_HeadBucket(self, call, bucket, _key, _query):
        self._authorize(call, "s3:ListBucket", f"arn:aws:s3:::{bucket.name}")
        return Response(200, [("x-amz-bucket-region", bucket.region)], b"", "application/xml")

    def op_GetBucketLocation(self, call, bucket, _key, _query):
        self._authorize(call, "s3:GetBucketLocation", f"arn:aws:s3:::{bucket.name}")
        region = "" if bucket.region == "us-east-1" else bucket.region
        return Response(200, [], xml_document("LocationConstraint", region, NAMESPACE),
                        "application/xml")

    def op_GetBucketPolicy(self, call, bucket, _key, _query):
        self._authorize(call, "s3:GetBucketPolicy", f"arn:aws:s3:::{bucket.name}")
        if bucket.policy is None:
            raise ServiceError("NoSuchBucketPolicy", "The bucket policy does not exist", 404)
        return Response(200, [], bucket.policy.text().encode(), "application/json")

    def op_GetBucketVersioning(self, call, bucket, _key, _query):
        self._authorize(call, "s3:GetBucketVersioning", f"arn:aws:s3:::{bucket.name}")
        return Response(200, [], xml_document("VersioningConfiguration", "", NAMESPACE),
                        "application/xml")

    def op_GetBucketRequestPayment(self, call, bucket, _key, _query):
        self._authorize(call, "s3:GetBucketRequestPayment", f"arn:aws:s3:::{bucket.name}")
        payer = "Requester" if bucket.requester_pays else "BucketOwner"
        return Response(200, [], xml_document("RequestPaymentConfiguration", {"Payer": payer},
                                              NAMESPACE), "application/xml")

    # --- listings ---------------------------------------------------------------------------------

    def op_ListObjectsV2(self, call, bucket, _key, query):
        return self._listing(call, bucket, query, True)

    def op_ListObjects(self, call, bucket, _key, query):
        return self._listing(call, bucket, query, False)

    def _listing(self, call, bucket, query, second):
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        limit = query.get("max-keys", "1000")
        if not limit.isdigit():
            raise ServiceError("InvalidArgument", "Provided max-keys not an integer or within "
                               "integer range", 400, ArgumentName="max-keys", ArgumentValue=limit)
        context = {"s3:prefix": prefix, "s3:max-keys": limit}
        context = {k: v for k, v in context.items() if k.split(":")[1] in query}
        if delimiter:
            context["s3:delimiter"] = delimiter
        self._authorize(call, "s3:ListBucket", f"arn:aws:s3:::{bucket.name}", context)
        after = query.get("continuation-token") or query.get("start-after", "") if second \
            else query.get("marker", "")
        if second and "continuation-token" in query:
            after = self._token_key(query["continuation-token"])
        limit = min(int(limit), 1000)
        items, prefixes, last, truncated = self._walk(bucket, prefix, delimiter, after, limit)
        quote = urllib.parse.quote if query.get("encoding-type") == "url" else lambda text, safe: text
        body = {"Name": bucket.name, "Prefix": quote(prefix, safe="/"), "MaxKeys": str(limit),
                "IsTruncated": "true" if truncated else "false"}
        if delimiter:
            body["Delimiter"] = quote(delimiter, safe="/")
        if "encoding-type" in query:
            body["EncodingType"] = query["encoding-type"]
        if second:
            body["KeyCount"] = str(len(items) + len(prefixes))
            if "continuation-token" in query:
                body["ContinuationToken"] = query["continuation-token"]
            if truncated:
                body["NextContinuationToken"] = self._key_token(last)
            if "start-after" in query:
                body["StartAfter"] = quote(query["start-after"], safe="/")
        else:
            body["Marker"] = quote(after, safe="/")
            if truncated and delimiter:
                body["NextMarker"] = quote(last, safe="/")
        body["Contents"] = [{"Key": quote(info.key, safe="/"), "LastModified": iso(info.modified),
                             "ETag": f'"{info.etag}"', "Size": str(info.size),
                             "StorageClass": "STANDARD"} for info in items]
        body["CommonPrefixes"] = [{"Prefix": quote(name, safe="/")} for name in prefixes]
        return Response(200, [("x-amz-bucket-region", bucket.region)],
                        xml_document("ListBucketResult", body, NAMESPACE), "application/xml")

    @staticmethod
    def _key_token(key):
        return "1" + key.encode("utf-8", "surrogateescape").hex()

    @staticmethod
    def _token_key(token):
        try:
            return bytes.fromhex(token[1:]).decode("utf-8", "surrogateescape")
        except ValueError as error:
            raise ServiceError("InvalidArgument", "The continuation token provided is incorrect",
                               400, ArgumentName="continuation-token") from error

    def _walk(self, bucket, prefix, delimiter, after, limit):
        """One page: objects, common prefixes, the last name seen, whether more follow."""
        items, prefixes, last = [], [], ""
        for info in self.store.list(bucket.name, prefix):
            name = info.key
            rest = name[len(prefix):]
            common = prefix + rest.split(delimiter, 1)[0] + delimiter \
                if delimiter and delimiter in rest else None
            name = common or name
            if name.encode() <= after.encode() or (prefixes and common == prefixes[-1]):
                continue
            if after and common and after.startswith(common):
                continue
            if len(items) + len(prefixes) >= limit:
                return items, prefixes, last, limit > 0
            last = name
            (prefixes.append(common) if common else items.append(info))
        return items, prefixes, last, False

    # --- objects ----------------------------------------------------------------------------------

    def _object_headers(self, info):
        headers = [("Last-Modified", email.utils.formatdate(info.modified, usegmt=True)),
                   ("ETag", f'"{info.etag}"'), ("Accept-Ranges", "bytes")]
        if info.kms_key:
            headers += [("x-amz-server-side-encryption", "aws:kms"),
                        ("x-amz-server-side-encryption-aws-kms-key-id", info.kms_key)]
        else:
            headers.append(("x-amz-server-side-encryption", "AES256"))
        headers += [(f"x-amz-meta-{name}", value) for name, value in info.metadata.items()]
        return headers

    @staticmethod
    def _conditions(call, info):
        etag = f'"{info.etag}"'
        wanted, unwanted = call.headers.get("if-match"), call.headers.get("if-none-match")
        if wanted and wanted.strip() != "*" and etag not in [
                t.strip() if t.strip().startswith('"') else f'"{t.strip()}"'
                for t in wanted.split(",")]:
            raise ServiceError("PreconditionFailed", "At least one of the pre-conditions you "
                               "specified did not hold", 412, Condition="If-Match")
        if unwanted and (unwanted.strip() == "*" or etag in [t.strip() for t in unwanted.split(",")]):
            raise ServiceError("NotModified", "Not Modified", 304, headers={"ETag": etag})

    def _range(self, call, info):
        """(offset, length) of the asked range, None for the whole object."""
        found = RANGE.fullmatch(call.headers.get("range", "").strip())
        if not found or (not found.group(1) and not found.group(2)):
            return None
        low, high = found.groups()
        if low:
            start = int(low)
            end = min(int(high), info.size - 1) if high else info.size - 1
            if high and int(high) < start:
                return None
        else:
            start, end = max(0, info.size - int(high)), info.size - 1
        if start >= info.size or (not low and int(high) == 0):
            raise ServiceError("InvalidRange", "The requested range is not satisfiable", 416,
                               headers={"Content-Range": f"bytes */{info.size}"},
                               RangeRequested=call.headers["range"],
                               ActualObjectSize=str(info.size))
        return start, end - start + 1

    def op_GetObject(self, call, bucket, key, query):
        info = self.store.read_as(call.caller, bucket.name, key, False, call)
        self._conditions(call, info)
        headers = self._object_headers(info)
        part = self._range(call, info)
        status, offset, length = 200, 0, info.size
        if part:
            status, (offset, length) = 206, part
            headers.append(("Content-Range", f"bytes {offset}-{offset + length - 1}/{info.size}"))
        kind = query.get("response-content-type", info.content_type)
        return Response(status, headers, FileSlice(info, offset, length), kind)

    def op_HeadObject(self, call, bucket, key, query):
        return self.op_GetObject(call, bucket, key, query)

    def _encryption(self, call):
        kind = call.headers.get("x-amz-server-side-encryption")
        key = call.headers.get("x-amz-server-side-encryption-aws-kms-key-id")
        context = {}
        if kind:
            context["s3:x-amz-server-side-encryption"] = kind
        if key:
            context["s3:x-amz-server-side-encryption-aws-kms-key-id"] = key
        if call.headers.get("x-amz-acl"):
            context["s3:x-amz-acl"] = call.headers["x-amz-acl"]
        return (key if kind == "aws:kms" else None), context

    def op_PutObject(self, call, bucket, key, _query):
        kms_key, context = self._encryption(call)
        metadata = {name[len("x-amz-meta-"):]: value for name, value in call.headers.items()
                    if name.startswith("x-amz-meta-")}
        if call.headers.get("if-none-match") == "*" and key in bucket.objects:
            raise ServiceError("PreconditionFailed", "At least one of the pre-conditions you "
                               "specified did not hold", 412, Condition="If-None-Match")
        info = self.store.put_as(call.caller, bucket.name, key, call.raw, False, None,
                                 call.headers.get("content-type", "binary/octet-stream"), metadata,
                                 kms_key, context, call)
        return Response(200, [h for h in self._object_headers(info)
                              if h[0] == "ETag" or h[0].startswith("x-amz-server")])

    def op_CopyObject(self, call, bucket, key, _query):
        source = urllib.parse.unquote(call.headers["x-amz-copy-source"]).lstrip("/")
        from_bucket, _, from_key = source.partition("/")
        original = self.store.read_as(call.caller, from_bucket, from_key, False, call)
        kms_key, context = self._encryption(call)
        data = original.path if original.path else original.read()
        info = self.store.put_as(call.caller, bucket.name, key, data, False, None,
                                 original.content_type, original.metadata, kms_key, context, call)
        body = xml_document("CopyObjectResult", {"LastModified": iso(info.modified),
                                                 "ETag": f'"{info.etag}"'}, NAMESPACE)
        return Response(200, [], body, "application/xml")

    def op_DeleteObject(self, call, bucket, key, _query):
        self.store.delete_as(call.caller, bucket.name, key, False, call)
        return Response(204, [])

    def op_DeleteObjects(self, call, bucket, _key, _query):
        keys = [unescape(k)
                for k in re.findall(r"<Key>(.*?)</Key>", call.raw.decode(), re.DOTALL)]
        quiet = "<Quiet>true</Quiet>" in call.raw.decode()
        deleted, errors = [], []
        for key in keys[:1000]:
            try:
                self.store.delete_as(call.caller, bucket.name, key, False, call)
                deleted.append({"Key": key})
            except ServiceError as error:
                errors.append({"Key": key, "Code": error.code, "Message": error.message})
        body = {"Deleted": [] if quiet else deleted, "Error": errors}
        return Response(200, [], xml_document("DeleteResult", body, NAMESPACE), "application/xml")
