"""The Glue API read by boto3: listings, pages, permissions on ancestors, resource links."""
import json

import pytest
from botocore.exceptions import ClientError

from conftest import CENTRAL, EXTERNAL_IDS, MESH, RETAIL, RISK, bare_world


def error_of(caught):
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


def table(name, kind="EXTERNAL_TABLE", **more):
    return {"Name": name, "TableType": kind, "StorageDescriptor": {
        "Columns": [{"Name": "id", "Type": "bigint", "Comment": "key"}], "Location": "s3://x/y/"},
        "PartitionKeys": [{"Name": "day", "Type": "date"}], **more}


@pytest.fixture(scope="module")
def world_handle(tmp_path_factory):
    import yaml
    from conftest import start
    folder = tmp_path_factory.mktemp("glue")
    world = bare_world()
    path = folder / "world.yaml"
    world["accounts"][RETAIL]["databases"]["sales"] = {"description": "Sales"}
    world["accounts"][RETAIL]["databases"]["links"] = {"tables": {"linked": {"target": {
        "account": MESH, "database": "shared", "table": "prices"}}}}
    path.write_text(yaml.safe_dump(world))
    handle = start(path, folder / "state")
    glue = handle.sandbox.glue
    for n in range(230):
        glue.put_table(RETAIL, "sales", table(f"t{n:03d}"))
    glue.put_table(RETAIL, "sales", table("a_view", "VIRTUAL_VIEW"))
    glue.put_table(MESH, "shared", table("prices"))
    for day in range(1, 9):
        glue.put_partition(RETAIL, "sales", "t000", {"Values": [f"2026-01-0{day}"]})
    yield handle
    handle.sandbox.stop()


@pytest.fixture(scope="module")
def glue(world_handle):
    return world_handle.clients(RETAIL, "glue")


def test_databases_are_listed_with_their_links_followed(glue):
    found = {d["Name"]: d for d in glue.get_databases()["DatabaseList"]}
    assert {"default", "flights", "mesh", "sales", "links"} <= set(found)
    assert found["mesh"]["TargetDatabase"] == {"CatalogId": MESH, "DatabaseName": "shared",
                                               "Region": "us-east-1"}
    assert found["mesh"]["Description"].startswith("Tables shared")
    names = glue.get_databases(AttributesToGet=["NAME"])["DatabaseList"]
    assert all(set(d) == {"Name"} for d in names)


def test_tables_come_in_pages_of_a_hundred(glue):
    pages = list(glue.get_paginator("get_tables").paginate(DatabaseName="sales"))
    assert [len(page["TableList"]) for page in pages] == [100, 100, 31]
    names = [t["Name"] for page in pages for t in page["TableList"]]
    assert names == sorted(names) and len(set(names)) == 231
    assert "NextToken" not in pages[-1]


def test_names_only_listing(glue):
    found = glue.get_tables(DatabaseName="sales", AttributesToGet=["NAME", "TABLE_TYPE"],
                            MaxResults=2)["TableList"]
    assert found == [{"Name": "a_view", "TableType": "VIRTUAL_VIEW"},
                     {"Name": "t000", "TableType": "EXTERNAL_TABLE"}]


@pytest.mark.parametrize("expression, count", [("t00.*", 10), ("t00*", 10), ("*view", 1), ("T00[0-4]", 5),
                                               ("t0", 0), ("t000|t001", 2), ("a_view", 1)])
def test_the_name_expression(glue, expression, count):
    found = glue.get_tables(DatabaseName="sales", Expression=expression)["TableList"]
    assert len(found) == count


def test_a_table_has_its_columns_and_keys(glue):
    found = glue.get_table(DatabaseName="SALES", Name="T001")["Table"]
    assert found["StorageDescriptor"]["Columns"] == [{"Name": "id", "Type": "bigint",
                                                      "Comment": "key"}]
    assert found["PartitionKeys"] == [{"Name": "day", "Type": "date"}]
    assert (found["CatalogId"], found["DatabaseName"]) == (RETAIL, "sales")


def test_missing_things_are_entity_not_found(glue):
    for call in (lambda: glue.get_table(DatabaseName="sales", Name="nope"),
                 lambda: glue.get_table(DatabaseName="nope", Name="nope"),
                 lambda: glue.get_database(Name="nope"),
                 lambda: glue.get_tables(DatabaseName="nope")):
        with pytest.raises(ClientError) as caught:
            call()
        assert error_of(caught)[0] == "EntityNotFoundException"


def test_a_page_size_over_a_hundred_is_refused(world_handle):
    client = world_handle.client("glue", world_handle.chain(RETAIL), parameter_validation=False)
    with pytest.raises(ClientError) as caught:
        client.get_tables(DatabaseName="sales", MaxResults=101)
    assert "less than or equal to 100" in error_of(caught)[1]


@pytest.mark.parametrize("expression, count", [
    ("day = '2026-01-03'", 1), ("day >= '2026-01-05'", 4), ("day IN ('2026-01-01','2026-01-08')", 2),
    ("day BETWEEN '2026-01-02' AND '2026-01-04'", 3), ("day LIKE '2026-01-0%' AND NOT day = '2026-01-01'", 7),
    ("(day < '2026-01-03') OR (day > '2026-01-07')", 3)])
def test_partitions_are_filtered(glue, expression, count):
    found = glue.get_partitions(DatabaseName="sales", TableName="t000", Expression=expression)
    assert len(found["Partitions"]) == count


def test_a_bad_partition_filter_is_invalid_input(glue):
    for text in ("nokey = 1", "day = ", "day ~ 'x'", "(" * 80 + "day = '1'" + ")" * 80):
        with pytest.raises(ClientError) as caught:
            glue.get_partitions(DatabaseName="sales", TableName="t000", Expression=text)
        assert error_of(caught)[0] == "InvalidInputException"


def test_partitions_in_segments_and_pages(glue):
    halves = [glue.get_partitions(DatabaseName="sales", TableName="t000", Segment={
        "SegmentNumber": n, "TotalSegments": 2})["Partitions"] for n in (0, 1)]
    assert sorted(p["Values"] for half in halves for p in half) == [[f"2026-01-0{d}"]
                                                                    for d in range(1, 9)]
    pages = glue.get_paginator("get_partitions").paginate(
        DatabaseName="sales", TableName="t000", PaginationConfig={"PageSize": 3})
    assert [len(page["Partitions"]) for page in pages] == [3, 3, 2]


def test_a_link_database_lists_the_targets_tables(glue):
    found = glue.get_tables(DatabaseName="mesh")["TableList"]
    assert [(t["Name"], t["CatalogId"], t["DatabaseName"]) for t in found] == [
        ("prices", MESH, "shared")]
    assert glue.get_table(DatabaseName="mesh", Name="prices")["Table"]["CatalogId"] == MESH


def test_a_link_table_is_followed(glue):
    found = glue.get_table(DatabaseName="links", Name="linked")["Table"]
    assert found["TargetTable"]["Name"] == "prices"
    assert found["StorageDescriptor"]["Columns"]


def test_the_producers_catalog_is_read_by_its_id(glue):
    assert glue.get_table(CatalogId=MESH, DatabaseName="shared", Name="prices")["Table"]["Name"] == "prices"


def test_a_link_that_may_not_be_followed_stays_bare(world_handle, glue):
    before = world_handle.control("glue_policy", "POST", {"account": MESH, "policy": None})["before"]
    try:
        found = glue.get_table(DatabaseName="links", Name="linked")["Table"]
        assert "StorageDescriptor" not in found and found["TargetTable"]["CatalogId"] == MESH
        with pytest.raises(ClientError) as caught:
            glue.get_table(CatalogId=MESH, DatabaseName="shared", Name="prices")
        code, text = error_of(caught)
        assert code == "AccessDeniedException"
        assert text.endswith("because no resource-based policy allows the glue:GetTable action")
    finally:
        world_handle.control("glue_policy", "POST", {"account": MESH, "policy": before})


def test_ancestors_are_checked_and_the_first_refused_one_is_named(world_handle):
    role = f"arn:aws:iam::{RETAIL}:role/AthenaConsumer"
    base = f"arn:aws:glue:us-east-1:{RETAIL}:"
    client = world_handle.clients(RETAIL, "glue")
    resources = [base + "catalog", base + "database/sales", base + "table/sales/t001"]
    before = world_handle.control("role_policies", "POST", {"role": role, "policies": []})["before"]
    try:
        for left_out in resources:
            rest = [r for r in resources if r != left_out]
            world_handle.control("role_policies", "POST", {"role": role, "policies": [{
                "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "glue:GetTable",
                                                        "Resource": rest}]}]})
            with pytest.raises(ClientError) as caught:
                client.get_table(DatabaseName="sales", Name="t001")
            code, text = error_of(caught)
            assert code == "AccessDeniedException"
            assert f"glue:GetTable on resource: {left_out} because no identity-based" in text
    finally:
        world_handle.control("role_policies", "POST", {"role": role, "policies": before})


def test_the_restricted_role_sees_one_database_and_no_list(world_handle):
    keys = world_handle.assume(world_handle.role_a(),
                               f"arn:aws:iam::{RETAIL}:role/AthenaConsumerRestricted",
                               ExternalId="bi-retail-r-55d0")
    client = world_handle.client("glue", keys)
    assert client.get_tables(DatabaseName="flights")["TableList"] == []
    for call in (client.get_databases, lambda: client.get_tables(DatabaseName="sales")):
        with pytest.raises(ClientError) as caught:
            call()
        assert error_of(caught)[0] == "AccessDeniedException"


def test_tables_are_created_changed_and_dropped(glue):
    glue.create_table(DatabaseName="sales", TableInput=table("Fresh"))
    assert glue.get_table(DatabaseName="sales", Name="fresh")["Table"]["Name"] == "fresh"
    with pytest.raises(ClientError) as caught:
        glue.create_table(DatabaseName="sales", TableInput=table("fresh"))
    assert error_of(caught)[0] == "AlreadyExistsException"
    glue.update_table(DatabaseName="sales", TableInput=table("fresh", Description="changed"))
    assert glue.get_table(DatabaseName="sales", Name="fresh")["Table"]["Description"] == "changed"
    glue.delete_table(DatabaseName="sales", Name="fresh")
    with pytest.raises(ClientError) as caught:
        glue.get_table(DatabaseName="sales", Name="fresh")
    assert error_of(caught)[0] == "EntityNotFoundException"


def test_catalogs(glue):
    found = glue.get_catalog(CatalogId=RETAIL)["Catalog"]
    assert (found["CatalogId"], found["ResourceArn"]) == (
        RETAIL, f"arn:aws:glue:us-east-1:{RETAIL}:catalog")
    assert glue.get_catalogs(IncludeRoot=True)["CatalogList"][0]["CatalogId"] == RETAIL


def test_role_a_itself_may_read_nothing(world_handle):
    client = world_handle.client("glue", world_handle.role_a())
    with pytest.raises(ClientError) as caught:
        client.get_databases()
    code, text = error_of(caught)
    assert code == "AccessDeniedException"
    assert f"arn:aws:sts::{CENTRAL}:assumed-role/AthenaRunAs/tester" in text


def test_a_session_policy_for_another_service_hides_the_catalog(world_handle):
    policy = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "athena:*", "Resource": "*"}]})
    keys = world_handle.assume(world_handle.role_a(), f"arn:aws:iam::{RISK}:role/AthenaConsumer",
                               ExternalId=EXTERNAL_IDS[RISK], Policy=policy)
    with pytest.raises(ClientError) as caught:
        world_handle.client("glue", keys).get_databases()
    assert "because no session policy allows the glue:GetDatabases action" in error_of(caught)[1]


def test_catalog_changes_outlive_the_process(tmp_path):
    import yaml
    from conftest import start
    path = tmp_path / "world.yaml"
    path.write_text(yaml.safe_dump(bare_world()))
    first = start(path, tmp_path / "state")
    client = first.clients(RETAIL, "glue")
    client.create_table(DatabaseName="flights", TableInput=table("kept"))
    client.create_table(DatabaseName="flights", TableInput=table("dropped"))
    client.create_partition(DatabaseName="flights", TableName="kept",
                            PartitionInput={"Values": ["2026-01-01"]})
    client.delete_table(DatabaseName="flights", Name="dropped")
    first.sandbox.stop()
    second = start(path, tmp_path / "state")
    try:
        client = second.clients(RETAIL, "glue")
        assert [t["Name"] for t in client.get_tables(DatabaseName="flights")["TableList"]] == ["kept"]
        assert len(client.get_partitions(DatabaseName="flights", TableName="kept")["Partitions"]) == 1
    finally:
        second.sandbox.stop()
