"""Signature Version 4 as the receiving side reads it: header form, presigned form, chunked bodies."""
from __future__ import annotations

import datetime
import hashlib
import hmac
import re
import urllib.parse
from dataclasses import dataclass

ALGORITHM = "AWS4-HMAC-SHA256"
EMPTY_HASH = hashlib.sha256(b"").hexdigest()
UNRESERVED = "-_.~"
S3_WINDOW = 15 * 60
LONGEST_PRESIGN = 7 * 24 * 3600
STREAM_SIGNED = ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER")
STREAM_UNSIGNED = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
STAMP = re.compile(r"\d{8}T\d{6}Z")


class AuthError(Exception):
    """A request whose signature is refused. `kind` chooses each service's own error name."""

    def __init__(self, kind, detail="", reason=None, **members):
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail
        self.reason = reason or detail
        self.members = members


@dataclass
class Signed:
    """What the authorization of a request claims."""

    access_key: str
    date: str
    region: str
    service: str
    stamp: str
    signed_headers: list
    signature: str
    token: str | None
    presigned: bool
    expires: int = 0


def encode(text, safe=""):
    return urllib.parse.quote(text, safe=UNRESERVED + safe)


def canonical_path(path, service):
    if service == "s3":
        return encode(urllib.parse.unquote_to_bytes(path), "/") if not plain(path) else path
    segments = []
    for segment in path.split("/"):
        if segment == "..":
            if segments:
                segments.pop()
        elif segment not in ("", "."):
            segments.append(segment)
    trailing = "/" if path.endswith("/") and segments else ""
    return encode("/" + "/".join(segments) + trailing, "/")


def plain(path):
    """Whether the path on the wire is already in canonical form."""
    return re.fullmatch(r"(?:[A-Za-z0-9\-._~/]|%[0-9A-F]{2})*", path) is not None


def canonical_query(query, leave_out=None):
    pairs = []
    for item in query.split("&") if query else []:
        name, _, value = item.partition("=")
        name = urllib.parse.unquote(name)
        value = urllib.parse.unquote(value)
        if name != leave_out:
            pairs.append((encode(name), encode(value)))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def canonical_headers(headers, names):
    """headers: list of (lower-case name, value) in the order of appearance."""
    lines = []
    for name in names:
        values = [" ".join(value.split()) for have, value in headers if have == name]
        lines.append(f"{name}:{','.join(values)}\n")
    return "".join(lines)


def signing_key(secret, date, region, service):
    key = ("AWS4" + secret).encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def string_to_sign(stamp, scope, canonical):
    digest = hashlib.sha256(canonical.encode("utf-8", "surrogateescape")).hexdigest()
    return f"{ALGORITHM}\n{stamp}\n{scope}\n{digest}"


def first(headers, name):
    for have, value in headers:
        if have == name:
            return value
    return None


def parse_authorization(headers, query):
    """The Signed claim of a request, or None when it carries none."""
    value = first(headers, "authorization")
    if value is not None:
        return _from_header(value, headers)
    values = {urllib.parse.unquote(k): urllib.parse.unquote(v)
              for k, _, v in (item.partition("=") for item in query.split("&") if item)}
    if "X-Amz-Algorithm" in values or "X-Amz-Signature" in values:
        return _from_query(values)
    return None


def _scope(credential):
    parts = credential.split("/")
    if len(parts) < 5 or parts[-1] != "aws4_request":
        raise AuthError("incomplete", "Credential must have at least 5 slash-delimited elements, "
                        "e.g. keyid/date/region/service/term, got '%s'" % credential)
    return "/".join(parts[:-4]), parts[-4], parts[-3], parts[-2]


def _from_header(value, headers):
    algorithm, _, rest = value.strip().partition(" ")
    if algorithm != ALGORITHM:
        raise AuthError("incomplete", f"Unsupported AWS 'algorithm': '{algorithm}'")
    fields = {}
    for item in rest.split(","):
        name, equals, content = item.strip().partition("=")
        if not equals or name in fields:
            raise AuthError("incomplete", f"'{item.strip()}' not a valid key=value pair (missing "
                            "equal-sign) in Authorization header")
        fields[name] = content
    for name in ("Credential", "SignedHeaders", "Signature"):
        if not fields.get(name):
            raise AuthError("incomplete", f"Authorization header requires '{name}' parameter.")
    key, date, region, service = _scope(fields["Credential"])
    stamp = first(headers, "x-amz-date")
    if stamp is None:
        stamp = _http_date(first(headers, "date"))
    return Signed(key, date, region, service, stamp, fields["SignedHeaders"].split(";"),
                  fields["Signature"], first(headers, "x-amz-security-token"), False)


def _http_date(text):
    try:
        moment = datetime.datetime.strptime(text or "", "%a, %d %b %Y %H:%M:%S GMT")
    except ValueError as error:
        raise AuthError("incomplete", "Authorization header requires existence of either a "
                        "'X-Amz-Date' or a 'Date' header.") from error
    return moment.strftime("%Y%m%dT%H%M%SZ")


def _from_query(values):
    if values.get("X-Amz-Algorithm") != ALGORITHM:
        raise AuthError("query", "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"")
    for name in ("X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders",
                 "X-Amz-Signature"):
        if not values.get(name):
            raise AuthError("query", "Query-string authentication version 4 requires the "
                            "X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, "
                            "X-Amz-SignedHeaders, and X-Amz-Expires parameters.")
    if not values["X-Amz-Expires"].isdigit() or int(values["X-Amz-Expires"]) > LONGEST_PRESIGN:
        raise AuthError("query", "X-Amz-Expires must be less than a week (in seconds); that is, "
                        "the given X-Amz-Expires must be less than 604800 seconds")
    key, date, region, service = _scope(values["X-Amz-Credential"])
    return Signed(key, date, region, service, values["X-Amz-Date"],
                  values["X-Amz-SignedHeaders"].split(";"), values["X-Amz-Signature"],
                  values.get("X-Amz-Security-Token"), True, int(values["X-Amz-Expires"]))


def stamp_time(stamp):
    if not STAMP.fullmatch(stamp):
        raise AuthError("incomplete", f"Date must be in ISO-8601 'basic format'. Got '{stamp}'.")
    return datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(
        tzinfo=datetime.timezone.utc)


def check_window(signed, now, others=300):
    """The date of the request against the clock: 15 minutes for S3, `others` seconds elsewhere."""
    moment = stamp_time(signed.stamp)
    basic = "%Y%m%dT%H%M%SZ"
    if signed.presigned:
        if now > moment + datetime.timedelta(seconds=signed.expires):
            raise AuthError("presign-expired", "Request has expired")
        if moment > now + datetime.timedelta(seconds=S3_WINDOW):
            raise AuthError("presign-expired", "Request is not yet valid")
        return
    window = S3_WINDOW if signed.service == "s3" else others
    limit = datetime.timedelta(seconds=window)
    if abs(now - moment) <= limit:
        return
    minutes = window // 60
    if moment < now:
        detail = (f"Signature expired: {signed.stamp} is now earlier than "
                  f"{(now - limit).strftime(basic)} ({now.strftime(basic)} - {minutes} min.)")
    else:
        detail = (f"Signature not yet current: {signed.stamp} is still later than "
                  f"{(now + limit).strftime(basic)} ({now.strftime(basic)} + {minutes} min.)")
    raise AuthError("clock", detail, request_time=signed.stamp, window=window)


def check_headers(signed, headers):
    """host and every x-amz-* header have to be signed."""
    names = signed.signed_headers
    if names != sorted(set(names)) or any(name != name.lower() for name in names):
        raise AuthError("signature", reason="SignedHeaders are not sorted lower-case names")
    if "host" not in names:
        raise AuthError("unsigned-header", "'Host' or ':authority' must be a 'SignedHeader' in the "
                        "AWS Authorization.", headers_not_signed="host")
    missing = sorted({name for name, _ in headers
                      if name.startswith("x-amz-") and name not in names})
    if missing:
        raise AuthError("unsigned-header", f"'{missing[0]}' must be a 'SignedHeader' in the AWS "
                        "Authorization.", headers_not_signed=", ".join(missing))
    have = {name for name, _ in headers}
    for name in names:
        if name not in have:
            raise AuthError("signature", reason=f"signed header '{name}' is not in the request")


def payload_hash(signed, headers, body):
    """The payload hash of the canonical request; refuses a body that is not the hashed one."""
    stated = first(headers, "x-amz-content-sha256")
    actual = hashlib.sha256(body).hexdigest()
    if signed.service != "s3":
        if stated is not None and stated != actual:
            raise AuthError("signature", reason="x-amz-content-sha256 is not the body's hash")
        return actual
    if signed.presigned:
        return stated or "UNSIGNED-PAYLOAD"
    if stated is None:
        raise AuthError("no-hash", "Missing required header for this request: x-amz-content-sha256")
    if stated in STREAM_SIGNED or stated in (STREAM_UNSIGNED, "UNSIGNED-PAYLOAD"):
        return stated
    if not re.fullmatch(r"[0-9a-f]{64}", stated):
        raise AuthError("bad-hash", "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, "
                        "STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, "
                        "or a valid sha256 value.")
    if stated != actual:
        raise AuthError("hash-mismatch", "The provided 'x-amz-content-sha256' header does not match "
                        "what was computed.", stated=stated, actual=actual)
    return stated


def check_signature(signed, secret, method, path, query, headers, body):
    """Compares the signature; the key for chunk signatures is returned."""
    hashed = payload_hash(signed, headers, body)
    canonical = "\n".join([
        method, canonical_path(path, signed.service),
        canonical_query(query, "X-Amz-Signature" if signed.presigned else None),
        canonical_headers(headers, signed.signed_headers), ";".join(signed.signed_headers), hashed])
    scope = f"{signed.date}/{signed.region}/{signed.service}/aws4_request"
    if signed.date != signed.stamp[:8]:
        raise AuthError("wrong-date", f"Date in Credential scope does not match YYYYMMDD from "
                        f"ISO-8601 version of date from HTTP: '{signed.date}' != "
                        f"'{signed.stamp[:8]}', from '{signed.stamp}'.")
    key = signing_key(secret, signed.date, signed.region, signed.service)
    to_sign = string_to_sign(signed.stamp, scope, canonical)
    expected = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, signed.signature):
        raise AuthError("signature", reason=f"canonical request: {canonical!r}",
                        canonical=canonical, to_sign=to_sign)
    return key


def decode_chunked(body, signed, key, kind):
    """The content of an aws-chunked body; chunk signatures are checked where there are any."""
    out, at, previous = [], 0, signed.signature
    scope = f"{signed.date}/{signed.region}/{signed.service}/aws4_request"
    while True:
        end = body.find(b"\r\n", at)
        if end < 0:
            raise AuthError("incomplete-body", "The request body terminated unexpectedly")
        head = body[at:end].decode("latin-1")
        size, _, extension = head.partition(";")
        length = int(size, 16)
        data = body[end + 2:end + 2 + length]
        if len(data) != length:
            raise AuthError("incomplete-body", "The request body terminated unexpectedly")
        if kind in STREAM_SIGNED:
            to_sign = "\n".join(["AWS4-HMAC-SHA256-PAYLOAD", signed.stamp, scope, previous,
                                 EMPTY_HASH, hashlib.sha256(data).hexdigest()])
            expected = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
            if extension != f"chunk-signature={expected}":
                raise AuthError("signature", reason="chunk signature differs")
            previous = expected
        if length == 0:
            return b"".join(out)
        out.append(data)
        at = end + 2 + length + 2
