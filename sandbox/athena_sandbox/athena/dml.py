"""Statements that write rows: CTAS, INSERT, UPDATE, DELETE, MERGE, UNLOAD, on files of our own."""
from __future__ import annotations

import pathlib
import re
import shutil

import duckdb
from sqlglot import exp

from ..contract import ServiceError
from ..engine import rules
from ..engine.analysis import Analyzer, Scope
from ..engine.casts import cast_node, engine_name
from ..engine.catalog import (column_type, is_iceberg, live_columns, quoted, split_location,
                              text_literal)
from ..engine.duck import generate, parse
from ..engine.errors import QueryFailure, from_engine
from ..format import types as t
from .ddl import descriptor
from .hive import Names
from .parameters import bind
from .partitions import register
from .results import ListRows, ResultSet, manifest_name
from .select import count_scan

ROWS = [("rows", t.BIGINT)]


def counted(runner, execution, name, update_type, count):
    """The result of a statement that wrote `count` rows: one column, no rows, no body."""
    runner.companion(execution, name, ROWS, update_type, count)
    execution.rows_out = count
    return ResultSet(ROWS, ListRows([]), count)


def denied_write(error, where):
    return QueryFailure("PERMISSION_DENIED", "", error_type=1500, reason="PERMISSION_DENIED: Access "
                        f"Denied (Service: S3, Status Code: 403) writing {where}")


def put_files(runner, execution, folder, location):
    """Put every file below `folder` under `location`; the URIs, in order."""
    bucket, prefix = split_location(location)
    uris = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        key = prefix + path.relative_to(folder).as_posix()
        try:
            runner.sandbox.store.put_as(execution.caller, bucket, key, path, via_athena=True)
        except ServiceError as error:
            if error.code == "NoSuchBucket":
                raise QueryFailure("HIVE_WRITER_OPEN_ERROR", f"Error creating file {key}",
                                   error_type=1306) from None
            raise denied_write(error, f"s3://{bucket}/{key}") from None
        uris.append(f"s3://{bucket}/{key}")
    return uris


def work_folder(runner, execution):
    folder = pathlib.Path(str(runner.place(execution)) + ".files")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


FORMS = {"parquet": "FORMAT parquet, COMPRESSION zstd", "json": "FORMAT json",
         "csv": "FORMAT csv, HEADER false", "textfile": "FORMAT csv, HEADER false"}
ENDINGS = {"parquet": "parquet", "json": "json", "csv": "csv", "textfile": "txt"}


def copy_rows(connection, sql, folder, execution, form="parquet", keys=(), delimiter=None):
    """Write the rows of a DuckDB query into files below `folder`; the number of rows."""
    options = FORMS[form]
    if form in ("csv", "textfile"):
        options += f", DELIMITER {text_literal(delimiter or chr(1) if form == 'textfile' else delimiter or ',')}"
    name = f"{execution.engine_id}_{execution.id[:8]}.{ENDINGS[form]}"
    try:
        if keys:
            options += f", PARTITION_BY ({', '.join(quoted(k) for k in keys)}), " \
                f"FILENAME_PATTERN {text_literal(name.rsplit('.', 1)[0] + '_{i}')}"
            count = connection.execute(f"COPY ({sql}) TO {text_literal(folder)} ({options})").fetchone()[0]
        else:
            count = connection.execute(
                f"COPY ({sql}) TO {text_literal(folder / name)} ({options})").fetchone()[0]
            if count == 0:
                (folder / name).unlink(missing_ok=True)
        return count
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        raise from_engine(error) from None


def write_manifest(runner, execution, uris):
    if not uris:
        return
    name = manifest_name(execution.statement.route, execution.id)
    runner.write(execution, name, "".join(f"{u}\n" for u in uris).encode())
    if execution.output is not None:
        execution.manifest = execution.output.uri(name)


# ---- CTAS ---------------------------------------------------------------------------------------

def with_options(text):
    """Options of WITH (a = 'x', b = ARRAY['y']) as a dict of lower-case name -> value or list."""
    found = re.match(r"\s*with\s*\(", text, re.I)
    if not found:
        return {}, text
    from .ddl import close_of, split_columns
    close = close_of(text, found.end() - 1)
    options = {}
    for part in split_columns(text[found.end():close].replace("ARRAY[", "(").replace("array[", "(")
                              .replace("]", ")")):
        name, _, value = part.partition("=")
        words = re.findall(r"'((?:[^']|'')*)'", value)
        options[name.strip().lower()] = words if value.strip().startswith("(") else \
            (words[0] if words else value.strip())
    return options, text[close + 1:]


def ctas(runner, execution):
    statement = execution.statement
    body = bind(statement.body, execution.parameters)
    names = Names(runner, execution)
    found = re.match(r"create\s+table\s+(?:if\s+not\s+exists\s+)?\S+\s*", body, re.I)
    options, rest = with_options(body[found.end():])
    query = re.match(r"\s*as\s*(.*)$", rest, re.I | re.S).group(1)
    no_data = re.search(r"\s+with\s+no\s+data\s*$", query, re.I)
    query = query[:no_data.start()] if no_data else re.sub(r"\s+with\s+data\s*$", "", query, flags=re.I)
    glue = runner.sandbox.glue
    database = glue.database(names.catalog_id or execution.caller.account, names.database)
    if database is None:
        raise QueryFailure("SCHEMA_NOT_FOUND", f"line 1:1: Schema '{names.database}' does not exist")
    iceberg = str(options.get("table_type", "")).upper() == "ICEBERG"
    location = options.get("external_location") or options.get("location") or default_place(
        execution, database, names)
    if glue.table(names.catalog_id or execution.caller.account, names.database, names.table):
        if re.search(r"\bif\s+not\s+exists\b", body[:60], re.I):
            return counted(runner, execution, f"tables/{execution.id}", "CREATE TABLE", 0)
        raise QueryFailure(
            "TABLE_ALREADY_EXISTS", f"line 1:1: Destination table '{names.catalog}.{names.database}."
            f"{names.table}' already exists. You may need to manually clean the data at location "
            f"'{location}' before retrying. Athena will not delete data in your account.")
    connection = runner.connect(execution)
    prepared = runner.engine.prepare(connection, query, runner.catalog(execution),
                                     runner.sandbox.clock.now())
    count_scan(runner, execution, connection, prepared.tables)
    check_names(prepared.columns)
    keys = [k.lower() for k in options.get("partitioned_by", [])] if not iceberg else []
    form = str(options.get("format", "PARQUET")).lower()
    if form not in FORMS:
        raise QueryFailure("NOT_SUPPORTED", f"The sandbox does not write {form.upper()} files")
    folder = work_folder(runner, execution)
    count = 0
    if not no_data:
        count = copy_rows(connection, stored(prepared), folder, execution, form, keys,
                          options.get("field_delimiter"))
    uris = put_files(runner, execution, folder, location)
    shutil.rmtree(folder, ignore_errors=True)
    table = ctas_shape(names.table, prepared.columns, keys, form, location, iceberg, options)
    try:
        glue.create_table_as(execution.caller, names.catalog_id, names.database, table,
                             via_athena=True)
        if keys:
            register(runner, execution, table, names, found_values(uris, location, keys))
    except ServiceError as error:
        raise QueryFailure("PERMISSION_DENIED", error.message) from None
    if not iceberg:
        write_manifest(runner, execution, uris)
    return counted(runner, execution, f"tables/{execution.id}", "CREATE TABLE", count)


def default_place(execution, database, names):
    base = database.get("LocationUri")
    if not base and execution.output is not None:
        return execution.output.uri(f"tables/{execution.id}/")
    if not base:
        raise QueryFailure("INVALID_TABLE_PROPERTY", "external_location must be given", error_type=1006)
    return base.rstrip("/") + f"/{names.table}/{execution.id}/"


def check_names(columns):
    lowered = [n.lower() for n, _ in columns]
    for number, name in enumerate(lowered, 1):
        if name.startswith("_col"):
            raise QueryFailure("MISSING_COLUMN_NAME",
                               f"line 1:1: Column name not specified at position {number}")
        if lowered.count(name) > 1:
            raise QueryFailure("DUPLICATE_COLUMN_NAME",
                               f"line 1:1: Column name '{name}' specified more than once",
                               error_type=1006)


def stored(prepared):
    """A DuckDB query whose columns have the names and stored types of the table."""
    parts = []
    for number, (name, kind) in enumerate(prepared.columns):
        if kind.name == "unknown":
            raise QueryFailure("COLUMN_TYPE_UNKNOWN", f"line 1:1: Column type is unknown: {name}")
        if kind.name.endswith("with time zone") or kind.name.startswith("interval"):
            raise QueryFailure("NOT_SUPPORTED", f"Unsupported Hive type: {t.trino_name(kind)}")
        parts.append(f"CAST(c{number} AS {engine_name(kind)}) AS {quoted(name.lower())}")
    inner = ", ".join(f"c{i}" for i in range(len(parts)))
    return f"SELECT {', '.join(parts)} FROM ({prepared.sql}) AS q({inner})"


def ctas_shape(name, columns, keys, form, location, iceberg, options):
    def stored_type(kind):
        return "string" if iceberg and kind.is_text else t.hive_name(kind)

    shapes = [{"Name": n.lower(), "Type": stored_type(k)} for n, k in columns]
    table = {"Name": name, "TableType": "EXTERNAL_TABLE",
             "PartitionKeys": [c for c in shapes if c["Name"] in keys],
             "StorageDescriptor": descriptor("iceberg" if iceberg else form, location,
                                             [c for c in shapes if c["Name"] not in keys]),
             "Parameters": {"EXTERNAL": "TRUE", "has_encrypted_data": "false"}}
    if iceberg:
        table["Parameters"]["table_type"] = "ICEBERG"
        spec = options.get("partitioning")
        if spec:
            from .ddl import partition_spec
            table["Parameters"]["athena.partition_spec"] = partition_spec(", ".join(spec))
    delimiter = options.get("field_delimiter")
    if delimiter:
        table["StorageDescriptor"]["SerdeInfo"]["Parameters"]["field.delim"] = delimiter
    return table


def found_values(uris, location, keys):
    from ..engine.catalog import partition_values
    base = location if location.endswith("/") else location + "/"
    return sorted({partition_values(u[len(base):], keys) for u in uris}, key=str)


# ---- INSERT -------------------------------------------------------------------------------------

def target_of(runner, execution):
    """Names and Glue table that a DML statement writes to."""
    names = Names(runner, execution)
    table = runner.catalog(execution).glue_table(names.catalog, names.database, names.table)
    return names, table


def declared(table):
    iceberg = is_iceberg(table)
    return [(c["Name"], column_type(c.get("Type", "string"), iceberg))
            for c in live_columns(table) + (table.get("PartitionKeys") or [])]


def form_of(table):
    text = str((table["StorageDescriptor"].get("SerdeInfo") or {}).get("SerializationLibrary", ""))
    if is_iceberg(table) or "Parquet" in text:
        return "parquet"
    return "json" if "Json" in text else "csv" if "CSV" in text else "textfile"


def insert(runner, execution):
    names, table = target_of(runner, execution)
    body = bind(execution.statement.body, execution.parameters)
    node = parse(body)
    source = node.expression
    columns = declared(table)
    chosen = [i.name.lower() for i in node.this.expressions] if isinstance(node.this, exp.Schema) \
        else [n for n, _ in columns]
    connection = runner.connect(execution)
    prepared = runner.engine.prepare(connection, source, runner.catalog(execution),
                                     runner.sandbox.clock.now())
    count_scan(runner, execution, connection, prepared.tables)
    if len(prepared.columns) != len(chosen):
        raise mismatch(columns, prepared)
    by_name = dict(zip(chosen, range(len(chosen))))
    parts = []
    for name, kind in columns:
        if name not in by_name:
            parts.append(f"CAST(NULL AS {engine_name(kind)}) AS {quoted(name)}")
            continue
        number = by_name[name]
        have = prepared.columns[number][1]
        if not coercible(have, kind):
            raise mismatch(columns, prepared)
        made = generate(cast_node(exp.column(f"c{number}"), have, kind, False))
        parts.append(f"CAST({made} AS {engine_name(kind)}) AS {quoted(name)}")
    inner = ", ".join(f"c{i}" for i in range(len(prepared.columns)))
    keys = [c["Name"] for c in table.get("PartitionKeys") or []]
    folder = work_folder(runner, execution)
    count = copy_rows(connection, f"SELECT {', '.join(parts)} FROM ({prepared.sql}) AS q({inner})",
                      folder, execution, form_of(table), keys,
                      (table["StorageDescriptor"]["SerdeInfo"].get("Parameters") or {}).get("field.delim"))
    location = table["StorageDescriptor"]["Location"]
    uris = put_files(runner, execution, folder, location)
    shutil.rmtree(folder, ignore_errors=True)
    if keys:
        register(runner, execution, table, names, found_values(uris, location, keys))
    if not is_iceberg(table):
        write_manifest(runner, execution, uris)
    return counted(runner, execution, execution.id, "INSERT", count)


def coercible(have, kind):
    if have is None or have.name == "unknown":
        return True
    if have.is_text and kind.is_text or have.is_number and kind.is_number:
        return True
    if have.name in ("date", "timestamp") and kind.name in ("date", "timestamp"):
        return not (have.name == "timestamp" and kind.name == "date")
    return have.name == kind.name


def mismatch(columns, prepared):
    left = ", ".join(t.trino_name(k) for _, k in columns)
    right = ", ".join(t.trino_name(k) for _, k in prepared.columns)
    return QueryFailure("TYPE_MISMATCH", "line 1:1: Insert query has mismatched column types: "
                        f"Table: [{left}], Query: [{right}]")


# ---- UPDATE, DELETE, MERGE ----------------------------------------------------------------------

class Change:
    """A table copied into DuckDB, to be changed there and written back whole."""

    def __init__(self, runner, execution):
        self.runner, self.execution = runner, execution
        self.names, self.table = target_of(runner, execution)
        if not is_iceberg(self.table):
            raise QueryFailure("NOT_SUPPORTED", "Modifying Hive table rows is only supported for "
                               "transactional tables")
        self.columns = declared(self.table)
        self.catalog = runner.catalog(execution)
        self.connection = runner.connect(execution)
        self.analyzer = Analyzer(self.catalog, runner.sandbox.clock.now())
        self.catalog.analyze = lambda sql, inner: runner.engine.analyze(
            sql, inner, runner.sandbox.clock.now())[:2]
        self.node = parse(bind(execution.statement.body, execution.parameters))
        self.scope = Scope()

    def relation(self, node):
        """Resolve the target's name for the analyzer; the handle notes the columns used."""
        found = self.analyzer.table(node, self.scope)
        self.scope.relations.append(found)
        return found

    def load(self):
        for handle in self.catalog.handles:
            handle.define(self.connection)
        target = self.catalog.handles[0]
        self.files = list(target.files)
        self.connection.execute(f"CREATE TEMP TABLE athena_target AS SELECT * FROM {quoted(target.engine_name)}")
        count_scan(self.runner, self.execution, self.connection, self.catalog.handles)

    def run(self, sql):
        try:
            return self.connection.execute(sql).fetchone()[0]
        except duckdb.InterruptException:
            raise
        except duckdb.Error as error:
            raise from_engine(error, self.node) from None

    def save(self):
        """Write the changed rows, then remove the files they replace."""
        folder = work_folder(self.runner, self.execution)
        copy_rows(self.connection, "SELECT * FROM athena_target", folder, self.execution)
        location = self.table["StorageDescriptor"]["Location"]
        put_files(self.runner, self.execution, folder, location)
        shutil.rmtree(folder, ignore_errors=True)
        bucket, _ = split_location(location)
        for item in self.files:
            try:
                self.runner.sandbox.store.delete_as(self.execution.caller, bucket, item.key,
                                                    via_athena=True)
            except ServiceError as error:
                raise denied_write(error, f"s3://{bucket}/{item.key}") from None

    def assignment(self, pair):
        """`column = value` of a SET list as DuckDB text, the value cast to the column's type."""
        column = pair.this
        name = column.name.lower()
        kind = dict(self.columns).get(name)
        if kind is None:
            raise QueryFailure("COLUMN_NOT_FOUND", f"line 1:1: The UPDATE SET target column {name} "
                               "doesn't exist")
        holder = exp.Paren(this=pair.expression.copy())
        have = rules.visit(self.analyzer, holder.this, self.scope)
        if not coercible(have, kind):
            raise QueryFailure("TYPE_MISMATCH", "line 1:1: UPDATE table column types don't match SET "
                               f"expressions: Table: [{kind}], Expressions: [{have}]")
        value = generate(cast_node(holder.this.copy(), have, kind, False))
        return f"{quoted(name)} = CAST({value} AS {engine_name(kind)})"

    def condition(self, where):
        if where is None:
            return ""
        rules.visit(self.analyzer, where.this, self.scope)
        return " WHERE " + generate(where.this)


def alias_of(node, table_name):
    return f"athena_target AS {quoted(node.alias or table_name)}"


def update(runner, execution):
    change = Change(runner, execution)
    node = change.node
    change.relation(node.this)
    pairs = [change.assignment(p) for p in node.expressions]
    where = change.condition(node.args.get("where"))
    change.load()
    count = change.run(f"UPDATE {alias_of(node.this, change.names.table)} SET {', '.join(pairs)}{where}")
    if count:
        change.save()
    return counted(runner, execution, f"{execution.id}.csv", "UPDATE", count)


def delete(runner, execution):
    change = Change(runner, execution)
    node = change.node
    change.relation(node.this)
    where = change.condition(node.args.get("where"))
    change.load()
    count = change.run(f"DELETE FROM {alias_of(node.this, change.names.table)}{where}")
    if count:
        change.save()
    return counted(runner, execution, f"{execution.id}.csv", "DELETE", count)


def merge(runner, execution):
    change = Change(runner, execution)
    node = change.node
    alias = node.this.alias or change.names.table
    change.relation(node.this)
    change.analyzer.relation(node, "using", change.scope)
    rules.visit(change.analyzer, node.args["on"], change.scope)
    clauses = []
    for when in node.args["whens"].expressions:
        clauses.append(merge_clause(change, when))
    change.load()
    source = generate(node.args["using"])
    on = generate(node.args["on"])
    count = change.run(f"MERGE INTO athena_target AS {quoted(alias)} USING {source} ON {on} "
                       + " ".join(clauses))
    if count:
        change.save()
    return counted(runner, execution, f"{execution.id}.csv", "MERGE", count)


def merge_clause(change, when):
    matched = "WHEN MATCHED" if when.args.get("matched") else "WHEN NOT MATCHED"
    condition = when.args.get("condition")
    if condition is not None:
        rules.visit(change.analyzer, condition, change.scope)
        matched += " AND " + generate(when.args["condition"])
    then = when.args["then"]
    if isinstance(then, exp.Update):
        return f"{matched} THEN UPDATE SET " + ", ".join(change.assignment(p) for p in then.expressions)
    if isinstance(then, exp.Insert):
        kinds = dict(change.columns)
        names = [i.name.lower() for i in then.this.expressions] if then.this is not None and \
            getattr(then.this, "expressions", None) else [n for n, _ in change.columns]
        values = []
        for name, value in zip(names, list(then.expression.expressions)):
            holder = exp.Paren(this=value.copy())
            have = rules.visit(change.analyzer, holder.this, change.scope)
            made = generate(cast_node(holder.this.copy(), have, kinds[name], False))
            values.append(f"CAST({made} AS {engine_name(kinds[name])})")
        return f"{matched} THEN INSERT ({', '.join(quoted(n) for n in names)}) VALUES ({', '.join(values)})"
    return f"{matched} THEN DELETE"


# ---- UNLOAD -------------------------------------------------------------------------------------

def unload(runner, execution):
    from .ddl import close_of
    body = bind(execution.statement.body, execution.parameters)
    start = body.index("(")
    end = close_of(body, start)
    found = re.match(r"\s*to\s+'([^']+)'\s*(.*)$", body[end + 1:], re.I | re.S)
    if not found:
        raise QueryFailure("SYNTAX_ERROR", "line 1:1: UNLOAD needs TO 's3://...' WITH (...)")
    options, _ = with_options(found.group(2))
    location = found.group(1)
    bucket, prefix = split_location(location)
    if runner.sandbox.store.list(bucket, prefix):
        raise QueryFailure("HIVE_PATH_ALREADY_EXISTS", f"Target directory for table already exists: "
                           f"{location}", error_type=1000)
    form = str(options.get("format", "")).lower()
    if form not in ("parquet", "json", "textfile", "csv"):
        raise QueryFailure("NOT_SUPPORTED", f"The sandbox does not write {form.upper() or 'this'} files")
    connection = runner.connect(execution)
    prepared = runner.engine.prepare(connection, body[start + 1:end], runner.catalog(execution),
                                     runner.sandbox.clock.now())
    count_scan(runner, execution, connection, prepared.tables)
    folder = work_folder(runner, execution)
    keys = [k.lower() for k in options.get("partitioned_by", [])]
    count = copy_rows(connection, stored(prepared), folder, execution, form, keys,
                      options.get("field_delimiter"))
    uris = put_files(runner, execution, folder, location)
    shutil.rmtree(folder, ignore_errors=True)
    write_manifest(runner, execution, uris)
    return counted(runner, execution, execution.id, "UNLOAD", count)
