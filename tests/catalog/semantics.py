#!/usr/bin/env python3
"""What the standard says about names, patterns, types, order and empty arguments, on tables that try to break it. The world is
tests/worlds/sources.yaml; the tables are put into it as Glue hands them out."""
from asking import Failure, columns, statistics, tables
from listing import Connection, control, data_source
from promise import AREA, finish, promise, same

AREA[0] = "catalog semantics"
ACCOUNT = "222233334444"
NAMES = ["it's", 'quo"ted', "dotted.name", "100%", "100 percent", "back\\slash", "under_score", "underxscore", "naïve", "日本語", "with space",
         "semi;colon", "a*b", "a+b", "dollar$", "[brackets]", "plain", "(paren)|or", "emoji😀", "select"]
BIG = "struct<" + ",".join(f"field_{n:05d}:struct<a:int,b:array<string>,c:map<string,double>>" for n in range(1900)) + ">"
DEEP = "array<" * 150 + "int" + ">" * 150


def column(name, kind, **more):
    return {"Name": name, "Type": kind, **more}


def table(name, kind="EXTERNAL_TABLE", own=(("id", "bigint"),), keys=(), **more):
    return {"Name": name, "TableType": kind, "StorageDescriptor": {"Columns": [column(*c) for c in own]},
            "PartitionKeys": [column(*k) for k in keys], **more}


ICEBERG = table("iceberg", Parameters={"table_type": "ICEBERG"})
ICEBERG["StorageDescriptor"]["Columns"] = [
    column("id", "bigint", Parameters={"iceberg.field.current": "true", "iceberg.field.id": "1"}),
    column("dropped", "string", Parameters={"iceberg.field.current": "false", "iceberg.field.id": "2"}),
    column("added", "timestamp", Parameters={"iceberg.field.current": "true", "iceberg.field.id": "3"})]
EVERY = ["boolean", "tinyint", "smallint", "int", "integer", "bigint", "float", "real", "double", "decimal(12,3)", "decimal", "char(7)", "varchar(40)",
         "string", "binary", "date", "timestamp", "timestamp(3) with time zone", "time", "uuid", "json", "array<int>", "map<string,int>", "struct<a:int>",
         "uniontype<int,string>", "geometry"]
STATISTICS = {"hive": {"numRows": "12", "totalSize": "8193"}, "crawled": {"recordCount": "99", "sizeKey": "4096"}, "unknown": {"numRows": "-1"},
              "rows_only": {"numRows": "5"}, "size_only": {"totalSize": "1"}, "nonsense": {"numRows": "many"}, "preferred": {"numRows": "1", "recordCount": "2"},
              "fallen_back": {"numRows": "-1", "recordCount": "3"}, "none": {}}

for database, made in {
    "odd": [table(name) for name in NAMES],
    "Ünï%côdé": [table("t")],
    "kinds": [table("external"), table("managed", "MANAGED_TABLE"), table("view", "VIRTUAL_VIEW", ViewOriginalText="/* Presto View: e30= */"),
              table("governed", "GOVERNED"), table("nameless", ""), ICEBERG,
              table("parted", own=(("id", "bigint"),), keys=(("year", "int"), ("month", "string"))),
              table("big", own=(("before", "int"), ("huge", BIG), ("deep", DEEP), ("after", "int"))),
              table("every", own=[(f"c{n:02d}", kind) for n, kind in enumerate(EVERY)]),
              table("odd columns", own=[(name, "int") for name in NAMES])],
    "counted": [table(name, Parameters=parameters) for name, parameters in STATISTICS.items()],
}.items():
    control("POST", "glue", {"catalog": ACCOUNT, "database": database, "tables": made})
data_source("semantics", ACCOUNT, MetadataCacheTTL="0", Schema="odd")
data_source("semantics_remembered", ACCOUNT, Schema="odd")
own, remembering = Connection("DSN=semantics"), Connection("DSN=semantics_remembered")


def escaped(name):
    return name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def named(asked):
    return asked.column("table_name")


@promise("every odd name is found by its escaped pattern, alone, for one GetTable; the same from memory")
def patterns():
    tables(remembering, None, "odd")
    for name in NAMES:
        found = tables(own, None, "odd", escaped(name))
        same((named(found), found.made), ([name], {"glue:GetTable": 1}), name)
        same(named(tables(remembering, None, "odd", escaped(name))), [name], name)


@promise("every odd name is found as an identifier, delimited and (where it may) bare")
def identifiers():
    for name in NAMES:
        same(named(tables(own, "AwsDataCatalog", "odd", quoted(name), identifiers=True)), [name], name)
        if not name.startswith('"'):
            same(named(tables(own, "AwsDataCatalog", "ODD  ", name + "  ", identifiers=True)), [name], name)


@promise("what is wild in a pattern is wild, what is escaped is not: prefixes with odd characters lose nothing")
def wild():
    for pattern, want in (("100%", ["100 percent", "100%"]), ("100\\%%", ["100%"]), ("under_score", ["under_score", "underxscore"]),
                          ("under\\_%", ["under_score"]), ("a_b", ["a*b", "a+b"]), ("a+%", ["a+b"]), ("a*%", ["a*b"]), ("%\\\\%", ["back\\slash"]),
                          ("back\\\\_lash", ["back\\slash"]), ("na_ve", ["naïve"]), ("日__", ["日本語"]), ("emoji_", ["emoji😀"]), ("[%", ["[brackets]"]),
                          ("(%", ["(paren)|or"]), ("%.%", ["dotted.name"]), ("dollar_", ["dollar$"]), ("%'%", ["it's"]), ('%"%', ['quo"ted']),
                          ("plain_", []), ("pl%n", ["plain"]), ("PL%", ["plain"]), ("sel%ct", ["select"])):
        same(named(tables(own, None, "odd", pattern)), sorted(want), pattern)
        same(named(tables(remembering, None, "odd", pattern)), sorted(want), f"{pattern} from memory")


@promise("odd column names are found by pattern and as identifiers, with the ordinals of the whole table")
def odd_columns():
    for ordinal, name in enumerate(NAMES, 1):
        for found in (columns(own, None, "kinds", "odd columns", escaped(name)),
                      columns(own, "AwsDataCatalog", "kinds", '"odd columns"', quoted(name), identifiers=True)):
            same([(row["column_name"], row["ordinal_position"]) for row in found.rows], [(name, str(ordinal))], name)


@promise("a database of letters beyond ASCII is found in either case of them, and is no link because of it")
def unicode_schema():
    for schema in ("ünï\\%côdé", "ÜNÏ\\%CÔDÉ", "_nï\\%c%"):
        found = tables(own, None, schema)
        same([(row["table_name"], row["remarks"]) for row in found.rows], [("t", "[EXTERNAL_TABLE]")], schema)


@promise("names compare without case, as the services do; case in the answer is the catalog's")
def case():
    same(named(tables(own, None, "ODD", "PLAIN")), ["plain"])
    same(tables(own, None, "ODD", "Plain").column("table_schem"), ["odd"])
    same(tables(own, "AWSDATACATALOG", "odd", "plain").column("table_cat"), ["AwsDataCatalog"])


@promise("a null identifier is refused: HY009")
def null_identifier():
    try:
        tables(own, "AwsDataCatalog", None, "plain", identifiers=True)
    except Failure as failure:
        same(failure.records[0][0], "HY009")
    else:
        raise AssertionError("no failure")


@promise("empty texts filter nothing, as with the other drivers: catalog, schema, table and column")
def empty():
    everything = tables(own).rows
    same(tables(own, "", "", "").rows, everything)
    same(tables(own, "", "odd", "").rows, [row for row in everything if row["table_schem"] == "odd"])
    same(len(columns(own, "", "kinds", "parted", "").rows), 3)
    same(len(columns(own, None, "kinds", "parted", "%").rows), 3)


@promise("the enumerations: all catalogs, all schemas, all table types, each with its other columns null")
def enumerations():
    found = tables(own, "", "", "", "%").rows
    same([tuple(row.values()) for row in found], [(None, None, None, "TABLE", None), (None, None, None, "VIEW", None)])
    found = tables(own, "", "%", "").rows
    assert {"odd", "kinds", "counted", "sales"} <= {row["table_schem"] for row in found}
    same({(row["table_cat"], row["table_name"], row["table_type"]) for row in found}, {(None, None, None)})
    found = tables(own, "%", "", "").rows
    same([tuple(row.values()) for row in found], [("AwsDataCatalog", None, None, None, None)])


@promise("table types: what is external, managed, governed or says nothing is a TABLE, a view is a VIEW; Glue's word is the remark")
def types():
    found = {row["table_name"]: (row["table_type"], row["remarks"]) for row in tables(own, None, "kinds").rows}
    same({name: found[name] for name in ("external", "managed", "view", "governed", "nameless")},
         {"external": ("TABLE", "[EXTERNAL_TABLE]"), "managed": ("TABLE", "[MANAGED_TABLE]"), "view": ("VIEW", "[VIRTUAL_VIEW]"),
          "governed": ("TABLE", "[GOVERNED]"), "nameless": ("TABLE", None)})


@promise("lists of types: quoted or not, blanks, any case; a type that does not exist matches nothing and costs nothing")
def type_lists():
    everything = len(tables(own, None, "kinds").rows)
    for types_wanted, count in (("VIEW", 1), ("'VIEW'", 1), ("view", 1), ("TABLE", everything - 1), ("TABLE,VIEW", everything), ("'TABLE', 'VIEW'", everything),
                                (" VIEW , SYSTEM TABLE", 1), ("%", everything), ("", everything), ("SYSTEM TABLE", 0), ("EXTERNAL_TABLE", 0), ("TABL", 0)):
        found = tables(own, None, "kinds", None, types_wanted)
        same(len(found.rows), count, types_wanted)
        if count == 0:
            same(found.made, {}, types_wanted)


@promise("order: tables by type, catalog, schema, name; columns by catalog, schema, table, ordinal")
def order():
    rows = [(row["table_type"], row["table_cat"], row["table_schem"].encode(), row["table_name"].encode()) for row in tables(own).rows]
    same(rows, sorted(rows))
    rows = [(row["table_cat"], row["table_schem"].encode(), row["table_name"].encode(), int(row["ordinal_position"])) for row in columns(own, None, "%").rows]
    same(rows, sorted(rows))


@promise("a struct of a hundred kilobytes keeps its whole text, and the columns beside it are right; 150 levels of arrays too")
def big():
    assert len(BIG) > 100_000
    found = columns(own, None, "kinds", "big").rows
    same([(row["column_name"], row["ordinal_position"]) for row in found], [("before", "1"), ("huge", "2"), ("deep", "3"), ("after", "4")])
    same(found[1]["type_name"] == BIG, True, "text of the struct")
    same(found[2]["type_name"] == DEEP, True, "text of the arrays")
    same((found[0]["data_type"], found[3]["data_type"]), ("4", "4"))
    same(found[1]["data_type"], found[2]["data_type"])


@promise("columns that an Iceberg table has dropped are not shown, and leave no gap in the ordinals")
def iceberg():
    found = columns(own, None, "kinds", "iceberg").rows
    same([(row["column_name"], row["ordinal_position"], row["type_name"]) for row in found], [("id", "1", "bigint"), ("added", "2", "timestamp")])


@promise("partition keys come last and are marked")
def partitions():
    found = columns(own, None, "kinds", "parted").rows
    same([(row["column_name"], row["remarks"]) for row in found], [("id", None), ("year", "[partition key]"), ("month", "[partition key]")])


@promise("every type of Hive and Trino: SQL type, size, digits, radix, octets, nullability; unknown ones are text under their own name")
def every_type():
    found = dict(zip(EVERY, columns(own, None, "kinds", "every").rows, strict=True))
    for name, want in {
        "boolean": ("-7", "1", None, None, None), "tinyint": ("-6", "3", "0", "10", None), "smallint": ("5", "5", "0", "10", None),
        "int": ("4", "10", "0", "10", None), "integer": ("4", "10", "0", "10", None), "bigint": ("-5", "19", "0", "10", None),
        "double": ("8", "15", None, "10", None), "real": ("7", "7", None, "10", None), "decimal(12,3)": ("3", "12", "3", "10", None),
        "decimal": ("3", "10", "0", "10", None), "char(7)": ("1", "7", None, None, "28"), "varchar(40)": ("12", "40", None, None, "160"),
        "date": ("91", "10", None, None, None), "timestamp": ("93", "29", "9", None, None), "time": ("92", "18", "9", None, None),
        "uuid": ("-11", "36", None, None, None),
    }.items():
        same(tuple(found[name][key] for key in ("data_type", "column_size", "decimal_digits", "num_prec_radix", "char_octet_length")), want, name)
    same({found[name]["data_type"] for name in ("geometry", "uniontype<int,string>", "array<int>", "map<string,int>", "struct<a:int>")},
         {found["json"]["data_type"]})
    same([found[name]["type_name"] for name in ("geometry", "uniontype<int,string>")], ["geometry", "uniontype<int,string>"])
    same({(row["nullable"], row["is_nullable"]) for row in found.values()}, {("1", "YES")})


@promise("statistics: rows and pages of 4 KiB from what Hive or a crawler counted; nothing is made up")
def counted():
    for name, want in {"hive": [("12", "3")], "crawled": [("99", "1")], "unknown": [], "rows_only": [("5", None)], "size_only": [(None, "1")],
                       "nonsense": [], "preferred": [("1", None)], "fallen_back": [("3", None)], "none": []}.items():
        found = statistics(own, None, "counted", name)
        same([(row["cardinality"], row["pages"]) for row in found.rows], want, name)
        same(found.made, {"glue:GetTable": 1}, name)
        for row in found.rows:
            same((row["type"], row["non_unique"], row["index_name"], row["column_name"]), ("0", None, None, None), name)


finish()
