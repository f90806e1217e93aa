#!/usr/bin/env python3
"""Tables that other accounts share, as programs see them: pyodbc's tables(), columns() and statistics(), isql's help."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import pyodbc  # noqa: E402
from promise import AREA, finish, promise, same  # noqa: E402

AREA[0] = "catalog mesh"
connection = pyodbc.connect("DSN=retail")
cursor = connection.cursor()
shared = [row for row in cursor.tables().fetchall() if "of account" in (row.remarks or "")]


def isql(command):
    done = subprocess.run(["isql", "-b", "-d|", "retail"], input=command + "\n", capture_output=True, text=True, timeout=60)
    same(done.returncode, 0, done.stdout + done.stderr)
    return [line.split("|") for line in done.stdout.splitlines() if "|" in line]


@promise("tables() lists what the mesh account and the governed one share, and says whose it is")
def listed():
    same({row.table_schem for row in shared}, {"mesh", "governed"})
    owners = {"mesh": "555566667777", "governed": "666677778888"}
    for row in shared:
        assert owners[row.table_schem] in row.remarks, row.remarks
        same(row.table_type, "TABLE", row.table_name)


@promise("columns() gives the columns of every shared table, with types")
def described():
    for row in shared:
        found = cursor.columns(schema=row.table_schem, table=row.table_name).fetchall()
        assert found and all(column.data_type for column in found), row.table_name
        same([column.ordinal_position for column in found], list(range(1, len(found) + 1)), row.table_name)


@promise("the columns that columns() gives are those of a query")
def queried():
    for row in shared:
        if row.table_name == "volatility":
            continue                                        # below
        same([column.column_name for column in cursor.columns(schema=row.table_schem, table=row.table_name).fetchall()],
             [column[0] for column in cursor.execute(f'SELECT * FROM "{row.table_schem}"."{row.table_name}" LIMIT 1').description], row.table_name)


@promise("Lake Formation: DESCRIBE without SELECT is listed with its columns and refused by the query; without DESCRIBE a table is not there")
def governed():
    names = {row.table_name for row in shared if row.table_schem == "governed"}
    same(names, {"stocks", "volatility"})
    assert cursor.columns(schema="governed", table="volatility").fetchall()
    try:
        cursor.execute("SELECT * FROM governed.volatility LIMIT 1")
    except pyodbc.ProgrammingError as error:
        assert error.args[0] == "42000" and "Lake Formation" in error.args[1], error
    else:
        raise AssertionError("no refusal")


@promise("statistics() answers for every shared table: at most the row of the table itself")
def counted():
    for row in shared:
        found = cursor.statistics(row.table_name, schema=row.table_schem).fetchall()
        assert len(found) <= 1 and all(line[6] == 0 for line in found), (row.table_name, found)


@promise("isql's help lists them among the tables, and its help TABLE gives their columns")
def helped():
    lines = isql("help")
    for row in shared:
        assert any(line[1:3] == [row.table_schem, row.table_name] for line in lines), row.table_name
        columns = [column.column_name for column in cursor.columns(schema=row.table_schem, table=row.table_name).fetchall()]
        have = [line[3] for line in isql(f"help {row.table_name}") if line[1] == row.table_schem]
        same(have, columns, row.table_name)


connection.close()
finish()
