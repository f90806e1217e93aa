#!/usr/bin/env python3
"""Pages as services really send them: empty, short, refused, cut, and databases that go away or may not be read. Each outcome is stated."""
import pathlib
import sys
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "lib"), str(pathlib.Path(__file__).resolve().parent)]
from listing import Connection, Failure, Faults, columns, data_source, role, tables  # noqa: E402
from promise import AREA, finish, promise, same  # noqa: E402

AREA[0] = "catalog pages"
INVESTMENT = "333344445555"
OTHERS = {"of_0001": 1, "of_0100": 100, "of_0101": 101, "of_0200": 200, "of_0201": 201}
ALL_PAGES = 1 + 1 + 1 + 2 + 2 + 3                          # of of_0000 to of_0201; an empty database costs a page too
GLUE_TABLES = {"service": "glue", "operation": "GetTables"}

for name, who, more in (("pages", "AthenaConsumer", {}), ("pages_partial", "AthenaConsumerPartial", {}),
                        ("pages_glue", "AthenaConsumerGlueOnly", {}), ("pages_once", "AthenaConsumer", {"NumRetries": "0"})):
    data_source(name, INVESTMENT, ConsumerAccountRoleArn=role(INVESTMENT, who), MetadataCacheTTL="0", **more)
pages = Connection("DSN=pages")
ONLY = "of\\_%"


def of(name):
    return {"schema": name.replace("_", "\\_")}


def names(number):
    return [f"t_{n:05d}" for n in range(number)]


def whole(found, also=()):
    """All tables of the databases of_*, none twice."""
    same(found.schemas(), {**OTHERS, **dict(also)})
    same(len(set(found.rows)), found.count)


for size, calls in ((1, 1), (100, 1), (101, 2), (200, 2), (201, 3)):
    @promise(f"{size} tables: {calls} page{'s' if calls > 1 else ''}, every table once")
    def edge(size=size, calls=calls):
        found = tables(pages, **of(f"of_{size:04d}"))
        same([row[2] for row in found.rows], names(size))
        same(found.calls, {"glue:GetTables": calls})


@promise("a database without tables: no row, no note; named exactly it costs one more call, which tells an empty database from a link")
def no_tables():
    found = tables(pages, **of("of_0000"))
    same((found.count, found.notes), (0, []))
    same(found.calls, {"glue:GetTables": 1, "glue:GetDatabase": 1})


@promise("an empty page with a token, three in a row: the list goes on behind them, each costs one call")
def empty_pages():
    with Faults({**GLUE_TABLES, "page": 0, "from": 2, "to": 4}) as faults:
        found = tables(pages, **of("of_0201"))
    same([row[2] for row in found.rows], names(201))
    same((found.calls, faults.fired), ({"glue:GetTables": 3 + 3}, [3]))


@promise("an empty first page of databases hides none of them")
def empty_databases():
    with Faults({"service": "glue", "operation": "GetDatabases", "page": 0, "times": 2}):
        whole(tables(pages, schema=ONLY))


@promise("pages of seven tables each: all 201, one call a page")
def short_pages():
    with Faults({**GLUE_TABLES, "page": 7}):
        found = tables(pages, **of("of_0201"))
    same([row[2] for row in found.rows], names(201))
    same(found.calls, {"glue:GetTables": 29})


@promise("a database that vanishes between two pages: it is left out whole, the others are listed, a 01000 names it")
def vanishes():
    with Faults({**GLUE_TABLES, "key": '"goes_once"', "nth": 2, "vanish": True}) as faults:
        found = tables(pages)
    same(faults.fired, [1])
    whole(found, {"goes_early": 150})
    said = [text for state, text in found.notes if state == "01000" and "goes_once" in text and "vanished" in text]
    same(len(said), 1, found.notes)


@promise("a database that vanishes after the list of databases named it: the same")
def vanishes_early():
    with Faults({**GLUE_TABLES, "key": '"goes_early"', "nth": 1, "vanish": True}):
        found = tables(pages)
    whole(found)
    same(len([text for state, text in found.notes if "goes_early" in text]), 1, found.notes)


@promise("AccessDenied on one database of many: the others are listed, a 01000 names the database's ARN and the action")
def denied():
    connection = Connection("DSN=pages_partial")
    found = tables(connection, schema=ONLY)
    same(found.schemas(), {name: count for name, count in OTHERS.items() if name != "of_0101"})
    text = " ".join(text for state, text in found.notes if state == "01000")
    assert "of_0101" in text and "glue:GetTables" in text, found.notes
    same(columns(connection, schema=ONLY).count, 3 * (sum(OTHERS.values()) - 101))
    connection.close()


@promise("the right is missing in Athena only: nothing is missed, Athena is not asked")
def glue_alone():
    connection = Connection("DSN=pages_glue")
    found = tables(connection, schema=ONLY)
    whole(found)
    same((found.notes, [name for name in found.calls if name.startswith("athena")]), ([], []))
    connection.close()


@promise("throttling at every third call: slower, all rows, no note, at most two calls for each page")
def throttled():
    with Faults({"service": "glue", "every": 3, "error": "throttle"}) as faults:
        found = tables(pages, schema=ONLY)
    whole(found)
    same(found.notes, [])
    assert faults.fired[0] >= (ALL_PAGES + 1) // 3, faults.fired
    glue = sum(count for name, count in found.calls.items() if name.startswith("glue:"))
    assert glue <= 2 * (ALL_PAGES + 1) and glue == found.total, found.calls


@promise("throttling that outlasts a request's own attempts: the page is asked again after a pause, all rows")
def throttled_long():
    with Faults({**GLUE_TABLES, "to": 2, "error": "throttle"}) as faults:
        connection = Connection("DSN=pages_once")
        found = tables(connection, **of("of_0201"))
        connection.close()
    same(([row[2] for row in found.rows], found.notes), (names(201), []))
    same((faults.fired, found.calls), ([2], {"glue:GetTables": 3 + 2}))


@promise("a page token that the service does not know any more: the list begins anew, once, and has every table once")
def stale_token():
    with Faults({**GLUE_TABLES, "key": "NextToken", "nth": 2, "error": "InvalidInputException", "message": "Invalid NextToken"}) as faults:
        found = tables(pages, **of("of_0201"))
    same((faults.fired, [row[2] for row in found.rows]), ([1], names(201)))
    same(found.calls, {"glue:GetTables": 3 + 3})


@promise("a token that is refused again and again: an error that says so, after a bounded number of calls")
def stale_always():
    with Faults({**GLUE_TABLES, "key": "NextToken", "error": "InvalidInputException", "message": "Invalid NextToken"}) as faults:
        try:
            found = tables(pages, **of("of_0201"))
        except Failure as failure:
            assert "NextToken" in str(failure), failure
        else:
            raise AssertionError(f"{found.count} rows and no error")
    same(faults.fired, [2])


@promise("the session expires between two pages: it is renewed, the list goes on, every table once")
def expired_session():
    with Faults({**GLUE_TABLES, "nth": 2, "expire": True}) as faults:
        found = tables(pages, **of("of_0201"))
    same((faults.fired, [row[2] for row in found.rows]), ([1], names(201)))
    assert found.calls["sts:AssumeRole"] <= 2 and found.calls["glue:GetTables"] <= 4, found.calls


@promise("a page cut by the network, and a connection reset before one: asked for again, every table once")
def cut():
    for fault in ({"cut": 900}, {"reset": "before"}):
        with Faults({**GLUE_TABLES, "nth": 2, **fault}) as faults:
            found = tables(pages, **of("of_0201"))
        same((faults.fired, [row[2] for row in found.rows]), ([1], names(201)), str(fault))
        same(found.calls["glue:GetTables"], 4, str(fault))


@promise("an internal error of the service on one page: asked for again")
def internal():
    with Faults({**GLUE_TABLES, "nth": 3, "error": "5xx"}):
        found = tables(pages, **of("of_0201"))
    same([row[2] for row in found.rows], names(201))


@promise("answers that are no catalog answers, half a document or a proxy's HTML: an error in bounded time, never half a list")
def garbled():
    for fault, states in (({"truncate": 500, "nth": 2}, ("08S01",)), ({"html": True}, ("08S01", "HY000"))):
        started = time.monotonic()
        with Faults({**GLUE_TABLES, **fault}):
            try:
                found = tables(pages, **of("of_0201"))
            except Failure as failure:
                assert failure.records[0][0] in states, failure
            else:
                raise AssertionError(f"{fault}: {found.count} rows and no error")
        assert time.monotonic() - started < 30, fault


pages.close()
finish()
