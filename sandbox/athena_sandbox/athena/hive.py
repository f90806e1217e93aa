"""SHOW and DESCRIBE in Hive's shapes, from the catalog."""
from __future__ import annotations

import re

from ..contract import ServiceError
from ..engine.catalog import (DEFAULT_CATALOG, column_type, is_iceberg, is_view, live_columns,
                              view_body)
from ..engine.errors import QueryFailure
from ..format import csvtext, metadata, types as t
from .executions import BINARY, OCTETS
from .results import CsvRows, ListRows, ResultSet

S = t.STRING
V = t.VARCHAR

COLUMNS = {
    "show_tables": [("tab_name", S)],
    "show_databases": [("database_name", S)],
    "show_views": [("views", V)],
    "show_partitions": [("partition", S)],
    "show_tblproperties": [("prpt_name", S), ("prpt_value", S)],
    "show_columns": [("field", S)],
    "show_create_table": [("createtab_stmt", S)],
    "show_create_view": [("create view", V)],
    "describe": [("col_name", S), ("data_type", S), ("comment", S)],
    "desc_view": [("column", V), ("type", V)],
}

# Lengths of the companions that cannot be read.
UNREADABLE = {"show_tables": 312, "show_databases": 332, "show_columns": 312, "show_partitions": 312,
              "show_tblproperties": 440, "show_create_view": 332, "show_create_table": 332,
              "describe": 568, "desc_view": 460}


def hive_missing_table(database, name):
    return QueryFailure(
        "HIVE", "", error_type=1502, category=1, hive=True,
        reason=f"FAILED: SemanticException [Error 10001]: Table not found {database}.{name}",
        error_message=f"Table not found {database}.{name}")


def hive_missing_database(name):
    return QueryFailure(
        "HIVE", "", error_type=1502, category=1, hive=True,
        reason=f"FAILED: SemanticException [Error 10072]: Database does not exist: {name}",
        error_message=f"Database does not exist: {name}")


def hive_failed(error_class, message, error_type=1006, category=2):
    return QueryFailure(
        "HIVE", "", error_type=error_type, category=category, hive=True,
        reason=f"FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. "
        f"{error_class}(message:{message})", error_message=message)


def denied(error):
    return QueryFailure("ACCESS_DENIED", "", error_type=1500, hive=True,
                        reason="FAILED: SemanticException Insufficient permissions to execute the "
                        f"query. {error.message}",
                        error_message=f"Insufficient permissions to execute the query. {error.message}")


class Names:
    """Catalog id, database and table that a statement names, with the context's defaults.

    A context catalog that does not exist is ignored here, as Athena does for these statements.
    """

    def __init__(self, runner, execution, parts=None):
        parts = execution.statement.name if parts is None else parts
        known = {k.lower(): v for k, v in
                 runner.service.catalogs.glue_ids(execution.caller.account).items()}
        catalog = parts[-3] if len(parts) > 2 else \
            (execution.context.get("Catalog") or DEFAULT_CATALOG).lower()
        self.catalog = catalog if catalog in known else DEFAULT_CATALOG
        self.catalog_id = known.get(catalog)
        self.database = parts[-2] if len(parts) > 1 else \
            (execution.context.get("Database") or "default").lower()
        self.table = parts[-1] if parts else None


def find_table(runner, execution, names):
    """The Glue table, or a Hive failure."""
    glue = runner.sandbox.glue
    try:
        return glue.get_table_as(execution.caller, names.catalog_id, names.database, names.table,
                                 via_athena=True)
    except ServiceError as error:
        if error.code != "EntityNotFoundException":
            raise denied(error) from None
    raise hive_missing_table(names.database, names.table)


def check_database(runner, execution, names):
    try:
        return runner.sandbox.glue.get_database_as(execution.caller, names.catalog_id,
                                                   names.database, via_athena=True)
    except ServiceError as error:
        if error.code == "EntityNotFoundException":
            raise hive_missing_database(names.database) from None
        raise denied(error) from None


def like_pattern(rest):
    """The pattern of LIKE 'x' or a bare 'x'; None when there is none."""
    found = re.search(r"(?:\blike\s+)?'((?:[^']|'')*)'\s*$", rest, re.I)
    return found.group(1).replace("''", "'") if found else None


def matching(names, pattern):
    """A Java-like regular expression on the whole name; `*` stands for anything, `|` separates."""
    if pattern is None:
        return list(names)
    body = "|".join(p.replace("*", ".*") for p in pattern.split("|"))
    try:
        compiled = re.compile(f"(?:{body})", re.I)
    except re.error:
        return []
    return [n for n in names if compiled.fullmatch(n)]


def finish(runner, execution, key, lines, companion="unreadable", update_count=0):
    """Rows of one datum each, written as a text without a final newline."""
    rows = [line for text in lines for line in text.split("\n")]
    columns = COLUMNS[key]
    name = f"{execution.id}.txt"
    body = "\n".join(rows).encode()
    runner.write(execution, name, body, BINARY)
    if companion == "unreadable":
        runner.write(execution, name + ".metadata", metadata.unreadable(UNREADABLE[key]))
    else:
        runner.companion(execution, name, columns, own_id=companion == "own")
    execution.rows_out, execution.bytes_out = len(rows), len(body)
    return ResultSet(columns, ListRows([[r] for r in rows]), update_count, joined=len(columns) > 1)


def show_databases(runner, execution):
    names = Names(runner, execution, [])
    try:
        every = [d["Name"] for d in runner.sandbox.glue.get_databases_as(
            execution.caller, names.catalog_id, via_athena=True)]
    except ServiceError as error:
        raise denied(error) from None
    found = matching(sorted(every), like_pattern(execution.statement.rest))
    return finish(runner, execution, "show_databases", found)


def in_database(rest):
    from .statements import NAME, parts_of
    found = re.match(rf"\s*(?:in|from)\s+{NAME}(.*)", rest, re.I | re.S)
    return (parts_of(found.group(1)), found.group(2)) if found else ([], rest)


def tables_of(runner, execution, wanted):
    parts, rest = in_database(execution.statement.rest)
    names = Names(runner, execution, parts + ["x"] if parts else ["x"])
    check_database(runner, execution, names)
    try:
        tables = runner.sandbox.glue.get_tables_as(execution.caller, names.catalog_id,
                                                   names.database, via_athena=True)
    except ServiceError as error:
        raise denied(error) from None
    return matching(sorted(x["Name"] for x in tables if wanted(x)), like_pattern(rest))


def show_tables(runner, execution):
    return finish(runner, execution, "show_tables", tables_of(runner, execution, lambda x: True))


def show_views(runner, execution):
    found = tables_of(runner, execution, is_view)
    return finish(runner, execution, "show_views", found, "engine")


def every_column(table):
    return live_columns(table) + (table.get("PartitionKeys") or [])


def pad(text):
    return text.ljust(20)


def view_rows(table):
    body = view_body(table)
    return [f"{c['name']}\t{t.trino_name(t.parse_type(c['type']))}" for c in body["columns"]]


def show_columns(runner, execution):
    parts, _ = in_database(execution.statement.rest)
    names = Names(runner, execution, parts + execution.statement.name[-1:] if parts else None)
    table = find_table(runner, execution, names)
    if is_view(table):
        execution.sub = "DESC_VIEW"
        return finish(runner, execution, "desc_view", view_rows(table))
    rows = [c["Name"] if is_iceberg(table) else pad(c["Name"]) for c in every_column(table)]
    return finish(runner, execution, "show_columns", rows)


def comment_text(column):
    return (column.get("Comment") or "").split("\t")[0]


def describe(runner, execution):
    names = Names(runner, execution)
    table = find_table(runner, execution, names)
    if is_view(table):
        execution.sub = "DESC_VIEW"
        return finish(runner, execution, "desc_view", view_rows(table))
    if is_iceberg(table):
        return finish(runner, execution, "describe", iceberg_description(table))
    rows = ["\t".join(pad(x) for x in (c["Name"], c.get("Type", "string"), comment_text(c)))
            for c in every_column(table)]
    keys = table.get("PartitionKeys") or []
    if keys:
        rows += ["\t \t ", "# Partition Information\t \t ",
                 "\t".join(pad(x) for x in ("# col_name", "data_type", "comment")), "\t \t "]
        rows += ["\t".join(pad(x) for x in (c["Name"], c.get("Type", "string"), comment_text(c)))
                 for c in keys]
    return finish(runner, execution, "describe", rows, "own", None)


def iceberg_description(table):
    rows = ["# Table schema:\t\t", "# col_name\tdata_type\tcomment"]
    for column in every_column(table):
        kind = t.hive_name(column_type(column["Type"], True), blanks=True)
        rows.append(f"{column['Name']}\t{kind}\t{comment_text(column)}")
    rows += ["\t\t", "# Partition spec:\t\t", "# field_name\tfield_transform\tcolumn_name"]
    for spec in (table.get("Parameters") or {}).get("athena.partition_spec", "").split(","):
        if spec:
            column, _, transform = spec.partition(":")
            transform = transform or "identity"
            field = column if transform == "identity" else f"{column}_{transform.split('[')[0]}"
            rows.append(f"{field}\t{transform}\t{column}")
    return rows


def partitions_of(runner, execution, table, names):
    """Partition value lists, from Glue where it keeps them, else from the folders."""
    from .partitions import known_partitions
    return known_partitions(runner, execution, table, names)


def show_partitions(runner, execution):
    names = Names(runner, execution)
    table = find_table(runner, execution, names)
    keys = [c["Name"] for c in table.get("PartitionKeys") or []]
    if not keys:
        raise hive_failed("SemanticException", f"{names.database}.{names.table} is not a partitioned "
                          "table", 1006)
    rows = ["/".join(f"{k}={'__HIVE_DEFAULT_PARTITION__' if v is None else v}"
                     for k, v in zip(keys, values))
            for values in partitions_of(runner, execution, table, names)]
    return finish(runner, execution, "show_partitions", sorted(rows))


def show_tblproperties(runner, execution):
    table = find_table(runner, execution, Names(runner, execution))
    parameters = dict(table.get("Parameters") or {})
    found = re.search(r"\(\s*'([^']*)'\s*\)", execution.statement.rest)
    if found:
        parameters = {k: v for k, v in parameters.items() if k == found.group(1)}
    rows = [f"{k}\t{v}" for k, v in sorted(parameters.items())]
    return finish(runner, execution, "show_tblproperties", rows)


FORMATS = {"parquet": ("org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
                       "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
                       "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat")}


def create_table_lines(table, names):
    descriptor = table.get("StorageDescriptor") or {}
    iceberg = is_iceberg(table)
    shown = f"{names.database}.{names.table}" if iceberg else f"`{names.database}.{names.table}`"
    lines = [f"CREATE {'' if iceberg else 'EXTERNAL '}TABLE {shown}("]

    def column_lines(columns):
        out = []
        for number, column in enumerate(columns):
            comment = f" COMMENT '{column['Comment']}'" if column.get("Comment") else ""
            kind = column.get("Type", "string")
            if iceberg:
                kind = t.hive_name(column_type(kind, True))
            name = column["Name"] if iceberg else f"`{column['Name']}`"
            out.append(f"  {name} {kind}{comment}" + (", " if number < len(columns) - 1 else ")"))
        return out

    lines += column_lines(live_columns(table))
    if table.get("Description") or (table.get("Parameters") or {}).get("comment"):
        comment = (table.get("Parameters") or {}).get("comment") or table["Description"]
        lines += ["COMMENT", f"  '{comment}'"]
    if table.get("PartitionKeys"):
        lines += ["PARTITIONED BY ( "] + column_lines(table["PartitionKeys"])
    if not iceberg:
        serde = descriptor.get("SerdeInfo") or {}
        lines += ["ROW FORMAT SERDE ", f"  '{serde.get('SerializationLibrary', '')}' "]
        if serde.get("Parameters"):
            lines += ["WITH SERDEPROPERTIES ( "] + property_lines(serde["Parameters"])
        lines += ["STORED AS INPUTFORMAT ", f"  '{descriptor.get('InputFormat', '')}' ",
                  "OUTPUTFORMAT ", f"  '{descriptor.get('OutputFormat', '')}'"]
    lines += ["LOCATION", f"  '{descriptor.get('Location', '').rstrip('/')}'"]
    properties = {k: v for k, v in (table.get("Parameters") or {}).items()
                  if k not in ("comment", "EXTERNAL", "athena.partition_spec")}
    if iceberg:
        properties = {**{"table_type": "iceberg"}, **{k: v for k, v in properties.items()
                                                      if k not in ("table_type", "metadata_location")}}
    if properties:
        lines += ["TBLPROPERTIES ("] + property_lines(properties)
    return lines


def property_lines(properties):
    items = sorted(properties.items())
    return [f"  '{k}'='{v}'" + (", " if n < len(items) - 1 else ")") for n, (k, v) in enumerate(items)]


def show_create_table(runner, execution):
    names = Names(runner, execution)
    table = find_table(runner, execution, names)
    iceberg = is_iceberg(table)
    return finish(runner, execution, "show_create_table", create_table_lines(table, names),
                  "unreadable" if iceberg else "own", 0 if iceberg else None)


def show_create_view(runner, execution):
    names = Names(runner, execution)
    table = find_table(runner, execution, names)
    body = view_body(table) if is_view(table) else None
    if body is None:
        raise QueryFailure("NOT_SUPPORTED", f"line 1:1: Relation '{names.catalog}.{names.database}."
                           f"{names.table}' is a table, not a view")
    text = f"CREATE VIEW {names.database}.{names.table} AS\n{body['originalSql']}"
    return finish(runner, execution, "show_create_view", text.split("\n"))


FUNCTION_COLUMNS = [(n, V if n != "Deterministic" else t.BOOLEAN) for n in
                    ("Function", "Return Type", "Argument Types", "Function Type", "Deterministic",
                     "Description")]
FUNCTIONS = [
    ("abs", "double", "double", "scalar", "true", "absolute value"),
    ("approx_distinct", "bigint", "T", "aggregate", "true", ""),
    ("array_agg", "array(T)", "T", "aggregate", "true", "return an array of values"),
    ("avg", "double", "bigint", "aggregate", "true", ""),
    ("cardinality", "bigint", "array(E)", "scalar", "true", "Returns the cardinality (length) of the array"),
    ("ceil", "double", "double", "scalar", "true", "round up to nearest integer"),
    ("coalesce", "T", "T", "scalar", "true", ""),
    ("concat", "varchar", "varchar", "scalar", "true", "concatenates given strings"),
    ("count", "bigint", "T", "aggregate", "true", "Counts the non-null values"),
    ("date_diff", "bigint", "varchar(x), date, date", "scalar", "true", "difference of the given dates in the given unit"),
    ("date_trunc", "date", "varchar(x), date", "scalar", "true", "truncate to the specified precision in the session timezone"),
    ("lower", "varchar(x)", "varchar(x)", "scalar", "true", "converts the string to lower case"),
    ("max", "T", "T", "aggregate", "true", "Returns the maximum value of the argument"),
    ("min", "T", "T", "aggregate", "true", "Returns the minimum value of the argument"),
    ("row_number", "bigint", "", "window", "true", ""),
    ("sum", "bigint", "bigint", "aggregate", "true", ""),
    ("upper", "varchar(x)", "varchar(x)", "scalar", "true", "converts the string to upper case"),
]


def show_functions(runner, execution):
    pattern = like_pattern(execution.statement.rest)
    kept = [f for f in FUNCTIONS if pattern is None or re.fullmatch(
        re.escape(pattern).replace("%", ".*").replace("_", "."), f[0])]
    path = runner.place(execution)
    body = csvtext.record([n for n, _ in FUNCTION_COLUMNS])
    body += "".join(csvtext.record(f) for f in kept)
    path.write_text(body, encoding="utf-8", newline="")
    name = f"{execution.id}.csv"
    runner.write(execution, name, body.encode(), OCTETS)
    runner.companion(execution, name, FUNCTION_COLUMNS)
    return ResultSet(FUNCTION_COLUMNS, CsvRows(path, 6), 0)
