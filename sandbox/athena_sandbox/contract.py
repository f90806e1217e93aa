"""The types that every part of the sandbox shares: who calls, what is asked, how it is refused."""
from __future__ import annotations

import pathlib
from dataclasses import dataclass, field


class ServiceError(Exception):
    """A refusal in the words of the service that was called.

    `code` is AWS's error name, `members` are further members of a JSON error body
    (AthenaErrorCode, Reason, ...). `reason` is for the sandbox's own log and never leaves it.
    """

    def __init__(self, code, message="", status=400, reason=None, headers=None, **members):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.reason = reason
        self.headers = headers or {}
        self.members = members


@dataclass
class Caller:
    """The identity behind a verified signature."""

    account: str
    arn: str
    access_key_id: str
    kind: str                                  # 'user' | 'assumed-role' | 'root' | 'anonymous'
    role_arn: str | None = None
    session_name: str | None = None
    user_id: str = ""
    identity_policies: list = field(default_factory=list)
    boundary_policies: list | None = None
    session_policies: list | None = None       # None: no session policy was given
    tags: dict = field(default_factory=dict)   # principal tags: the role's or user's, then the session's
    transitive_tags: tuple = ()
    session_tags: dict = field(default_factory=dict)
    source_identity: str | None = None
    mfa: bool | None = None                    # None: long-term keys, the condition key is absent
    mfa_age: int | None = None
    expires: object = None                     # datetime of the session's end, None for long-term keys
    issued: object = None
    chained: bool = False                      # the session was made with a session's credentials
    federated: str | None = None               # identity provider of a federated session


@dataclass
class Call:
    """One request of a client, after its signature was verified."""

    service: str
    action: str
    params: dict
    caller: Caller
    region: str
    request_id: str
    headers: dict = field(default_factory=dict)
    source_ip: str = "127.0.0.1"
    raw: bytes = b""
    secure: bool = False
    method: str = "POST"
    path: str = "/"
    effects: object = None                     # faults that strike this call


class Sandbox:
    """Everything one running sandbox owns; made by `athena_sandbox.process` and passed everywhere.

    Attributes: world, clock, store, glue, trail, ledger, state_dir (pathlib.Path), faults.
    Methods: authorize(caller, action, resource, context=None, via_athena=False, call=None) raises
    ServiceError in the service's own form; may(...) -> bool.
    """

    world = clock = store = glue = trail = ledger = faults = lakeformation = None
    state_dir: pathlib.Path

    def authorize(self, caller, action, resource, context=None, via_athena=False, call=None):
        raise NotImplementedError

    def may(self, caller, action, resource, context=None, via_athena=False):
        try:
            self.authorize(caller, action, resource, context, via_athena)
        except ServiceError:
            return False
        return True
