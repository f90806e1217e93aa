"""Catalogs beyond an account's own: nested ones, connectors, links to other regions, tables put in by the control API."""
import pathlib

import pytest
from botocore.exceptions import ClientError

from conftest import BASE_KEYS, ROLE_A, start

WORLD = pathlib.Path(__file__).resolve().parents[1] / "worlds" / "sources.yaml"
CONSUMER = "222233334444"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    handle = start(WORLD, tmp_path_factory.mktemp("sources"))
    yield handle
    handle.sandbox.stop()


@pytest.fixture(scope="module")
def keys(world):
    return world.assume(world.assume(BASE_KEYS, ROLE_A), f"arn:aws:iam::{CONSUMER}:role/AthenaConsumer", ExternalId="bi-catalog-7c1e")


@pytest.fixture
def glue(world, keys):
    return world.client("glue", keys)


@pytest.fixture
def athena(world, keys):
    return world.client("athena", keys)


def refusal(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


def test_nested_catalogs_are_listed_at_any_depth_and_read_by_their_ids(glue):
    ids = [catalog["CatalogId"] for catalog in glue.get_catalogs(Recursive=True)["CatalogList"]]
    assert ids == [f"{CONSUMER}:{name}" for name in ("dynamo", "s3tablescatalog", "s3tablescatalog/lake.eu", "s3tablescatalog/warehouse")]
    holders = [catalog["Name"] for catalog in glue.get_catalogs(Recursive=True, HasDatabases=True)["CatalogList"]]
    assert holders == ["dynamo", "lake.eu", "warehouse"]
    found = glue.get_tables(CatalogId=f"{CONSUMER}:s3tablescatalog/warehouse", DatabaseName="ns")["TableList"]
    assert [table["Name"] for table in found] == ["t_00000", "t_00001", "t_00002"]
    assert refusal(glue.get_databases, CatalogId="s3tablescatalog/warehouse")[0] in ("EntityNotFoundException", "AccessDeniedException")


def test_a_connector_lists_its_databases_and_tables(athena):
    assert [d["Name"] for d in athena.list_databases(CatalogName="mysql")["DatabaseList"]] == ["empty", "shop"]
    found = athena.list_table_metadata(CatalogName="mysql", DatabaseName="shop")["TableMetadataList"]
    assert [table["Name"] for table in found] == ["order", "orders"]
    one = athena.get_table_metadata(CatalogName="mysql", DatabaseName="SHOP", TableName="Orders")["TableMetadata"]
    assert [c["Name"] for c in one["Columns"]] == ["id", "full name", "lines", "placed"]
    assert one["PartitionKeys"] == [{"Name": "day", "Type": "date"}]
    assert athena.get_database(CatalogName="mysql", DatabaseName="shop")["Database"]["Name"] == "shop"


@pytest.mark.parametrize(("expression", "names"), [("ord.*", ["order", "orders"]), ("orders", ["orders"]), ("ord*", ["order", "orders"]), ("x.*", [])])
def test_the_expression_of_table_metadata_is_a_regular_expression(athena, expression, names):
    found = athena.list_table_metadata(CatalogName="mysql", DatabaseName="shop", Expression=expression)["TableMetadataList"]
    assert [table["Name"] for table in found] == names


@pytest.mark.parametrize(("catalog", "words"), [("broken", "not reachable"), ("forbidden", "lambda:InvokeFunction")])
def test_a_connector_that_fails_says_so_as_a_metadata_exception(athena, catalog, words):
    code, text = refusal(athena.list_databases, CatalogName=catalog)
    assert code == "MetadataException" and words in text


def test_what_a_connector_does_not_have_is_not_found(athena):
    for arguments in ({"DatabaseName": "nothing", "TableName": "orders"}, {"DatabaseName": "shop", "TableName": "nothing"}):
        code, text = refusal(athena.get_table_metadata, CatalogName="mysql", **arguments)
        assert code == "MetadataException" and "EntityNotFoundException" in text


def test_links_to_another_region_are_not_followed(glue):
    assert "StorageDescriptor" not in glue.get_table(DatabaseName="sales", Name="link_far")["Table"]
    assert "StorageDescriptor" in glue.get_table(DatabaseName="sales", Name="linked")["Table"]
    assert refusal(glue.get_tables, DatabaseName="mesh_far")[0] == "EntityNotFoundException"
    assert glue.get_database(Name="mesh_far")["Database"]["TargetDatabase"]["Region"] == "us-west-2"


def test_tables_are_put_in_as_they_are(world, glue):
    table = {"Name": "it's", "Parameters": {"numRows": "7"}, "StorageDescriptor": {"Columns": [{"Name": "a", "Type": "int"}]}}
    assert world.control("glue", "POST", {"catalog": CONSUMER, "database": "made", "tables": [table]}) == {"tables": 1}
    assert glue.get_table(DatabaseName="made", Name="it's")["Table"]["Parameters"] == {"numRows": "7"}
    assert "error" in world.control("glue", "POST", {"catalog": "999999999999", "database": "made"})
