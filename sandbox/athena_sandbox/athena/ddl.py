"""DDL on the sandbox's own catalog: databases, tables, views, ALTER, MSCK REPAIR."""
from __future__ import annotations

import base64
import json
import re

from ..contract import ServiceError
from ..engine.catalog import is_iceberg, is_view, split_location
from ..engine.errors import QueryFailure
from ..format import types as t
from .executions import BINARY, OCTETS
from .hive import Names, check_database, denied, find_table, hive_failed, hive_missing_database
from .partitions import folder_partitions, known_partitions, register
from .results import ListRows, ResultSet
from .statements import HIVE_QUOTED, HIVE_TEXT, Refused, hive_value, without_comments

PARQUET = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {"SerializationLibrary":
                  "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe", "Parameters": {}},
}
TEXT = {
    "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
                  "Parameters": {"serialization.format": "1"}},
}
OPENCSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
JSON_SERDE = "org.openx.data.jsonserde.JsonSerDe"
ICEBERG = {"InputFormat": None, "OutputFormat": None, "SerdeInfo": {"Parameters": {}}}


def descriptor(form, location, columns):
    """A Glue StorageDescriptor for parquet, csv, json, textfile or iceberg."""
    base = json.loads(json.dumps({"parquet": PARQUET, "iceberg": {"SerdeInfo": {}}}.get(form, TEXT)))
    if form == "csv":
        base["SerdeInfo"] = {"SerializationLibrary": OPENCSV, "Parameters": {
            "separatorChar": ",", "quoteChar": '"', "escapeChar": "\\"}}
    if form == "json":
        base["SerdeInfo"] = {"SerializationLibrary": JSON_SERDE, "Parameters": {}}
    base.update({"Columns": columns, "Location": location, "Compressed": False,
                 "NumberOfBuckets": -1, "BucketColumns": [], "SortColumns": [], "Parameters": {},
                 "StoredAsSubDirectories": False})
    return base


def nothing(runner, execution, body=b"", content_type=BINARY):
    """The empty result of a DDL statement: a 0-byte object and no columns."""
    runner.write(execution, f"{execution.id}.txt", body, content_type)
    return ResultSet([], ListRows([]), None)


def glue_call(function, *args):
    """A Glue write; denials and clashes become Hive failures."""
    try:
        return function(*args, via_athena=True)
    except ServiceError as error:
        if error.code == "AlreadyExistsException":
            raise hive_failed("AlreadyExistsException", error.message) from None
        if error.code == "EntityNotFoundException":
            raise hive_failed("NoSuchObjectException", error.message) from None
        raise denied(error) from None


# ---- databases --------------------------------------------------------------------------------

def if_clause(execution, word):
    return re.search(rf"\bif\s+{word}\b", execution.statement.body[:80], re.I) is not None


def create_database(runner, execution):
    name, rest = execution.statement.name[-1], execution.statement.rest
    database = {"Name": name, "Parameters": properties(rest, "dbproperties")}
    comment, location = quoted_after("comment", rest), quoted_after("location", rest)
    if comment:
        database["Description"] = comment
    if location:
        database["LocationUri"] = location
    known = runner.sandbox.glue.database(execution.caller.account, name)
    if known is not None and if_clause(execution, r"not\s+exists"):
        return nothing(runner, execution)
    try:
        runner.sandbox.glue.create_database_as(execution.caller, None, database, via_athena=True)
    except ServiceError as error:
        if error.code == "AlreadyExistsException":
            raise hive_failed("AlreadyExistsException", f"Database {name} already exists") from None
        raise denied(error) from None
    return nothing(runner, execution)


def drop_database(runner, execution):
    name = execution.statement.name[-1]
    account = execution.caller.account
    if runner.sandbox.glue.database(account, name) is None:
        if if_clause(execution, "exists"):
            return nothing(runner, execution)
        raise hive_missing_database(name)
    tables = runner.sandbox.glue.tables(account, name)
    if tables and not re.search(r"\bcascade\b", execution.statement.rest, re.I):
        raise hive_failed("InvalidOperationException",
                          f"Database {name} is not empty. One or more tables exist.")
    for table in tables:
        glue_call(runner.sandbox.glue.delete_table_as, execution.caller, None, name, table["Name"])
    glue_call(runner.sandbox.glue.delete_database_as, execution.caller, None, name)
    return nothing(runner, execution)


# ---- reading DDL text ---------------------------------------------------------------------------

def quoted_after(word, text):
    found = re.search(rf"\b{word}\s+({HIVE_TEXT})", text, re.I | re.S)
    return hive_value(found.group(1)) if found else None


def properties(text, word="tblproperties"):
    found = re.search(rf"\b{word}\s*\(", text, re.I)
    if not found:
        return {}
    inner = text[found.end():close_of(text, found.end() - 1)]
    pairs = re.findall(rf"({HIVE_QUOTED.pattern})\s*=\s*({HIVE_QUOTED.pattern})", inner, re.S)
    return {hive_value(name): hive_value(value) for name, value in pairs}


END_OF_TEXT = "line 1:1: mismatched input '<EOF>'. Expecting: ')'"


def outside_quotes(text, start=0):
    """Index and character of all that stands outside quotes."""
    index = start
    while index < len(text):
        quoted = HIVE_QUOTED.match(text, index)
        if quoted:
            index = quoted.end()
            continue
        if text[index] in "'\"`":
            raise Refused(END_OF_TEXT)
        yield index, text[index]
        index += 1


def close_of(text, start):
    """Index of the parenthesis that closes the one at `start`."""
    depth = 0
    for index, c in outside_quotes(text, start):
        if c == "(":
            depth += 1
        elif c == ")":
            depth -= 1
            if depth == 0:
                return index
    raise Refused(END_OF_TEXT)


def column_list(text):
    """Glue columns of `(a int COMMENT 'x', b map<string,int>)` contents."""
    out = []
    for part in split_columns(text):
        found = re.match(r"\s*(`[^`]+`|\"[^\"]+\"|[\w$]+)\s*:?\s*(.*?)"
                         rf"(?:\s+comment\s+({HIVE_TEXT}))?\s*$", part, re.I | re.S)
        if not found or not found.group(2):
            raise Refused(f"line 1:1: mismatched input '{part.strip()[:20]}'. Expecting: column type")
        column = {"Name": found.group(1).strip('`"').lower(),
                  "Type": " ".join(found.group(2).lower().split()).replace(", ", ",")}
        if found.group(3) is not None:
            column["Comment"] = hive_value(found.group(3))
        out.append(column)
    return out


def split_columns(text):
    parts, depth, start = [], 0, 0
    for index, c in outside_quotes(text):
        if c in "<(":
            depth += 1
        elif c in ">)":
            depth -= 1
        elif c == "," and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    parts.append(text[start:])
    return [p for p in parts if p.strip()]


# ---- tables -------------------------------------------------------------------------------------

def table_form(text, found_properties):
    if found_properties.get("table_type", "").upper() == "ICEBERG":
        return "iceberg"
    lowered = text.lower()
    if "stored as parquet" in " ".join(lowered.split()) or "parquethiveserde" in lowered:
        return "parquet"
    if "opencsvserde" in lowered:
        return "csv"
    if "jsonserde" in lowered:
        return "json"
    return "textfile"


def create_table_shape(statement):
    """The Glue table of a CREATE TABLE statement. Raises Refused for what cannot be read."""
    body = without_comments(statement.body)
    start = body.index("(") if "(" in body else -1
    if start < 0:
        raise Refused("line 1:1: mismatched input '<EOF>'. Expecting: '('")
    end = close_of(body, start)
    tail = body[end + 1:]
    found_properties = properties(tail)
    form = table_form(tail, found_properties)
    location = quoted_after("location", tail)
    if not location:
        raise Refused("No location was specified for table. An S3 location must be specified")
    keys = []
    partitioned = re.search(r"\bpartitioned\s+by\s*\(", tail, re.I)
    spec = None
    if partitioned:
        close = close_of(tail, partitioned.end() - 1)
        inner = tail[partitioned.end():close]
        if form == "iceberg":
            spec = partition_spec(inner)
        else:
            keys = column_list(inner)
    table = {"Name": statement.name[-1], "TableType": "EXTERNAL_TABLE", "PartitionKeys": keys,
             "StorageDescriptor": descriptor(form, location, column_list(body[start + 1:end])),
             "Parameters": {"EXTERNAL": "TRUE", **found_properties}}
    comment = quoted_after("comment", tail[:partitioned.start()] if partitioned else tail)
    if comment:
        table["Description"] = comment
        table["Parameters"]["comment"] = comment
    delimiter = quoted_after(r"fields\s+terminated\s+by", tail)
    if delimiter:
        table["StorageDescriptor"]["SerdeInfo"]["Parameters"]["field.delim"] = delimiter
    serde = properties(tail, "serdeproperties")
    table["StorageDescriptor"]["SerdeInfo"].setdefault("Parameters", {}).update(serde)
    if form == "iceberg":
        table["Parameters"]["table_type"] = "ICEBERG"
        if spec:
            table["Parameters"]["athena.partition_spec"] = spec
    return table


def partition_spec(text):
    out = []
    for part in split_columns(text):
        found = re.match(r"\s*(\w+)\s*\((.*)\)\s*$", part)
        if not found:
            out.append(f"{part.strip().strip('`')}:identity")
            continue
        args = [a.strip().strip("`") for a in found.group(2).split(",")]
        width = next((a for a in args if a.isdigit()), None)
        column = next(a for a in args if not a.isdigit())
        out.append(f"{column}:{found.group(1).lower()}" + (f"[{width}]" if width else ""))
    return ",".join(out)


def create_table(runner, execution):
    try:
        table = create_table_shape(execution.statement)
    except Refused as error:
        raise QueryFailure("SYNTAX_ERROR", str(error), hive=True, reason=f"FAILED: ParseException {error}",
                           error_type=1003, category=1) from None
    names = Names(runner, execution)
    check_database(runner, execution, names)
    known = runner.sandbox.glue.table(names.catalog_id or execution.caller.account, names.database,
                                      names.table)
    if known is not None:
        if if_clause(execution, r"not\s+exists"):
            return nothing(runner, execution)
        raise hive_failed("AlreadyExistsException", f"Table {names.table} already exists")
    glue_call(runner.sandbox.glue.create_table_as, execution.caller, names.catalog_id, names.database,
              table)
    return nothing(runner, execution)


def delete_objects(runner, execution, location):
    bucket, prefix = split_location(location)
    for info in list(runner.sandbox.store.list(bucket, prefix)):
        try:
            runner.sandbox.store.delete_as(execution.caller, bucket, info.key, via_athena=True)
        except ServiceError as error:
            raise denied(error) from None


def drop_table(runner, execution):
    names = Names(runner, execution)
    try:
        table = find_table(runner, execution, names)
    except QueryFailure as error:
        if if_clause(execution, "exists") and "10001" in error.reason:
            return nothing(runner, execution)
        raise
    if is_view(table):
        raise hive_failed("SemanticException", "Cannot drop a view with DROP TABLE", 1003)
    iceberg = is_iceberg(table)
    glue_call(runner.sandbox.glue.delete_table_as, execution.caller, names.catalog_id, names.database,
              names.table)
    if iceberg:
        delete_objects(runner, execution, table["StorageDescriptor"]["Location"])
        runner.companion(execution, f"{execution.id}.txt", [], "DROP TABLE")
        return nothing(runner, execution, b"\n", OCTETS)
    return nothing(runner, execution)


# ---- views --------------------------------------------------------------------------------------

def view_shape(name, sql, columns, database):
    """A Glue table that holds a Presto view."""
    body = {"originalSql": sql, "catalog": "awsdatacatalog", "schema": database,
            "columns": [{"name": n, "type": t.trino_name(k)} for n, k in columns]}
    packed = base64.b64encode(json.dumps(body).encode()).decode()
    return {"Name": name, "TableType": "VIRTUAL_VIEW", "PartitionKeys": [],
            "ViewOriginalText": f"/* Presto View: {packed} */", "ViewExpandedText": "/* Presto View */",
            "StorageDescriptor": {"Columns": [{"Name": n, "Type": t.hive_name(k)} for n, k in columns],
                                  "Location": "", "SerdeInfo": {"Parameters": {}}},
            "Parameters": {"presto_view": "true", "comment": "Presto View"}}


def view_sql(statement):
    found = re.match(r".*?\bas\b\s*(.*)$", statement.rest, re.I | re.S)
    original = re.search(r"\bas\b", statement.body[statement.body.lower().index("view"):], re.I)
    return statement.body[statement.body.lower().index("view") + original.end():].strip() \
        if found else ""


def create_view(runner, execution):
    names = Names(runner, execution)
    check_database(runner, execution, names)
    sql = view_sql(execution.statement)
    connection = runner.connect(execution)
    prepared = runner.engine.prepare(connection, sql, runner.catalog(execution),
                                     runner.sandbox.clock.now())
    lowered = [n.lower() for n, _ in prepared.columns]
    for name in lowered:
        if lowered.count(name) > 1:
            raise QueryFailure("DUPLICATE_COLUMN_NAME",
                               f"line 1:1: Column name '{name}' specified more than once", error_type=1006)
    view = view_shape(names.table, sql, list(zip(lowered, [k for _, k in prepared.columns])),
                      names.database)
    glue = runner.sandbox.glue
    known = glue.table(names.catalog_id or execution.caller.account, names.database, names.table)
    if known is not None and not re.match(r"create\s+or\s+replace", execution.statement.body, re.I):
        raise QueryFailure("TABLE_ALREADY_EXISTS", "line 1:1: View already exists: "
                           f"'{names.catalog}.{names.database}.{names.table}'")
    function = glue.update_table_as if known is not None else glue.create_table_as
    glue_call(function, execution.caller, names.catalog_id, names.database, view)
    return nothing(runner, execution)


def drop_view(runner, execution):
    names = Names(runner, execution)
    try:
        table = find_table(runner, execution, names)
    except QueryFailure as error:
        if if_clause(execution, "exists") and "10001" in error.reason:
            return nothing(runner, execution)
        raise QueryFailure("TABLE_NOT_FOUND", f"line 1:1: View '{names.catalog}.{names.database}."
                           f"{names.table}' does not exist") from None
    if not is_view(table):
        raise QueryFailure("TABLE_NOT_FOUND", f"line 1:1: View '{names.catalog}.{names.database}."
                           f"{names.table}' does not exist")
    glue_call(runner.sandbox.glue.delete_table_as, execution.caller, names.catalog_id, names.database,
              names.table)
    return nothing(runner, execution)


# ---- ALTER --------------------------------------------------------------------------------------

def alter(runner, execution):
    names = Names(runner, execution)
    table = find_table(runner, execution, names)
    sub = execution.statement.sub
    try:
        result = ALTERATIONS[sub](runner, execution, names, table)
    except Refused as error:
        raise QueryFailure("SYNTAX_ERROR", str(error), hive=True, category=1, error_type=1003,
                           reason=f"FAILED: ParseException {error}") from None
    if sub in ("ALTER_TABLE_ADD_COLUMN", "ALTER_TABLE_REPLACE_COLUMN") and not is_iceberg(table):
        runner.companion(execution, f"{execution.id}.txt", [], own_id=True)
    return result


def in_parentheses(text):
    if "(" not in text:
        raise Refused("line 1:1: mismatched input '<EOF>'. Expecting: '('")
    start = text.index("(")
    return text[start + 1:close_of(text, start)]


def save(runner, execution, names, table):
    glue_call(runner.sandbox.glue.update_table_as, execution.caller, names.catalog_id, names.database,
              table)
    return nothing(runner, execution)


def add_columns(runner, execution, names, table):
    known = {c["Name"] for c in table["StorageDescriptor"]["Columns"]}
    for column in column_list(in_parentheses(execution.statement.rest)):
        if column["Name"] in known:
            raise hive_failed("InvalidOperationException", f"Duplicate column name: {column['Name']}")
        table["StorageDescriptor"]["Columns"].append(column)
    return save(runner, execution, names, table)


def replace_columns(runner, execution, names, table):
    table["StorageDescriptor"]["Columns"] = column_list(in_parentheses(execution.statement.rest))
    return save(runner, execution, names, table)


def column_named(table, name):
    for column in table["StorageDescriptor"]["Columns"]:
        if column["Name"] == name.strip('`" ').lower():
            return column
    raise hive_failed("InvalidOperationException", f"Invalid column reference {name}")


def drop_column(runner, execution, names, table):
    column = column_named(table, execution.statement.rest)
    table["StorageDescriptor"]["Columns"].remove(column)
    return save(runner, execution, names, table)


def change_column(runner, execution, names, table):
    old, rest = execution.statement.rest.split(None, 1)
    column = column_named(table, old)
    new = column_list(rest)[0]
    column.update(new)
    return save(runner, execution, names, table)


def set_properties(runner, execution, names, table):
    body = execution.statement.body
    if re.search(r"\bunset\b", body, re.I):
        for name in re.findall(HIVE_TEXT, execution.statement.rest, re.S):
            table["Parameters"].pop(hive_value(name), None)
    else:
        table["Parameters"].update(properties("tblproperties " + execution.statement.rest))
    return save(runner, execution, names, table)


def set_location(runner, execution, names, table):
    location = re.search(HIVE_TEXT, execution.statement.rest, re.S)
    if re.search(r"\bpartition\s*\(", execution.statement.body, re.I):
        return nothing(runner, execution)
    table["StorageDescriptor"]["Location"] = hive_value(location.group(0))
    return save(runner, execution, names, table)


def rename(runner, execution, names, table):
    if not is_iceberg(table):
        raise hive_failed("InvalidOperationException", "Rename is not supported for Hive tables", 1003)
    new = execution.statement.rest.strip().strip('`"').lower().split(".")[-1]
    glue = runner.sandbox.glue
    glue_call(glue.create_table_as, execution.caller, names.catalog_id, names.database,
              {**table, "Name": new})
    glue_call(glue.delete_table_as, execution.caller, names.catalog_id, names.database, names.table)
    return nothing(runner, execution)


def partition_clauses(text, table):
    """Value tuples of `(a='1', b='2') LOCATION 's3://..' PARTITION (...)`."""
    keys = [c["Name"] for c in table.get("PartitionKeys") or []]
    out = []
    openings = [index for index, c in outside_quotes(text) if c == "("]
    for start in openings:
        parts = [part.partition("=") for part in split_columns(text[start + 1:close_of(text, start)])]
        if not all(equals for _, equals, _ in parts):
            raise Refused("line 1:1: mismatched input in PARTITION. Expecting: '='")
        pairs = {name.strip("` ").lower(): hive_value(value.strip()) if HIVE_QUOTED.fullmatch(value.strip())
                 else value.strip() for name, _, value in parts}
        if sorted(pairs) != sorted(keys):
            raise hive_failed("InvalidOperationException",
                              f"partition spec {pairs} doesn't contain all ({len(keys)}) partition columns")
        out.append(tuple(pairs[k] for k in keys))
    return out


def add_partition(runner, execution, names, table):
    wanted = partition_clauses(execution.statement.rest, table)
    known = {tuple(map(str, v)) for v in known_partitions(runner, execution, table, names)} \
        if not if_clause_anywhere(execution) else set()
    try:
        new = register(runner, execution, table, names, wanted)
    except ServiceError as error:
        raise denied(error) from None
    if len(new) < len(wanted) and not if_clause_anywhere(execution) and known:
        raise hive_failed("AlreadyExistsException", "Partition already exists")
    return nothing(runner, execution)


def if_clause_anywhere(execution):
    return re.search(r"\bif\s+(not\s+)?exists\b", execution.statement.body, re.I) is not None


def drop_partition(runner, execution, names, table):
    for values in partition_clauses(execution.statement.rest, table):
        try:
            runner.sandbox.glue.delete_partition_as(
                execution.caller, names.catalog_id, names.database, names.table, list(values),
                via_athena=True)
        except ServiceError as error:
            if error.code != "EntityNotFoundException":
                raise denied(error) from None
            if not if_clause_anywhere(execution):
                raise hive_failed("NoSuchObjectException", "Partition not found") from None
    return nothing(runner, execution)


ALTERATIONS = {
    "ALTER_TABLE_ADD_COLUMN": add_columns, "ALTER_TABLE_REPLACE_COLUMN": replace_columns,
    "ALTER_TABLE_DROP_COLUMN": drop_column, "ALTER_TABLE_CHANGE_COLUMN": change_column,
    "ALTER_TABLE_PROPERTIES": set_properties, "ALTER_TABLE_SET_LOCATION": set_location,
    "ALTER_TABLE_RENAME": rename, "ALTER_TABLE_ADD_PARTITION": add_partition,
    "ALTER_TABLE_DROP_PARTITION": drop_partition,
}


def msck(runner, execution):
    names = Names(runner, execution)
    table = find_table(runner, execution, names)
    if not table.get("PartitionKeys"):
        raise hive_failed("SemanticException", f"Table {names.table} is not a partitioned table", 1003)
    try:
        new = register(runner, execution, table, names, folder_partitions(runner.sandbox, table))
    except ServiceError as error:
        raise denied(error) from None
    keys = [c["Name"] for c in table["PartitionKeys"]]
    shown = [names.table + ":" + "/".join(f"{k}={v}" for k, v in zip(keys, values)) for values in new]
    lines = []
    if shown:
        lines.append("Partitions not in metastore:\t" + "\t".join(shown))
        lines += [f"Repair: Added partition to metastore {s}" for s in shown]
    body = "\n".join(lines)
    runner.write(execution, f"{execution.id}.txt", body.encode(), OCTETS)
    runner.companion(execution, f"{execution.id}.txt", [], own_id=True)
    return ResultSet([], ListRows([]), None)


def nothing_to_do(runner, execution):
    """OPTIMIZE and VACUUM: the tables of the sandbox are rewritten whole, so nothing is left to do."""
    names = Names(runner, execution)
    table = find_table(runner, execution, names)
    if not is_iceberg(table):
        raise QueryFailure("NOT_SUPPORTED", "line 1:1: This operation is only supported for Iceberg "
                           "tables")
    if execution.statement.route == "optimize":
        columns = [("rows", t.BIGINT)]
        runner.companion(execution, f"tables/{execution.id}", columns, "CREATE TABLE", 0)
        return ResultSet(columns, ListRows([]), 0)
    return nothing(runner, execution)
