#!/usr/bin/env python3
"""SHOW, DESCRIBE and the row counts of writing statements, by every way that rows come: names of columns and rows as Athena gives them, without
the blanks it pads with."""
import ctypes
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from odbc import INFO, LIBRARY, NO_DATA, NTS, SUCCESS, Connection, Handle  # noqa: E402
from promise import AREA, finish, promise, same  # noqa: E402

AREA[0] = "fetch utility"
WAYS = ("DSN=retail", "DSN=retail;ResultFetcher=S3", "DSN=retail;ResultFetcher=GetQueryResults",
        "DSN=retail;ResultFetcher=GetQueryResults;RowsToFetchPerBlock=2", "DSN=retail_managed")
FAST = ";MinQueryExecutionPollingInterval=5"


def execute(stmt, sql):
    """The status, the number of columns and what SQLRowCount says."""
    status = LIBRARY.SQLExecDirect(stmt.handle, sql.encode(), NTS)
    assert status in (SUCCESS, INFO, NO_DATA), f"{sql}: {stmt.records()}"
    columns, count = ctypes.c_short(), ctypes.c_ssize_t(-7)
    LIBRARY.SQLNumResultCols(stmt.handle, ctypes.byref(columns))
    LIBRARY.SQLRowCount(stmt.handle, ctypes.byref(count))
    return status, columns.value, count.value


def names(stmt, columns):
    found = []
    for number in range(1, columns + 1):
        room, length = ctypes.create_string_buffer(128), ctypes.c_short()
        LIBRARY.SQLDescribeCol(stmt.handle, number, room, len(room), ctypes.byref(length), None, None, None, None)
        found.append(room.value.decode())
    return found


def table(connection, sql):
    """Names of the columns and all rows."""
    stmt = Handle("stmt", connection.dbc)
    try:
        return names(stmt, execute(stmt, sql)[1]), connection.query(sql)
    finally:
        stmt.free()


SETUP = (
    "CREATE DATABASE shapes",
    "CREATE EXTERNAL TABLE shapes.t (a int COMMENT 'first', b array<struct<x:int,y:string>>, a_name_of_more_than_twenty_letters decimal(10,2)) "
    "PARTITIONED BY (d string COMMENT 'the day') STORED AS PARQUET LOCATION 's3://retail-data/shapes/t/' TBLPROPERTIES ('k' = 'v w', 'tab' = 'a\tb')",
    "ALTER TABLE shapes.t ADD PARTITION (d = '2') PARTITION (d = '1')",
    "CREATE TABLE shapes.ice (id int COMMENT 'Key', ts timestamp, price decimal(10,2), m map<string,int>) PARTITIONED BY (day(ts), bucket(16, id)) "
    "LOCATION 's3://retail-data/shapes/ice/' TBLPROPERTIES ('table_type' = 'ICEBERG')",
    "CREATE VIEW shapes.v AS SELECT CAST(2 AS bigint) AS z,\n  CAST('x' AS varchar(3)) AS name",
)
DESCRIBE = ["col_name", "data_type", "comment"]
LONG = "a_name_of_more_than_twenty_letters"
STRUCT = "array<struct<x:int,y:string>>"

# Statement: columns, rows. Typed by hand from what is known of Athena.
ANSWERS = {
    "SHOW DATABASES 'shap*'": (["database_name"], [["shapes"]]),
    "SHOW SCHEMAS LIKE 'shap*'": (["database_name"], [["shapes"]]),
    "SHOW TABLES IN shapes": (["tab_name"], [["ice"], ["t"], ["v"]]),
    "SHOW VIEWS IN shapes": (["views"], [["v"]]),
    "SHOW COLUMNS IN shapes.t": (["field"], [["a"], ["b"], [LONG], ["d"]]),
    "SHOW COLUMNS IN shapes.ice": (["field"], [["id"], ["ts"], ["price"], ["m"]]),
    "SHOW COLUMNS IN shapes.v": (["column", "type"], [["z", "bigint"], ["name", "varchar(3)"]]),
    "SHOW PARTITIONS shapes.t": (["partition"], [["d=1"], ["d=2"]]),
    "SHOW TBLPROPERTIES shapes.t('k')": (["prpt_name", "prpt_value"], [["k", "v w"]]),
    # A tab in a value stays in it: the value is what stands behind the first.
    "SHOW TBLPROPERTIES shapes.t('tab')": (["prpt_name", "prpt_value"], [["tab", "a\tb"]]),
    "DESCRIBE shapes.t": (DESCRIBE, [
        ["a", "int", "first"], ["b", STRUCT, ""], [LONG, "decimal(10,2)", ""], ["d", "string", "the day"],
        ["", "", ""], ["# Partition Information", "", ""], ["# col_name", "data_type", "comment"], ["", "", ""], ["d", "string", "the day"]]),
    "DESC shapes.ice": (DESCRIBE, [
        ["# Table schema:", "", ""], ["# col_name", "data_type", "comment"], ["id", "int", "Key"], ["ts", "timestamp", ""],
        ["price", "decimal(10, 2)", ""], ["m", "map<string, int>", ""], ["", "", ""], ["# Partition spec:", "", ""],
        ["# field_name", "field_transform", "column_name"], ["ts_day", "day", "ts"], ["id_bucket", "bucket[16]", "id"]]),
    "DESCRIBE shapes.v": (["column", "type"], [["z", "bigint"], ["name", "varchar(3)"]]),
    "SHOW CREATE VIEW shapes.v": (["create view"], [
        ["CREATE VIEW shapes.v AS"], ["SELECT CAST(2 AS bigint) AS z,"], ["  CAST('x' AS varchar(3)) AS name"]]),
    "SHOW FUNCTIONS LIKE 'coalesc_'": (["Function", "Return Type", "Argument Types", "Function Type", "Deterministic", "Description"],
                                       [["coalesce", "T", "T", "scalar", "1", ""]]),
}


def without_result(*statements):
    connection = Connection("DSN=retail" + FAST)
    stmt = Handle("stmt", connection.dbc)
    try:
        for sql in statements:
            same(execute(stmt, sql)[1:], (0, -1), sql)
    finally:
        stmt.free()
        connection.close()


@promise("tables, partitions and views are made; none of these statements has a result")
def made():
    without_result("DROP DATABASE IF EXISTS shapes CASCADE", *SETUP)


for way in WAYS:
    @promise(f"{way}: SHOW and DESCRIBE have Athena's columns and rows")
    def answers(way=way):
        connection = Connection(way + FAST)
        try:
            for sql, want in ANSWERS.items():
                same(table(connection, sql), want, sql)
        finally:
            connection.close()

    @promise(f"{way}: SHOW CREATE TABLE gives the statement line by line")
    def create_table(way=way):
        connection = Connection(way + FAST)
        try:
            columns, rows = table(connection, "SHOW CREATE TABLE shapes.t")
            lines = [row[0] for row in rows]
            same((columns, lines[0]), (["createtab_stmt"], "CREATE EXTERNAL TABLE `shapes.t`("))
            assert "PARTITIONED BY ( " in lines and "  's3://retail-data/shapes/t'" in lines and "  `a` int COMMENT 'first', " in lines, lines
            columns, rows = table(connection, "SHOW CREATE TABLE shapes.ice")
            same((columns, rows[0][0]), (["createtab_stmt"], "CREATE TABLE shapes.ice("))
        finally:
            connection.close()

    @promise(f"{way}: SQLRowCount tells what INSERT, UPDATE, DELETE, MERGE, CREATE TABLE AS and UNLOAD did")
    def counts(way=way):
        connection = Connection(way + FAST)
        stmt = Handle("stmt", connection.dbc)
        target = f"counted{WAYS.index(way)}"
        values = ", ".join(f"({n}, {n} * 10)" for n in range(1, 8))
        place = f"LOCATION 's3://retail-data/shapes/{target}/'"
        try:
            for sql, want in (
                    (f"CREATE TABLE shapes.{target} (n int, m int) {place} TBLPROPERTIES ('table_type' = 'ICEBERG')", -1),
                    (f"INSERT INTO shapes.{target} VALUES {values}", 7),
                    (f"UPDATE shapes.{target} SET m = 0 WHERE n > 4", 3),
                    (f"DELETE FROM shapes.{target} WHERE n IN (1, 2)", 2),
                    (f"MERGE INTO shapes.{target} t USING (VALUES (3, 1), (4, 1), (99, 1)) AS s (n, m) ON t.n = s.n "
                     "WHEN MATCHED THEN UPDATE SET m = s.m WHEN NOT MATCHED THEN INSERT (n, m) VALUES (s.n, s.m)", 3),
                    (f"INSERT INTO shapes.{target} SELECT n, m FROM shapes.{target} WHERE n > 1000", 0),
                    (f"CREATE TABLE shapes.{target}_copy WITH (external_location = 's3://retail-data/shapes/{target}_copy/') AS "
                     f"SELECT * FROM shapes.{target}", 6),
                    (f"UNLOAD (SELECT * FROM shapes.{target}) TO 's3://retail-data/shapes/{target}_unloaded/' WITH (format = 'PARQUET')", 6)):
                status, columns, count = execute(stmt, sql)
                same((status in (SUCCESS, INFO), columns, count), (True, 0, want), sql)
                LIBRARY.SQLFreeStmt(stmt.handle, 0)
            # A searched statement that touches nothing says so.
            for sql in (f"UPDATE shapes.{target} SET m = 1 WHERE n > 1000", f"DELETE FROM shapes.{target} WHERE n > 1000"):
                same(execute(stmt, sql), (NO_DATA, 0, 0), sql)
            same(connection.query(f"SELECT count(*), sum(m) FROM shapes.{target}"), [["6", "3"]])
            status, columns, count = execute(stmt, f"SELECT * FROM shapes.{target}")
            same((columns, count), (2, -1), "SELECT")
            without_result(f"DROP TABLE shapes.{target}", f"DROP TABLE shapes.{target}_copy")
        finally:
            stmt.free()
            connection.close()


@promise("they are all gone again")
def gone():
    without_result("DROP DATABASE shapes CASCADE")
    connection = Connection("DSN=retail" + FAST)
    same(connection.query("SHOW DATABASES 'shap*'"), [])
    connection.close()


finish()
