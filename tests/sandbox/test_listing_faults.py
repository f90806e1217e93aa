"""Odd pages of Glue by rule, and tables of the catalog alone."""
import pytest
import yaml
from botocore.exceptions import ClientError

from conftest import RETAIL, bare_world, start


@pytest.fixture(scope="module")
def handle(tmp_path_factory):
    folder, world = tmp_path_factory.mktemp("listing"), bare_world()
    world["accounts"][RETAIL]["databases"].update(
        {"made": {"generate": {"tables": 201, "columns": 20}}, "short": {"generate": {"tables": 150, "columns": 1, "prefix": "x"}}})
    (folder / "world.yaml").write_text(yaml.safe_dump(world))
    found = start(folder / "world.yaml", folder / "state")
    yield found
    found.sandbox.stop()


@pytest.fixture
def glue(handle):
    yield handle.clients(RETAIL, "glue")
    handle.control("faults", "DELETE")


def pages_of(glue, database="made"):
    return [[t["Name"] for t in page["TableList"]] for page in glue.get_paginator("get_tables").paginate(DatabaseName=database)]


def test_generated_tables_are_listed_and_described(glue):
    pages = pages_of(glue)
    assert [len(page) for page in pages] == [100, 100, 1] and pages[0][0] == "t_00000" and pages[2] == ["t_00200"]
    table = glue.get_table(DatabaseName="made", Name="T_00007")["Table"]
    columns = table["StorageDescriptor"]["Columns"]
    assert len(columns) == 20 and len({c["Name"] for c in columns}) == 20 and table["Parameters"]["numRows"] == "7"
    assert glue.get_tables(DatabaseName="short", Expression="x_0001.")["TableList"][0]["Name"] == "x_00010"


def test_a_generated_table_can_be_dropped_and_made(glue):
    glue.delete_table(DatabaseName="short", Name="x_00003")
    assert "x_00003" not in sum(pages_of(glue, "short"), [])
    glue.create_table(DatabaseName="short", TableInput={"Name": "x_00003"})
    assert "x_00003" in sum(pages_of(glue, "short"), [])


def test_empty_pages_have_tokens_that_differ_and_lose_nothing(handle, glue):
    handle.control("faults", "POST", {"service": "glue", "operation": "GetTables", "page": 0, "from": 2, "to": 4})
    tokens, found, token = [], [], None
    while True:
        page = glue.get_tables(DatabaseName="made", **({"NextToken": token} if token else {}))
        found.append(len(page["TableList"]))
        token = page.get("NextToken")
        if token is None:
            break
        tokens.append(token)
    assert found == [100, 0, 0, 0, 100, 1] and len(set(tokens)) == len(tokens)


def test_an_empty_first_page_of_databases(handle, glue):
    handle.control("faults", "POST", {"service": "glue", "operation": "GetDatabases", "page": 0, "times": 1})
    first = glue.get_databases()
    assert first["DatabaseList"] == []
    names = [d["Name"] for d in glue.get_databases(NextToken=first["NextToken"])["DatabaseList"]]
    assert {"made", "short"} <= set(names)


def test_pages_of_seven(handle, glue):
    handle.control("faults", "POST", {"service": "glue", "operation": "GetTables", "page": 7})
    assert [len(page) for page in pages_of(glue)] == [7] * 28 + [5]


def test_a_database_vanishes_between_two_pages(handle, glue):
    handle.control("faults", "POST", {"service": "glue", "operation": "GetTables", "key": '"short"', "nth": 2, "vanish": True})
    assert len(pages_of(glue)) == 3                          # another database: the key is not in the request
    with pytest.raises(ClientError) as caught:
        pages_of(glue, "short")
    assert caught.value.response["Error"]["Code"] == "EntityNotFoundException"
    assert "short" not in [d["Name"] for d in glue.get_databases()["DatabaseList"]]


def test_a_wrong_count_is_a_mistake_of_the_world(tmp_path):
    from athena_sandbox.world.loader import load_world
    from athena_sandbox.world.schema import WorldError
    for wrong in ({"tables": "many", "columns": 2}, {"tables": 2}, {"tables": 1, "columns": 1, "rows": 3}):
        world = bare_world()
        world["accounts"][RETAIL]["databases"]["made"] = {"generate": wrong}
        path = tmp_path / "world.yaml"
        path.write_text(yaml.safe_dump(world))
        with pytest.raises(WorldError, match="databases.made.generate"):
            load_world(path)
