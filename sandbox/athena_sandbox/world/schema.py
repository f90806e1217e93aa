"""What a world file may say: the keys of every mapping, checked with the path of a mistake."""
from __future__ import annotations

import difflib


class WorldError(ValueError):
    """A mistake in the world file; the message names the path of the place."""


WORLD = {"region", "regions", "clock", "accounts", "faults", "organizations", "switches", "pace",
         "web_identity", "credential_endpoints", "description", "replays"}
ORGANIZATION = {"id", "paths", "scp"}
ACCOUNT = {"name", "users", "roles", "buckets", "workgroups", "catalogs", "databases", "glue",
           "kms_keys", "managed_policies", "enabled_regions", "organization", "scp",
           "oidc_providers", "saml_providers", "lakeformation", "description", "default_location"}
USER = {"access_key", "secret", "policies", "allow", "boundary", "tags", "mfa_serial", "mfa_code",
        "path", "description", "managed"}
ROLE = {"path", "trust", "policies", "allow", "boundary", "max_session", "tags", "description",
        "managed", "unique_id"}
TRUST_SHORT = {"principal", "external_id", "require_mfa", "action"}
ALLOW_SHORT = {"action", "resource", "condition"}
BUCKET = {"region", "policy", "requester_pays", "kms_key", "objects", "description", "location_alias"}
OBJECT = {"text", "file", "content_type"}
KEY = {"id", "policy", "description", "region", "aliases"}
WORKGROUP = {"description", "state", "output", "enforce", "encryption", "kms_key", "bytes_cutoff",
             "managed_results", "requester_pays", "engine", "expected_bucket_owner", "acl_option",
             "publish_metrics", "execution_role", "identity_center", "tags", "max_concurrent"}
CATALOG = {"type", "account", "description", "parameters", "function", "catalog_id", "databases"}
GLUE = {"policy", "catalogs", "default_catalog", "encryption_key"}
GLUE_CATALOG = {"description", "parameters", "type", "databases"}
DATABASE = {"description", "location", "parameters", "target", "tables", "shared_with", "generate"}
GENERATED = {"tables", "columns", "prefix"}
TARGET = {"account", "database", "table", "region"}
TABLE = {"format", "generate", "partition_keys", "comment", "columns", "location", "target", "view",
         "parameters", "type", "file", "files", "bucket", "serde", "partitions", "iceberg",
         "storage", "owner", "projection", "rows", "registered", "column_comments", "sql"}
LAKEFORMATION = {"locations", "grants", "shares", "governed"}
FAULT = {"service", "operation", "account", "nth", "every", "from", "to", "probability", "times",
         "latency", "error", "status", "message", "reset", "cut", "garbage", "html", "expire",
         "truncate", "first_byte", "bytes_per_second", "clock_skew", "key", "name", "headers", "page",
         "vanish"}
SAML = {"certificate", "description"}
OIDC = {"client_ids", "keys", "thumbprints", "secret"}


def check(mapping, known, where, kind="key"):
    """The mapping itself, or a WorldError that names the first unknown key and the nearest right one."""
    if mapping is None:
        return {}
    if not isinstance(mapping, dict):
        raise WorldError(f"{where}: must be a mapping, not {type(mapping).__name__}")
    for name in mapping:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.0)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            raise WorldError(f"{where}.{name}: unknown {kind}{hint}")
    return mapping


def need(mapping, name, where):
    if mapping.get(name) in (None, ""):
        raise WorldError(f"{where}.{name}: is missing")
    return mapping[name]
