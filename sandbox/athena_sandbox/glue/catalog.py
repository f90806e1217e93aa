"""The data catalogs: databases, tables and partitions of every account, in Glue's own JSON shapes."""
from __future__ import annotations

import copy
import json
import threading

from ..books.trail import inside_query
from ..contract import ServiceError


def missing(kind, name):
    return ServiceError("EntityNotFoundException", f"{kind} {name} not found.", 400)


class Hidden(dict):
    """In the place of a table that Lake Formation does not show to the caller."""


class Catalog:
    """One catalog: an account's default one, or a nested one ("ACCOUNT:parent/child")."""

    def __init__(self, catalog_id, description="", parameters=None, kind=None):
        self.id = catalog_id
        self.account = catalog_id.split(":")[0]
        self.description = description
        self.parameters = parameters or {}
        self.kind = kind
        self.databases = {}
        self.tables = {}          # (database, table) -> dict
        self.partitions = {}      # (database, table) -> {values: dict}
        self._names = {}          # database -> its tables' names in order, made when asked for

    def names(self, database):
        found = self._names.get(database)
        if found is None:
            found = self._names[database] = sorted(
                table for owner, table in self.tables if owner == database)
        return found

    def forget_names(self, database):
        self._names.pop(database, None)


class GlueCatalogs:
    """All catalogs. Names are stored in lower case and found without regard to case."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self._lock = threading.RLock()
        self.catalogs = {}
        self._journal = None       # file that remembers changes made after the start

    # --- changes that outlive the process ---------------------------------------------------------

    def remember(self, path):
        """Repeats the changes of earlier runs (one JSON line each) and notes further ones."""
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        for line in lines:
            name, arguments = json.loads(line)
            if arguments[0] in self.catalogs:
                getattr(self, name)(*arguments)
        self._journal = open(path, "a", encoding="utf-8", buffering=1)

    def _note(self, name, *arguments):
        if self._journal is not None:
            with self._lock:
                self._journal.write(json.dumps([name, arguments]) + "\n")

    # --- plain access (no permission is asked) ----------------------------------------------------

    def load_world(self, world):
        for account in world.accounts.values():
            self.catalogs[account.id] = Catalog(account.id, "default catalog")
            self._declare(account.id, account.raw.get("databases"), world)
            for name, raw in ((account.raw.get("glue") or {}).get("catalogs") or {}).items():
                catalog_id = f"{account.id}:{name}"
                raw = raw or {}
                self.catalogs[catalog_id] = Catalog(catalog_id, raw.get("description", ""),
                                                    raw.get("parameters"), raw.get("type"))
                self._declare(catalog_id, raw.get("databases"), world)

    def _declare(self, catalog_id, databases, world):
        for name, raw in (databases or {}).items():
            raw = raw or {}
            database = {"Name": name.lower(), "Description": raw.get("description", ""),
                        "Parameters": dict(raw.get("parameters") or {})}
            if raw.get("location"):
                database["LocationUri"] = raw["location"]
            if raw.get("target"):
                target = raw["target"]
                database["TargetDatabase"] = {
                    "CatalogId": str(target["account"]), "DatabaseName": target["database"].lower(),
                    "Region": target.get("region", world.region)}
            self.put_database(catalog_id, database)
            if raw.get("generate"):
                self._generate(self.catalog(catalog_id), name.lower(), **raw["generate"])
            for table_name, table in (raw.get("tables") or {}).items():
                target = (table or {}).get("target")
                if not target:
                    continue
                link = {"Name": table_name.lower(), "TargetTable": {
                    "CatalogId": str(target["account"]), "DatabaseName": target["database"].lower(),
                    "Name": target["table"].lower(), "Region": target.get("region", world.region)}}
                if table.get("comment"):
                    link["Description"] = table["comment"]
                self.put_table(catalog_id, name, link)

    def _generate(self, catalog, database, tables, columns, prefix="t"):
        """Tables of the catalog alone, without data: PREFIX_00000 and on, with columns of all kinds. What is equal in them is one object, and
        readers get copies, so that ten thousand take no time."""
        kinds = ("bigint", "string", "double", "date", "decimal(18,2)", "timestamp", "int", "boolean",
                 "varchar(40)", "array<string>", "struct<a:int,b:string>")
        made, lists = round(self.sandbox.clock.epoch(), 3), [
            [{"Name": f"c{n:02d}", "Type": kinds[(n + turn) % len(kinds)], "Comment": f"column {n}"}
             for n in range(columns)] for turn in range(len(kinds))]
        for number in range(tables):
            name = f"{prefix}_{number:05d}"
            catalog.tables[database, name] = {
                "Name": name, "DatabaseName": database, "CatalogId": catalog.id,
                "Description": f"Generated table {number}", "CreateTime": made, "UpdateTime": made,
                "VersionId": "0", "Retention": 0, "TableType": "EXTERNAL_TABLE",
                "PartitionKeys": [], "IsRegisteredWithLakeFormation": False,
                "Parameters": {"numRows": str(number), "totalSize": str(number * 4096)},
                "StorageDescriptor": {"Columns": lists[number % len(lists)],
                                      "Location": f"s3://nowhere/{database}/{name}/"}}

    def catalog(self, catalog_id):
        found = self.catalogs.get(str(catalog_id))
        if found is None:
            raise missing("Catalog", catalog_id)
        return found

    def database(self, catalog_id, name):
        found = self.catalogs.get(str(catalog_id))
        database = found.databases.get(name.lower()) if found else None
        return copy.deepcopy(database)

    def databases(self, catalog_id):
        found = self.catalogs.get(str(catalog_id))
        with self._lock:
            return [copy.deepcopy(found.databases[name]) for name in sorted(found.databases)] \
                if found else []

    def table(self, catalog_id, database, name):
        found = self.catalogs.get(str(catalog_id))
        table = found.tables.get((database.lower(), name.lower())) if found else None
        return copy.deepcopy(table)

    def tables(self, catalog_id, database, shared=False):
        """The tables of a database by name; shared: not copies, for those who only read."""
        found, database = self.catalogs.get(str(catalog_id)), database.lower()
        if found is None:
            return []
        with self._lock:
            tables = [found.tables[database, name] for name in found.names(database)]
        return tables if shared else copy.deepcopy(tables)

    def put_database(self, catalog_id, database):
        catalog = self.catalog(catalog_id)
        database = copy.deepcopy(database)
        database["Name"] = database["Name"].lower()
        database["CatalogId"] = catalog.id
        database.setdefault("CreateTime", round(self.sandbox.clock.epoch(), 3))
        database.setdefault("CreateTableDefaultPermissions", [])
        with self._lock:
            catalog.databases[database["Name"]] = database
        self._note("put_database", catalog.id, database)
        return copy.deepcopy(database)

    def delete_database(self, catalog_id, name):
        catalog, name = self.catalog(catalog_id), name.lower()
        with self._lock:
            catalog.databases.pop(name, None)
            for key in [key for key in catalog.tables if key[0] == name]:
                catalog.tables.pop(key)
                catalog.partitions.pop(key, None)
            catalog.forget_names(name)
        self._note("delete_database", catalog.id, name)

    def put_table(self, catalog_id, database, table):
        catalog, table = self.catalog(catalog_id), copy.deepcopy(table)
        now = round(self.sandbox.clock.epoch(), 3)
        table["Name"] = table["Name"].lower()
        table["DatabaseName"] = database.lower()
        table["CatalogId"] = catalog.id
        key = (database.lower(), table["Name"])
        with self._lock:
            before = catalog.tables.get(key)
            table.setdefault("CreateTime", before["CreateTime"] if before else now)
            table["UpdateTime"] = now
            table["VersionId"] = str(int(before.get("VersionId", "0")) + 1 if before else 0)
            if "TargetTable" not in table:
                table.setdefault("Retention", 0)
                table.setdefault("PartitionKeys", [])
                table.setdefault("Parameters", {})
            table.setdefault("IsRegisteredWithLakeFormation", False)
            catalog.tables[key] = table
            if before is None:
                catalog.forget_names(key[0])
        self._note("put_table", catalog.id, database, table)
        return copy.deepcopy(table)

    def delete_table(self, catalog_id, database, name):
        catalog, key = self.catalog(catalog_id), (database.lower(), name.lower())
        with self._lock:
            catalog.partitions.pop(key, None)
            found = catalog.tables.pop(key, None) is not None
            catalog.forget_names(key[0])
        self._note("delete_table", catalog.id, *key)
        return found

    def partitions(self, catalog_id, database, table):
        found = self.catalogs.get(str(catalog_id))
        with self._lock:
            have = found.partitions.get((database.lower(), table.lower()), {}) if found else {}
            return [copy.deepcopy(have[values]) for values in sorted(have)]

    def put_partition(self, catalog_id, database, table, partition):
        catalog, partition = self.catalog(catalog_id), copy.deepcopy(partition)
        partition.update(DatabaseName=database.lower(), TableName=table.lower(),
                         CatalogId=catalog.id)
        partition.setdefault("CreationTime", round(self.sandbox.clock.epoch(), 3))
        with self._lock:
            catalog.partitions.setdefault((database.lower(), table.lower()), {})[
                tuple(partition["Values"])] = partition
        self._note("put_partition", catalog.id, database, table, partition)
        return copy.deepcopy(partition)

    def delete_partition(self, catalog_id, database, table, values):
        catalog = self.catalog(catalog_id)
        with self._lock:
            have = catalog.partitions.get((database.lower(), table.lower()), {})
            found = have.pop(tuple(values), None) is not None
        self._note("delete_partition", catalog.id, database, table, list(values))
        return found

    # --- permissions ------------------------------------------------------------------------------

    def authorize(self, caller, action, catalog_id, database=None, table=None, via_athena=False,
                  call=None):
        """IAM on the resource and on its ancestors; a refusal names the first that is not allowed."""
        account, _, nested = str(catalog_id).partition(":")
        region = call.region if call is not None else self.sandbox.world.region
        if not self.sandbox.world.switch("glue_lists_check_children"):
            database, table = (None if name == "*" else name for name in (database, table))
        base = f"arn:aws:glue:{region}:{account}:"
        prefix = f"{nested}/" if nested else ""
        arns = [base + ("catalog" + (f"/{nested}" if nested else ""))]
        if database is not None:
            arns.append(f"{base}database/{prefix}{database.lower()}")
        if table is not None:
            arns.append(f"{base}table/{prefix}{database.lower()}/{table.lower()}")
        for arn in arns:
            self.sandbox.authorize(caller, f"glue:{action}", arn, None, via_athena, call)

    def allowed(self, *arguments, **named):
        try:
            self.authorize(*arguments, **named)
        except ServiceError:
            return False
        return True

    @property
    def lake(self):
        return getattr(self.sandbox, "lakeformation", None)

    def describable(self, caller, catalog_id, database, table=None):
        """Whether Lake Formation shows the resource to the caller (true where it does not govern)."""
        lake = self.lake
        return lake is None or lake.may_describe(caller, str(catalog_id), database, table)

    def lake_denial(self, kind, name, caller):
        if self.sandbox.world.switch("lake_names_the_right"):
            text = f"Insufficient Lake Formation permission(s): Required Describe on {name}"
        else:
            text = f"User: {caller.arn} is not authorized to perform: glue:Get{kind.capitalize()} " \
                   f"on resource: {name}"
        return ServiceError("AccessDeniedException", text, 400,
                            reason=f"Lake Formation hides {kind} {name}")

    # --- reading as a caller ----------------------------------------------------------------------

    @inside_query("glue", "GetDatabase", catalogId="catalog_id", name="name")
    def get_database_as(self, caller, catalog_id, name, via_athena=True, call=None):
        """The database; a resource link is followed if the caller may see its target."""
        catalog_id = str(catalog_id or caller.account)
        self.authorize(caller, "GetDatabase", catalog_id, name, None, via_athena, call)
        database = self.database(catalog_id, name)
        if database is None:
            raise missing("Database", name)
        if not self.describable(caller, catalog_id, name):
            raise self.lake_denial("database", name, caller)
        return self._followed_database(caller, database, via_athena, call)

    def _is_far(self, target):
        """Whether a link leads to another region: what is declared is in the world's own."""
        return target.get("Region", self.sandbox.world.region) != self.sandbox.world.region

    def _followed_database(self, caller, database, via_athena, call):
        target = database.get("TargetDatabase")
        if not target or self._is_far(target):
            return database
        found = self.database(target["CatalogId"], target["DatabaseName"])
        visible = found is not None and self.allowed(
            caller, "GetDatabase", target["CatalogId"], target["DatabaseName"], None, via_athena,
            call) and self.describable(caller, target["CatalogId"], target["DatabaseName"])
        if not visible:
            return database
        merged = {**found, "Name": database["Name"], "CatalogId": database["CatalogId"],
                  "TargetDatabase": target}
        return merged

    @inside_query("glue", "GetDatabases", catalogId="catalog_id")
    def get_databases_as(self, caller, catalog_id=None, via_athena=True, call=None, share=None):
        catalog_id = str(catalog_id or caller.account)
        self.authorize(caller, "GetDatabases", catalog_id, "*", None, via_athena, call)
        self.catalog(catalog_id)
        found = [self._followed_database(caller, database, via_athena, call)
                 for database in self.databases(catalog_id)
                 if self.describable(caller, catalog_id, database["Name"])]
        if share in ("FOREIGN", "ALL") and self.lake is not None:
            foreign = self.lake.shared_databases(caller)
            found = foreign if share == "FOREIGN" else found + foreign
        return found

    def resolve_database(self, catalog_id, name):
        """(catalog id, name) of the database behind a link, the link itself otherwise."""
        database = self.database(catalog_id, name)
        target = (database or {}).get("TargetDatabase")
        return (target["CatalogId"], target["DatabaseName"]) if target else (catalog_id, name)

    def check_default(self, caller, via_athena):
        """Athena looks at the database called default before any other, existing or not."""
        if via_athena and self.sandbox.world.switch("athena_reads_default_database"):
            self.authorize(caller, "GetDatabase", caller.account, "default", None, True)

    @inside_query("glue", "GetTable", catalogId="catalog_id", databaseName="database", name="name")
    def get_table_as(self, caller, catalog_id, database, name, via_athena=True, call=None):
        """The table; a link database is followed, then a link table, if the caller may."""
        catalog_id = str(catalog_id or caller.account)
        self.check_default(caller, via_athena)
        self.authorize(caller, "GetTable", catalog_id, database, name, via_athena, call)
        owner = self.database(catalog_id, database)
        if owner is None:
            raise missing("Database", database)
        if owner.get("TargetDatabase"):
            target = owner["TargetDatabase"]
            if self._is_far(target):
                raise missing("Database", target["DatabaseName"])
            self.check_link(caller, catalog_id, database)
            self.authorize(caller, "GetTable", target["CatalogId"], target["DatabaseName"], name,
                           via_athena, call)
            catalog_id, database = target["CatalogId"], target["DatabaseName"]
        table = self.table(catalog_id, database, name)
        if table is None or not self.describable(caller, catalog_id, database, name):
            if table is not None and self.lake.denies_loudly:
                raise self.lake_denial("table", name, caller)
            raise missing("Table", name)
        return self._followed_table(caller, table, via_athena, call)

    def check_link(self, caller, catalog_id, database):
        """DESCRIBE on the link itself, where its own catalog governs it."""
        if not self.describable(caller, catalog_id, database):
            if self.lake.denies_loudly:
                raise self.lake_denial("database", database, caller)
            raise missing("Database", database)

    def _followed_table(self, caller, table, via_athena, call):
        target = table.get("TargetTable")
        if not target or self._is_far(target):
            return table
        place = (target["CatalogId"], target["DatabaseName"], target["Name"])
        found = self.table(*place)
        if found is None or not self.allowed(caller, "GetTable", *place, via_athena=via_athena,
                                             call=call) or not self.describable(caller, *place):
            return table
        # AWS answers with the target's properties; the link stays visible through TargetTable.
        return {**found, "Name": table["Name"], "DatabaseName": table["DatabaseName"],
                "CatalogId": table["CatalogId"], "TargetTable": target}

    @inside_query("glue", "GetTables", catalogId="catalog_id", databaseName="database")
    def get_tables_as(self, caller, catalog_id, database, via_athena=True, call=None, shared=False,
                      hidden=False):
        """Its tables, link tables followed; shared: for readers, see `tables`; hidden: what Lake Formation hides is there as Hidden, for
        those who count pages."""
        catalog_id = str(catalog_id or caller.account)
        self.authorize(caller, "GetTables", catalog_id, database, "*", via_athena, call)
        owner = self.database(catalog_id, database)
        if owner is None:
            raise missing("Database", database)
        if owner.get("TargetDatabase"):
            target = owner["TargetDatabase"]
            if self._is_far(target) or self.database(
                    target["CatalogId"], target["DatabaseName"]) is None:
                raise missing("Database", target["DatabaseName"])
            self.check_link(caller, catalog_id, database)
            place = target["CatalogId"], target["DatabaseName"]
            self.authorize(caller, "GetTables", *place, "*", via_athena, call)
            found = [table for table in self.tables(*place, shared) if "TargetTable" not in table]
        else:
            place, found = (catalog_id, database), self.tables(catalog_id, database, shared)
        found = [self._followed_table(caller, table, via_athena, call)
                 if self.describable(caller, *place, table["Name"]) else Hidden(Name=table["Name"])
                 for table in found]
        return found if hidden else [table for table in found if not isinstance(table, Hidden)]

    @inside_query("glue", "GetPartitions", catalogId="catalog_id", databaseName="database", tableName="table")
    def get_partitions_as(self, caller, catalog_id, database, table, via_athena=True, call=None):
        catalog_id = str(catalog_id or caller.account)
        self.authorize(caller, "GetPartitions", catalog_id, database, table, via_athena, call)
        place, name = self.resolve_database(catalog_id, database), table
        if place != (catalog_id, database):
            self.authorize(caller, "GetPartitions", *place, name, via_athena, call)
        found = self.table(*place, name)
        if found is None or not self.describable(caller, *place, name):
            raise missing("Table", table)
        target = found.get("TargetTable")
        if target:
            place, name = (target["CatalogId"], target["DatabaseName"]), target["Name"]
            self.authorize(caller, "GetPartitions", *place, name, via_athena, call)
        return self.partitions(*place, name)

    # --- writing as a caller ----------------------------------------------------------------------

    @inside_query("glue", "CreateDatabase", catalogId="catalog_id")
    def create_database_as(self, caller, catalog_id, database, via_athena=True, call=None):
        catalog_id = str(catalog_id or caller.account)
        self.authorize(caller, "CreateDatabase", catalog_id, database["Name"], None, via_athena,
                       call)
        if self.database(catalog_id, database["Name"]) is not None:
            raise ServiceError("AlreadyExistsException", "Database already exists.", 400)
        return self.put_database(catalog_id, database)

    def update_database_as(self, caller, catalog_id, name, database, via_athena=True, call=None):
        catalog_id = str(catalog_id or caller.account)
        self.authorize(caller, "UpdateDatabase", catalog_id, name, None, via_athena, call)
        before = self.database(catalog_id, name)
        if before is None:
            raise missing("Database", name)
        return self.put_database(catalog_id, {**database, "CreateTime": before["CreateTime"]})

    @inside_query("glue", "DeleteDatabase", catalogId="catalog_id", name="name")
    def delete_database_as(self, caller, catalog_id, name, via_athena=True, call=None):
        catalog_id = str(catalog_id or caller.account)
        self.authorize(caller, "DeleteDatabase", catalog_id, name, None, via_athena, call)
        if self.database(catalog_id, name) is None:
            raise missing("Database", name)
        self.delete_database(catalog_id, name)

    @inside_query("glue", "CreateTable", catalogId="catalog_id", databaseName="database")
    def create_table_as(self, caller, catalog_id, database, table, via_athena=True, call=None):
        catalog_id = str(catalog_id or caller.account)
        self.authorize(caller, "CreateTable", catalog_id, database, table["Name"], via_athena, call)
        if self.database(catalog_id, database) is None:
            raise missing("Database", database)
        if self.table(catalog_id, database, table["Name"]) is not None:
            raise ServiceError("AlreadyExistsException", "Table already exists.", 400)
        return self.put_table(catalog_id, database, {**table, "CreatedBy": caller.arn})

    @inside_query("glue", "UpdateTable", catalogId="catalog_id", databaseName="database")
    def update_table_as(self, caller, catalog_id, database, table, via_athena=True, call=None):
        catalog_id = str(catalog_id or caller.account)
        self.authorize(caller, "UpdateTable", catalog_id, database, table["Name"], via_athena, call)
        before = self.table(catalog_id, database, table["Name"])
        if before is None:
            raise missing("Table", table["Name"])
        return self.put_table(catalog_id, database,
                              {**table, "CreateTime": before["CreateTime"],
                               "CreatedBy": before.get("CreatedBy", "")})

    @inside_query("glue", "DeleteTable", catalogId="catalog_id", databaseName="database", name="name")
    def delete_table_as(self, caller, catalog_id, database, name, via_athena=True, call=None):
        catalog_id = str(catalog_id or caller.account)
        self.authorize(caller, "DeleteTable", catalog_id, database, name, via_athena, call)
        if not self.delete_table(catalog_id, database, name):
            raise missing("Table", name)

    def create_partition_as(self, caller, catalog_id, database, table, partition, via_athena=True,
                            call=None, action="BatchCreatePartition"):
        catalog_id = str(catalog_id or caller.account)
        self.authorize(caller, action, catalog_id, database, table, via_athena, call)
        if self.table(catalog_id, database, table) is None:
            raise missing("Table", table)
        if any(have["Values"] == partition["Values"]
               for have in self.partitions(catalog_id, database, table)):
            raise ServiceError("AlreadyExistsException", "Partition already exists.", 400)
        return self.put_partition(catalog_id, database, table, partition)

    def delete_partition_as(self, caller, catalog_id, database, table, values, via_athena=True,
                            call=None, action="DeletePartition"):
        catalog_id = str(catalog_id or caller.account)
        self.authorize(caller, action, catalog_id, database, table, via_athena, call)
        if not self.delete_partition(catalog_id, database, table, values):
            raise missing("Partition", ",".join(values))
