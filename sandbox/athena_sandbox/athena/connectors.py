"""Data sources behind a connector (LAMBDA, HIVE, FEDERATED): the databases and tables that the world says it would list."""
from __future__ import annotations

from ..contract import ServiceError


class Connector:
    """What ListDatabases, ListTableMetadata and the like see of one data source. Queries do not reach it."""

    def __init__(self, sandbox, caller, name, raw):
        self.name, self.raw = name, raw
        self.databases_of_world = raw.get("databases")
        if raw.get("function"):
            try:
                sandbox.authorize(caller, "lambda:InvokeFunction", raw["function"], via_athena=True)
            except ServiceError as error:
                raise ServiceError("MetadataException", error.message, reason=error.reason) from error
        if self.databases_of_world is None:
            raise ServiceError("MetadataException", f"The connector of catalog {name} is not reachable")

    def databases(self):
        return [{"Name": name, "Description": (raw or {}).get("description", "")}
                for name, raw in self.databases_of_world.items()]

    def database(self, name):
        for found in self.databases():
            if found["Name"].lower() == name.lower():
                return found
        raise ServiceError("MetadataException", f"Database {name} not found in catalog {self.name} "
                           "(Error Code: EntityNotFoundException)")

    def tables(self, database):
        known = self.database(database)["Name"]
        return [self._shape(name, raw or {})
                for name, raw in ((self.databases_of_world[known] or {}).get("tables") or {}).items()]

    def table(self, database, name):
        for found in self.tables(database):
            if found["Name"].lower() == name.lower():
                return found
        raise ServiceError("MetadataException", f"Table {name} not found in {self.name}.{database} "
                           "(Error Code: EntityNotFoundException)")

    @staticmethod
    def _shape(name, raw):
        columns = [{"Name": column, "Type": kind} for column, kind in (raw.get("columns") or {}).items()]
        keys = raw.get("partition_keys") or []
        return {"Name": name, "TableType": raw.get("type", "EXTERNAL_TABLE"),
                "Parameters": raw.get("parameters") or {},
                "StorageDescriptor": {"Columns": [c for c in columns if c["Name"] not in keys]},
                "PartitionKeys": [c for c in columns if c["Name"] in keys]}
