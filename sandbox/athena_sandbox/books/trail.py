"""A CloudTrail-shaped record of every call, and the log of the reasons that never go on the wire."""
from __future__ import annotations

import base64
import collections
import functools
import inspect
import json
import threading
import uuid

from ..contract import ServiceError

KEEP = 10_000
ATHENA = "athena.amazonaws.com"
SOURCES = {"athena": "athena.amazonaws.com", "glue": "glue.amazonaws.com",
           "sts": "sts.amazonaws.com", "s3": "s3.amazonaws.com"}
OMITTED = {"QueryString": "***OMITTED***", "queryString": "***OMITTED***", "WebIdentityToken": None,
           "SAMLAssertion": None, "Policy": "policy"}
WRITES = ("Create", "Update", "Delete", "Put", "Start", "Stop", "Batch", "Upload", "Copy",
          "Complete", "Abort", "Tag")


def lower_first(name):
    return name[:1].lower() + name[1:]


def inside_query(service, action, **members):
    """For a method(self, caller, ..., via_athena): a call made inside a query stands in the trail.
    `members` names the request parameters: member=argument."""
    def wrap(method):
        signature = inspect.signature(method)

        @functools.wraps(method)
        def call(self, *arguments, **named):
            bound = signature.bind(self, *arguments, **named)
            bound.apply_defaults()
            given = bound.arguments
            if not given["via_athena"]:
                return method(self, *arguments, **named)
            shown = {member: given[name] for member, name in members.items() if given[name] is not None}
            trail = self.sandbox.trail
            try:
                result = method(self, *arguments, **named)
            except ServiceError as error:
                trail.inside(given["caller"], service, action, shown, error)
                raise
            trail.inside(given["caller"], service, action, shown)
            return result
        return call
    return wrap


class Trail:
    def __init__(self, sandbox, path):
        self.sandbox = sandbox
        self.path = path
        self._lock = threading.Lock()
        self._records = collections.deque(maxlen=KEEP)
        self._local = threading.local()
        self._file = open(path, "a", encoding="utf-8", buffering=1)
        self._log = open(path.with_name("sandbox.log"), "a", encoding="utf-8", buffering=1)
        self.counters = collections.Counter()

    def close(self):
        with self._lock:
            self._file.close()
            self._log.close()

    # --- the sandbox's own log --------------------------------------------------------------------

    def log(self, text):
        stamp = self.sandbox.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        with self._lock:
            if not self._log.closed:
                self._log.write(f"{stamp} {text}\n")

    def refusal(self, reason):
        """Remembers why the running request was refused; it goes into the log with the record."""
        self._local.reason = reason

    def decode_message(self, text):
        try:
            value = json.loads(base64.urlsafe_b64decode(text))
        except ValueError:
            return None
        return json.dumps(value) if isinstance(value, dict) and "allowed" in value else None

    # --- records ----------------------------------------------------------------------------------

    def identity(self, caller):
        if caller is None or caller.kind == "anonymous":
            return {"type": "AWSAccount", "principalId": "", "accountId": "anonymous"}
        base = {"type": "AssumedRole" if caller.kind == "assumed-role" else "IAMUser",
                "principalId": caller.user_id, "arn": caller.arn, "accountId": caller.account,
                "accessKeyId": caller.access_key_id}
        if caller.kind != "assumed-role":
            base["userName"] = caller.arn.rsplit("/", 1)[-1]
            return base
        base["sessionContext"] = {
            "sessionIssuer": {"type": "Role", "principalId": caller.user_id.split(":")[0],
                              "arn": caller.role_arn, "accountId": caller.account,
                              "userName": caller.role_arn.rsplit("/", 1)[-1]},
            "attributes": {"creationDate": (caller.issued or self.sandbox.clock.now()).strftime(
                "%Y-%m-%dT%H:%M:%SZ"),
                           "mfaAuthenticated": "true" if caller.mfa else "false"}}
        if caller.source_identity:
            base["sessionContext"]["sourceIdentity"] = caller.source_identity
        return base

    @staticmethod
    def parameters(call):
        out = {}
        for name, value in call.params.items():
            if name in ("Action", "Version"):
                continue
            if name in OMITTED:
                value = OMITTED[name] if OMITTED[name] != "policy" else value
                if value is None:
                    continue
            out[lower_first(name)] = value
        return out or None

    def record(self, call, error=None, extra=None):
        """Writes the record of a call. `extra`: responseElements, accounts (recipients), ..."""
        extra = dict(extra or {})
        reason = getattr(self._local, "reason", None)
        self._local.reason = None
        caller = call.caller
        if caller is not None and caller.kind == "engine":
            return
        accounts = extra.pop("accounts", None) or [caller.account if caller else "unknown"]
        shared = str(uuid.uuid4()) if len(accounts) > 1 else None
        base = {
            "eventVersion": "1.11", "userIdentity": self.identity(caller),
            "eventTime": self.sandbox.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "eventSource": SOURCES.get(call.service, f"{call.service}.amazonaws.com"),
            "eventName": call.action, "awsRegion": call.region,
            "sourceIPAddress": call.source_ip, "userAgent": call.headers.get("user-agent", ""),
            "requestParameters": self.parameters(call), "responseElements": None,
            "requestID": call.request_id,
            "readOnly": not call.action.startswith(WRITES),
            "eventType": "AwsApiCall", "managementEvent": call.service != "s3",
            "eventCategory": "Data" if call.service == "s3" else "Management"}
        base.update(extra)
        if error is not None:
            base["errorCode"], base["errorMessage"] = error.code, error.message
            reason = error.reason or reason
            self.log(f"refused {call.service}:{call.action} {call.request_id} "
                     f"{caller.arn if caller else '-'} {error.code}: {reason or error.message}")
        with self._lock:
            for account in accounts:
                record = {**base, "eventID": str(uuid.uuid4()), "recipientAccountId": account}
                if shared:
                    record["sharedEventID"] = shared
                self._records.append(record)
                if not self._file.closed:
                    self._file.write(json.dumps(record, default=str) + "\n")
            self.counters[f"{call.service}:{call.action}"] += 1
            if error is not None:
                self.counters[f"{call.service}:{call.action}:{error.code}"] += 1

    def inside(self, caller, service, action, parameters, error=None):
        """A call that Athena made for a caller inside a query; not counted among the calls of clients."""
        if caller is None or caller.kind == "engine":
            return
        record = {
            "eventVersion": "1.11", "userIdentity": {**self.identity(caller), "invokedBy": ATHENA},
            "eventTime": self.sandbox.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "eventSource": SOURCES[service], "eventName": action, "awsRegion": self.sandbox.world.region,
            "sourceIPAddress": ATHENA, "userAgent": ATHENA, "requestParameters": parameters,
            "responseElements": None, "requestID": str(uuid.uuid4()), "eventID": str(uuid.uuid4()),
            "readOnly": not action.startswith(WRITES), "eventType": "AwsApiCall",
            "managementEvent": service != "s3",
            "eventCategory": "Data" if service == "s3" else "Management",
            "recipientAccountId": caller.account}
        if error is not None:
            record["errorCode"], record["errorMessage"] = error.code, error.message
        with self._lock:
            self._records.append(record)
            if not self._file.closed:
                self._file.write(json.dumps(record, default=str) + "\n")

    def records(self, account=None, name=None, last=None):
        with self._lock:
            found = [record for record in self._records
                     if (account is None or record["recipientAccountId"] == account)
                     and (name is None or record["eventName"] == name)]
        return found[-last:] if last else found

    def clear(self):
        with self._lock:
            self._records.clear()
            self.counters.clear()
