"""IAM policy documents: reading them, and deciding a request by all policies that apply to it."""
from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from .conditions import Condition, PolicyError, glob_match

VERSIONS = ("2012-10-17", "2008-10-17")
ELEMENTS = {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource",
            "NotResource", "Condition"}
ACTION_FORM = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+")
ACCOUNT_FORM = re.compile(r"\d{12}")
PRINCIPAL_ARN = re.compile(
    r"arn:aws[a-z-]*:(iam|sts)::(\d{12}):(root|user/.+|role/.+|assumed-role/.+|federated-user/.+)")


def as_list(value):
    return value if isinstance(value, list) else [value]


@dataclass
class Principal:
    """One entry of a Principal element; `unique_id` binds it to the entity that existed then."""

    kind: str
    value: str
    unique_id: str | None = None


class Statement:
    """One statement, checked when it is read."""

    def __init__(self, raw, kind, variables, where):
        if not isinstance(raw, dict):
            raise PolicyError(f"{where}: a statement must be an object")
        for name in raw:
            if name not in ELEMENTS:
                raise PolicyError(f"{where}: unknown element '{name}'")
        if raw.get("Effect") not in ("Allow", "Deny"):
            raise PolicyError(f"{where}: Effect must be Allow or Deny")
        self.sid = raw.get("Sid", "")
        self.effect = raw["Effect"]
        self.variables = variables
        self.not_action, self.actions = self._pair(raw, "Action", True, where)
        for action in self.actions:
            if not ACTION_FORM.fullmatch(action):
                raise PolicyError(f"{where}: '{action}' is no action")
        trust = kind == "trust"
        self.not_resource, self.resources = self._pair(raw, "Resource", not trust, where)
        if trust and self.resources:
            raise PolicyError(f"{where}: a trust policy has no Resource")
        for resource in self.resources:
            if resource != "*" and not resource.startswith("arn:") and "${" not in resource:
                raise PolicyError(f"{where}: '{resource}' is no ARN")
        self._read_principals(raw, kind, where)
        self.conditions = []
        for operator, block in (raw.get("Condition") or {}).items():
            if not isinstance(block, dict):
                raise PolicyError(f"{where}: Condition {operator} must be an object")
            for key, values in block.items():
                self.conditions.append(Condition(operator, key, values, variables, where))

    @staticmethod
    def _pair(raw, name, needed, where):
        both = name in raw and "Not" + name in raw
        neither = name not in raw and "Not" + name not in raw
        if both or (neither and needed):
            raise PolicyError(f"{where}: needs either {name} or Not{name}")
        negated = "Not" + name in raw
        values = as_list(raw.get("Not" + name if negated else name, []))
        if not all(isinstance(value, str) for value in values):
            raise PolicyError(f"{where}: {name} must hold strings")
        return negated, values

    def _read_principals(self, raw, kind, where):
        named = "Principal" in raw or "NotPrincipal" in raw
        if kind == "identity":
            if named:
                raise PolicyError(f"{where}: an identity policy has no Principal")
            self.not_principal, self.principals = False, None
            return
        if not named or ("Principal" in raw and "NotPrincipal" in raw):
            raise PolicyError(f"{where}: needs either Principal or NotPrincipal")
        self.not_principal = "NotPrincipal" in raw
        source = raw["NotPrincipal" if self.not_principal else "Principal"]
        self.principals = []
        if source == "*":
            source = {"AWS": "*"}
        if not isinstance(source, dict):
            raise PolicyError(f"{where}: Principal must be \"*\" or an object")
        for family, values in source.items():
            if family not in ("AWS", "Service", "Federated", "CanonicalUser"):
                raise PolicyError(f"{where}: unknown kind of principal '{family}'")
            for value in as_list(values):
                self.principals.append(self._principal(family, value, where))

    @staticmethod
    def _principal(family, value, where):
        if family != "AWS":
            return Principal(family.lower(), value)
        if value == "*":
            return Principal("star", "*")
        if ACCOUNT_FORM.fullmatch(value):
            return Principal("account", value)
        found = PRINCIPAL_ARN.fullmatch(value)
        if not found or "*" in value or "?" in value:
            raise PolicyError(f"{where}: Invalid principal in policy: '{value}'")
        if found.group(3) == "root":
            return Principal("account", found.group(2))
        form = found.group(3).split("/")[0]
        kinds = {"user": "user", "role": "role", "assumed-role": "session",
                 "federated-user": "federated-user"}
        return Principal(kinds[form], value)

    def principal_match(self, caller):
        """How the statement names the caller: 'session', 'user', 'role', 'account', 'star', ... or None."""
        if self.principals is None:
            return "identity"
        kinds = {self._names(entry, caller) for entry in self.principals} - {None}
        if self.not_principal:
            return None if self._spared(kinds, caller) else "star"
        for kind in ("session", "user", "star", "role", "federated", "service", "account"):
            if kind in kinds:
                return kind
        return None

    @staticmethod
    def _spared(kinds, caller):
        """NotPrincipal spares exactly the named identity: an account's ARN stands for its root user,
        and a session must be named beside its role."""
        if caller.kind == "assumed-role":
            return {"session", "role"} <= kinds
        return bool(kinds - {"account"}) or (caller.kind == "root" and "account" in kinds)

    @staticmethod
    def _names(entry, caller):
        if entry.kind == "star":
            return "star"
        if entry.kind == "federated":
            return "federated" if caller.federated == entry.value else None
        if caller.kind in ("anonymous", "federated"):
            return None
        if entry.kind == "account":
            return "account" if caller.account == entry.value else None
        if entry.kind == "session":
            return "session" if caller.arn == entry.value else None
        if entry.kind in ("user", "role"):
            arn = caller.arn if entry.kind == "user" else caller.role_arn
            unique = caller.user_id.split(":")[0]
            bound = entry.unique_id is None or entry.unique_id == unique
            return entry.kind if arn == entry.value and bound else None
        return None

    def applies(self, action, resource, context):
        """Whether action, resource and conditions of the statement fit the request."""
        hit = any(glob_match(name, action, context, False, True) for name in self.actions)
        if hit == self.not_action:
            return False
        if self.resources:
            hit = any(glob_match(name, resource, context, self.variables)
                      for name in self.resources)
            if hit == self.not_resource:
                return False
        return all(condition.holds(context) for condition in self.conditions)


class Policy:
    """A policy document. `kind`: identity (also session, boundary, SCP), resource, trust."""

    def __init__(self, document, kind="identity", where="policy"):
        if isinstance(document, str):
            try:
                document = json.loads(document)
            except ValueError as error:
                raise PolicyError(f"{where}: {error}") from error
        elif isinstance(document, list):
            document = {"Version": "2012-10-17", "Statement": document}
        if not isinstance(document, dict):
            raise PolicyError(f"{where}: a policy must be an object")
        for name in document:
            if name not in ("Version", "Id", "Statement"):
                raise PolicyError(f"{where}: unknown element '{name}'")
        version = str(document.get("Version", "2008-10-17"))
        if version not in VERSIONS:
            raise PolicyError(f"{where}: unknown Version '{version}'")
        if "Statement" not in document:
            raise PolicyError(f"{where}: no Statement")
        self.document = document
        self.kind = kind
        self.statements = [
            Statement(raw, kind, version == "2012-10-17", f"{where}.Statement[{number}]")
            for number, raw in enumerate(as_list(document["Statement"]))]

    def text(self):
        """The document without white space, as AWS counts its size."""
        return json.dumps(self.document, separators=(",", ":"), default=str)

    def matching(self, effect, caller, action, resource, context):
        for statement in self.statements:
            if statement.effect != effect:
                continue
            kind = statement.principal_match(caller)
            if kind is not None and statement.applies(action, resource, context):
                yield kind, statement


@dataclass
class PolicySet:
    """All policies that bear on one request."""

    identity: list = field(default_factory=list)
    boundary: list | None = None
    session: list | None = None
    scp: list | None = None          # levels (organisation, account), each a list of documents
    resource: list | None = None


@dataclass
class Decision:
    """What was decided, and by which kind of policy; `explicit` for a Deny statement."""

    allowed: bool
    explicit: bool = False
    policy_type: str = ""

    def clause(self, action):
        """AWS's clause that names the deciding kind of policy."""
        article = "an" if self.policy_type[:1] in "aeiou" else "a"
        if self.explicit:
            return f"with an explicit deny in {article} {self.policy_type}"
        return f"because no {self.policy_type} allows the {action} action"


def allows(policies, caller, action, resource, context):
    return any(True for policy in policies
               for _ in policy.matching("Allow", caller, action, resource, context))


def explicit_deny(policies, caller, action, resource, context):
    controls = [policy for level in policies.scp or () for policy in level]
    groups = (("service control policy", controls), ("resource-based policy", policies.resource),
              ("identity-based policy", policies.identity),
              ("permissions boundary", policies.boundary), ("session policy", policies.session))
    for name, group in groups:
        for policy in group or ():
            for _ in policy.matching("Deny", caller, action, resource, context):
                return Decision(False, True, name)
    return None


def caller_side(policies, caller, action, resource, context):
    """None if the caller's own policies allow the request, else the kind that does not."""
    request = (caller, action, resource, context)
    if caller.kind == "root":
        return None
    if not allows(policies.identity, *request):
        return "identity-based policy"
    if policies.boundary is not None and not allows(policies.boundary, *request):
        return "permissions boundary"
    if policies.session is not None and not allows(policies.session, *request):
        return "session policy"
    return None


def decide(policies, caller, action, resource, context, owner, must=False):
    """The decision on one request.

    `owner` is the account of the resource; `must` holds for role trust policies and KMS key
    policies, which have to allow whatever the caller's own policies say.
    """
    context = {key.lower(): value for key, value in context.items()}
    context.setdefault("aws:principalarn", caller.role_arn or caller.arn)
    context.setdefault("aws:principalaccount", caller.account)
    request = (caller, action, resource, context)
    denied = explicit_deny(policies, *request)
    if denied:
        return denied
    for level in policies.scp or ():
        if not allows(level, *request):
            return Decision(False, False, "service control policy")
    grants = {kind for policy in policies.resource or ()
              for kind, _ in policy.matching("Allow", *request)}
    missing = caller_side(policies, *request)
    if caller.account != owner:
        if missing:
            return Decision(False, False, missing)
        return Decision(bool(grants), False, "" if grants else "resource-based policy")
    if must and not grants:
        return Decision(False, False, missing or "resource-based policy")
    if grants & {"session", "user", "star", "federated"}:
        return Decision(True)
    if "role" in grants:
        limits = PolicySet(boundary=policies.boundary, session=policies.session)
        for name, group in (("permissions boundary", limits.boundary),
                            ("session policy", limits.session)):
            if group is not None and not allows(group, *request):
                return Decision(False, False, name)
        return Decision(True)
    return Decision(missing is None, False, missing or "")
