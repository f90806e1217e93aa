"""Buckets and objects on disk below the state directory, with an index in memory."""
from __future__ import annotations

import bisect
import datetime
import hashlib
import json
import os
import pathlib
import shutil
import threading
import urllib.parse
from dataclasses import dataclass, field

from ..books.trail import inside_query
from ..contract import ServiceError
from ..identity.policy import Policy
from ..world.loader import BUCKET_POLICY_LIMIT
from ..world.schema import WorldError

LONGEST_NAME = 200


@dataclass
class ObjectInfo:
    """One stored object. `path` is the file that holds its bytes; a virtual object has `reader`
    (offset, length) -> iterator of bytes instead."""

    bucket: str
    key: str
    size: int
    etag: str
    modified: float
    content_type: str = "application/octet-stream"
    metadata: dict = field(default_factory=dict)
    kms_key: str | None = None
    path: pathlib.Path | None = None
    reader: object = None
    requester: str | None = None

    def read(self):
        """All bytes of the object."""
        return self.path.read_bytes() if self.path else b"".join(self.reader(0, self.size))


class Bucket:
    def __init__(self, name, owner_account, region, policy=None, requester_pays=False,
                 kms_key=None):
        self.name = name
        self.owner_account = owner_account
        self.region = region
        self.policy = policy
        self.requester_pays = requester_pays
        self.kms_key = kms_key
        self.created = datetime.datetime(2026, 1, 5, 9, 0, tzinfo=datetime.timezone.utc)
        self.objects = {}
        self.keys = []
        self.uploads = {}


def file_name(key):
    """A relative path for a key: readable, reversible enough for humans, never a clash."""
    parts = [urllib.parse.quote(part, safe="") or "%00" for part in key.split("/")]
    parts = ["%2E" + part[1:] if part in (".", "..") else part for part in parts]
    parts = [part if len(part) <= LONGEST_NAME else
             part[:100] + "~" + hashlib.sha256(part.encode()).hexdigest() for part in parts]
    return "/".join(parts[:-1] + ["=" + parts[-1]])


def file_md5(path):
    digest = hashlib.md5()
    with open(path, "rb") as source:
        while chunk := source.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


class Store:
    def __init__(self, sandbox, folder):
        self.sandbox = sandbox
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._buckets = {}

    # --- buckets ----------------------------------------------------------------------------------

    def load_world(self, world):
        for account in world.accounts.values():
            for name, raw in (account.raw.get("buckets") or {}).items():
                where = f"world.accounts.{account.id}.buckets.{name}"
                if name in self._buckets:
                    raise WorldError(f"{where}: the bucket belongs to another account already")
                self.add_bucket(name, account.id, raw or {}, where)

    def add_bucket(self, name, owner, raw, where):
        world = self.sandbox.world
        policy = None
        if raw.get("policy"):
            policy = world._policy(raw["policy"], "resource", f"{where}.policy",
                                   BUCKET_POLICY_LIMIT)
            world.bind_principals(policy, f"{where}.policy")
        key = raw.get("kms_key")
        if key is not None and world.find_key(key) is None:
            raise WorldError(f"{where}.kms_key: no such key '{key}'")
        bucket = Bucket(name, owner, raw.get("region", world.region), policy,
                        bool(raw.get("requester_pays")), key)
        self._buckets[name] = bucket
        self._read_index(bucket)
        for object_key, item in (raw.get("objects") or {}).items():
            item = {"text": item} if isinstance(item, str) else item
            data = item["text"].encode() if "text" in item \
                else (world.folder / item["file"]).read_bytes()
            self.put(name, object_key, data, item.get("content_type", "text/plain"))
        return bucket

    def bucket(self, name):
        return self._buckets.get(name)

    def buckets(self):
        return list(self._buckets.values())

    def set_policy(self, name, document):
        policy = Policy(document, "resource", f"bucket {name}") if document else None
        if policy:
            self.sandbox.world.bind_principals(policy, f"bucket {name}")
        self._buckets[name].policy = policy

    # --- objects ----------------------------------------------------------------------------------

    def _index_path(self, bucket):
        return self.folder / f"{bucket.name}.index"

    def _read_index(self, bucket):
        path = self._index_path(bucket)
        if not path.exists():
            return
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            if record.get("deleted"):
                bucket.objects.pop(record["key"], None)
                continue
            place = self.folder / bucket.name / file_name(record["key"])
            info = ObjectInfo(bucket.name, record["key"], record["size"], record["etag"],
                              record["modified"], record["type"], record["metadata"],
                              record.get("kms"), place)
            bucket.objects[info.key] = info
        bucket.objects = {key: info for key, info in bucket.objects.items() if info.path.exists()}
        bucket.keys = sorted(bucket.objects, key=lambda key: key.encode())

    def _write_index(self, bucket, record):
        with open(self._index_path(bucket), "a", encoding="utf-8") as out:
            out.write(json.dumps(record) + "\n")

    def put(self, bucket, key, data, content_type="application/octet-stream", metadata=None,
            kms_key=None, etag=None):
        """Stores bytes, or a file (linked or copied); the ObjectInfo."""
        owner = self._buckets[bucket]
        place = self.folder / bucket / file_name(key)
        place.parent.mkdir(parents=True, exist_ok=True)
        spare = place.with_name(f"{place.name[:150]}~{threading.get_ident()}")
        if isinstance(data, pathlib.Path):
            spare.unlink(missing_ok=True)
            try:
                os.link(data, spare)
            except OSError:
                shutil.copyfile(data, spare)
            etag = etag or file_md5(spare)
        else:
            spare.write_bytes(data)
            etag = etag or hashlib.md5(data).hexdigest()
        size = spare.stat().st_size
        info = ObjectInfo(bucket, key, size, etag, self.sandbox.clock.epoch(), content_type,
                          dict(metadata or {}), kms_key or owner.kms_key, place)
        with self._lock:
            os.replace(spare, place)
            self._register(owner, info)
            self._write_index(owner, {"key": key, "size": size, "etag": etag,
                                      "modified": info.modified, "type": content_type,
                                      "metadata": info.metadata, "kms": info.kms_key})
        return info

    def put_virtual(self, bucket, key, size, etag, reader, content_type="application/octet-stream"):
        """An object that is not on disk: reader(offset, length) yields its bytes."""
        info = ObjectInfo(bucket, key, size, etag, self.sandbox.clock.epoch(), content_type,
                          reader=reader)
        with self._lock:
            self._register(self._buckets[bucket], info)
        return info

    @staticmethod
    def _register(bucket, info):
        if info.key not in bucket.objects:
            bisect.insort(bucket.keys, info.key, key=lambda key: key.encode())
        bucket.objects[info.key] = info

    def get(self, bucket, key):
        owner = self._buckets.get(bucket)
        return owner.objects.get(key) if owner else None

    def list(self, bucket, prefix=""):
        owner = self._buckets.get(bucket)
        if owner is None:
            return []
        with self._lock:
            start = bisect.bisect_left(owner.keys, prefix.encode(), key=lambda key: key.encode())
            found = []
            for key in owner.keys[start:]:
                if not key.startswith(prefix):
                    break
                found.append(owner.objects[key])
            return found

    def delete(self, bucket, key):
        owner = self._buckets.get(bucket)
        with self._lock:
            info = owner.objects.pop(key, None) if owner else None
            if info is None:
                return False
            owner.keys.remove(key)
            if info.path:
                info.path.unlink(missing_ok=True)
                self._write_index(owner, {"key": key, "deleted": True})
        return True

    # --- as a caller ------------------------------------------------------------------------------

    def check_bucket(self, name, expected_owner=None):
        bucket = self._buckets.get(name)
        if bucket is None:
            raise ServiceError("NoSuchBucket", "The specified bucket does not exist", 404,
                               BucketName=name)
        if expected_owner and expected_owner != bucket.owner_account:
            raise ServiceError("AccessDenied", "Access Denied", 403,
                               reason=f"bucket {name} belongs to {bucket.owner_account}, expected "
                               f"was {expected_owner}")
        return bucket

    def authorize_key(self, caller, info_or_key, action, bucket, via_athena, call=None):
        """kms:Decrypt or kms:GenerateDataKey on the key of an encrypted object."""
        if info_or_key is None:
            return
        context = {"kms:ViaService": f"s3.{bucket.region}.amazonaws.com",
                   "kms:CallerAccount": caller.account,
                   "kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{bucket.name}",
                   "kms:EncryptionContextKeys": ["aws:s3:arn"]}
        try:
            self.sandbox.authorize(caller, action, info_or_key, context, via_athena, call)
        except ServiceError as error:
            raise ServiceError("AccessDenied", error.message, 403, reason=error.reason) from error

    @inside_query("s3", "GetObject", bucketName="bucket", key="key")
    def read_as(self, caller, bucket, key, via_athena=True, call=None, expected_owner=None):
        """The object if the caller may read it; AccessDenied also for a missing one that the caller
        may not list."""
        owner = self.check_bucket(bucket, expected_owner)
        if self.lake_formation_covers(bucket, key, via_athena):
            self.sandbox.lakeformation.authorize_data(caller, bucket, key)
            info = owner.objects.get(key)
            if info is None:
                raise ServiceError("NoSuchKey", "The specified key does not exist.", 404, Key=key)
            return info
        arn = f"arn:aws:s3:::{bucket}/{key}"
        self.sandbox.authorize(caller, "s3:GetObject", arn, None, via_athena, call)
        info = owner.objects.get(key)
        if info is None:
            if not self.sandbox.may(caller, "s3:ListBucket", f"arn:aws:s3:::{bucket}", None,
                                    via_athena):
                raise ServiceError("AccessDenied", "Access Denied", 403,
                                   reason=f"{arn} is missing and the caller may not list")
            raise ServiceError("NoSuchKey", "The specified key does not exist.", 404, Key=key)
        self.authorize_key(caller, info.kms_key, "kms:Decrypt", owner, via_athena, call)
        return info

    def lake_formation_covers(self, bucket, key, via_athena):
        """Whether Lake Formation vends the access to this place for queries."""
        lake = getattr(self.sandbox, "lakeformation", None)
        return bool(via_athena and lake and lake.registered(bucket, key))

    @inside_query("s3", "PutObject", bucketName="bucket", key="key")
    def put_as(self, caller, bucket, key, data, via_athena=True, expected_owner=None,
               content_type="application/octet-stream", metadata=None, kms_key=None, context=None,
               call=None, in_parts=False):
        """Like put, with the caller's rights; `in_parts` gives the ETag of an upload in one part."""
        owner = self.check_bucket(bucket, expected_owner)
        extra = dict(context or {})
        key_arn = kms_key or owner.kms_key
        if kms_key:
            extra.setdefault("s3:x-amz-server-side-encryption", "aws:kms")
            extra.setdefault("s3:x-amz-server-side-encryption-aws-kms-key-id", kms_key)
        self.sandbox.authorize(caller, "s3:PutObject", f"arn:aws:s3:::{bucket}/{key}", extra,
                               via_athena, call)
        if key_arn:
            if self.sandbox.world.find_key(key_arn) is None:
                raise ServiceError("KMS.NotFoundException", f"Key '{key_arn}' does not exist", 400)
            self.authorize_key(caller, key_arn, "kms:GenerateDataKey", owner, via_athena, call)
        etag = None
        if in_parts:
            whole = file_md5(data) if isinstance(data, pathlib.Path) else hashlib.md5(data).hexdigest()
            etag = hashlib.md5(bytes.fromhex(whole)).hexdigest() + "-1"
        return self.put(bucket, key, data, content_type, metadata, key_arn, etag)

    @inside_query("s3", "ListObjects", bucketName="bucket", prefix="prefix")
    def list_as(self, caller, bucket, prefix="", via_athena=True, call=None, expected_owner=None):
        self.check_bucket(bucket, expected_owner)
        if self.lake_formation_covers(bucket, prefix, via_athena):
            self.sandbox.lakeformation.authorize_data(caller, bucket, prefix)
        else:
            self.sandbox.authorize(caller, "s3:ListBucket", f"arn:aws:s3:::{bucket}",
                                   {"s3:prefix": prefix}, via_athena, call)
        return self.list(bucket, prefix)

    @inside_query("s3", "DeleteObject", bucketName="bucket", key="key")
    def delete_as(self, caller, bucket, key, via_athena=True, call=None):
        self.check_bucket(bucket)
        self.sandbox.authorize(caller, "s3:DeleteObject", f"arn:aws:s3:::{bucket}/{key}", None,
                               via_athena, call)
        return self.delete(bucket, key)
