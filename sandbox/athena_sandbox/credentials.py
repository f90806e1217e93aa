"""Endpoints from which a machine gets its own credentials: instance metadata, container credentials,
the sign-in portal (SSO), its token service (OIDC) and `aws login`. The world file says which there are:

    credential_endpoints:
      imds: {role: ROLE_ARN}                                    PUT /latest/api/token, GET /latest/meta-data/...
      container: {role: ROLE_ARN, token: TEXT}                  GET /v2/credentials/... (any path given)
      sso: {token: TEXT, refresh_token: TEXT, client_id: TEXT, client_secret: TEXT, roles: [ROLE_ARN]}
      login: {role: ROLE_ARN, refresh_token: TEXT, client_id: TEXT}
"""
from __future__ import annotations

import base64
import datetime
import json
import re
import secrets
import subprocess
import tempfile
import threading
import urllib.parse
import uuid

from .front.http import Response
from .identity.sessions import Session, Sessions
from .world.schema import WorldError, check, need

ENDPOINTS = {"imds", "container", "sso", "login"}
KEYS = {"imds": {"role", "lifetime", "disabled", "code"}, "container": {"role", "lifetime", "token",
        "path"}, "sso": {"token", "refresh_token", "client_id", "client_secret", "roles", "lifetime",
                         "token_lifetime"}, "login": {"role", "refresh_token", "client_id", "lifetime"}}
LONGEST_IMDS_TOKEN = 21600
SECURITY = "/latest/meta-data/iam/security-credentials/"


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def answer(value, status=200, kind="application/json"):
    data = value.encode() if isinstance(value, str) else json.dumps(value).encode()
    return Response(status, [], data, kind)


class CredentialEndpoints:
    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.lock = threading.Lock()
        raw = sandbox.world.raw.get("credential_endpoints")
        self.parts = check(raw, ENDPOINTS, "world.credential_endpoints")
        for name, part in self.parts.items():
            where = f"world.credential_endpoints.{name}"
            check(part, KEYS[name], where)
            for arn in part.get("roles") or [need(part, "role", where)]:
                if sandbox.world.find_role(arn) is None:
                    raise WorldError(f"{where}: no role {arn}")
        self.imds_tokens = {}
        self.access_tokens = {}
        sso = self.parts.get("sso")
        if sso:
            self.access_tokens[need(sso, "token", "world.credential_endpoints.sso")] = None
            self.refresh_token = sso.get("refresh_token")
        if "login" in self.parts:
            self.login_refresh = self.parts["login"].get("refresh_token")
        self.proofs = set()

    def handle(self, request):
        """The answer to a credential endpoint's path, None for every other path."""
        path = request.path
        if "imds" in self.parts and path.startswith("/latest/"):
            return self.imds(request)
        container = self.parts.get("container")
        if container and path == container.get("path", "/v2/credentials/sandbox"):
            return self.container(request, container)
        if "sso" in self.parts and path == "/federation/credentials":
            return self.portal(request)
        if "sso" in self.parts and path == "/token" and request.method == "POST":
            return self.oidc(request)
        if "login" in self.parts and path == "/v1/token" and request.method == "POST":
            return self.login(request)
        return None

    def session(self, arn, name, lifetime):
        """Temporary credentials of a role, as the platform hands them out (no trust is asked)."""
        role = self.sandbox.world.find_role(arn)
        key, secret, token = Sessions.new_credentials()
        now = self.sandbox.clock.now().replace(microsecond=0)
        session = Session(key, secret, token, "assumed-role", role.account, now,
                          now + datetime.timedelta(seconds=lifetime),
                          f"arn:aws:sts::{role.account}:assumed-role/{role.name}/{name}", role.arn,
                          role.role_id, session_name=name)
        self.sandbox.sessions.add(session)
        self.sandbox.trail.counters[f"credentials:{name}"] += 1
        return session

    # --- instance metadata (version 2 only) -------------------------------------------------------

    def imds(self, request):
        part = self.parts["imds"]
        if part.get("disabled"):
            return answer("", 403, "text/plain")
        if request.path == "/latest/api/token":
            seconds = request.header("x-aws-ec2-metadata-token-ttl-seconds", "")
            if request.method != "PUT":
                return answer("", 405, "text/plain")
            if request.header("x-forwarded-for") is not None:
                return answer("", 403, "text/plain")
            if not seconds.isdigit() or not 1 <= int(seconds) <= LONGEST_IMDS_TOKEN:
                return answer("", 400, "text/plain")
            token = secrets.token_urlsafe(40) + "=="
            self.imds_tokens[token] = self.sandbox.clock.epoch() + int(seconds)
            response = answer(token, 200, "text/plain")
            response.headers.append(("x-aws-ec2-metadata-token-ttl-seconds", seconds))
            return response
        limit = self.imds_tokens.get(request.header("x-aws-ec2-metadata-token", ""))
        if limit is None or self.sandbox.clock.epoch() >= limit:
            return answer("", 401, "text/plain")
        role = part["role"].rsplit("/", 1)[-1]
        if request.path == SECURITY:
            return answer(role, 200, "text/plain")
        if request.path == "/latest/meta-data/placement/region":
            return answer(self.sandbox.world.region, 200, "text/plain")
        if request.path != SECURITY + role:
            return answer("", 404, "text/plain")
        if part.get("code", "Success") != "Success":
            return answer({"Code": part["code"], "Message": "the instance may not use the role",
                           "LastUpdated": stamp(self.sandbox.clock.now())})
        session = self.session(part["role"], "i-0a1b2c3d4e5f60718", part.get("lifetime", 21600))
        return answer({"Code": "Success", "LastUpdated": stamp(session.issued), "Type": "AWS-HMAC",
                       "AccessKeyId": session.access_key, "SecretAccessKey": session.secret,
                       "Token": session.token, "Expiration": stamp(session.expires)})

    # --- containers -------------------------------------------------------------------------------

    def container(self, request, part):
        if request.method != "GET":
            return answer({"code": "MethodNotAllowed", "message": "GET only"}, 405)
        if part.get("token") is not None and request.header("authorization") != part["token"]:
            return answer({"code": "AccessDenied", "message": "invalid authorization token"}, 401)
        session = self.session(part["role"], "container", part.get("lifetime", 21600))
        return answer({"RoleArn": session.role_arn, "AccessKeyId": session.access_key,
                       "SecretAccessKey": session.secret, "Token": session.token,
                       "Expiration": stamp(session.expires), "AccountId": session.account})

    # --- sign-in portal ---------------------------------------------------------------------------

    def portal(self, request):
        part, query = self.parts["sso"], dict(urllib.parse.parse_qsl(request.query))
        if request.method != "GET":
            return answer({"message": "Method Not Allowed"}, 405)
        token = request.header("x-amz-sso_bearer_token", "")
        if token not in self.access_tokens or self._over(self.access_tokens[token]):
            return answer({"message": "Session token not found or invalid",
                           "__type": "com.amazonaws.switchboard.portal#UnauthorizedException"}, 401)
        wanted = f"arn:aws:iam::{query.get('account_id')}:role/"
        arn = next((a for a in part.get("roles", []) if a.startswith(wanted)
                    and a.rsplit("/", 1)[-1] == query.get("role_name")), None)
        if arn is None:
            return answer({"message": "No access",
                           "__type": "com.amazonaws.switchboard.portal#ForbiddenException"}, 403)
        session = self.session(arn, "sso-user", part.get("lifetime", 3600))
        return answer({"roleCredentials": {
            "accessKeyId": session.access_key, "secretAccessKey": session.secret,
            "sessionToken": session.token, "expiration": int(session.expires.timestamp() * 1000)}})

    def _over(self, limit):
        return limit is not None and self.sandbox.clock.epoch() >= limit

    def oidc(self, request):
        part = self.parts["sso"]
        try:
            body = json.loads(request.body)
        except ValueError:
            body = {}
        if body.get("grantType") != "refresh_token":
            return answer({"error": "unsupported_grant_type",
                           "error_description": "refresh_token only"}, 400)
        if (body.get("clientId"), body.get("clientSecret")) != (part.get("client_id"),
                                                                part.get("client_secret")):
            return answer({"error": "invalid_client", "error_description": "unknown client"}, 401)
        with self.lock:
            if not self.refresh_token or body.get("refreshToken") != self.refresh_token:
                return answer({"error": "invalid_grant",
                               "error_description": "invalid refresh token"}, 400)
            token, self.refresh_token = ("aoaAAAA" + secrets.token_urlsafe(40),
                                         "aorAAAA" + secrets.token_urlsafe(40))
            lifetime = part.get("token_lifetime", 3600)
            self.access_tokens[token] = self.sandbox.clock.epoch() + lifetime
        return answer({"accessToken": token, "expiresIn": lifetime, "tokenType": "Bearer",
                       "refreshToken": self.refresh_token})

    # --- aws login --------------------------------------------------------------------------------

    def login(self, request):
        part = self.parts["login"]
        try:
            body = json.loads(request.body)
        except ValueError:
            body = {}
        problem = self.proof_problem(request)
        if problem:
            return answer({"error": "INVALID_REQUEST", "message": problem}, 400)
        with self.lock:
            good = body.get("grantType") == "refresh_token" \
                and body.get("clientId") == part.get("client_id") \
                and body.get("refreshToken") == self.login_refresh
            if not good:
                return answer({"error": "TOKEN_EXPIRED", "message": "sign in again"}, 403)
            self.login_refresh = secrets.token_urlsafe(40)
        lifetime = min(part.get("lifetime", 900), 900)
        session = self.session(part["role"], "login-user", lifetime)
        return answer({"accessToken": {"accessKeyId": session.access_key,
                                       "secretAccessKey": session.secret,
                                       "sessionToken": session.token},
                       "tokenType": "aws_sigv4", "expiresIn": lifetime,
                       "refreshToken": self.login_refresh})

    def proof_problem(self, request):
        """What is wrong with the DPoP proof of a request, None if it is good."""
        parts = request.header("dpop", "").split(".")
        if len(parts) != 3:
            return "no DPoP proof"
        try:
            head, claims, signature = (base64.urlsafe_b64decode(p + "=" * (-len(p) % 4))
                                       for p in parts)
            head, claims = json.loads(head), json.loads(claims)
            key = head["jwk"]
            point = b"".join(base64.urlsafe_b64decode(key[n] + "=" * (-len(key[n]) % 4))
                             for n in ("x", "y"))
        except (ValueError, KeyError, TypeError):
            return "the DPoP proof cannot be read"
        if (head.get("typ"), head.get("alg"), key.get("kty"), key.get("crv")) != (
                "dpop+jwt", "ES256", "EC", "P-256"):
            return "the DPoP proof's header is not dpop+jwt, ES256, P-256"
        if claims.get("htm") != "POST" or not str(claims.get("htu", "")).endswith("/v1/token"):
            return "the DPoP proof is for another request"
        if abs(float(claims.get("iat", 0)) - self.sandbox.clock.epoch()) > 300:
            return "the DPoP proof is not fresh"
        try:
            number = uuid.UUID(str(claims.get("jti")))
        except ValueError:
            return "the DPoP proof has no jti"
        if number in self.proofs:
            return "the DPoP proof was used before"
        self.proofs.add(number)
        if len(point) != 64 or not verify_es256(point, ".".join(parts[:2]).encode(), signature):
            return "the DPoP proof's signature is wrong"
        return None


def der_integer(data):
    data = data.lstrip(b"\0") or b"\0"
    if data[0] & 0x80:
        data = b"\0" + data
    return b"\x02" + bytes([len(data)]) + data


def verify_es256(point, message, signature):
    """Whether a raw r||s signature over the message is good for the P-256 point x||y (by openssl)."""
    if len(signature) != 64:
        return False
    body = der_integer(signature[:32]) + der_integer(signature[32:])
    der = b"\x30" + bytes([len(body)]) + body
    head = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
    pem = "-----BEGIN PUBLIC KEY-----\n" + re.sub(
        r"(.{64})", r"\1\n", base64.b64encode(head + b"\x04" + point).decode()) \
        + "\n-----END PUBLIC KEY-----\n"
    with tempfile.TemporaryDirectory() as folder:
        for name, data in (("key", pem.encode()), ("sig", der), ("msg", message)):
            with open(f"{folder}/{name}", "wb") as out:
                out.write(data)
        done = subprocess.run(["openssl", "dgst", "-sha256", "-verify", f"{folder}/key", "-signature",
                               f"{folder}/sig", f"{folder}/msg"], capture_output=True)
    return done.returncode == 0
