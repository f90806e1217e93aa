"""Partitions of Hive tables: what Glue keeps of them, and the folders they live in."""
from __future__ import annotations

from ..contract import ServiceError
from ..engine.catalog import partition_values, split_location


def folder_partitions(sandbox, table):
    """Value tuples found as `k=v/` folders below the table's location."""
    keys = [c["Name"].lower() for c in table.get("PartitionKeys") or []]
    location = (table.get("StorageDescriptor") or {}).get("Location")
    if not keys or not location:
        return []
    bucket, prefix = split_location(location)
    found = {partition_values(info.key[len(prefix):], keys)
             for info in sandbox.store.list(bucket, prefix) if info.key.count("/") > prefix.count("/")}
    return sorted(found, key=lambda v: tuple(str(x) for x in v))


def known_partitions(runner, execution, table, names):
    """Partition values as Glue has them for the caller."""
    try:
        found = runner.sandbox.glue.get_partitions_as(
            execution.caller, names.catalog_id, names.database, names.table, via_athena=True)
        values = [tuple(None if v == "__HIVE_DEFAULT_PARTITION__" else v for v in p["Values"])
                  for p in found]
    except (ServiceError, AttributeError):
        values = []
    return values or folder_partitions(runner.sandbox, table)


def partition_shape(table, values):
    """A Glue partition for one value tuple of a table."""
    keys = [c["Name"] for c in table.get("PartitionKeys") or []]
    location = table["StorageDescriptor"]["Location"].rstrip("/") + "/" + "/".join(
        f"{k}={v}" for k, v in zip(keys, values))
    return {"Values": [str(v) for v in values],
            "StorageDescriptor": {**table["StorageDescriptor"], "Location": location}}


def register(runner, execution, table, names, values_list):
    """Tell Glue of new partitions; those it knows already are left alone. The new ones."""
    glue, new = runner.sandbox.glue, []
    for values in values_list:
        try:
            glue.create_partition_as(execution.caller, names.catalog_id, names.database, names.table,
                                     partition_shape(table, values), via_athena=True)
            new.append(values)
        except ServiceError as error:
            if error.code != "AlreadyExistsException":
                raise
    return new
