"""Reads the world file into accounts, users, roles, buckets and their policies, all checked."""
from __future__ import annotations

import base64
import hashlib
import pathlib
import re
from dataclasses import dataclass, field

import yaml

from ..identity.conditions import PolicyError
from ..identity.policy import Policy
from . import schema
from .schema import WorldError, check, need
from .switches import SWITCHES

SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
ACCOUNT_ID = re.compile(r"\d{12}")
ROLE_POLICY_LIMIT = 10_240
USER_POLICY_LIMIT = 2_048
MANAGED_POLICY_LIMIT = 6_144
TRUST_POLICY_LIMIT = 2_048
BUCKET_POLICY_LIMIT = 20_480
KEY_POLICY_LIMIT = 32_768
CATALOG_POLICY_LIMIT = 10_240
DEFAULT_REGIONS = ["us-east-1", "us-east-2", "us-west-2", "eu-central-1", "eu-west-1",
                   "ap-southeast-2"]


def unique_id(prefix, text):
    """A stable id of AWS's shape (AROA..., AIDA...) for a name."""
    digest = base64.b32encode(hashlib.sha256(text.encode()).digest()).decode()
    return prefix + digest[:17]


@dataclass
class User:
    account: str
    name: str
    arn: str
    user_id: str
    access_key: str
    secret: str
    policies: list
    boundary: list | None
    tags: dict
    mfa_serial: str | None = None
    mfa_code: str | None = None


@dataclass
class Role:
    account: str
    name: str
    path: str
    arn: str
    role_id: str
    trust: Policy
    policies: list
    boundary: list | None
    max_session: int
    tags: dict
    generation: int = 0


@dataclass
class Account:
    id: str
    name: str
    raw: dict
    users: dict = field(default_factory=dict)
    roles: dict = field(default_factory=dict)
    managed: dict = field(default_factory=dict)
    scp: list | None = None
    organization: str | None = None
    organization_path: str | None = None
    enabled_regions: list = field(default_factory=list)
    glue_policy: Policy | None = None
    kms_keys: dict = field(default_factory=dict)     # key arn -> Key
    oidc_providers: dict = field(default_factory=dict)
    saml_providers: dict = field(default_factory=dict)

    def role(self, name):
        return self.roles.get(name)


@dataclass
class Key:
    arn: str
    account: str
    policy: Policy


class World:
    """The declared world. `accounts`: id -> Account; `users_by_key`: access key id -> User."""

    def __init__(self, document, folder=pathlib.Path(".")):
        document = check(document, schema.WORLD, "world")
        self.raw = document
        self.folder = folder
        self.region = document.get("region", "us-east-1")
        self.regions = list(document.get("regions", DEFAULT_REGIONS))
        if self.region not in self.regions:
            self.regions.append(self.region)
        self.clock_start = document.get("clock", "real")
        self.switches = dict(check(document.get("switches"), SWITCHES, "world.switches", "switch"))
        self.organizations = self._organizations(document)
        self.accounts = {}
        self.users_by_key = {}
        accounts = document.get("accounts")
        if not isinstance(accounts, dict) or not accounts:
            raise WorldError("world.accounts: at least one account is needed")
        for number, raw in accounts.items():
            account = self._account(str(number), raw)
            self.accounts[account.id] = account
        for account in self.accounts.values():
            self._bind(account)

    def switch(self, name):
        return self.switches.get(name, SWITCHES[name])

    # --- parts ------------------------------------------------------------------------------------

    def _organizations(self, document):
        found = {}
        for name, raw in (document.get("organizations") or {}).items():
            where = f"world.organizations.{name}"
            check(raw, schema.ORGANIZATION, where)
            found[name] = {"id": need(raw, "id", where), "paths": raw.get("paths", {}),
                           "scp": [self._policy(doc, "identity", f"{where}.scp[{n}]")
                                   for n, doc in enumerate(raw.get("scp", []))]}
        return found

    def _account(self, number, raw):
        where = f"world.accounts.{number}"
        if not ACCOUNT_ID.fullmatch(number):
            raise WorldError(f"{where}: an account id has 12 digits (write it in quotes)")
        raw = check(raw, schema.ACCOUNT, where)
        account = Account(number, raw.get("name", number), raw)
        account.enabled_regions = list(raw.get("enabled_regions", self.regions))
        for name in account.enabled_regions:
            if name not in self.regions:
                raise WorldError(f"{where}.enabled_regions: '{name}' is not among the world's regions")
        self._membership(account, raw, where)
        for name, document in (raw.get("managed_policies") or {}).items():
            account.managed[f"arn:aws:iam::{number}:policy/{name}"] = self._policy(
                document, "identity", f"{where}.managed_policies.{name}", MANAGED_POLICY_LIMIT)
        for name, user in (raw.get("users") or {}).items():
            self._user(account, name, user, f"{where}.users.{name}")
        for name, role in (raw.get("roles") or {}).items():
            self._role(account, name, role, f"{where}.roles.{name}")
        self._check_parts(account, raw, where)
        return account

    def _membership(self, account, raw, where):
        name = raw.get("organization")
        scp = raw.get("scp")
        documents = [self._policy(doc, "identity", f"{where}.scp[{n}]")
                     for n, doc in enumerate(scp or [])]
        if name is not None:
            if name not in self.organizations:
                raise WorldError(f"{where}.organization: no organization is called '{name}'")
            found = self.organizations[name]
            account.organization = found["id"]
            account.organization_path = found["paths"].get(account.id, f"{found['id']}/r-root/")
            levels = [found["scp"], documents]
        else:
            levels = [documents]
        account.scp = [level for level in levels if level] or None

    def _policy(self, document, kind, where, limit=None):
        try:
            policy = Policy(document, kind, where)
        except PolicyError as error:
            raise WorldError(str(error)) from error
        if limit and len(policy.text()) > limit:
            raise WorldError(f"{where}: {len(policy.text())} characters, the limit is {limit}")
        return policy

    def _identity_policies(self, account, raw, where, limit):
        policies = []
        source = raw.get("policies") or []
        named = source.items() if isinstance(source, dict) else enumerate(source)
        total = 0
        for name, document in named:
            policy = self._policy(document, "identity", f"{where}.policies.{name}")
            total += len(policy.text())
            policies.append(policy)
        if total > limit:
            raise WorldError(f"{where}.policies: {total} characters, the limit is {limit}")
        for number, short in enumerate(raw.get("allow") or []):
            place = f"{where}.allow[{number}]"
            check(short, schema.ALLOW_SHORT, place)
            statement = {"Effect": "Allow", "Action": need(short, "action", place),
                         "Resource": short.get("resource", "*")}
            if "condition" in short:
                statement["Condition"] = short["condition"]
            policies.append(self._policy([statement], "identity", place))
        for name in raw.get("managed") or []:
            arn = name if name.startswith("arn:") else f"arn:aws:iam::{account.id}:policy/{name}"
            if arn not in account.managed:
                raise WorldError(f"{where}.managed: no managed policy '{name}' in this account")
            policies.append(account.managed[arn])
        return policies

    def _boundary(self, raw, where):
        if raw.get("boundary") is None:
            return None
        return [self._policy(raw["boundary"], "identity", f"{where}.boundary", MANAGED_POLICY_LIMIT)]

    def _user(self, account, name, raw, where):
        raw = check(raw, schema.USER, where)
        arn = f"arn:aws:iam::{account.id}:user{raw.get('path', '/')}{name}"
        user = User(account.id, name, arn, unique_id("AIDA", arn),
                    str(need(raw, "access_key", where)), str(need(raw, "secret", where)),
                    self._identity_policies(account, raw, where, USER_POLICY_LIMIT),
                    self._boundary(raw, where), dict(raw.get("tags") or {}),
                    raw.get("mfa_serial"), raw.get("mfa_code"))
        if user.access_key in self.users_by_key:
            raise WorldError(f"{where}.access_key: used twice")
        account.users[name] = user
        self.users_by_key[user.access_key] = user

    def _role(self, account, name, raw, where):
        raw = check(raw, schema.ROLE, where)
        path = raw.get("path", "/")
        arn = f"arn:aws:iam::{account.id}:role{path}{name}"
        trust = need(raw, "trust", where)
        trust = self._policy(self._trust_document(trust, where), "trust", f"{where}.trust",
                             TRUST_POLICY_LIMIT)
        longest = raw.get("max_session", 3600)
        if not isinstance(longest, int) or not 3600 <= longest <= 43200:
            raise WorldError(f"{where}.max_session: 3600 to 43200 seconds")
        account.roles[name] = Role(
            account.id, name, path, arn, raw.get("unique_id") or unique_id("AROA", arn), trust,
            self._identity_policies(account, raw, where, ROLE_POLICY_LIMIT),
            self._boundary(raw, where), longest, dict(raw.get("tags") or {}))

    @staticmethod
    def _trust_document(trust, where):
        """The short form [{principal, external_id, require_mfa}] as a policy document."""
        if not isinstance(trust, list) or not trust or "principal" not in trust[0]:
            return trust
        statements = []
        for number, short in enumerate(trust):
            check(short, schema.TRUST_SHORT, f"{where}.trust[{number}]")
            statement = {"Effect": "Allow", "Principal": {"AWS": short["principal"]},
                         "Action": short.get("action", "sts:AssumeRole")}
            condition = {}
            if "external_id" in short:
                condition["StringEquals"] = {"sts:ExternalId": short["external_id"]}
            if short.get("require_mfa"):
                condition["Bool"] = {"aws:MultiFactorAuthPresent": "true"}
            if condition:
                statement["Condition"] = condition
            statements.append(statement)
        return statements

    def _check_parts(self, account, raw, where):
        for name, bucket in (raw.get("buckets") or {}).items():
            check(bucket, schema.BUCKET, f"{where}.buckets.{name}")
            for key, item in ((bucket or {}).get("objects") or {}).items():
                if isinstance(item, dict):
                    check(item, schema.OBJECT, f"{where}.buckets.{name}.objects.{key}")
        for name, group in (raw.get("workgroups") or {}).items():
            check(group, schema.WORKGROUP, f"{where}.workgroups.{name}")
        for name, catalog in (raw.get("catalogs") or {}).items():
            check(catalog, schema.CATALOG, f"{where}.catalogs.{name}")
            self._check_databases((catalog or {}).get("databases"),
                                  f"{where}.catalogs.{name}.databases")
        self._check_databases(raw.get("databases"), f"{where}.databases")
        glue = check(raw.get("glue"), schema.GLUE, f"{where}.glue")
        if glue.get("policy"):
            account.glue_policy = self._policy(glue["policy"], "resource", f"{where}.glue.policy", CATALOG_POLICY_LIMIT)
        for name, catalog in (glue.get("catalogs") or {}).items():
            check(catalog, schema.GLUE_CATALOG, f"{where}.glue.catalogs.{name}")
            self._check_databases((catalog or {}).get("databases"),
                                  f"{where}.glue.catalogs.{name}.databases")
        check(raw.get("lakeformation"), schema.LAKEFORMATION, f"{where}.lakeformation")
        for name, key in (raw.get("kms_keys") or {}).items():
            place = f"{where}.kms_keys.{name}"
            check(key, schema.KEY, place)
            region = key.get("region", self.region)
            arn = f"arn:aws:kms:{region}:{account.id}:key/{need(key, 'id', place)}"
            policy = self._policy(need(key, "policy", place), "resource", f"{place}.policy", KEY_POLICY_LIMIT)
            account.kms_keys[arn] = Key(arn, account.id, policy)
        for name, provider in (raw.get("oidc_providers") or {}).items():
            check(provider, schema.OIDC, f"{where}.oidc_providers.{name}")
            account.oidc_providers[name] = provider
        for name, provider in (raw.get("saml_providers") or {}).items():
            place = f"{where}.saml_providers.{name}"
            need(check(provider, schema.SAML, place), "certificate", place)
            account.saml_providers[name] = provider

    @staticmethod
    def _check_databases(databases, where):
        for name, database in (databases or {}).items():
            place = f"{where}.{name}"
            database = check(database, schema.DATABASE, place)
            check(database.get("target"), schema.TARGET, f"{place}.target")
            made = check(database.get("generate"), schema.GENERATED, f"{place}.generate")
            for key in ("tables", "columns"):
                if made and (not isinstance(made.get(key), int) or made[key] < 0):
                    raise WorldError(f"{place}.generate.{key}: a whole number, not {made.get(key)!r}")
            for table_name, table in (database.get("tables") or {}).items():
                table = check(table, schema.TABLE, f"{place}.tables.{table_name}")
                check(table.get("target"), schema.TARGET, f"{place}.tables.{table_name}.target")

    # --- principals -------------------------------------------------------------------------------

    def entity_id(self, arn):
        """The unique id behind a user or role ARN, or None; KeyError if its account is declared
        and the entity is not."""
        parts = arn.split(":", 5)
        account = self.accounts.get(parts[4])
        if account is None:
            return None
        for entity in (*account.roles.values(), *account.users.values()):
            if entity.arn == arn:
                return entity.role_id if isinstance(entity, Role) else entity.user_id
        raise KeyError(arn)

    def bind_principals(self, policy, where):
        """Binds the users and roles a policy names to their unique ids, as saving it in AWS does."""
        for statement in policy.statements:
            for entry in statement.principals or ():
                if entry.kind in ("user", "role"):
                    try:
                        entry.unique_id = self.entity_id(entry.value)
                    except KeyError as error:
                        raise WorldError(f"{where}: Invalid principal in policy: "
                                         f"{entry.value}") from error

    def _bind(self, account):
        where = f"world.accounts.{account.id}"
        for role in account.roles.values():
            self.bind_principals(role.trust, f"{where}.roles.{role.name}.trust")
        for key in account.kms_keys.values():
            self.bind_principals(key.policy, f"{where}.kms_keys")
        if account.glue_policy:
            self.bind_principals(account.glue_policy, f"{where}.glue.policy")

    def find_role(self, arn):
        parts = arn.split(":", 5)
        account = self.accounts.get(parts[4]) if len(parts) == 6 else None
        for role in account.roles.values() if account else ():
            if role.arn == arn:
                return role
        return None

    def recreate_role(self, arn):
        """Deletes and makes a role of the same name again: policies that named the old one do not
        know the new one until they are saved again."""
        role = self.find_role(arn)
        if role is None:
            raise KeyError(arn)
        role.generation += 1
        role.role_id = unique_id("AROA", f"{arn}#{role.generation}")
        return role

    def find_key(self, arn):
        parts = arn.split(":", 5)
        account = self.accounts.get(parts[4]) if len(parts) == 6 else None
        return account.kms_keys.get(arn) if account else None


def load_world(path):
    path = pathlib.Path(path)
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=SafeLoader)
    except OSError as error:
        raise WorldError(f"{path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise WorldError(f"{path}: {error}") from error
    return World(document, path.parent)
