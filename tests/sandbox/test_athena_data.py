"""The makers of the world's tables."""
import pytest

from athena_sandbox.data.make import TableMistake
from conftest import RETAIL, WORLD, start, yaml


def tiny_world(tables):
    world = yaml.safe_load(WORLD.read_text(encoding="utf-8"))
    for account in world["accounts"].values():
        for raw in (account.get("databases") or {}).values():
            raw.pop("tables", None)
    world["accounts"][RETAIL]["databases"]["edges"]["tables"] = tables
    return world


def keys(handle):
    return [o.key for o in handle.sandbox.store.list("retail-data", "edges/")]


def test_a_restart_keeps_the_files_and_removes_what_statements_added(tmp_path):
    path = tmp_path / "world.yaml"
    path.write_text(yaml.safe_dump(tiny_world({"t": {"format": "parquet", "generate": {"kind": "numbers", "rows": 3}}})))
    one = start(path, tmp_path / "state")
    before = keys(one)
    one.sandbox.store.put("retail-data", "edges/t/added.parquet", b"x")
    one.sandbox.stop()
    two = start(path, tmp_path / "state")
    assert before == keys(two) == ["edges/t/part-00000.parquet"]
    two.sandbox.stop()


@pytest.mark.parametrize("table,words", [
    ({"generate": {"kind": "nothing"}}, "tables.t.generate.kind: 'nothing' is unknown"),
    ({"format": "orc", "generate": {"kind": "csv_edges"}}, "tables.t.format: 'orc' is unknown"),
    ({"location": "s3://no-such-bucket/x/", "generate": {"kind": "csv_edges"}}, "which no account has"),
    ({"view": "SELECT nope FROM nowhere"}, "tables.t.view: ")])
def test_a_mistake_in_a_table_names_its_place(small, table, words):
    with pytest.raises(TableMistake) as caught:
        small(tiny_world({"t": table}))
    assert words in str(caught.value)


@pytest.mark.parametrize("form", ["parquet", "csv", "json", "iceberg"])
def test_every_format_gives_the_same_rows(small, form):
    sql = "SELECT CAST(1 AS INTEGER) AS a, 'x, \"y\"' AS b, DATE '2024-01-31' AS c, CAST(1.5 AS DOUBLE) AS d UNION ALL SELECT 2, NULL, NULL, NULL"
    handle = small(tiny_world({"t": {"format": form, "comment": "A table", "column_comments": {"a": "Key"},
                                     "generate": {"kind": "sql", "sql": sql}}}))
    from test_athena_api import Athena
    rows = Athena(handle).rows("SELECT * FROM t ORDER BY a", database="edges")
    absent = "" if form == "csv" else None          # a CSV table has no NULL text
    assert rows == [["a", "b", "c", "d"], ["1", 'x, "y"', "2024-01-31", "1.5"], ["2", absent, None, None]]
    table = handle.sandbox.glue.table(RETAIL, "edges", "t")
    assert table["Description"] == "A table" and table["StorageDescriptor"]["Columns"][0]["Comment"] == "Key"


def test_real_data_is_what_the_packages_ship(sandbox):
    from test_athena_api import Athena
    athena = Athena(sandbox)
    assert athena.rows("SELECT count(*), count(dep_time), sum(distance) FROM flights")[1] == ["336776", "328521", "350217607"]
    assert athena.rows("SELECT count(*), min(year), max(seats) FROM planes")[1] == ["3322", "1956", "450"]
    assert athena.rows("SELECT count(*) FROM weather")[1] == ["26115"]
    assert athena.rows("SELECT count(*), count(DISTINCT symbol) FROM mesh.stocks")[1] == ["560", "5"]
