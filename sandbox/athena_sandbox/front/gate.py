"""The front: finds service and operation, verifies the signature, applies faults, calls the service."""
from __future__ import annotations

import datetime
import json
import secrets
import threading
import traceback
import urllib.parse
import uuid

from ..contract import Call, Caller, ServiceError
from ..identity import sigv4
from ..identity.sigv4 import AuthError
from . import wire
from .http import Response

TARGETS = {"AmazonAthena": "athena", "AWSGlue": "glue"}
UNSIGNED = {"AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"}
SIGNATURE_TEXT = ("The request signature we calculated does not match the signature you provided. "
                  "Check your AWS Secret Access Key and signing method. Consult the service "
                  "documentation for details.")
S3_SIGNATURE_TEXT = ("The request signature we calculated does not match the signature you provided."
                     " Check your key and signing method.")
INVALID_TOKEN = "The security token included in the request is invalid."
EXPIRED_TOKEN = "The security token included in the request is expired"

# kind -> {family: (code, status, text or None for the detail of the refusal)}
AUTH_ERRORS = {
    "unsigned": {"json": ("MissingAuthenticationTokenException", 400, "Missing Authentication Token"),
                 "query": ("MissingAuthenticationToken", 403,
                           "Request is missing Authentication Token"),
                 "s3": ("AccessDenied", 403, "Access Denied")},
    "unknown-key": {"json": ("UnrecognizedClientException", 400, INVALID_TOKEN),
                    "query": ("InvalidClientTokenId", 403, INVALID_TOKEN),
                    "s3": ("InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does not "
                           "exist in our records.")},
    "bad-token": {"json": ("UnrecognizedClientException", 400, INVALID_TOKEN),
                  "query": ("InvalidClientTokenId", 403, INVALID_TOKEN),
                  "s3": ("InvalidToken", 400, "The provided token is malformed or otherwise "
                         "invalid.")},
    "region-disabled": {"json": ("UnrecognizedClientException", 400, INVALID_TOKEN),
                        "query": ("InvalidClientTokenId", 403, INVALID_TOKEN),
                        "s3": ("InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does "
                               "not exist in our records.")},
    "expired": {"json": ("ExpiredTokenException", 400, EXPIRED_TOKEN),
                "query": ("ExpiredToken", 403, EXPIRED_TOKEN),
                "s3": ("ExpiredToken", 400, "The provided token has expired.")},
    "signature": {"json": ("InvalidSignatureException", 400, SIGNATURE_TEXT),
                  "query": ("SignatureDoesNotMatch", 403, SIGNATURE_TEXT),
                  "s3": ("SignatureDoesNotMatch", 403, S3_SIGNATURE_TEXT)},
    "clock": {"json": ("InvalidSignatureException", 400, None),
              "query": ("SignatureDoesNotMatch", 403, None),
              "s3": ("RequestTimeTooSkewed", 403, "The difference between the request time and the "
                     "current time is too large.")},
    "wrong-region": {"json": ("InvalidSignatureException", 400,
                              "Credential should be scoped to a valid region. "),
                     "query": ("SignatureDoesNotMatch", 403,
                               "Credential should be scoped to a valid region. "),
                     "s3": ("AuthorizationHeaderMalformed", 400, None)},
    "wrong-service": {"json": ("InvalidSignatureException", 400, None),
                      "query": ("SignatureDoesNotMatch", 403, None),
                      "s3": ("AuthorizationHeaderMalformed", 400, None)},
    "wrong-date": {"json": ("InvalidSignatureException", 400, None),
                   "query": ("SignatureDoesNotMatch", 403, None),
                   "s3": ("AuthorizationHeaderMalformed", 400, None)},
    "incomplete": {"json": ("IncompleteSignatureException", 400, None),
                   "query": ("IncompleteSignature", 400, None),
                   "s3": ("AuthorizationHeaderMalformed", 400, None)},
    "unsigned-header": {"json": ("InvalidSignatureException", 400, None),
                        "query": ("SignatureDoesNotMatch", 403, None),
                        "s3": ("AccessDenied", 403, "There were headers present in the request which "
                               "were not signed")},
    "query": {"json": ("IncompleteSignatureException", 400, None),
              "query": ("IncompleteSignature", 400, None),
              "s3": ("AuthorizationQueryParametersError", 400, None)},
    "presign-expired": {"json": ("InvalidSignatureException", 400, None),
                        "query": ("SignatureDoesNotMatch", 403, None),
                        "s3": ("AccessDenied", 403, None)},
    "no-hash": {"s3": ("InvalidRequest", 400, None)},
    "bad-hash": {"s3": ("InvalidArgument", 400, None)},
    "hash-mismatch": {"s3": ("XAmzContentSHA256Mismatch", 400, None)},
    "incomplete-body": {"s3": ("IncompleteBody", 400, None)},
}
FAMILIES = {"s3": "s3", "sts": "query"}


class InFlight:
    """How many requests are being answered now, and the most that were at once."""

    def __init__(self):
        self._lock = threading.Lock()
        self.now = self.peak = 0

    def __enter__(self):
        with self._lock:
            self.now += 1
            self.peak = max(self.peak, self.now)

    def __exit__(self, *_):
        with self._lock:
            self.now -= 1

    def restart(self):
        with self._lock:
            self.peak = self.now

    def state(self):
        return {"in_flight": self.now, "peak": self.peak}


class Gate:
    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.in_flight = InFlight()
        self.services = {}            # name -> object with handle(call)

    # --- entry ------------------------------------------------------------------------------------

    def __call__(self, request):
        try:
            if request.path.startswith("/_sandbox") or (
                    request.path in ("/", "/favicon.ico") and request.method == "GET"
                    and request.header("authorization") is None and not request.query):
                return self.sandbox.control.handle(request)
            special = self.sandbox.credential_endpoints.handle(request)
            if special is not None:
                return special
            with self.in_flight:
                return self._service(request)
        except Exception:                                           # the sandbox's own mistake
            self.sandbox.trail.log("internal error\n" + traceback.format_exc())
            return Response(500, [], b'{"__type":"InternalFailure"}', wire.JSON_TYPE, close=True)

    def _service(self, request):
        request_id = str(uuid.uuid4())
        call = Call("", "", {}, None, self.sandbox.world.region, request_id,
                    {name: value for name, value in reversed(request.headers)},
                    request.source_ip, request.body, request.secure, request.method, request.path)
        effects = None
        try:
            signed = self._claim(request, call)
            self._name(request, call, signed)
            self._authenticate(request, call, signed)
            effects = self.sandbox.faults.hit(
                call.service, call.action, call.caller.account if call.caller else None,
                call.params.get("key") if call.service == "s3"
                else call.raw.decode("utf-8", "replace"))
            call.effects = effects
            early = self._before(call, effects)
            if early is not None:
                return early if early != "reset" else None
            response = self._dispatch(call)
        except ServiceError as error:
            if call.service and call.action:
                self._record(call, error)
            response = self._refusal(call, error, request)
        if call.service == "s3" and "x-amz-request-id" not in {n for n, _ in response.headers}:
            response.headers += [("x-amz-request-id", s3_id(request_id)),
                                 ("x-amz-id-2", host_id(request_id)), ("Server", "AmazonS3")]
        response.headers.append(("Date", self._date()))
        return self._after(response, effects)

    def _date(self):
        return self.sandbox.clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT")

    # --- who and what -----------------------------------------------------------------------------

    def _claim(self, request, call):
        """The signature's claim; it also tells the service (the endpoint is the same for all)."""
        host = (request.header("host") or "").lower()
        try:
            signed = sigv4.parse_authorization(request.headers, request.query)
        except AuthError as error:
            call.service = self._guess(request, host)
            call.action = "Unknown"
            raise self._auth_error(call, error) from error
        call.service = signed.service if signed else self._guess(request, host)
        if signed:
            call.region = signed.region
        return signed

    @staticmethod
    def _guess(request, host):
        target = request.header("x-amz-target", "").split(".")[0]
        for prefix, service in TARGETS.items():
            if target.startswith(prefix):
                return service
        if request.header("content-type", "").startswith("application/x-www-form-urlencoded") \
                or "Action=" in request.query or host.startswith("sts."):
            return "sts"
        return "s3"

    def _name(self, request, call, signed):
        """Operation and parameters."""
        if call.service == "s3":
            query = dict(urllib.parse.parse_qsl(request.query, keep_blank_values=True))
            bucket, key = self.services["s3"].split(request.header("host", ""), request.path)
            call.action = self.services["s3"].operation(request.method, bucket, key, query,
                                                        call.headers)
            call.params = {"bucket": bucket, "key": key, "query": query}
        elif call.service == "sts":
            text = request.body.decode("utf-8", "replace") if request.method == "POST" \
                else request.query
            call.params = dict(urllib.parse.parse_qsl(text, keep_blank_values=True))
            if request.method == "GET":
                call.params = {k: v for k, v in call.params.items() if not k.startswith("X-Amz-")}
            call.action = call.params.get("Action", "Unknown")
        elif call.service in self.services:
            target = request.header("x-amz-target", "")
            prefix, _, operation = target.rpartition(".")
            call.action = operation or "Unknown"
            if TARGETS.get(prefix.split("_")[0], None) not in (call.service, None):
                raise self._auth_error(call, AuthError("wrong-service", "Credential should be "
                                       "scoped to correct service: "
                                       f"'{TARGETS[prefix.split('_')[0]]}'. "))
        else:
            raise ServiceError("UnknownOperationException", f"no service '{call.service}' here", 404)

    def _authenticate(self, request, call, signed):
        if signed is None:
            if call.service == "sts" and call.action in UNSIGNED:
                call.caller = Caller("anonymous", "anonymous", "", "anonymous")
                return
            raise self._auth_error(call, AuthError("unsigned"))
        world, sessions = self.sandbox.world, self.sandbox.sessions
        try:
            self._check_scope(request, signed)
            secret = sessions.secret_of(signed)
            sigv4.check_window(signed, self.sandbox.clock.now(),
                               world.switch("clock_window_seconds"))
            sigv4.check_headers(signed, request.headers)
            key = sigv4.check_signature(signed, secret, request.method, request.path,
                                        request.query, request.headers, request.body)
            sessions.check_expiry(signed)
            call.caller = sessions.caller(signed.access_key)
            if signed.region not in world.accounts[call.caller.account].enabled_regions:
                raise AuthError("region-disabled", reason=f"{signed.region} is not enabled in "
                                f"{call.caller.account}")
            kind = request.header("x-amz-content-sha256", "")
            if call.service == "s3" and kind.startswith("STREAMING-"):
                call.raw = sigv4.decode_chunked(request.body, signed, key, kind)
        except AuthError as error:
            raise self._auth_error(call, error) from error

    def _check_scope(self, request, signed):
        world = self.sandbox.world
        if signed.region not in world.regions:
            raise AuthError("wrong-region", f"The authorization header is malformed; the region "
                            f"'{signed.region}' is wrong; expecting '{world.region}'",
                            Region=world.region)
        host = (request.header("host") or "").lower().rsplit(":", 1)[0].split(".")
        if host[-1] == "localhost":
            if len(host) >= 3 and host[-2] in world.regions and host[-2] != signed.region:
                raise AuthError("wrong-region", f"The authorization header is malformed; the region "
                                f"'{signed.region}' is wrong; expecting '{host[-2]}'",
                                Region=host[-2])
            known = [part for part in host if part in self.services]
            if known and known[-1] != signed.service:
                raise AuthError("wrong-service", "Credential should be scoped to correct service: "
                                f"'{known[-1]}'. ")

    def _auth_error(self, call, error):
        family = FAMILIES.get(call.service, "json")
        code, status, text = AUTH_ERRORS[error.kind].get(family) \
            or AUTH_ERRORS["signature"][family]
        switch = self.sandbox.world.switch
        if family == "json" and switch("json_auth_names_of_query"):
            code = (AUTH_ERRORS[error.kind].get("query") or AUTH_ERRORS["signature"]["query"])[0]
        if family == "s3" and error.kind in ("expired", "bad-token") and switch("s3_expired_is_403"):
            status = 403
        if error.kind == "bad-token" and family == "json" \
                and switch("garbled_token_is_invalid_token"):
            code = "InvalidToken"
        if error.kind == "clock" and family == "query" and switch("sts_clock_is_request_expired"):
            code, status = "RequestExpired", 400
        members, headers = {}, {}
        if family == "s3":
            if error.kind == "clock":
                now = self.sandbox.clock.now()
                members = {"RequestTime": error.members["request_time"],
                           "ServerTime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
                           "MaxAllowedSkewMilliseconds": str(error.members["window"] * 1000)}
            if error.kind in ("unsigned-header",):
                members = {"HeadersNotSigned": error.members["headers_not_signed"]}
            if error.kind == "wrong-region":
                members = {"Region": error.members["Region"]}
                headers = {"x-amz-bucket-region": error.members["Region"]}
            if error.kind == "expired":
                members = {"Token-0": error.members.get("token", "")}
            if error.kind == "hash-mismatch":
                members = {"ClientComputedContentSHA256": error.members["stated"],
                           "S3ComputedContentSHA256": error.members["actual"]}
        return ServiceError(code, error.detail if text is None else text, status,
                            reason=f"{error.kind}: {error.reason}", headers=headers, **members)

    # --- the call ---------------------------------------------------------------------------------

    def _parse_json(self, call):
        kind = call.headers.get("content-type", "")
        if not kind.startswith("application/x-amz-json-1.1"):
            raise ServiceError("UnknownOperationException", "", 404,
                               reason=f"Content-Type {kind!r}")
        try:
            call.params = json.loads(call.raw or b"{}")
        except ValueError as error:
            raise ServiceError("SerializationException", "", 400, reason=str(error)) from error
        if not isinstance(call.params, dict):
            raise ServiceError("SerializationException", "Start of structure or map found where not "
                               "expected.", 400)

    def _before(self, call, effects):
        """Faults that strike before the service sees the call."""
        if not effects:
            return None
        if effects.get("expire"):
            self.sandbox.sessions.revoke(access_key=call.caller.access_key_id)
            raise self._auth_error(call, AuthError("expired", reason="injected"))
        if effects.get("reset") == "before":
            self._record(call, ServiceError("InjectedReset", "", 0))
            return "reset"
        error = effects.error(call.service)
        if error is not None:
            raise error
        for name, text, kind in (("garbage", b"\x00\xff<not a service answer", "text/plain"),
                                 ("html", b"<html><body><h1>502 Bad Gateway</h1></body></html>",
                                  "text/html")):
            if effects.get(name):
                self._record(call, ServiceError("Injected" + name.title(), "", 0))
                return Response(effects.get("status", 200 if name == "garbage" else 502), [], text,
                                kind)
        return None

    def _dispatch(self, call):
        if call.service == "sts":
            return self._sts(call)
        if call.service == "s3":
            response = self.services["s3"].handle(call)
            self._record(call, None)
            return response
        self._parse_json(call)
        result = self.services[call.service].handle(call)
        self._record(call, None, result if call.service == "athena" else None)
        return wire.json_result(result if result is not None else {}, call.request_id)

    def _sts(self, call):
        result = self.services["sts"].handle(call)
        extra = {}
        if "Credentials" in result:
            shown = {k: v for k, v in result["Credentials"].items() if k != "SecretAccessKey"}
            shown["SessionToken"] = shown["SessionToken"][:24] + "..."
            extra["responseElements"] = {"credentials": {k[0].lower() + k[1:]: v
                                                         for k, v in shown.items()}}
            if "AssumedRoleUser" in result:
                user = result["AssumedRoleUser"]
                extra["responseElements"]["assumedRoleUser"] = {
                    "assumedRoleId": user["AssumedRoleId"], "arn": user["Arn"]}
        self._record(call, None, None, extra)
        if call.headers.get("accept") == "application/json":
            session = next((s for s in self.sandbox.sessions.all() if "Credentials" in result and
                            s.access_key == result["Credentials"]["AccessKeyId"]), None)
            return wire.sts_result_json(call.action, result, call.request_id,
                                        session.expires.timestamp() if session else None)
        return wire.sts_result(call.action, result, call.request_id)

    def _record(self, call, error, result=None, extra=None):
        extra = dict(extra or {})
        if call.service == "sts" and call.action.startswith("AssumeRole"):
            extra["accounts"] = self._recipients(call)
        if call.service == "s3":
            extra["requestParameters"] = {"bucketName": call.params.get("bucket"),
                                          "key": call.params.get("key"),
                                          **call.params.get("query", {})}
        if call.service == "athena" and isinstance(result, dict) and "QueryExecutionId" in result:
            extra["responseElements"] = {"queryExecutionId": result["QueryExecutionId"]}
        self.sandbox.trail.record(call, error, extra)

    def _recipients(self, call):
        accounts = [call.caller.account] if call.caller and call.caller.kind != "anonymous" else []
        arn = call.params.get("RoleArn", "").split(":")
        target = arn[4] if len(arn) > 4 else None
        if target in self.sandbox.world.accounts and target not in accounts:
            accounts.append(target)
        return accounts or None

    def _refusal(self, call, error, request):
        if call.service == "sts":
            return wire.sts_error(error, call.request_id,
                                  call.headers.get("accept") == "application/json")
        if call.service == "s3":
            return wire.s3_error(error, s3_id(call.request_id), host_id(call.request_id),
                                 request.method == "HEAD")
        if error.code == "UnknownOperationException" and error.status == 404:
            return Response(404, [("x-amzn-RequestId", call.request_id)],
                            b"<UnknownOperationException/>\n", "application/xml")
        return wire.json_error(error, call.request_id, call.service, self.sandbox.world)

    @staticmethod
    def _after(response, effects):
        """Faults that spoil the answer."""
        if not effects:
            return response
        response.effects = effects
        if effects.get("truncate") is not None and isinstance(response.body, (bytes, bytearray)):
            response.body = bytes(response.body)[:effects.get("truncate")]
        if effects.get("clock_skew") is not None:
            moved = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(
                seconds=float(effects.get("clock_skew")))
            response.headers = [(n, v) for n, v in response.headers if n != "Date"]
            response.headers.append(("Date", moved.strftime("%a, %d %b %Y %H:%M:%S GMT")))
        return response


def s3_id(request_id):
    return request_id.replace("-", "").upper()[:16]


def host_id(request_id):
    return "sbx" + request_id.replace("-", "") + secrets.token_hex(8)
