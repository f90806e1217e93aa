"""Lake Formation: what may be seen in a governed catalog, and who may read registered places.

    lakeformation:
      governed: [DATABASE, ...]          databases whose IAMAllowedPrincipals grant was revoked
      locations: ["s3://bucket/prefix/"] registered places: their data is vended, no S3 right is needed
      grants:
      - {principal: ARN, database: D, table: T or "*", permissions: [DESCRIBE, SELECT], catalog: ACCOUNT}
      shares:                            through the Resource Access Manager
      - {to: ACCOUNT, database: D, table: T or "*", permissions: [...], accepted: true}
"""
from __future__ import annotations

from .contract import ServiceError
from .identity.policy import Policy
from .world.schema import WorldError, check, need

GRANT = {"principal", "database", "table", "permissions", "catalog"}
SHARE = {"to", "database", "table", "permissions", "accepted"}
PERMISSIONS = {"ALL", "SELECT", "DESCRIBE", "INSERT", "DELETE", "ALTER", "DROP", "CREATE_TABLE"}
EVERYBODY = "IAM_ALLOWED_PRINCIPALS"
READ_ACTIONS = ["glue:GetCatalog", "glue:GetCatalogs", "glue:GetDatabase", "glue:GetDatabases",
                "glue:GetTable", "glue:GetTables", "glue:GetPartition", "glue:GetPartitions",
                "glue:BatchGetPartition", "glue:SearchTables"]


def lake_of(sandbox):
    """The Lake Formation of a world, or None when no account uses it."""
    if any(account.raw.get("lakeformation") for account in sandbox.world.accounts.values()):
        return LakeFormation(sandbox)
    return None


class LakeFormation:
    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.governed, self.locations, self.grants, self.shares = {}, [], [], []
        for account in sandbox.world.accounts.values():
            raw = account.raw.get("lakeformation") or {}
            where = f"world.accounts.{account.id}.lakeformation"
            self.governed[account.id] = {name.lower() for name in raw.get("governed") or []}
            for place in raw.get("locations") or []:
                self.locations.append((account.id, self._place(place, where)))
            for kind, known, target in (("grants", GRANT, self.grants),
                                        ("shares", SHARE, self.shares)):
                for number, item in enumerate(raw.get(kind) or []):
                    target.append(self._entry(account.id, item, known, f"{where}.{kind}[{number}]"))

    def _place(self, place, where):
        bucket, _, prefix = place.removeprefix("s3://").partition("/")
        if not place.startswith("s3://") or self.sandbox.store.bucket(bucket) is None:
            raise WorldError(f"{where}.locations: no such place '{place}'")
        return bucket, prefix

    @staticmethod
    def _entry(account, raw, known, where):
        check(raw, known, where)
        need(raw, "principal" if known is GRANT else "to", where)
        unknown = set(raw.get("permissions") or []) - PERMISSIONS
        if unknown:
            raise WorldError(f"{where}.permissions: unknown {sorted(unknown)}")
        return {"account": account, "catalog": str(raw.get("catalog", account)),
                "who": str(raw.get("principal", raw.get("to"))),
                "database": need(raw, "database", where).lower(),
                "table": (raw.get("table") or "").lower(), "accepted": raw.get("accepted", True),
                "permissions": set(raw.get("permissions") or ["DESCRIBE", "SELECT"])}

    @property
    def denies_loudly(self):
        return self.sandbox.world.switch("lake_denies_loudly")

    # --- permissions ------------------------------------------------------------------------------

    def is_governed(self, catalog_id, database):
        return database.lower() in self.governed.get(catalog_id, ())

    @staticmethod
    def _covers(entry, catalog_id, database, table):
        if entry["catalog"] != catalog_id or entry["database"] != database.lower():
            return False
        return table is None or entry["table"] in ("*", table.lower())

    def permissions(self, caller, catalog_id, database, table=None):
        """What the caller holds on a governed table (or on the database and anything in it)."""
        if caller.kind == "engine":
            return {"ALL"}
        names = {caller.arn, caller.role_arn, EVERYBODY}
        held = set()
        for grant in self.grants:
            if grant["who"] in names and self._covers(grant, catalog_id, database, table):
                held |= grant["permissions"]
        if caller.account == catalog_id:
            return held
        shared = set()
        for share in self.shares:
            if share["who"] == caller.account and share["accepted"] \
                    and self._covers(share, catalog_id, database, table):
                shared |= share["permissions"]
        return held & shared if "ALL" not in shared else held

    def may_describe(self, caller, catalog_id, database, table=None):
        if database == "*" or not self.is_governed(catalog_id, database):
            return True
        return bool(self.permissions(caller, catalog_id, database, table))

    def may_select(self, caller, catalog_id, database, table):
        if not self.is_governed(catalog_id, database):
            return True
        return bool(self.permissions(caller, catalog_id, database, table) & {"ALL", "SELECT"})

    def shared_databases(self, caller):
        """Databases of other accounts that are shared with the caller's and visible to the caller."""
        found, glue = {}, self.sandbox.glue
        for share in self.shares:
            place = (share["account"], share["database"])
            if share["who"] == caller.account and share["accepted"] \
                    and self.may_describe(caller, *place):
                database = glue.database(*place)
                if database:
                    found[place] = database
        return [found[place] for place in sorted(found)]

    def share_policies(self, owner):
        """The statements that sharing adds to the owner's catalog policy."""
        statements = []
        for share in self.shares:
            if share["account"] != owner or not share["accepted"]:
                continue
            base = f"arn:aws:glue:*:{owner}:"
            statements.append({"Effect": "Allow", "Principal": {"AWS": share["who"]},
                               "Action": READ_ACTIONS, "Resource": [
                                   base + "catalog", base + f"database/{share['database']}",
                                   base + f"table/{share['database']}/*"]})
        return [Policy(statements, "resource", "shared catalog")] if statements else []

    # --- data -------------------------------------------------------------------------------------

    def registered(self, bucket, key):
        return any(bucket == place[0] and key.startswith(place[1]) for _, place in self.locations)

    def authorize_data(self, caller, bucket, key):
        """Access to a registered place inside a query: GetDataAccess, and SELECT on its table."""
        self.sandbox.authorize(caller, "lakeformation:GetDataAccess", "*", None, True)
        owner = next(account for account, place in self.locations
                     if bucket == place[0] and key.startswith(place[1]))
        for database in self.governed[owner]:
            for table in self.sandbox.glue.tables(owner, database):
                location = (table.get("StorageDescriptor") or {}).get("Location", "")
                inside = f"s3://{bucket}/{key}".startswith(location.rstrip("/") + "/")
                if location and inside and not self.may_select(caller, owner, database,
                                                               table["Name"]):
                    raise ServiceError(
                        "AccessDeniedException", "Insufficient Lake Formation permission(s): "
                        f"Required Select on {table['Name']}", 400,
                        reason=f"no SELECT on {owner}/{database}.{table['Name']}")
