"""Makes the tables of the world file: data files in the object store, tables in the catalog."""
from __future__ import annotations

import hashlib
import json
import os
import pathlib
import shutil
import tempfile

import duckdb

from ..athena.ddl import descriptor, view_shape
from ..engine.catalog import QueryCatalog, quoted
from ..engine.duck import Engine, from_duckdb
from ..format import types as t
from .kinds import EVERY_TYPE_VIEW, KINDS, Made, literal

MAKER = 3                          # raise it when a maker's rows change

FORMATS = {"parquet": "FORMAT parquet, COMPRESSION zstd",
           "csv": "FORMAT csv, HEADER true, FORCE_QUOTE *, NULLSTR ''",
           "json": "FORMAT json"}
ENDINGS = {"parquet": "parquet", "csv": "csv", "json": "json"}


class TableMistake(ValueError):
    """A mistake in a `tables:` entry; the message names its place."""


class NoCaller:
    """A reader for views, while the world is made."""

    def __init__(self, account):
        self.account = account


def cache_folder(sandbox):
    return pathlib.Path(os.environ.get("ATHENA_SANDBOX_CACHE") or
                        pathlib.Path(sandbox.state_dir) / "cache")


def make_tables(sandbox) -> None:
    """Make missing data files and register every declared table. Views come last."""
    views = []
    engine = Engine()
    for account in sandbox.world.accounts.values():
        places = [(account.id, account.raw.get("databases") or {})]
        for name, raw in ((account.raw.get("glue") or {}).get("catalogs") or {}).items():
            places.append((f"{account.id}:{name}", (raw or {}).get("databases") or {}))
        for catalog_id, databases in places:
            for database, raw in databases.items():
                for name, table in ((raw or {}).get("tables") or {}).items():
                    entry = (account, catalog_id, database, raw or {}, name, table or {})
                    if (table or {}).get("target"):
                        continue
                    if (table or {}).get("view") or (table or {}).get("generate", {}).get("kind") == \
                            "every_type_view":
                        views.append(entry)
                    else:
                        make_table(sandbox, engine, *entry)
    for entry in views:
        make_view(sandbox, engine, *entry)
    engine.close()


def where(account, database, name):
    return f"world.accounts.{account.id}.databases.{database}.tables.{name}"


def location_of(account, database, raw, name, table):
    if table.get("location"):
        return table["location"].rstrip("/") + "/"
    if raw.get("location"):
        return raw["location"].rstrip("/") + f"/{name}/"
    buckets = list(account.raw.get("buckets") or {})
    bucket = table.get("bucket") or next((b for b in buckets if b.endswith("-data")), None)
    if bucket is None:
        raise TableMistake(f"{where(account, database, name)}: has no location, and the account has no "
                           "bucket whose name ends in -data")
    return f"s3://{bucket}/{database}/{name}/"


def make_table(sandbox, engine, account, catalog_id, database, raw, name, table):
    place = where(account, database, name)
    generate = table.get("generate") or {}
    kind = generate.get("kind")
    if kind is None and table.get("sql"):
        generate, kind = {"kind": "sql", "sql": table["sql"]}, "sql"
    if kind not in KINDS:
        raise TableMistake(f"{place}.generate.kind: '{kind}' is unknown; known are "
                           f"{', '.join(sorted(KINDS))}, every_type_view")
    form = str(table.get("format", "parquet")).lower()
    iceberg = bool(table.get("iceberg")) or form == "iceberg"
    stored = "parquet" if iceberg else form
    if stored not in FORMATS:
        raise TableMistake(f"{place}.format: '{form}' is unknown; known are parquet, csv, json, iceberg")
    location = location_of(account, database, raw, name, table)
    keys = [str(k).lower() for k in table.get("partition_keys") or []]
    files, columns = made_files(sandbox, generate, stored, keys)
    put_files(sandbox, location, files, place)
    comments = {**columns["comments"], **(table.get("column_comments") or {})}
    shapes = [shape(n, k, comments) for n, k in columns["types"]]
    glue = {
        "Name": name, "TableType": table.get("type", "EXTERNAL_TABLE"),
        "PartitionKeys": [s for s in shapes if s["Name"] in keys],
        "StorageDescriptor": descriptor("iceberg" if iceberg else stored, location,
                                        [s for s in shapes if s["Name"] not in keys]),
        "Parameters": {"EXTERNAL": "TRUE", **{str(k): str(v) for k, v in
                                              (table.get("parameters") or {}).items()}},
        "Owner": table.get("owner", "hadoop"),
    }
    if stored == "csv":
        glue["Parameters"]["skip.header.line.count"] = "1"
    if iceberg:
        glue["Parameters"].update({"table_type": "ICEBERG", "metadata_location":
                                   f"{location}metadata/00000-sandbox.metadata.json"})
    if table.get("comment"):
        glue["Description"] = table["comment"]
        glue["Parameters"]["comment"] = table["comment"]
    made = sandbox.glue.put_table(catalog_id, database, glue)
    if keys:
        register_partitions(sandbox, catalog_id, database, name, made, files)


def shape(name, kind, comments):
    out = {"Name": name, "Type": kind}
    if comments.get(name):
        out["Comment"] = comments[name]
    return out


def put_files(sandbox, location, files, place):
    bucket, _, prefix = location[5:].partition("/")
    if sandbox.store.bucket(bucket) is None:
        raise TableMistake(f"{place}: its location is in the bucket '{bucket}', which no account has")
    wanted = {prefix + relative for relative, _ in files}
    for info in list(sandbox.store.list(bucket, prefix)):
        if info.key not in wanted:                 # rows that statements of an earlier run wrote
            sandbox.store.delete(bucket, info.key)
    for relative, path in files:
        have = sandbox.store.get(bucket, prefix + relative)
        if have is None or have.size != path.stat().st_size:
            sandbox.store.put(bucket, prefix + relative, path)


def register_partitions(sandbox, catalog_id, database, name, table, files):
    keys = [c["Name"] for c in table["PartitionKeys"]]
    seen = set()
    for relative, _ in files:
        values = tuple(p.partition("=")[2] for p in relative.split("/")[:-1])
        if values in seen:
            continue
        seen.add(values)
        location = table["StorageDescriptor"]["Location"] + "/".join(
            f"{k}={v}" for k, v in zip(keys, values)) + "/"
        sandbox.glue.put_partition(catalog_id, database, name, {
            "Values": list(values),
            "StorageDescriptor": {**table["StorageDescriptor"], "Location": location}})


# ---- files, kept between starts -----------------------------------------------------------------

def made_files(sandbox, generate, form, keys):
    """([(relative key, path)], {types, comments}) of a generated table, from the cache when there."""
    body = json.dumps([MAKER, generate, form, keys], sort_keys=True)
    folder = cache_folder(sandbox) / hashlib.sha256(body.encode()).hexdigest()[:24]
    if not (folder / "columns.json").exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            spare = pathlib.Path(scratch) / "made"
            write_files(generate, form, keys, spare, pathlib.Path(scratch))
            shutil.rmtree(folder, ignore_errors=True)
            try:
                os.replace(spare, folder)
            except OSError:
                if not (folder / "columns.json").exists():
                    raise
    columns = json.loads((folder / "columns.json").read_text(encoding="utf-8"))
    files = sorted((p.relative_to(folder / "files").as_posix(), p)
                   for p in (folder / "files").rglob("*") if p.is_file())
    return files, columns


def write_files(generate, form, keys, folder, scratch):
    made: Made = KINDS[generate["kind"]](generate, scratch)
    (folder / "files").mkdir(parents=True)
    connection = duckdb.connect()
    try:
        described = connection.execute(f"DESCRIBE {made.sql}").fetchall()
        types = []
        for row in described:
            kind = t.parse_type(made.types[row[0]]) if row[0] in made.types else from_duckdb(row[1])
            types.append((row[0].lower(), made.types.get(row[0]) or t.hive_name(kind)))
        query = made.sql
        if form == "csv":
            texts = ", ".join(f"CAST({quoted(n)} AS VARCHAR) AS {quoted(n)}" for n, _ in types)
            query = f"SELECT {texts} FROM ({made.sql}) AS q"
        options = FORMATS[form]
        if keys:
            options += f", PARTITION_BY ({', '.join(quoted(k) for k in keys)})"
            target = folder / "files"
        else:
            target = folder / "files" / f"part-00000.{ENDINGS[form]}"
        connection.execute(f"COPY ({query}) TO {literal(target)} ({options})")
    finally:
        connection.close()
    (folder / "columns.json").write_text(
        json.dumps({"types": types, "comments": made.comments}), encoding="utf-8")


# ---- views --------------------------------------------------------------------------------------

class EveryReader:
    """The sandbox's own catalog and store without permissions, for reading tables of views."""

    def __init__(self, sandbox):
        self.store = OpenStore(sandbox.store)
        self.glue = OpenGlue(sandbox.glue)


class OpenStore:
    def __init__(self, store):
        self.store = store
        self.bucket = store.bucket

    def list_as(self, caller, bucket, prefix, via_athena=True):
        return self.store.list(bucket, prefix)

    def read_as(self, caller, bucket, key, via_athena=True):
        return self.store.get(bucket, key)


class OpenGlue:
    def __init__(self, glue):
        self.glue = glue

    def get_table_as(self, caller, catalog_id, database, name, via_athena=True):
        from ..contract import ServiceError
        found = self.glue.table(catalog_id or caller.account, database, name)
        if found is None:
            raise ServiceError("EntityNotFoundException", f"Table {name} not found.")
        return found

    def get_database_as(self, caller, catalog_id, name, via_athena=True):
        return self.glue.database(catalog_id or caller.account, name) or {}


def make_view(sandbox, engine, account, catalog_id, database, raw, name, table):
    sql = table.get("view") or EVERY_TYPE_VIEW
    connection = engine.connect()
    try:
        catalog = QueryCatalog(EveryReader(sandbox), NoCaller(catalog_id), None, database)
        prepared = engine.prepare(connection, sql, catalog, sandbox.clock.now())
    except Exception as error:
        raise TableMistake(f"{where(account, database, name)}.view: {error}") from error
    finally:
        connection.close()
    view = view_shape(name, sql, prepared.columns, database)
    comments = table.get("column_comments") or {}
    for column in view["StorageDescriptor"]["Columns"]:
        if comments.get(column["Name"]):
            column["Comment"] = comments[column["Name"]]
    if table.get("comment"):
        view["Description"] = table["comment"]
        view["Parameters"]["comment"] = table["comment"]
    sandbox.glue.put_table(catalog_id, database, view)
