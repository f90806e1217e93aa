#!/usr/bin/env python3
"""A hub of 10,000 tables in 50 databases: how many calls SQLTables and SQLColumns make for it, and none the second time.
The bounds are counted in pages that the service served (100 tables each)."""
import pathlib
import sys
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "lib"), str(pathlib.Path(__file__).resolve().parent)]
from listing import Connection, Faults, columns, control, data_source, tables  # noqa: E402
from promise import AREA, finish, promise, same  # noqa: E402

AREA[0] = "catalog scale"
RETAIL = "222233334444"
SIZES = {"hub": 1000, **{f"area_{n:02d}": 184 if n <= 33 else 183 for n in range(1, 50)}}
PAGES = sum(-(-size // 100) for size in SIZES.values())     # 108 pages of tables
SLOW = {"service": "glue", "latency": 0.02}

data_source("hub", RETAIL, MetadataCacheTTL="600")
data_source("hub_always", RETAIL, MetadataCacheTTL="0")
data_source("hub_fresh", RETAIL, RoleSessionName="fresh")
data_source("hub_brief", RETAIL, MetadataCacheTTL="2")
always = Connection("DSN=hub_always")
remembering = Connection("DSN=hub")
fresh_memory = Connection("DSN=hub_fresh")
brief = Connection("DSN=hub_brief")


def at_most(listing, most):
    assert listing.total <= most, f"{listing.total} calls, at most {most}: {listing.calls}"


@promise(f"the world is what the bounds are counted for: 10,000 tables, 50 databases, {PAGES} pages of tables, one of databases")
def world():
    same((sum(SIZES.values()), len(SIZES), PAGES), (10000, 50, 108))
    same(tables(always, schema="hub").count, 1000)


@promise(f"(a) all tables: every one of the 10,000, in the standard's order, for {PAGES} pages of tables and one of databases (+ 1)")
def all_tables():
    with Faults(SLOW):
        found = tables(always)
    same(found.schemas(), SIZES)
    same([row[:3] for row in found.rows], sorted(row[:3] for row in found.rows))
    same((found.calls["glue:GetTables"], found.calls["glue:GetDatabases"]), (PAGES, 1))
    at_most(found, PAGES + 1 + 1)


@promise("(a) pages of several databases are asked for side by side, within the budget of six")
def side_by_side():
    control("DELETE", "connections")
    with Faults(SLOW):
        tables(always)
    peak = control("GET", "connections")["peak"]
    assert 3 <= peak <= 7, peak                             # the question itself is one more


@promise("(b) all columns of a schema of 1,000 tables: 20,000 rows for its 10 pages (+ 1)")
def columns_of_schema():
    with Faults(SLOW):
        found = columns(always, schema="hub")
    same(found.count, 20000)
    same(found.calls["glue:GetTables"], 10)
    at_most(found, 10 + 1)


@promise("(b) SQLColumns for all tables of a schema costs the calls of SQLTables")
def no_dearer():
    for schema in ("hub", "area\\_01"):
        same(columns(always, schema=schema).calls, tables(always, schema=schema).calls, schema)


@promise("(b) all columns of all databases: 200,000 rows for the calls of all tables")
def all_columns():
    found = columns(always, keep=False)
    same(found.count, 200000)
    same(found.calls, {"glue:GetTables": PAGES, "glue:GetDatabases": 1})


@promise("(c) one table's columns: one call, also when its name is given without escapes, as programs do")
def one_table():
    for name, call in (("t\\_00500", "glue:GetTable"), ("t_00500", "glue:GetTables")):
        with Faults(SLOW):
            found = columns(always, schema="hub", table=name)
        same((found.count, found.calls), (20, {call: 1}), name)


@promise("(c) neither name escaped: one page of databases more")
def plain_names():
    found = columns(always, schema="area_07", table="t_00100")
    same((found.count, found.calls), (20, {"glue:GetDatabases": 1, "glue:GetTables": 1}))


@promise("(d) the same again, from what is remembered: no call, the same rows")
def again():
    def ask():
        return (tables(remembering), columns(remembering, schema="hub"), columns(remembering, schema="hub", table="t_00500"))

    first, second = ask(), ask()
    assert first[0].total > 0
    for name, before, after in zip(("tables", "columns of a schema", "columns of a table"), first, second):
        same(after.calls, {}, name)
        assert after.rows == before.rows, name


@promise("(d) one table is found in a remembered listing of its database, and so is a pattern")
def parts_of_whole():
    tables(remembering, schema="hub")
    same(columns(remembering, schema="hub", table="t_00007").calls, {})
    found = tables(remembering, schema="hub", table="t_0000_")
    same((found.count, found.calls), (10, {}))


@promise("(d) one table alone is remembered too, by its name and by what its pattern may mean; one that is not there is not")
def one_remembered():
    for name in ("t_00100", "t\\_00100"):
        assert columns(remembering, schema="area\\_09", table=name, fresh=True).total > 0, name
        found = columns(remembering, schema="area\\_09", table=name)
        same((found.count, found.calls), (20, {}), name)
    for _ in range(2):
        found = columns(fresh_memory, schema="area\\_09", table="no_such")
        assert found.count == 0 and found.total > 0, found.calls


@promise("(d) another connection of the same kind in the process makes no call either")
def shared():
    tables(remembering, schema="hub")
    other = Connection("DSN=hub")
    same(tables(other, schema="hub").calls, {})
    other.close()


@promise("the letters before a pattern's first wildcard go into Expression: no more pages than the tables that may match")
def prefix():
    found = tables(always, schema="hub", table="t\\_0003%")
    same((found.count, found.calls), (10, {"glue:GetTables": 1}))
    same(tables(always, schema="hub", table="t\\_002__").calls, {"glue:GetTables": 1})


@promise("a pattern that begins with a wildcard cannot be narrowed: all pages of the database, the right rows")
def no_prefix():
    found = tables(always, schema="hub", table="%0003_")
    same((found.count, found.calls), (10, {"glue:GetTables": 10}))


@promise("an exact name, escaped or not, goes to GetTable")
def exact():
    for name in ("t\\_00042", "T\\_00042"):
        found = tables(always, schema="hub", table=name)
        same((found.count, found.calls), (1, {"glue:GetTable": 1}), name)


@promise("a pattern for databases lists the databases once and asks only those that match")
def databases():
    found = tables(always, schema="area\\_0_")
    same(len(found.schemas()), 9)
    same(found.calls, {"glue:GetDatabases": 1, "glue:GetTables": 18})


@promise("the list of databases, and the list of catalogs, is one call or none")
def enumerations():
    found = tables(always, catalog="", schema="%", table="")
    same((found.count, found.calls), (50, {"glue:GetDatabases": 1}))
    assert tables(always, catalog="%", schema="", table="").total <= 1


@promise("MetadataCacheTTL=0 asks every time")
def never():
    for _ in range(2):
        same(tables(always, schema="area\\_02").calls, {"glue:GetTables": 2})


@promise("the statement attribute SQL_ATTR_ATHENA_METADATA_FRESH asks the service, and what it hears is remembered")
def fresh():
    tables(remembering, schema="area\\_03")
    same(tables(remembering, schema="area\\_03", fresh=True).calls, {"glue:GetTables": 2})
    same(tables(remembering, schema="area\\_03").calls, {})


@promise("after MetadataCacheTTL seconds the service is asked again, before that it is not")
def expiry():
    tables(brief, schema="area\\_04", fresh=True)
    same(tables(brief, schema="area\\_04").calls, {})
    time.sleep(2.1)
    same(tables(brief, schema="area\\_04").calls, {"glue:GetTables": 2})


for connection in (always, remembering, brief, fresh_memory):
    connection.close()
finish()
