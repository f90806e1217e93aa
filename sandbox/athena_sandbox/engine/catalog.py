"""The tables a query names: found in Glue as the caller, their files read from S3 as the caller."""
from __future__ import annotations

import base64
import json
import re

from sqlglot import exp

from ..contract import ServiceError
from ..format import types as t
from .casts import engine_name
from .errors import QueryFailure, at

DEFAULT_CATALOG = "awsdatacatalog"


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def text_literal(value):
    return "'" + str(value).replace("'", "''") + "'"


def split_location(location):
    bucket, _, key = location.split("://", 1)[1].partition("/")
    return bucket, key if not key or key.endswith("/") else key + "/"


def live_columns(table):
    """Glue columns without the remains of dropped Iceberg fields."""
    return [c for c in table.get("StorageDescriptor", {}).get("Columns") or []
            if (c.get("Parameters") or {}).get("iceberg.field.current") != "false"]


def is_iceberg(table):
    return (table.get("Parameters") or {}).get("table_type", "").upper() == "ICEBERG"


def is_view(table):
    return table.get("TableType") == "VIRTUAL_VIEW"


def column_type(text, iceberg=False):
    kind = t.parse_type(text, hive_decimal=True)
    if iceberg and kind.name == "timestamp":
        return t.TIMESTAMP6
    return kind


def view_body(table):
    """The decoded JSON of a Presto view."""
    text = table.get("ViewOriginalText") or ""
    found = re.match(r"/\* Presto View: (\S+) \*/", text)
    return json.loads(base64.b64decode(found.group(1))) if found else None


def zoned(kind, inner):
    """A view's declared type, with the zone that its query fixes."""
    if inner is not None and inner.zone and kind.name == inner.name:
        return t.Type(kind.name, length=kind.length, zone=inner.zone)
    return kind


# Types whose texts in the statistics of a Parquet file can be cast back.
COMPARED = {"tinyint", "smallint", "integer", "bigint", "real", "double", "decimal", "date", "timestamp", "varchar", "string"}


class DataFile:
    def __init__(self, path, key, size, values):
        self.path = str(path)
        self.key = key
        self.size = size
        self.values = values


class TableHandle:
    """One table of a query: declared columns, the files behind it, which columns are used."""

    def __init__(self, engine_name_, qualifier, columns):
        self.engine_name = engine_name_
        self.qualifier = qualifier
        self.columns = columns
        self.used = set()
        self.files = []
        self.reader = None
        self.statement = None
        self.glue = None
        self.references = 0
        self.filters = []
        self.bounds = []                 # (column, condition on athena_least and athena_greatest)

    @property
    def keys(self):
        """Lower-case names of the partition keys."""
        return [c["Name"].lower() for c in (self.glue or {}).get("PartitionKeys") or []]

    def prune(self, connection, generate):
        """Leave out the files of partitions that WHERE rules out. Only for a table that the query
        names once: its other uses might want the other partitions."""
        if not self.filters or self.references != 1 or not self.files:
            return
        kinds = dict((n.lower(), k) for n, k in self.columns)
        values = sorted({f.values for f in self.files}, key=str)
        rows = ", ".join("(" + ", ".join(
            f"CAST({'NULL' if v is None else text_literal(v)} AS {engine_name(kinds[k])})"
            for k, v in zip(self.keys, row)) + f", {n})" for n, row in enumerate(values))
        condition = " AND ".join(f"({generate(unqualified(f))})" for f in self.filters)
        names = ", ".join(quoted(k) for k in self.keys)
        kept = {values[r[0]] for r in connection.execute(
            f"SELECT athena_row FROM (VALUES {rows}) AS v({names}, athena_row) "
            f"WHERE {condition}").fetchall()}
        self.files = [f for f in self.files if f.values in kept]

    def ruled_out(self, generate):
        """Conditions under which a row group holds no row of the answer: [(column, SQL on the texts of its statistics)]."""
        if self.references != 1:
            return []
        kinds, out = dict((n.lower(), k) for n, k in self.columns), []
        for column, bounds in self.bounds:
            kind = kinds.get(column)
            if kind is None or kind.name not in COMPARED:
                continue
            shown = bounds.copy()
            for node in list(shown.find_all(exp.Column)):
                text = exp.column("stats_min_value" if node.name == "athena_least" else "stats_max_value")
                node.replace(exp.TryCast(this=text, to=exp.DataType.build(engine_name(kind), dialect="duckdb")))
            out.append((column, generate(shown)))
        return out

    def use(self, name):
        if name:
            self.used.add(name.lower())

    def define(self, connection):
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {quoted(self.engine_name)} AS {self.sql(connection)}")

    def sql(self, connection):
        return self.statement if self.statement is not None else self.reader.sql(connection, self)


def unqualified(condition):
    """A condition whose columns have lost their table names."""
    out = exp.Paren(this=condition.copy())
    for column in out.find_all(exp.Column):
        column.set("table", None)
    return out


class ParquetReader:
    billing = "columns"

    def sql(self, connection, handle):
        keys = {c["Name"].lower() for c in handle.glue.get("PartitionKeys") or []}
        return union(handle, keys, lambda files: self.source(connection, files))

    def source(self, connection, files):
        call = f"read_parquet([{', '.join(text_literal(f.path) for f in files)}], " \
               "union_by_name=true, hive_partitioning=false, filename=false)"
        names = {r[0].lower() for r in connection.execute(f"DESCRIBE SELECT * FROM {call}").fetchall()}
        return call, names


class TextReader:
    """CSV and JSON lines, read as text and cast to the declared types; bad values are NULL."""

    billing = "files"

    def __init__(self, options):
        self.options = options

    def sql(self, connection, handle):
        keys = {c["Name"].lower() for c in handle.glue.get("PartitionKeys") or []}
        return union(handle, keys, lambda files: self.source(handle, keys, files), lenient=True)

    def source(self, handle, keys, files):
        names = [n for n, _ in handle.columns if n.lower() not in keys]
        columns = ", ".join(f"{text_literal(n)}: {text_literal(self.raw_type(k))}"
                            for n, k in handle.columns if n.lower() not in keys)
        paths = ", ".join(text_literal(f.path) for f in files)
        extra = "".join(f", {k}={v}" for k, v in self.options["arguments"].items())
        call = f"{self.options['function']}([{paths}], columns={{{columns}}}{extra})"
        return call, {n.lower() for n in names}

    def raw_type(self, kind):
        if self.options["function"] == "read_csv" or not kind.args:
            return "VARCHAR"
        return engine_name(kind)


def union(handle, keys, source, lenient=False):
    """One SELECT for each set of partition values, joined with UNION ALL."""
    groups = {}
    for item in handle.files:
        groups.setdefault(item.values, []).append(item)
    word = "TRY_CAST" if lenient else "CAST"
    selects = []
    for values, files in groups.items():
        call, names = source(files)
        by_key = dict(zip([k for k in [c["Name"].lower() for c in
                                       handle.glue.get("PartitionKeys") or []]], values))
        parts = []
        for name, kind in handle.columns:
            lowered, target = name.lower(), engine_name(kind)
            if lowered in keys:
                value = by_key.get(lowered)
                shown = "NULL" if value is None else text_literal(value)
                parts.append(f"CAST({shown} AS {target}) AS {quoted(name)}")
            elif lowered in names:
                cast = quoted(name) if lenient and kind.name == "varchar" else \
                    f"{word}({quoted(name)} AS {target})"
                if kind.name == "char":
                    cast = f"rpad({cast}, {kind.length or 1}, ' ')"
                parts.append(f"{cast} AS {quoted(name)}")
            else:
                parts.append(f"CAST(NULL AS {target}) AS {quoted(name)}")
        selects.append(f"SELECT {', '.join(parts)} FROM {call}")
    if not selects:
        parts = [f"CAST(NULL AS {engine_name(k)}) AS {quoted(n)}" for n, k in handle.columns]
        return f"SELECT {', '.join(parts)} WHERE false"
    return " UNION ALL ".join(selects)


def reader_for(table):
    descriptor = table.get("StorageDescriptor") or {}
    serde = (descriptor.get("SerdeInfo") or {}).get("SerializationLibrary", "").lower()
    given = (descriptor.get("InputFormat") or "").lower()
    if "parquet" in serde or "parquet" in given or is_iceberg(table):
        return ParquetReader()
    if "json" in serde:
        return TextReader({"function": "read_json", "arguments": {"format": "'newline_delimited'"}})
    parameters = (descriptor.get("SerdeInfo") or {}).get("Parameters") or {}
    everything = {**(table.get("Parameters") or {}), **parameters}
    opencsv = "opencsv" in serde
    delimiter = everything.get("separatorChar" if opencsv else "field.delim") or \
        ("," if opencsv else "\x01")
    quote = everything.get("quoteChar", '"') if opencsv else ""
    arguments = {"header": "false", "auto_detect": "false", "delim": text_literal(delimiter),
                 "quote": text_literal(quote), "escape": text_literal(quote),
                 "nullstr": text_literal("\\N" if not opencsv else "no text is NULL here"),
                 "skip": str(int(everything.get("skip.header.line.count", "0"))),
                 "null_padding": "true", "strict_mode": "false"}
    return TextReader({"function": "read_csv", "arguments": arguments})


def denied_glue(error, says_insufficient=True):
    words = "Insufficient permissions to execute the query. " if says_insufficient else \
        "ACCESS_DENIED: Access Denied: "
    return QueryFailure("PERMISSION_DENIED", "", error_type=1500, reason=words + error.message)


def denied_s3(error):
    if error.code == "AccessDeniedException":
        lake = "Lake Formation" in error.message
        return QueryFailure("PERMISSION_DENIED", "", error_type=234 if lake else 1500,
                            reason=f"Insufficient permissions to execute the query. {error.message}")
    return QueryFailure(
        "PERMISSION_DENIED", "Access Denied (Service: S3, Status Code: 403; Request ID: "
        "0123456789ABCDEF; S3 Extended Request ID: AAAA; Proxy: null)", error_type=1500)


class QueryCatalog:
    """Finds tables for one caller, one default catalog and database; keeps every handle."""

    def __init__(self, sandbox, caller, catalog=None, database=None, catalogs=None, analyze=None):
        self.sandbox = sandbox
        self.caller = caller
        self.default_catalog = (catalog or DEFAULT_CATALOG).lower()
        self.default_database = database or "default"
        self.catalogs = catalogs or {}
        self.handles = []
        self.known = {}
        self.analyze = analyze
        self.view_depth = 0
        self.pays_requests = False

    # ---- names -----------------------------------------------------------------------------

    def name_of(self, node):
        parts = [p.name.lower() for p in node.parts]
        catalog = parts[-3] if len(parts) > 2 else self.default_catalog
        database = parts[-2] if len(parts) > 1 else self.default_database.lower()
        return catalog, database, parts[-1]

    def catalog_id(self, catalog, node=None):
        """Glue CatalogId of a catalog name: None for the caller's own."""
        if catalog in (DEFAULT_CATALOG, "hive"):
            return None
        known = {k.lower(): v for k, v in self.catalogs.items()}
        if catalog in known:
            return known[catalog]
        raise QueryFailure("CATALOG_NOT_FOUND", f"{at(node)}: Catalog '{catalog}' does not exist")

    def glue_table(self, catalog, database, name, node=None):
        """The Glue table as the caller sees it; QueryFailure when missing or not allowed."""
        catalog_id = self.catalog_id(catalog, node)
        try:
            return self.sandbox.glue.get_table_as(self.caller, catalog_id, database, name,
                                                  via_athena=True)
        except ServiceError as error:
            if error.code != "EntityNotFoundException":
                raise denied_glue(error, self.sandbox.world.switch(
                    "denied_query_says_insufficient")) from None
        try:
            self.sandbox.glue.get_database_as(self.caller, catalog_id, database, via_athena=True)
        except ServiceError as error:
            if error.code == "EntityNotFoundException":
                raise QueryFailure("SCHEMA_NOT_FOUND",
                                   f"{at(node, (1, 15))}: Schema '{database}' does not exist") from None
        raise QueryFailure("TABLE_NOT_FOUND", f"{at(node, (1, 15))}: Table "
                           f"'{catalog}.{database}.{name}' does not exist")

    # ---- handles ---------------------------------------------------------------------------

    def table(self, node):
        catalog, database, name = self.name_of(node)
        key = (catalog, database, name)
        if key in self.known:
            return self.known[key]
        if database == "information_schema":
            handle = self.information(catalog, name, node)
        else:
            table = self.glue_table(catalog, database, name, node)
            handle = self.view(table, key) if is_view(table) else self.base(table, key)
        self.known[key] = handle
        self.handles.append(handle)
        return handle

    def next_name(self):
        return f"athena_t{len(self.handles) + 1}_{self.view_depth}"

    def base(self, table, key):
        iceberg = is_iceberg(table)
        columns = [(c["Name"], column_type(c.get("Type", "string"), iceberg))
                   for c in live_columns(table) + (table.get("PartitionKeys") or [])]
        handle = TableHandle(self.next_name(), key, columns)
        handle.glue = table
        handle.reader = reader_for(table)
        handle.files = self.data_files(table)
        return handle

    def data_files(self, table):
        location = (table.get("StorageDescriptor") or {}).get("Location") or ""
        if not location:
            return []
        bucket, prefix = split_location(location)
        keys = [c["Name"].lower() for c in table.get("PartitionKeys") or []]
        found = []
        try:
            for info in self.listed(bucket, prefix):
                key = info.key
                name = key.rsplit("/", 1)[-1]
                if not name or name.startswith(("_", ".")) or info.size == 0 or \
                        "/metadata/" in key:
                    continue
                read = self.sandbox.store.read_as(self.caller, bucket, key, via_athena=True)
                found.append(DataFile(read.path, key, read.size,
                                      partition_values(key[len(prefix):], keys)))
        except ServiceError as error:
            if error.code == "NoSuchBucket":
                raise QueryFailure("HIVE_FILESYSTEM_ERROR", f"Failed to list directory: {location}",
                                   error_type=1306) from None
            raise denied_s3(error) from None
        return found

    def listed(self, bucket, prefix):
        """The objects below a prefix, listed as the caller; a requester-pays bucket of another account
        needs a workgroup that pays."""
        owner = self.sandbox.store.bucket(bucket)
        if owner is None:
            raise ServiceError("NoSuchBucket", "The specified bucket does not exist", 404)
        if getattr(owner, "requester_pays", False) and not self.pays_requests and \
                owner.owner_account != self.caller.account:
            raise ServiceError("AccessDenied", "Access Denied", 403)
        return self.sandbox.store.list_as(self.caller, bucket, prefix, via_athena=True)

    def view(self, table, key):
        body = view_body(table)
        if body is None:
            raise QueryFailure("NOT_SUPPORTED", f"line 1:15: Hive view '{key[2]}' is not supported")
        if self.view_depth > 10:
            raise QueryFailure("VIEW_IS_RECURSIVE", "line 1:15: View is recursive")
        names = [(c["name"], t.parse_type(c["type"])) for c in body["columns"]]
        handle = TableHandle(self.next_name(), key, names)
        kept = self.default_catalog, self.default_database
        self.default_catalog = (body.get("catalog") or DEFAULT_CATALOG).lower()
        self.default_database = body.get("schema") or self.default_database
        self.view_depth += 1
        try:
            sql, columns = self.analyze(body["originalSql"], self)
        finally:
            self.view_depth -= 1
            self.default_catalog, self.default_database = kept
        handle.glue = table
        handle.columns = [(n, zoned(k, inner)) for (n, k), (_, inner) in zip(names, columns)]
        engine = ", ".join(f"c{i}" for i in range(len(columns)))
        shown = ", ".join(f"c{i} AS {quoted(n)}" for i, (n, _) in enumerate(names))
        handle.statement = f"SELECT {shown} FROM ({sql}) AS q({engine})"
        return handle

    # ---- information_schema -----------------------------------------------------------------

    def information(self, catalog, name, node):
        makers = {"schemata": self.schemata, "tables": self.tables, "columns": self.columns}
        if name not in makers:
            raise QueryFailure("TABLE_NOT_FOUND", f"{at(node, (1, 15))}: Table "
                               f"'{catalog}.information_schema.{name}' does not exist")
        columns, rows = makers[name](catalog, self.catalog_id(catalog, node))
        handle = TableHandle(self.next_name(), (catalog, "information_schema", name), columns)
        names = ", ".join(quoted(n) for n, _ in columns)
        values = ", ".join("(" + ", ".join(
            "NULL" if v is None else str(v) if isinstance(v, int) else text_literal(v)
            for v in row) + ")" for row in rows)
        empty = ", ".join("NULL" for _ in columns)
        handle.statement = f"SELECT * FROM (VALUES {values or f'({empty})'}) AS v({names})" + \
            ("" if values else " WHERE false")
        return handle

    def database_names(self, catalog_id):
        account = catalog_id or self.caller.account
        return sorted(d["Name"] for d in self.sandbox.glue.databases(account)
                      if self.readable(catalog_id, d["Name"]))

    def readable(self, catalog_id, name):
        try:
            self.sandbox.glue.get_database_as(self.caller, catalog_id, name, via_athena=True)
            return True
        except ServiceError:
            return False

    def visible_tables(self, catalog_id):
        for database in self.database_names(catalog_id):
            try:
                tables = self.sandbox.glue.get_tables_as(self.caller, catalog_id, database,
                                                         via_athena=True)
            except ServiceError:
                continue
            for table in tables:
                yield database, table

    def schemata(self, catalog, catalog_id):
        names = self.database_names(catalog_id) + ["information_schema"]
        return [("catalog_name", t.VARCHAR), ("schema_name", t.VARCHAR)], [(catalog, n) for n in names]

    def tables(self, catalog, catalog_id):
        rows = [(catalog, d, x["Name"], "VIEW" if is_view(x) else "BASE TABLE")
                for d, x in self.visible_tables(catalog_id)]
        names = ("table_catalog", "table_schema", "table_name", "table_type")
        return [(n, t.VARCHAR) for n in names], rows

    def columns(self, catalog, catalog_id):
        rows = []
        for database, table in self.visible_tables(catalog_id):
            every = live_columns(table) + (table.get("PartitionKeys") or [])
            for number, column in enumerate(every, 1):
                kind = column_type(column.get("Type", "string"), is_iceberg(table))
                rows.append((catalog, database, table["Name"], column["Name"], number, None, "YES",
                             t.trino_name(kind), column.get("Comment"),
                             "partition key" if column in (table.get("PartitionKeys") or []) else None))
        names = ("table_catalog", "table_schema", "table_name", "column_name", "ordinal_position",
                 "column_default", "is_nullable", "data_type", "comment", "extra_info")
        return [(n, t.BIGINT if n == "ordinal_position" else t.VARCHAR) for n in names], rows


def partition_values(relative, keys):
    """Values from `k=v/` folders, in the order of the keys; None for Hive's default partition."""
    found = {}
    for part in relative.split("/")[:-1]:
        name, sign, value = part.partition("=")
        if sign:
            found[name.lower()] = None if value == "__HIVE_DEFAULT_PARTITION__" else unescape(value)
    return tuple(found.get(k) for k in keys)


def unescape(text):
    return re.sub(r"%([0-9A-Fa-f]{2})", lambda m: chr(int(m.group(1), 16)), text)
