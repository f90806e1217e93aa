"""The Glue Data Catalog API (JSON 1.1)."""
from __future__ import annotations

import base64
import json
import re

from ..contract import ServiceError
from .catalog import Hidden, missing
from .expression import ExpressionError, partition_filter

TABLE_PAGE = 100
PARTITION_PAGE = 1000
EMPTY = {"GetDatabases": "DatabaseList", "GetTables": "TableList"}   # lists whose pages may be empty
TABLE_INPUT = {"Name", "Description", "Owner", "LastAccessTime", "LastAnalyzedTime", "Retention",
               "StorageDescriptor", "PartitionKeys", "ViewOriginalText", "ViewExpandedText",
               "TableType", "Parameters", "TargetTable", "ViewDefinition"}
DATABASE_INPUT = {"Name", "Description", "LocationUri", "Parameters",
                  "CreateTableDefaultPermissions", "TargetDatabase", "FederatedDatabase"}


def bad_input(text):
    return ServiceError("InvalidInputException", text, 400)


def constraint(value, member, text):
    shown = "null" if value is None else f"'{value}'"
    return bad_input(f"1 validation error detected: Value {shown} at '{member}' failed to satisfy "
                     f"constraint: {text}")


def text_member(params, name, most=255, needed=True):
    value = params.get(name)
    member = name[0].lower() + name[1:]
    if value is None:
        if needed:
            raise constraint(None, member, "Member must not be null")
        return None
    if not isinstance(value, str):
        raise ServiceError("SerializationException", f"{type(value).__name__} can not be converted "
                           "to a String", 400)
    if not value:
        raise constraint(value, member, "Member must have length greater than or equal to 1")
    if len(value) > most:
        raise constraint(value, member, f"Member must have length less than or equal to {most}")
    return value


def page_size(params, most, default=None):
    value = params.get("MaxResults")
    if value is None:
        return default or most
    if not isinstance(value, int) or isinstance(value, bool):
        raise ServiceError("SerializationException", "MaxResults must be a number", 400)
    if value < 1:
        raise constraint(value, "maxResults", "Member must have value greater than or equal to 1")
    if value > most:
        raise constraint(value, "maxResults", f"Member must have value less than or equal to {most}")
    return value


def page(items, params, size, name_of):
    """One page by the last name seen, so that a listing survives changes between its pages."""
    token = params.get("NextToken")
    if token:
        try:
            after = json.loads(base64.urlsafe_b64decode(token))["after"]
        except (ValueError, KeyError, TypeError) as error:
            raise bad_input("Invalid NextToken") from error
        items = [item for item in items if name_of(item) > after]
    more = len(items) > size
    items = items[:size]
    if not more:
        return items, {}
    after = base64.urlsafe_b64encode(json.dumps({"after": name_of(items[-1])}).encode()).decode()
    return items, {"NextToken": after}


def same_place(params):
    """The token of an empty page: where the listing stood, but another text."""
    token = params.get("NextToken")
    place = json.loads(base64.urlsafe_b64decode(token)) if token else {"after": ""}
    place["turn"] = place.get("turn", 0) + 1
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def name_pattern(expression):
    """Glue's name pattern: a regular expression in which a lone * stands for anything."""
    text = re.sub(r"(?<![.\])\\*+?}])\*", ".*", expression)
    if text.startswith("*"):
        text = "." + text
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error as error:
        raise bad_input(f"Invalid expression: {expression}") from error


class GlueService:
    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.catalogs = sandbox.glue

    def handle(self, call):
        method = getattr(self, "op_" + call.action, None)
        if method is None:
            raise ServiceError("UnknownOperationException", "", 400,
                               reason=f"Glue operation {call.action}")
        effects = call.effects
        if effects and effects.get("vanish"):
            self.catalogs.delete_database(self._catalog_id(call, call.params),
                                          call.params.get("DatabaseName") or "")
        size = effects.get("page") if effects else None
        if size == 0 and call.action in EMPTY:
            method(call, call.params)                      # who may not ask gets no page at all
            return {EMPTY[call.action]: [], "NextToken": same_place(call.params)}
        if size:
            call.params["MaxResults"] = min(size, call.params.get("MaxResults", size))
        return method(call, call.params)

    @staticmethod
    def _catalog_id(call, params):
        value = text_member(params, "CatalogId", needed=False)
        return value or call.caller.account

    # --- catalogs ---------------------------------------------------------------------------------

    def _catalog_shape(self, catalog):
        account, _, nested = catalog.id.partition(":")
        base = f"arn:aws:glue:{self.sandbox.world.region}:{account}:catalog"
        shape = {"CatalogId": catalog.id, "Name": nested.rsplit("/", 1)[-1] or account,
                 "ResourceArn": base + (f"/{nested}" if nested else ""),
                 "Description": catalog.description, "Parameters": catalog.parameters,
                 "CreateTime": 1767603600.0, "UpdateTime": 1767603600.0}
        return shape

    def op_GetCatalog(self, call, params):
        catalog_id = text_member(params, "CatalogId")
        self.catalogs.authorize(call.caller, "GetCatalog", catalog_id, call=call)
        return {"Catalog": self._catalog_shape(self.catalogs.catalog(catalog_id))}

    def _holds_databases(self, catalog):
        """Containers, which hold nothing but catalogs, do not."""
        is_container = any(other.startswith(catalog.id + "/") for other in self.catalogs.catalogs)
        return bool(catalog.databases) or not is_container

    def op_GetCatalogs(self, call, params):
        parent = params.get("ParentCatalogId") or call.caller.account
        self.catalogs.authorize(call.caller, "GetCatalogs", parent, call=call)
        self.catalogs.catalog(parent)
        prefix = parent + ("/" if ":" in parent else ":")
        found = []
        for catalog in sorted(self.catalogs.catalogs.values(), key=lambda c: c.id):
            rest = catalog.id[len(prefix):] if catalog.id.startswith(prefix) else None
            if catalog.id == parent and params.get("IncludeRoot"):
                found.append(catalog)
            elif rest and (params.get("Recursive") or "/" not in rest):
                if not params.get("HasDatabases") or self._holds_databases(catalog):
                    found.append(catalog)
        found, token = page(found, params, page_size(params, 1000), lambda c: c.id)
        return {"CatalogList": [self._catalog_shape(catalog) for catalog in found], **token}

    # --- databases --------------------------------------------------------------------------------

    def op_GetDatabase(self, call, params):
        name = text_member(params, "Name")
        return {"Database": self.catalogs.get_database_as(
            call.caller, self._catalog_id(call, params), name, False, call)}

    def op_GetDatabases(self, call, params):
        size = page_size(params, TABLE_PAGE)
        share = params.get("ResourceShareType")
        if share not in (None, "FOREIGN", "ALL", "FEDERATED"):
            raise constraint(share, "resourceShareType", "Member must satisfy enum value set: "
                             "[FEDERATED, ALL, FOREIGN]")
        found = self.catalogs.get_databases_as(call.caller, self._catalog_id(call, params), False,
                                               call, share)
        found, token = page(found, params, size, lambda d: d["Name"])
        wanted = params.get("AttributesToGet")
        if wanted:
            keys = {"NAME": "Name", "TARGET_DATABASE": "TargetDatabase"}
            names = {keys[w] for w in wanted if w in keys} | {"Name"}
            found = [{k: v for k, v in database.items() if k in names} for database in found]
        return {"DatabaseList": found, **token}

    def _input(self, params, name, known):
        value = params.get(name)
        if not isinstance(value, dict):
            raise constraint(None, name[0].lower() + name[1:], "Member must not be null")
        unknown = sorted(set(value) - known)
        if unknown:
            value = {k: v for k, v in value.items() if k in known}   # unknown members are ignored
        text_member(value, "Name")
        return value

    def op_CreateDatabase(self, call, params):
        self.catalogs.create_database_as(call.caller, self._catalog_id(call, params),
                                         self._input(params, "DatabaseInput", DATABASE_INPUT),
                                         False, call)
        return {}

    def op_UpdateDatabase(self, call, params):
        self.catalogs.update_database_as(call.caller, self._catalog_id(call, params),
                                         text_member(params, "Name"),
                                         self._input(params, "DatabaseInput", DATABASE_INPUT),
                                         False, call)
        return {}

    def op_DeleteDatabase(self, call, params):
        self.catalogs.delete_database_as(call.caller, self._catalog_id(call, params),
                                         text_member(params, "Name"), False, call)
        return {}

    # --- tables -----------------------------------------------------------------------------------

    def op_GetTable(self, call, params):
        database, name = text_member(params, "DatabaseName"), text_member(params, "Name")
        return {"Table": self.catalogs.get_table_as(
            call.caller, self._catalog_id(call, params), database, name, False, call)}

    def op_GetTables(self, call, params):
        database = text_member(params, "DatabaseName")
        size = page_size(params, TABLE_PAGE)
        expression = text_member({"Expression": params.get("Expression") or None}, "Expression",
                                 2048, False)
        pattern = name_pattern(expression) if expression else None
        found = self.catalogs.get_tables_as(call.caller, self._catalog_id(call, params), database,
                                            False, call, True, hidden=True)
        if pattern:
            found = [table for table in found if pattern.fullmatch(table["Name"])]
        # Hidden tables take their places in the pages: a page may be short, or empty with a token.
        found, token = page(found, params, size, lambda t: t["Name"])
        found = [table for table in found if not isinstance(table, Hidden)]
        wanted = params.get("AttributesToGet")
        if wanted and "DEFAULT" not in wanted:
            if "NAME" not in wanted:
                raise bad_input("AttributesToGet must contain NAME")
            names = {"Name"} | ({"TableType"} if "TABLE_TYPE" in wanted else set())
            found = [{k: v for k, v in table.items() if k in names} for table in found]
        return {"TableList": found, **token}

    def op_SearchTables(self, call, params):
        size = page_size(params, 1000)
        catalog_id = self._catalog_id(call, params)
        self.catalogs.authorize(call.caller, "SearchTables", catalog_id, "*", "*", call=call)
        text = (params.get("SearchText") or "").lower().strip('"')
        found = [table for database in self.catalogs.databases(catalog_id)
                 for table in self.catalogs.tables(catalog_id, database["Name"])
                 if text in json.dumps(table).lower()
                 and self.catalogs.describable(call.caller, catalog_id, database["Name"],
                                               table["Name"])]
        found, token = page(found, params, size, lambda t: t["DatabaseName"] + "." + t["Name"])
        return {"TableList": found, **token}

    def op_CreateTable(self, call, params):
        self.catalogs.create_table_as(call.caller, self._catalog_id(call, params),
                                      text_member(params, "DatabaseName"),
                                      self._input(params, "TableInput", TABLE_INPUT), False, call)
        return {}

    def op_UpdateTable(self, call, params):
        self.catalogs.update_table_as(call.caller, self._catalog_id(call, params),
                                      text_member(params, "DatabaseName"),
                                      self._input(params, "TableInput", TABLE_INPUT), False, call)
        return {}

    def op_DeleteTable(self, call, params):
        self.catalogs.delete_table_as(call.caller, self._catalog_id(call, params),
                                      text_member(params, "DatabaseName"),
                                      text_member(params, "Name"), False, call)
        return {}

    def op_BatchDeleteTable(self, call, params):
        errors = []
        for name in params.get("TablesToDelete") or []:
            try:
                self.catalogs.delete_table_as(call.caller, self._catalog_id(call, params),
                                              text_member(params, "DatabaseName"), name, False, call)
            except ServiceError as error:
                errors.append({"TableName": name, "ErrorDetail": {
                    "ErrorCode": error.code, "ErrorMessage": error.message}})
        return {"Errors": errors}

    # --- partitions -------------------------------------------------------------------------------

    def op_GetPartitions(self, call, params):
        database, name = text_member(params, "DatabaseName"), text_member(params, "TableName")
        size = page_size(params, PARTITION_PAGE)
        catalog_id = self._catalog_id(call, params)
        found = self.catalogs.get_partitions_as(call.caller, catalog_id, database, name, False, call)
        if params.get("Expression"):
            table = self.catalogs.get_table_as(call.caller, catalog_id, database, name, False, call)
            try:
                keep = partition_filter(params["Expression"], table.get("PartitionKeys", []))
                found = [part for part in found if keep(part["Values"])]
            except ExpressionError as error:
                raise bad_input(f"Unsupported expression '{params['Expression']}': {error}") from error
        segment = params.get("Segment")
        if segment:
            total, number = segment.get("TotalSegments", 1), segment.get("SegmentNumber", 0)
            if not 1 <= total <= 10 or not 0 <= number < total:
                raise bad_input("Segment: TotalSegments 1 to 10, SegmentNumber below it")
            found = [part for at, part in enumerate(found) if at % total == number]
        found, token = page(found, params, size, lambda p: p["Values"])
        if params.get("ExcludeColumnSchema"):
            for part in found:
                (part.get("StorageDescriptor") or {}).pop("Columns", None)
        return {"Partitions": found, **token}

    def op_GetPartition(self, call, params):
        database, name = text_member(params, "DatabaseName"), text_member(params, "TableName")
        catalog_id, values = self._catalog_id(call, params), params.get("PartitionValues") or []
        self.catalogs.authorize(call.caller, "GetPartition", catalog_id, database, name, call=call)
        for part in self.catalogs.partitions(*self.catalogs.resolve_database(catalog_id, database),
                                             name):
            if part["Values"] == values:
                return {"Partition": part}
        raise missing("Partition", ",".join(values))

    def op_BatchGetPartition(self, call, params):
        """Absent partitions are left out, and no error."""
        database, name = text_member(params, "DatabaseName"), text_member(params, "TableName")
        catalog_id, asked = self._catalog_id(call, params), params.get("PartitionsToGet")
        if not isinstance(asked, list):
            raise constraint(None, "partitionsToGet", "Member must not be null")
        if len(asked) > PARTITION_PAGE:
            raise constraint("...", "partitionsToGet", "Member must have length less than or equal to 1000")
        self.catalogs.authorize(call.caller, "BatchGetPartition", catalog_id, database, name, call=call)
        place = self.catalogs.resolve_database(catalog_id, database)
        if self.catalogs.table(*place, name) is None:
            raise missing("Table", name)
        wanted = [item.get("Values") for item in asked]
        found = [part for part in self.catalogs.partitions(*place, name) if part["Values"] in wanted]
        return {"Partitions": found, "UnprocessedKeys": []}

    def op_CreatePartition(self, call, params):
        self.catalogs.create_partition_as(
            call.caller, self._catalog_id(call, params), text_member(params, "DatabaseName"),
            text_member(params, "TableName"), params.get("PartitionInput") or {}, False, call,
            "CreatePartition")
        return {}

    def op_BatchCreatePartition(self, call, params):
        errors = []
        for part in params.get("PartitionInputList") or []:
            try:
                self.catalogs.create_partition_as(
                    call.caller, self._catalog_id(call, params),
                    text_member(params, "DatabaseName"), text_member(params, "TableName"), part,
                    False, call)
            except ServiceError as error:
                if error.code != "AlreadyExistsException":
                    raise
                errors.append({"PartitionValues": part["Values"], "ErrorDetail": {
                    "ErrorCode": error.code, "ErrorMessage": error.message}})
        return {"Errors": errors}

    def op_DeletePartition(self, call, params):
        self.catalogs.delete_partition_as(
            call.caller, self._catalog_id(call, params), text_member(params, "DatabaseName"),
            text_member(params, "TableName"), params.get("PartitionValues") or [], False, call)
        return {}

    # --- the rest ---------------------------------------------------------------------------------

    def op_GetResourcePolicy(self, call, _params):
        account = self.sandbox.world.accounts[call.caller.account]
        self.catalogs.authorize(call.caller, "GetResourcePolicy", call.caller.account, call=call)
        if account.glue_policy is None:
            raise missing("Policy", "")
        return {"PolicyInJson": account.glue_policy.text(), "PolicyHash": "sandbox",
                "CreateTime": 1767603600.0, "UpdateTime": 1767603600.0}

    def op_GetUserDefinedFunctions(self, call, params):
        self.catalogs.authorize(call.caller, "GetUserDefinedFunctions",
                                self._catalog_id(call, params), params.get("DatabaseName"),
                                call=call)
        return {"UserDefinedFunctions": []}
