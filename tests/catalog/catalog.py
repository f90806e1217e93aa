#!/usr/bin/env python3
"""Catalog functions against Glue: what they answer, what they cost, and that they never run a query."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import pyodbc  # noqa: E402
from promise import AREA, finish, promise, same  # noqa: E402
from sandbox import Calls  # noqa: E402

AREA[0] = "catalog"

with Calls() as connecting:
    connection = pyodbc.connect("DSN=retail;MetadataCacheTTL=0")
cursor = connection.cursor()


def rows_of(call):
    return call.fetchall()


@promise("connecting costs two STS calls and one GetWorkGroup, nothing else")
def connect_cost():
    same(connecting.made, {"sts:AssumeRole": 2, "athena:GetWorkGroup": 1})


@promise("a second connection with the same chain makes no STS call")
def warm():
    with Calls() as calls:
        pyodbc.connect("DSN=retail").close()
    same(calls["sts:AssumeRole"], 0)
    assert calls["athena:GetWorkGroup"] <= 1, calls.made


@promise("information functions make no call at all")
def local():
    with Calls() as calls:
        connection.getinfo(pyodbc.SQL_KEYWORDS)
        connection.getinfo(pyodbc.SQL_DATABASE_NAME)
        rows_of(cursor.getTypeInfo())
        connection.commit()
        cursor.cancel()
    same(calls.made, {})


@promise("listing the tables of one database costs one page of GetTables")
def one_database():
    with Calls() as calls:
        rows = rows_of(cursor.tables(schema="flights"))
    names = [row.table_name for row in rows]
    same([(row.table_type, row.table_name) for row in rows], sorted((row.table_type, row.table_name) for row in rows), "order of the standard")
    assert {"flights", "airlines", "carrier_delays"} <= set(names), names
    same(calls["athena:StartQueryExecution"], 0)
    assert sum(calls.made.values()) <= 2, calls.made


@promise("columns of one table cost one GetTable")
def one_table():
    with Calls() as calls:
        names = [row.column_name for row in rows_of(cursor.columns(schema="flights", table="airlines"))]
    same(names, ["carrier", "name"])
    same(calls.made, {"glue:GetTable": 1})


@promise("columns of all tables of a database cost no more than its tables")
def all_columns():
    with Calls() as calls:
        rows = rows_of(cursor.columns(schema="flights"))
    tables = [row.table_name for row in rows]
    same(tables, sorted(tables))
    assert {"flights", "weather", "planes"} <= set(tables)
    assert calls["glue:GetTables"] <= 1 and calls["glue:GetTable"] == 0, calls.made


@promise("what was listed a moment ago is not asked for again")
def remembered():
    other = pyodbc.connect("DSN=retail").cursor()
    rows_of(other.tables(schema="flights"))
    with Calls() as calls:
        rows_of(other.tables(schema="flights"))
        rows_of(other.columns(schema="flights", table="airlines"))
    same(calls.made, {})


@promise("a pattern with an escaped underscore names one table")
def escaped():
    same([row.table_name for row in rows_of(cursor.tables(schema="flights", table="flights\\_by\\_month"))], ["flights_by_month"])
    same([row.table_name for row in rows_of(cursor.tables(schema="flights", table="flights_by_mont_"))], ["flights_by_month"])
    same(rows_of(cursor.tables(schema="flights", table="flight\\_")), [])


@promise("names that try to break out of a query find nothing and run nothing")
def injection():
    with Calls() as calls:
        for name in ("x' OR '1'='1", 'x"; DROP TABLE flights; --', "%';--", "\\", "a`b"):
            rows_of(cursor.tables(schema="flights", table=name))
            rows_of(cursor.columns(schema="flights", table=name))
    same(calls["athena:StartQueryExecution"], 0)


@promise("a database or table that does not exist gives an empty list")
def nothing():
    same(rows_of(cursor.tables(schema="no_such_database")), [])
    same(rows_of(cursor.columns(schema="flights", table="no_such_table")), [])


@promise("tables reached by a resource link are listed with their columns and say whose they are")
def mesh():
    tables = rows_of(cursor.tables(schema="mesh"))
    assert tables, "no table behind the link"
    columns = rows_of(cursor.columns(schema="mesh", table=tables[0].table_name))
    assert columns, "no column behind the link"
    assert "555566667777" in (tables[0].remarks or ""), tables[0].remarks


@promise("catalogs, databases and table types can be enumerated")
def enumerations():
    catalogs = [row[0] for row in rows_of(cursor.tables(catalog="%", schema="", table=""))]
    assert "AwsDataCatalog" in catalogs, catalogs
    schemas = [row[1] for row in rows_of(cursor.tables(catalog="", schema="%", table=""))]
    assert {"default", "flights", "edges"} <= set(schemas), schemas
    types = [row[3] for row in rows_of(cursor.tables(catalog="", schema="", table="", tableType="%"))]
    same(sorted(types), ["TABLE", "VIEW"])


@promise("columns of a view have real types")
def view():
    rows = {row.column_name: row for row in rows_of(cursor.columns(schema="edges", table="every_type_view"))}
    same(rows["c_timestamp3"].data_type, pyodbc.SQL_TYPE_TIMESTAMP)
    same(rows["c_time"].data_type, pyodbc.SQL_TYPE_TIME)


@promise("what a statement of ours creates, changes or drops is seen at once, whatever is remembered; another connection of the same kind sees it too")
def refreshed():
    one, two = (pyodbc.connect("DSN=retail;MetadataCacheTTL=3600", autocommit=True).cursor() for _ in range(2))

    def columns():
        return [[row.column_name for row in rows_of(it.columns(schema="edges", table="refreshed"))] for it in (one, two)]

    def names():
        return ["refreshed" in [row.table_name for row in rows_of(it.tables(schema="edges"))] for it in (one, two)]

    same((names(), columns()), ([False, False], [[], []]))
    one.execute("CREATE EXTERNAL TABLE edges.refreshed (a int) LOCATION 's3://retail-data/refreshed/'")
    same((names(), columns()), ([True, True], [["a"], ["a"]]), "created")
    with Calls() as calls:
        names(), columns()
    same(calls.made, {}, "and remembered again")
    one.execute("ALTER TABLE edges.refreshed ADD COLUMNS (b string)")
    same(columns(), [["a", "b"], ["a", "b"]], "altered")
    one.execute("DROP TABLE edges.refreshed")
    same((names(), columns()), ([False, False], [[], []]), "dropped")
    one.execute("CREATE OR REPLACE VIEW edges.refreshed AS SELECT 1 AS c")
    same((names(), columns()), ([True, True], [["c"], ["c"]]), "a view")
    one.execute("DROP VIEW edges.refreshed")
    same(names(), [False, False], "no view")
    one.execute("CREATE DATABASE refreshed_database")
    assert "refreshed_database" in [row[1] for row in rows_of(two.tables(catalog="", schema="%", table=""))]
    one.execute("DROP DATABASE refreshed_database")
    assert "refreshed_database" not in [row[1] for row in rows_of(two.tables(catalog="", schema="%", table=""))]


connection.close()
finish()
