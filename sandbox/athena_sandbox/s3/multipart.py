"""Multipart uploads of the S3 API."""
from __future__ import annotations

import datetime
import hashlib
import pathlib
import re
import secrets

from ..contract import ServiceError
from ..front.http import Response
from ..front.wire import xml_document

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
SMALLEST_PART = 5 * 1024 * 1024


def iso(epoch):
    moment = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def unescape(text):
    for entity, plain in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#34;", '"'),
                          ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, plain)
    return text


class Multipart:
    """The part of the S3 service that takes objects in parts; mixed into S3Service."""

    def op_CreateMultipartUpload(self, call, bucket, key, _query):
        kms_key, context = self._encryption(call)
        self._authorize(call, "s3:PutObject", f"arn:aws:s3:::{bucket.name}/{key}", context)
        number = secrets.token_urlsafe(48)
        folder = self.sandbox.state_dir / "uploads" / number
        folder.mkdir(parents=True)
        metadata = {name[len("x-amz-meta-"):]: value for name, value in call.headers.items()
                    if name.startswith("x-amz-meta-")}
        bucket.uploads[number] = {"key": key, "folder": folder, "parts": {}, "kms": kms_key,
                                  "context": context, "metadata": metadata,
                                  "type": call.headers.get("content-type", "binary/octet-stream"),
                                  "started": self.sandbox.clock.epoch()}
        body = xml_document("InitiateMultipartUploadResult",
                            {"Bucket": bucket.name, "Key": key, "UploadId": number}, NAMESPACE)
        return Response(200, [], body, "application/xml")

    @staticmethod
    def _upload(bucket, key, query):
        upload = bucket.uploads.get(query["uploadId"])
        if upload is None or upload["key"] != key:
            raise ServiceError("NoSuchUpload", "The specified upload does not exist. The upload ID "
                               "may be invalid, or the upload may have been aborted or completed.",
                               404, UploadId=query["uploadId"])
        return upload

    def op_UploadPart(self, call, bucket, key, query):
        upload = self._upload(bucket, key, query)
        self._authorize(call, "s3:PutObject", f"arn:aws:s3:::{bucket.name}/{key}",
                        upload["context"])
        number = query.get("partNumber", "")
        if not number.isdigit() or not 1 <= int(number) <= 10_000:
            raise ServiceError("InvalidArgument", "Part number must be an integer between 1 and "
                               "10000, inclusive", 400, ArgumentName="partNumber")
        digest = hashlib.md5(call.raw).hexdigest()
        place = upload["folder"] / f"{int(number):05d}"
        place.write_bytes(call.raw)
        upload["parts"][int(number)] = (digest, len(call.raw), place)
        return Response(200, [("ETag", f'"{digest}"')])

    def op_ListParts(self, call, bucket, key, query):
        upload = self._upload(bucket, key, query)
        self._authorize(call, "s3:ListMultipartUploadParts", f"arn:aws:s3:::{bucket.name}/{key}")
        parts = [{"PartNumber": str(n), "ETag": f'"{digest}"', "Size": str(size),
                  "LastModified": iso(upload["started"])}
                 for n, (digest, size, _) in sorted(upload["parts"].items())]
        body = {"Bucket": bucket.name, "Key": key, "UploadId": query["uploadId"],
                "IsTruncated": "false", "Part": parts}
        return Response(200, [], xml_document("ListPartsResult", body, NAMESPACE),
                        "application/xml")

    def op_ListMultipartUploads(self, call, bucket, _key, _query):
        self._authorize(call, "s3:ListBucketMultipartUploads", f"arn:aws:s3:::{bucket.name}")
        uploads = [{"Key": upload["key"], "UploadId": number, "Initiated": iso(upload["started"])}
                   for number, upload in bucket.uploads.items()]
        body = {"Bucket": bucket.name, "IsTruncated": "false", "Upload": uploads}
        return Response(200, [], xml_document("ListMultipartUploadsResult", body, NAMESPACE),
                        "application/xml")

    def op_CompleteMultipartUpload(self, call, bucket, key, query):
        upload = self._upload(bucket, key, query)
        text = call.raw.decode()
        listed = []
        for part in re.findall(r"<Part>(.*?)</Part>", text, re.DOTALL):
            number = re.search(r"<PartNumber>(\d+)</PartNumber>", part)
            etag = re.search(r"<ETag>(.*?)</ETag>", part, re.DOTALL)
            if not number or not etag:
                raise ServiceError("MalformedXML", "The XML you provided was not well-formed or did "
                                   "not validate against our published schema", 400)
            listed.append((int(number.group(1)), unescape(etag.group(1)).strip('"')))
        if not listed or [n for n, _ in listed] != sorted({n for n, _ in listed}):
            raise ServiceError("InvalidPartOrder", "The list of parts was not in ascending order. "
                               "Parts must be ordered by part number.", 400)
        digest, whole = hashlib.md5(), upload["folder"] / "whole"
        with open(whole, "wb") as out:
            for position, (number, etag) in enumerate(listed):
                have = upload["parts"].get(number)
                if have is None or have[0] != etag:
                    raise ServiceError("InvalidPart", "One or more of the specified parts could not "
                                       "be found.", 400)
                if have[1] < SMALLEST_PART and position + 1 < len(listed):
                    raise ServiceError("EntityTooSmall", "Your proposed upload is smaller than the "
                                       "minimum allowed size", 400)
                digest.update(bytes.fromhex(etag))
                out.write(have[2].read_bytes())
        info = self.store.put_as(call.caller, bucket.name, key, pathlib.Path(whole), False, None,
                                 upload["type"], upload["metadata"], upload["kms"],
                                 upload["context"], call)
        info.etag = f"{digest.hexdigest()}-{len(listed)}"
        self._forget(bucket, query["uploadId"])
        body = {"Location": f"http://{bucket.name}.s3.amazonaws.com/{key}", "Bucket": bucket.name,
                "Key": key, "ETag": f'"{info.etag}"'}
        return Response(200, [], xml_document("CompleteMultipartUploadResult", body, NAMESPACE),
                        "application/xml")

    def op_AbortMultipartUpload(self, call, bucket, key, query):
        self._upload(bucket, key, query)
        self._authorize(call, "s3:AbortMultipartUpload", f"arn:aws:s3:::{bucket.name}/{key}")
        self._forget(bucket, query["uploadId"])
        return Response(204, [])

    @staticmethod
    def _forget(bucket, number):
        upload = bucket.uploads.pop(number)
        for path in upload["folder"].iterdir():
            path.unlink()
        upload["folder"].rmdir()
