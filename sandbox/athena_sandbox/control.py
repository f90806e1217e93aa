"""The control API for tests and tools below /_sandbox, and the page on /."""
from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import threading
import urllib.parse

from .contract import ServiceError
from .front.http import Response
from .identity.conditions import PolicyError
from .identity.policy import Policy
from .world.schema import WorldError
from .world.switches import READINGS, SWITCHES


class ControlError(ValueError):
    """A control request that makes no sense."""


def reply(value, status=200):
    return Response(status, [], json.dumps(value, indent=1, default=str).encode() + b"\n",
                    "application/json")


def signed_token(claims, secret):
    """A JSON web token (HS256)."""
    def part(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=")
    text = part(b'{"alg":"HS256","typ":"JWT"}') + b"." + part(json.dumps(claims).encode())
    mac = hmac.new(secret.encode(), text, hashlib.sha256).digest()
    return (text + b"." + part(mac)).decode()


def queries(sandbox, last=200):
    """The last executions, oldest first."""
    athena = sandbox.athena
    with athena.lock:
        found = sorted(athena.executions.values(), key=lambda e: e.began)[-last:]
    return [{"id": e.id, "state": e.state, "account": e.caller.account, "arn": e.caller.arn,
             "workgroup": e.group.name, "query": e.request.get("QueryString", ""),
             "reason": e.reason, "scanned": e.scanned} for e in found]


class Control:
    def __init__(self, sandbox):
        self.sandbox = sandbox

    def handle(self, request):
        host = (request.header("host") or "").rsplit(":", 1)[0]
        if host not in ("127.0.0.1", "localhost", "[::1]"):
            return reply({"error": "only for loopback"}, 403)
        if not request.path.startswith("/_sandbox"):
            from .page import page
            return page(self.sandbox, request)
        name = request.path[len("/_sandbox"):].strip("/") or "status"
        method = getattr(self, f"{request.method.lower()}_{name.replace('/', '_')}", None)
        if method is None:
            return reply({"error": f"no such control: {request.method} {name}"}, 404)
        query = dict(urllib.parse.parse_qsl(request.query, keep_blank_values=True))
        try:
            body = json.loads(request.body) if request.body.strip() else {}
            return reply(method(query, body))
        except (ControlError, PolicyError, WorldError, ValueError, KeyError, TypeError) as error:
            return reply({"error": f"{type(error).__name__}: {error}"}, 400)

    # --- looking ----------------------------------------------------------------------------------

    def get_status(self, _query, _body):
        sandbox = self.sandbox
        return {"pid": os.getpid(), "endpoint": sandbox.endpoint,
                "tls_endpoint": sandbox.tls_endpoint, "state": str(sandbox.state_dir),
                "world": str(sandbox.world_path), "clock": sandbox.clock.state(),
                "sessions": len(sandbox.sessions.all()),
                "accounts": {a.id: a.name for a in sandbox.world.accounts.values()}}

    def get_trail(self, query, _body):
        return self.sandbox.trail.records(query.get("account"), query.get("name"),
                                          int(query["last"]) if "last" in query else None)

    def delete_trail(self, _query, _body):
        self.sandbox.trail.clear()
        return {}

    def get_counters(self, _query, _body):
        return dict(sorted(self.sandbox.trail.counters.items()))

    def delete_counters(self, _query, _body):
        self.sandbox.trail.counters.clear()
        return {}

    def get_connections(self, _query, _body):
        """Accepted connections, and how many requests were answered at the same time."""
        return {"accepted": sum(server.connections for server in self.sandbox.servers),
                **self.sandbox.gate.in_flight.state()}

    def delete_connections(self, _query, _body):
        self.sandbox.gate.in_flight.restart()
        return {}

    def get_ledger(self, query, _body):
        records = list(self.sandbox.ledger.records)
        if "account" in query:
            records = [r for r in records if r["account"] == query["account"]]
        return {"totals": self.sandbox.ledger.totals(), "records": records}

    def get_queries(self, query, _body):
        found = queries(self.sandbox)
        if "running" in query:
            found = [q for q in found if q["state"] in ("QUEUED", "RUNNING")]
        return found

    def get_log(self, query, _body):
        lines = (self.sandbox.state_dir / "sandbox.log").read_text().splitlines()
        return lines[-int(query.get("last", 200)):]

    def get_sessions(self, _query, _body):
        return [{"arn": s.arn, "accessKeyId": s.access_key, "issued": s.issued,
                 "expires": s.expires, "chained": s.chained, "tags": s.session_tags,
                 "sourceIdentity": s.source_identity, "revoked": s.revoked,
                 "sessionPolicies": [p.document for p in s.session_policies or []]}
                for s in self.sandbox.sessions.all()]

    # --- clock and faults -------------------------------------------------------------------------

    def get_clock(self, _query, _body):
        return self.sandbox.clock.state()

    def post_clock(self, _query, body):
        clock = self.sandbox.clock
        for name, value in body.items():
            if name == "move":
                clock.move(float(value))
            elif name == "offset":
                clock.set_offset(float(value))
            elif name == "rate":
                clock.set_rate(float(value))
            elif name == "freeze":
                (clock.freeze if value else clock.thaw)()
            else:
                raise ControlError(f"clock: {name}? (move, offset, rate, freeze)")
        return clock.state()

    def get_faults(self, _query, _body):
        return self.sandbox.faults.state()

    def post_faults(self, _query, body):
        rules = body if isinstance(body, list) else [body]
        return [self.sandbox.faults.add(rule).state() for rule in rules]

    def delete_faults(self, query, _body):
        if "id" in query:
            return {"removed": self.sandbox.faults.remove(int(query["id"]))}
        self.sandbox.faults.clear()
        return {}

    def post_reset(self, _query, _body):
        self.sandbox.faults.clear()
        self.sandbox.clock.set_offset(0)
        self.sandbox.sessions.lifetimes.clear()
        self.sandbox.trail.clear()
        return {}

    # --- changing the world -----------------------------------------------------------------------

    def _role(self, body):
        role = self.sandbox.world.find_role(body["role"])
        if role is None:
            raise ControlError(f"no role {body['role']}")
        return role

    def post_revoke(self, _query, body):
        return {"revoked": self.sandbox.sessions.revoke(body.get("arn"), body.get("access_key"))}

    def post_session_seconds(self, _query, body):
        """Sessions of a role (or of all, without one) live this long whatever was asked for; None ends
        that."""
        self.sandbox.sessions.lifetimes[body.get("role")] = body.get("seconds")
        return {}

    def post_web_identity(self, _query, body):
        """A signed token of an identity provider of the world: {account, provider, sub, aud, seconds}."""
        account = self.sandbox.world.accounts[body["account"]]
        provider = account.oidc_providers[body["provider"]]
        claims = {"iss": "https://" + body["provider"], "sub": body.get("sub", "user"),
                  "aud": body.get("aud", (provider.get("client_ids") or [""])[0]),
                  "iat": int(self.sandbox.clock.epoch()),
                  "exp": int(self.sandbox.clock.epoch() + body.get("seconds", 3600))}
        return {"token": signed_token(claims, str(provider.get("secret", "")))}

    def post_recreate_role(self, _query, body):
        return {"unique_id": self.sandbox.world.recreate_role(body["role"]).role_id}

    def post_trust(self, _query, body):
        """Saves a role's trust policy (again): principals are bound to the entities of now."""
        role = self._role(body)
        policy = Policy(body.get("policy", role.trust.document), "trust", "trust")
        self.sandbox.world.bind_principals(policy, "trust")
        before, role.trust = role.trust.document, policy
        return {"before": before}

    def post_role_policies(self, _query, body):
        role = self._role(body)
        before = [policy.document for policy in role.policies]
        role.policies = [Policy(document, "identity", f"policies[{n}]")
                         for n, document in enumerate(body["policies"])]
        if "boundary" in body:
            role.boundary = [Policy(body["boundary"])] if body["boundary"] else None
        if "max_session" in body:
            role.max_session = int(body["max_session"])
        return {"before": before}

    def post_user_policies(self, _query, body):
        user = next((u for u in self.sandbox.world.users_by_key.values()
                     if u.arn == body["user"]), None)
        if user is None:
            raise ControlError(f"no user {body['user']}")
        before = [policy.document for policy in user.policies]
        user.policies = [Policy(document, "identity", f"policies[{n}]")
                         for n, document in enumerate(body["policies"])]
        return {"before": before}

    def post_bucket_policy(self, _query, body):
        bucket = self.sandbox.store.bucket(body["bucket"])
        before = bucket.policy.document if bucket.policy else None
        self.sandbox.store.set_policy(body["bucket"], body.get("policy"))
        return {"before": before}

    def post_glue_policy(self, _query, body):
        account = self.sandbox.world.accounts[body["account"]]
        before = account.glue_policy.document if account.glue_policy else None
        policy = Policy(body["policy"], "resource", "glue policy") if body.get("policy") else None
        if policy:
            self.sandbox.world.bind_principals(policy, "glue policy")
        account.glue_policy = policy
        return {"before": before}

    def post_glue(self, _query, body):
        """Puts a database, or a table into one, as Glue would hand it out; nobody's rights are asked."""
        catalog, name = str(body["catalog"]), body["database"]
        if catalog not in self.sandbox.glue.catalogs:
            raise ControlError(f"no catalog {catalog}")
        if self.sandbox.glue.database(catalog, name) is None or body.get("members"):
            self.sandbox.glue.put_database(catalog, {"Name": name, **(body.get("members") or {})})
        for table in body.get("tables") or []:
            self.sandbox.glue.put_table(catalog, name, table)
        for table in body.get("drop") or []:
            self.sandbox.glue.delete_table(catalog, name, table)
        return {"tables": len(self.sandbox.glue.tables(catalog, name))}

    def post_key_policy(self, _query, body):
        key = self.sandbox.world.find_key(body["key"])
        if key is None:
            raise ControlError(f"no key {body['key']}")
        before = key.policy.document
        key.policy = Policy(body["policy"], "resource", "key policy")
        return {"before": before}

    def post_scp(self, _query, body):
        account = self.sandbox.world.accounts[body["account"]]
        before = [policy.document for level in account.scp or [] for policy in level]
        documents = [Policy(document) for document in body.get("policies") or []]
        account.scp = [documents] if documents else None
        return {"before": before}

    def post_regions(self, _query, body):
        account = self.sandbox.world.accounts[body["account"]]
        before, account.enabled_regions = account.enabled_regions, list(body["enabled_regions"])
        return {"before": before}

    def get_switches(self, _query, _body):
        return {name: self.sandbox.world.switch(name) for name in SWITCHES}

    def get_readings(self, _query, _body):
        """Each switch: the reading taken by default, the other one, what the first says."""
        return {name: {"taken": taken, "other": other, "says": says}
                for name, (taken, other, says) in READINGS.items()}

    def post_switches(self, _query, body):
        before = {}
        for name, value in body.items():
            if name not in SWITCHES:
                raise ControlError(f"no switch '{name}'")
            before[name] = self.sandbox.world.switch(name)
            self.sandbox.world.switches[name] = value
        return {"before": before}

    def post_simulate(self, _query, body):
        """Whether a live session or user may do something, with the reason: for tests and tools."""
        caller = self.sandbox.sessions.caller(body["access_key"])
        try:
            self.sandbox.authorize(caller, body["action"], body["resource"], body.get("context"),
                                   bool(body.get("via_athena")))
        except ServiceError as error:
            return {"allowed": False, "reason": error.reason}
        return {"allowed": True}

    def post_shutdown(self, _query, _body):
        threading.Timer(0.05, self.sandbox.stop).start()
        return {"stopping": True}
