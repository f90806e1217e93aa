"""Who stands behind an access key: users of the world and the sessions that STS has handed out."""
from __future__ import annotations

import datetime
import secrets
import string
import threading
from dataclasses import dataclass, field

from ..contract import Caller
from .sigv4 import AuthError

ALPHABET = string.ascii_uppercase + "234567"


@dataclass
class Session:
    """Temporary credentials. `kind`: assumed-role, or user for GetSessionToken."""

    access_key: str
    secret: str
    token: str
    kind: str
    account: str
    issued: datetime.datetime
    expires: datetime.datetime
    arn: str
    role_arn: str | None = None
    role_id: str | None = None
    user_arn: str | None = None
    session_name: str | None = None
    session_policies: list | None = None
    session_tags: dict = field(default_factory=dict)
    transitive: tuple = ()
    source_identity: str | None = None
    mfa: bool = False
    chained: bool = False
    federated: str | None = None
    provider: dict = field(default_factory=dict)
    packed: int = 0
    revoked: bool = False


class Sessions:
    """Users and live sessions by access key id."""

    def __init__(self, world, clock):
        self.world = world
        self.clock = clock
        self._sessions = {}
        self.lifetimes = {}           # role ARN (None: all) -> seconds, for tests of renewal
        self.engines = {}             # access key -> (account, secret) of a query engine of our own
        self._lock = threading.Lock()

    @staticmethod
    def new_credentials():
        """Access key id, secret and token in AWS's shapes."""
        key = "ASIA" + "".join(secrets.choice(ALPHABET) for _ in range(16))
        secret = secrets.token_urlsafe(30)[:40].replace("-", "+").replace("_", "/")
        token = "IQoJb3JpZ2luX2Vj" + secrets.token_urlsafe(420).replace("-", "+").replace("_", "/")
        return key, secret, token

    def add(self, session):
        seconds = self.lifetimes.get(session.role_arn) or self.lifetimes.get(None)
        if seconds:
            session.expires = session.issued + datetime.timedelta(seconds=float(seconds))
        with self._lock:
            self._sessions[session.access_key] = session

    def all(self):
        with self._lock:
            return list(self._sessions.values())

    def revoke(self, arn=None, access_key=None):
        """Ends sessions now, as if their time was over; the number of them."""
        count = 0
        for session in self.all():
            if arn in (session.arn, session.role_arn) or access_key == session.access_key:
                session.revoked = True
                count += 1
        return count

    def secret_of(self, signed):
        """The secret behind the claimed key; the token must belong to the key."""
        if signed.access_key in self.engines:
            return self.engines[signed.access_key][1]
        user = self.world.users_by_key.get(signed.access_key)
        if user is not None:
            if signed.token is not None:
                raise AuthError("bad-token", reason="a token with a long-term key")
            return user.secret
        with self._lock:
            session = self._sessions.get(signed.access_key)
        if session is None:
            raise AuthError("unknown-key", reason=f"no such access key: {signed.access_key}")
        if not signed.token:
            raise AuthError("unknown-key", reason="temporary key without its token")
        if signed.token != session.token:
            raise AuthError("bad-token", reason="the token is not this key's")
        return session.secret

    def check_expiry(self, signed):
        with self._lock:
            session = self._sessions.get(signed.access_key)
        if session is not None and (session.revoked or self.clock.now() >= session.expires):
            raise AuthError("expired", reason=f"ended at {session.expires.isoformat()}",
                            token=session.token)

    def caller(self, access_key):
        """The Caller behind a key whose signature was good, with the policies as they are now."""
        if access_key in self.engines:
            account = self.engines[access_key][0]
            return Caller(account, f"arn:aws:iam::{account}:user/sandbox-engine", access_key, "engine")
        user = self.world.users_by_key.get(access_key)
        if user is not None:
            return Caller(user.account, user.arn, access_key, "user", user_id=user.user_id,
                          identity_policies=user.policies, boundary_policies=user.boundary,
                          tags=dict(user.tags))
        with self._lock:
            session = self._sessions[access_key]
        if session.kind == "user":
            owner = next(u for u in self.world.users_by_key.values() if u.arn == session.user_arn)
            age = int((self.clock.now() - session.issued).total_seconds())
            return Caller(owner.account, owner.arn, access_key, "user", user_id=owner.user_id,
                          identity_policies=owner.policies, boundary_policies=owner.boundary,
                          tags=dict(owner.tags), mfa=session.mfa,
                          mfa_age=age if session.mfa else None, expires=session.expires,
                          issued=session.issued)
        role = self.world.find_role(session.role_arn)
        alive = role is not None and role.role_id == session.role_id
        return Caller(
            session.account, session.arn, access_key, "assumed-role", role_arn=session.role_arn,
            session_name=session.session_name,
            user_id=f"{session.role_id}:{session.session_name}",
            identity_policies=role.policies if alive else [],
            boundary_policies=role.boundary if alive else None,
            session_policies=session.session_policies,
            tags={**(role.tags if alive else {}), **session.session_tags},
            session_tags=session.session_tags, transitive_tags=session.transitive,
            source_identity=session.source_identity, mfa=False, expires=session.expires,
            issued=session.issued, chained=session.chained, federated=session.federated)
