#!/usr/bin/env python3
"""Where tables come from: Glue, catalogs nested in it, data sources of Athena, links of a data mesh; and what is told when one of the services
refuses. The world is tests/worlds/sources.yaml."""
from asking import columns, statistics, tables
from listing import Connection, Faults, control, data_source, role
from odbc import LIBRARY, NTS
from promise import AREA, finish, promise, same

AREA[0] = "catalog sources"
CURRENT_CATALOG = 109
CONSUMER = "222233334444"
PLAIN = {"MetadataCacheTTL": "0", "Schema": "sales"}
SOURCES = {
    "own": {},
    "wide": {"QueryExternalCatalogs": "1"},
    "wide_remembered": {"QueryExternalCatalogs": "1", "MetadataCacheTTL": "60"},
    "wide_glue": {"QueryExternalCatalogs": "1", "MetadataRetrievalMethod": "Glue"},
    "wide_athena": {"QueryExternalCatalogs": "1", "MetadataRetrievalMethod": "ProxyAPI"},
    "single": {"QueryExternalCatalogs": "1", "UseSingleCatalogAndSchema": "1"},
    "bucket": {"Catalog": "s3tablescatalog/warehouse", "Schema": "ns"},
    "single_bucket": {"Catalog": "s3tablescatalog/warehouse", "Schema": "ns", "UseSingleCatalogAndSchema": "1"},
    "of_partner": {"GlueCatalogId": "333344445555"},
    "seed": {"ConsumerAccountRoleArn": role(CONSUMER, "AthenaConsumerSeed"), "QueryExternalCatalogs": "1"},
    "through": {"ConsumerAccountRoleArn": role(CONSUMER, "AthenaConsumerThroughAthena")},
    "through_glue": {"ConsumerAccountRoleArn": role(CONSUMER, "AthenaConsumerThroughAthena"), "MetadataRetrievalMethod": "Glue"},
    "one_database": {"ConsumerAccountRoleArn": role(CONSUMER, "AthenaConsumerOneDatabase")},
    "blind": {"ConsumerAccountRoleArn": role(CONSUMER, "AthenaConsumerBlind")},
}
for name, keys in SOURCES.items():
    data_source(name, CONSUMER, **{**PLAIN, **keys})
connected = {}


def on(name):
    if name not in connected:
        connected[name] = Connection(f"DSN={name}")
    return connected[name]


def names(asked):
    return [(row["table_cat"], row["table_schem"], row["table_name"]) for row in asked.rows]


NESTED = ["dynamo", "s3tablescatalog/lake.eu", "s3tablescatalog/warehouse"]
REGISTERED = ["broken", "forbidden", "metastore", "mysql", "partner", "sales_force"]


# --- catalogs ----------------------------------------------------------------------------------------------------------------------------

@promise("the enumeration of catalogs names data sources, and nested catalogs as queries address them, for one call to each service")
def enumeration():
    found = tables(on("wide"), "%", "", "")
    same(found.column("table_cat"), sorted(["AwsDataCatalog", *NESTED, *REGISTERED]))
    same(found.made, {"athena:ListDataCatalogs": 1, "glue:GetCatalogs": 1})
    same(found.notes, [])


@promise("the list of catalogs is remembered")
def enumeration_remembered():
    tables(on("wide_remembered"), "%", "", "")
    same(tables(on("wide_remembered"), "%", "", "").made, {})


@promise("without QueryExternalCatalogs only the data source's own catalog is shown, and nobody is asked for catalogs")
def narrow():
    found = tables(on("own"), "%", "", "")
    same((found.column("table_cat"), found.made), (["AwsDataCatalog"], {}))


@promise("a catalog nested in Glue is listed by Glue under its account's id, schema by schema and table by table")
def nested():
    found = tables(on("own"), "s3tablescatalog/warehouse")
    same(names(found), [("s3tablescatalog/warehouse", "ns", f"t_0000{n}") for n in range(3)])
    same(found.made, {"glue:GetDatabases": 1, "glue:GetTables": 1})
    one = columns(on("own"), "s3tablescatalog/lake.eu", "ns", "t\\_00000")
    same((one.column("column_name"), one.made), (["c00", "c01"], {"glue:GetTable": 1}))
    same(set(one.column("table_cat")), {"s3tablescatalog/lake.eu"})


@promise("the connection's current catalog is the one that is listed; with UseSingleCatalogAndSchema it stays the data source's")
def current():
    for name, rows in (("own", {("metastore", "old", "logs")}), ("single", None)):
        connection = Connection(f"DSN={name}")
        LIBRARY.SQLSetConnectAttr(connection.dbc.handle, CURRENT_CATALOG, b"metastore", NTS)
        found = set(names(tables(connection)))
        assert found == rows if rows else {row[0] for row in found} == {"AwsDataCatalog"}, found


@promise("a nested catalog's tables are queried by the very names that are listed, and as the data source's own catalog")
def nested_query():
    control("POST", "glue", {"catalog": f"{CONSUMER}:s3tablescatalog/warehouse", "database": "ns", "tables": [{
        "Name": "orders", "TableType": "EXTERNAL_TABLE", "Parameters": {"classification": "csv"}, "StorageDescriptor": {
            "Columns": [{"Name": "id", "Type": "int"}, {"Name": "name", "Type": "string"}], "Location": "s3://consumer-data/orders/",
            "InputFormat": "org.apache.hadoop.mapred.TextInputFormat", "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
            "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.serde2.OpenCSVSerde", "Parameters": {"separatorChar": ","}}}}]})
    catalog, schema, table = names(tables(on("own"), "s3tablescatalog/warehouse", "ns", "orders"))[0]
    same(on("own").query(f'SELECT id, name FROM "{catalog}"."{schema}"."{table}" ORDER BY id'), [["1", "one"], ["2", "two"]])
    same(on("bucket").query("SELECT count(*) FROM orders"), [["2"]])
    control("POST", "glue", {"catalog": f"{CONSUMER}:s3tablescatalog/warehouse", "database": "ns", "drop": ["orders"]})


@promise("a nested catalog whose name has no slash is found when no data source has its name")
def nested_without_slash():
    found = tables(on("own"), "dynamo", "ddb")
    same([row[2] for row in names(found)], ["t_00000", "t_00001"])
    same(found.made, {"athena:GetDataCatalog": 1, "glue:GetTables": 1})


@promise("a nested catalog can be the data source's own")
def nested_as_own():
    same([row[2] for row in names(tables(on("bucket")))], ["t_00000", "t_00001", "t_00002"])
    same(names(tables(on("single_bucket"))), [("s3tablescatalog/warehouse", "ns", f"t_0000{n}") for n in range(3)])


@promise("a nested catalog that is not there has no tables, without an error")
def nested_missing():
    same(tables(on("own"), "s3tablescatalog/nothing").rows, [])


@promise("UseSingleCatalogAndSchema shows one catalog and one schema whatever is asked for")
def single():
    same(tables(on("single"), "%", "", "").column("table_cat"), ["AwsDataCatalog"])
    same(tables(on("single"), "", "%", "").column("table_schem"), ["sales"])
    same({row[:2] for row in names(tables(on("single")))}, {("AwsDataCatalog", "sales")})
    same(tables(on("single"), "mysql").rows, [])
    same(tables(on("single"), None, "mesh").rows, [])


@promise("GlueCatalogId lists another account's catalog as AwsDataCatalog")
def catalog_id():
    same(names(tables(on("of_partner"), None, "stock")), [("AwsDataCatalog", "stock", "p_00000"), ("AwsDataCatalog", "stock", "p_00001")])


# --- data sources of Athena --------------------------------------------------------------------------------------------------------------

@promise("a data source of type GLUE is listed from the account its catalog-id names")
def partner():
    found = tables(on("own"), "partner")
    same(names(found), [("partner", "stock", "p_00000"), ("partner", "stock", "p_00001")])
    same(found.made, {"athena:GetDataCatalog": 1, "glue:GetDatabases": 1, "glue:GetTables": 1})
    same(columns(on("own"), "partner", "stock", "p\\_00000").column("column_name"), ["c00", "c01"])


@promise("LAMBDA, HIVE and FEDERATED sources are listed by Athena")
def connectors():
    same(names(tables(on("own"), "mysql")), [("mysql", "shop", "order"), ("mysql", "shop", "orders")])
    same(names(tables(on("own"), "metastore")), [("metastore", "old", "logs")])
    same(names(tables(on("own"), "sales_force")), [("sales_force", "crm", "contacts")])
    found = tables(on("own"), "mysql", "shop", "ord%")
    same(([row[2] for row in names(found)], found.made), (["order", "orders"], {"athena:GetDataCatalog": 1, "athena:ListTableMetadata": 1}))


@promise("columns of one connector table cost one GetTableMetadata and have the types of Trino's names")
def connector_columns():
    found = columns(on("own"), "mysql", "shop", "orders")
    same(found.made, {"athena:GetDataCatalog": 1, "athena:GetTableMetadata": 1})
    same([(row["column_name"], row["type_name"]) for row in found.rows],
         [("id", "bigint"), ("full name", "varchar"), ("lines", "array(row(sku varchar, n integer))"), ("placed", "timestamp(3) with time zone"), ("day", "date")])
    same(found.rows[-1]["remarks"], "[partition key]")
    same([row["ordinal_position"] for row in found.rows], ["1", "2", "3", "4", "5"])


@promise("what a connector does not have is an empty list")
def connector_missing():
    for schema, table in (("nothing", None), ("shop", "nothing"), ("empty", None)):
        same(tables(on("own"), "mysql", schema, table).rows, [], f"{schema}.{table}")


@promise("all tables of all catalogs: connectors that cannot be asked are left out with a note each, the others are all there")
def everything():
    found = tables(on("wide"))
    same({row[0] for row in names(found)}, {"AwsDataCatalog", "metastore", "mysql", "partner", "sales_force", *NESTED})
    found.says("not reachable", "broken")
    found.says("lambda:InvokeFunction", "not-allowed")


@promise("MetadataRetrievalMethod=Glue asks Glue alone, ProxyAPI Athena alone")
def methods():
    same(tables(on("wide_glue"), "%", "", "").column("table_cat"), sorted(["AwsDataCatalog", *NESTED]))
    same(tables(on("wide_glue"), "%", "", "").made, {"glue:GetCatalogs": 1})
    refused = tables(on("wide_glue"), "mysql", "shop")
    same(refused.rows, [])
    refused.says("mysql", "MetadataRetrievalMethod=Glue")
    same(tables(on("wide_athena"), "%", "", "").column("table_cat"), sorted(["AwsDataCatalog", *REGISTERED]))
    found = tables(on("wide_athena"), None, "sales", "t%")
    same([row[2] for row in names(found)], ["t_00000", "t_00001"])
    assert not [call for call in found.made if call.startswith("glue:")], found.made
    same(columns(on("wide_athena"), "AwsDataCatalog", "sales", "t\\_00000").made, {"athena:GetTableMetadata": 1})


# --- who may not ---------------------------------------------------------------------------------------------------------------------------

@promise("account-level lists are denied to the least role: SQLTables works with AwsDataCatalog and names what is missing")
def seed():
    found = tables(on("seed"), "%", "", "")
    same(found.column("table_cat"), ["AwsDataCatalog"])
    found.says("athena:ListDataCatalogs")
    found.says("glue:GetCatalogs")
    assert ("AwsDataCatalog", "sales", "t_00000") in names(tables(on("seed")))


@promise("Glue is denied, Athena is allowed: the same tables and columns come from Athena, without a note")
def through_athena():
    found = tables(on("through"), None, "sales", "t\\_%")
    same(([row[2] for row in names(found)], found.notes), (["t_00000", "t_00001"], []))
    same(found.made, {"glue:GetTables": 1, "athena:ListTableMetadata": 1})
    same(sorted(set(tables(on("through"), "", "%", "").column("table_schem"))),
         ["hollow", "mesh", "mesh_closed", "mesh_empty", "mesh_far", "mesh_gone", "sales", "sales_archive"])
    same(columns(on("through"), None, "sales", "t\\_00000").made, {"glue:GetTable": 1, "athena:GetTableMetadata": 1})


@promise("MetadataRetrievalMethod=Glue does not fall back: the note names the action and the resource")
def no_fall_back():
    found = tables(on("through_glue"), None, "sales")
    same((found.rows, found.made), ([], {"glue:GetTables": 1, "glue:GetDatabase": 1}))      # the second: is it a link?
    found.says("glue:GetTables", f"arn:aws:glue:us-east-1:{CONSUMER}:catalog")


@promise("both services refuse: nothing is shown, and the missing rights of both are named")
def blind():
    found = tables(on("blind"), None, "sales")
    same(found.rows, [])
    found.says("glue:GetTables", f"arn:aws:glue:us-east-1:{CONSUMER}:catalog")
    found.says("athena:ListTableMetadata", f"arn:aws:athena:us-east-1:{CONSUMER}:datacatalog/AwsDataCatalog")
    found = columns(on("blind"), None, "sales", "t\\_00000")
    same(found.rows, [])
    found.says("glue:GetTable")
    found.says("athena:GetTableMetadata")


@promise("the list of databases is refused: the database that the data source names is listed, and the note says which right is missing")
def one_database():
    found = tables(on("one_database"))
    same({row[1] for row in names(found)}, {"sales"})
    assert ("AwsDataCatalog", "sales", "t_00001") in names(found)
    found.says("glue:GetDatabases", f"arn:aws:glue:us-east-1:{CONSUMER}:")
    found.says("athena:ListDatabases")
    same(tables(on("one_database"), "", "%", "").column("table_schem"), ["sales"])


@promise("a role that may read one database and no list finds its tables by a schema name with an underscore in it, escaped or not")
def one_database_by_name():
    for schema in ("sales_archive", "sales\\_archive"):
        same([row[2] for row in names(tables(on("one_database"), None, schema))], ["t_00000"], schema)


@promise("Glue is throttled beyond all patience: Athena answers")
def throttled():
    with Faults({"service": "glue", "operation": "GetTables", "error": "throttle"}):
        found = tables(on("own"), None, "sales", "t\\_0000_")
    same([row[2] for row in names(found)], ["t_00000", "t_00001"])
    assert found.made.get("athena:ListTableMetadata") == 1, found.made


# --- data mesh -----------------------------------------------------------------------------------------------------------------------------

@promise("a linked table has its target's columns and says whose it is")
def link():
    found = columns(on("own"), None, "sales", "linked")
    same(found.column("column_name"), ["c00", "c01", "c02", "c03"])
    same(found.made, {"glue:GetTable": 1})
    remark = tables(on("own"), None, "sales", "linked").rows[0]["remarks"]
    assert "[link to shared.t_00000 of account 444455556666]" in remark, remark


@promise("the tables of a linked database are listed with columns and say whose they are")
def linked_database():
    found = tables(on("own"), None, "mesh")
    same(names(found), [("AwsDataCatalog", "mesh", "t_00000"), ("AwsDataCatalog", "mesh", "t_00001")])
    for row in found.rows:
        assert f"[link to shared.{row['table_name']} of account 444455556666]" in row["remarks"], row
    same(found.made, {"glue:GetTables": 1})
    same(len(columns(on("own"), None, "mesh").rows), 8)


@promise("links that lead nowhere are listed, with a remark; their columns are missing, with a reason each")
def bare_links():
    found = {row["table_name"]: row["remarks"] for row in tables(on("own"), None, "sales", "link\\_%").rows}
    same(sorted(found), ["link_closed", "link_far", "link_gone"])
    assert "[link to closed.t_00000 of account 444455556666, region us-east-1, which the catalog does not follow]" in found["link_closed"], found
    assert "region us-west-2" in found["link_far"], found
    found = columns(on("own"), None, "sales", "link\\_%")
    same(found.rows, [])
    found.says("link_closed", "not authorized", "glue:GetTable", "444455556666")
    found.says("link_gone", "shared.nothing", "444455556666")
    found.says("link_far", "us-west-2", "not followed")


@promise("a linked database that shows nothing says where it leads and what may be missing there")
def bare_databases():
    for schema, words in (("mesh_gone", ("nothing", "444455556666", "does not exist")), ("mesh_closed", ("closed", "444455556666", "let this role in")),
                          ("mesh_far", ("us-west-2", "AwsRegion")), ("mesh_empty", ("hollow", "444455556666", "shows no tables"))):
        found = tables(on("own"), None, schema)
        same(found.rows, [], schema)
        found.says(schema, *words)
    same(tables(on("own"), None, "hollow").notes, [], "an empty database of one's own")


@promise("all tables: linked databases that lead nowhere are notes, the rest is there")
def all_with_links():
    found = tables(on("own"))
    same({row[1] for row in names(found)}, {"mesh", "sales", "sales_archive"})
    for schema in ("mesh_gone", "mesh_closed", "mesh_far", "mesh_empty"):
        found.says(schema)


@promise("statistics of a linked table are its target's")
def link_statistics():
    rows = statistics(on("own"), None, "mesh", "t_00001").rows
    same([(row["type"], row["cardinality"], row["pages"]) for row in rows], [("0", "1", "1")])


finish()
