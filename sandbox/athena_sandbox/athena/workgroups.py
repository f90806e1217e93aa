"""Workgroups and data catalogs as the world file declares them, and as the API changes them."""
from __future__ import annotations

import copy
import re

from ..contract import ServiceError

ENGINE = {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"}
CREATED = 1767603600.123


def invalid(message, code="INVALID_INPUT"):
    return ServiceError("InvalidRequestException", message, AthenaErrorCode=code, ErrorCode=code)


def byte_count(value):
    """10MB, 1 GB, 20000000 -> bytes; None stays None."""
    if value is None or isinstance(value, int):
        return value
    found = re.fullmatch(r"\s*(\d+)\s*([KMGT]?)B?\s*", str(value), re.I)
    if not found:
        raise ValueError(f"not a byte count: {value!r}")
    return int(found.group(1)) * 1000 ** " KMGT".index(found.group(2).upper() or " ")


class WorkGroup:
    """One workgroup. `raw` is the world file's mapping."""

    def __init__(self, account, name, raw):
        raw = raw or {}
        self.account = account
        self.name = name
        self.state = str(raw.get("state", "ENABLED")).upper()
        self.description = raw.get("description", "")
        self.output = raw.get("output")
        self.enforce = bool(raw.get("enforce", name != "primary"))
        self.cutoff = byte_count(raw.get("bytes_cutoff"))
        self.managed = bool(raw.get("managed_results"))
        self.requester_pays = bool(raw.get("requester_pays"))
        self.encryption = raw.get("encryption")
        self.kms_key = raw.get("kms_key")
        self.expected_owner = raw.get("expected_bucket_owner")
        self.acl = raw.get("acl_option")
        self.publish = bool(raw.get("publish_metrics", True))
        self.engine = raw.get("engine")
        self.concurrent = int(raw.get("max_concurrent", 20))
        self.created = CREATED

    def result_configuration(self):
        out = {}
        if self.output:
            out["OutputLocation"] = self.output
        if self.encryption:
            out["EncryptionConfiguration"] = {"EncryptionOption": self.encryption}
            if self.kms_key:
                out["EncryptionConfiguration"]["KmsKey"] = self.kms_key
        if self.expected_owner:
            out["ExpectedBucketOwner"] = str(self.expected_owner)
        if self.acl:
            out["AclConfiguration"] = {"S3AclOption": self.acl}
        return out

    def engine_version(self):
        if self.engine is None:
            return dict(ENGINE)
        return {"SelectedEngineVersion": self.engine, "EffectiveEngineVersion": self.engine}

    def shape(self):
        configuration = {
            "ResultConfiguration": {} if self.managed else self.result_configuration(),
            "EnforceWorkGroupConfiguration": self.enforce,
            "PublishCloudWatchMetricsEnabled": self.publish,
            "RequesterPaysEnabled": self.requester_pays,
            "EngineVersion": self.engine_version(),
            "EnableMinimumEncryptionConfiguration": False,
        }
        if self.cutoff is not None:
            configuration["BytesScannedCutoffPerQuery"] = self.cutoff
        if self.managed:
            configuration["ManagedQueryResultsConfiguration"] = {"Enabled": True}
        out = {"Name": self.name, "State": self.state, "Configuration": configuration,
               "CreationTime": self.created}
        if self.description:
            out["Description"] = self.description
        return out

    def summary(self):
        return {"Name": self.name, "State": self.state, "Description": self.description,
                "CreationTime": self.created, "EngineVersion": self.engine_version()}


class WorkGroups:
    """All workgroups by (account, name); each account has a `primary`."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.groups = {}
        for account in sandbox.world.accounts.values():
            declared = dict(account.raw.get("workgroups") or {})
            declared.setdefault("primary", {})
            for name, raw in declared.items():
                self.groups[account.id, name] = WorkGroup(account.id, name, raw)

    def find(self, account, name):
        group = self.groups.get((account, name))
        if group is None:
            raise invalid("WorkGroup is not found.")
        return group

    def of(self, account):
        return sorted((g for (owner, _), g in self.groups.items() if owner == account),
                      key=lambda g: g.name)


class Catalogs:
    """Data catalogs: AwsDataCatalog and what the world declares (GLUE ones map to an account)."""

    def __init__(self, sandbox):
        self.sandbox = sandbox

    def of(self, account):
        found = {"AwsDataCatalog": {"type": "GLUE", "account": account}}
        raw = self.sandbox.world.accounts[account].raw if account in self.sandbox.world.accounts \
            else {}
        found.update(copy.deepcopy(raw.get("catalogs") or {}))
        return found

    def find(self, account, name):
        for known, raw in self.of(account).items():
            if known.lower() == (name or "").lower():
                return known, raw or {}
        return None

    def glue_ids(self, account):
        """Catalog name -> Glue CatalogId for queries."""
        prefix = f"{account}:"
        out = {known[len(prefix):]: known for known in self.sandbox.glue.catalogs
               if known.startswith(prefix)}
        for name, raw in self.of(account).items():
            if name != "AwsDataCatalog" and str(raw.get("type", "GLUE")).upper() == "GLUE":
                out[name] = str(raw.get("catalog_id") or raw.get("account") or account)
        return out

    def shape(self, name, raw, account):
        out = {"Name": name, "Type": str(raw.get("type", "GLUE")).upper(), "Status": "CREATE_COMPLETE"}
        parameters = dict(raw.get("parameters") or {})
        if out["Type"] == "GLUE":
            parameters.setdefault("catalog-id", str(raw.get("catalog_id") or raw.get("account")
                                                    or account))
        if raw.get("function"):
            parameters.setdefault("function", raw["function"])
        if parameters:
            out["Parameters"] = parameters
        if raw.get("description"):
            out["Description"] = raw["description"]
        return out
