"""Readings of facts that could not be confirmed: the list is whole, documented, and each switch changes the wire.

What the other switches change is tested beside the behaviour itself (test_readings, test_athena_api, test_governed_worlds, test_s3,
test_negative_world); tests/switches asks the driver under both readings.
"""
import json
import pathlib
import re
import uuid

import pytest
from botocore.exceptions import ClientError

from athena_sandbox.world.switches import READINGS
from conftest import EXTERNAL_IDS, RETAIL, ROOT, role_b
from test_athena_api import Athena
from test_readings import code_of, switched  # noqa: F401 - the fixture


@pytest.fixture(scope="module")
def athena(sandbox):
    return Athena(sandbox)


def test_the_readme_documents_every_switch():
    text = (ROOT / "sandbox" / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \| `\w+` \|", text, re.M)) == set(READINGS)
    for name, (taken, other, says) in READINGS.items():
        shown = json.dumps(taken) if not isinstance(taken, int) or isinstance(taken, bool) else str(taken)
        assert f"| `{name}` | `{shown}` | {says} |" in text, name
        assert taken != other


def test_every_switch_is_read_somewhere_and_turned_in_a_test():
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "sandbox" / "athena_sandbox").rglob("*.py")
                   if path.name != "switches.py")
    tests = "".join(path.read_text(encoding="utf-8") for path in pathlib.Path(__file__).parent.glob("test_*.py"))
    for name in READINGS:
        assert f'"{name}"' in code, name
        assert re.search(rf'{name}=|"{name}"', tests), name


def test_the_control_api_explains_the_switches(sandbox):
    readings = sandbox.control("readings")
    assert {name: entry["taken"] for name, entry in readings.items()} == sandbox.control("switches")
    assert readings["char_padded"] == {"taken": True, "other": False, "says": READINGS["char_padded"][2]}


def columns(athena, sql, **more):
    found = athena.results(athena.good(sql, **more))["ResultSet"]
    return [(c["Name"], c["Type"]) for c in found["ResultSetMetadata"]["ColumnInfo"]], \
        [[d.get("VarCharValue") for d in row["Data"]] for row in found["Rows"]][1:]


def test_equal_names_may_be_told_apart(athena, switched):
    assert columns(athena, "SELECT 1 AS x, 2 AS x, 3 AS x")[0] == [("x", "integer")] * 3
    switched(equal_names_kept=False)
    assert columns(athena, "SELECT 1 AS x, 2 AS x, 3 AS x")[0] == [("x", "integer"), ("x_1", "integer"), ("x_2", "integer")]


def test_null_may_be_a_varchar(athena, switched):
    assert columns(athena, "SELECT NULL AS n") == ([("n", "unknown")], [[None]])
    switched(null_is_unknown=False)
    assert columns(athena, "SELECT NULL AS n") == ([("n", "varchar")], [[None]])


def test_floats_and_far_years_have_another_text(athena, switched):
    sql = "SELECT CAST(0.1 AS real) AS r, CAST('nan' AS real) AS n, date_add('year', 9000, DATE '2024-01-31') AS d"
    assert columns(athena, sql)[1] == [["0.1", "NaN", "+11024-01-31"]]
    switched(float_digits_are_short=False, wide_years_signed=False)
    assert columns(athena, sql)[1] == [["0.10000000149011612", "NaN", "11024-01-31"]]
    assert columns(athena, "SELECT c_float FROM every_type WHERE label = 'normal'", database="edges")[1] == [["1.5"]]


def test_result_objects_may_look_like_multipart_uploads(athena, switched):
    def etag():
        place = athena.good("SELECT name FROM airlines")["ResultConfiguration"]["OutputLocation"]
        bucket, _, key = place[5:].partition("/")
        return athena.s3.head_object(Bucket=bucket, Key=key)["ETag"].strip('"')
    assert re.fullmatch("[0-9a-f]{32}", etag())
    switched(result_etag_is_md5=False)
    assert re.fullmatch("[0-9a-f]{32}-1", etag())


def test_unload_may_have_no_substatement(athena, switched):
    def sub():
        place = f"s3://retail-data/unload-{uuid.uuid4().hex}/"
        return athena.good(f"UNLOAD (SELECT 1 AS n) TO '{place}' WITH (format = 'JSON')").get("SubstatementType")
    assert sub() == "UNLOAD"
    switched(unload_has_substatement=False)
    assert sub() is None


def test_a_denied_query_and_the_limit_have_other_words(athena, sandbox, switched):
    restricted = Athena.__new__(Athena)
    keys = sandbox.assume(sandbox.role_a(), f"arn:aws:iam::{RETAIL}:role/AthenaConsumerRestricted", ExternalId="bi-retail-r-55d0")
    restricted.client = sandbox.client("athena", keys)

    def reasons():
        denied = restricted.run("SELECT * FROM edges.every_type")["Status"]
        limit = athena.run("SELECT * FROM flights_csv", group="retail-capped")["Status"]
        assert (denied["State"], limit["State"]) == ("FAILED", "CANCELLED")
        return denied["StateChangeReason"], limit["StateChangeReason"]
    denied, limit = reasons()
    assert denied.startswith("Insufficient permissions to execute the query. User: ") and limit.startswith("Query cancelled! ")
    switched(denied_query_says_insufficient=False, cutoff_says_cancelled=False)
    denied, limit = reasons()
    assert denied.startswith("ACCESS_DENIED: Access Denied: User: ") and limit.startswith("The query scanned more bytes than the cutoff")


def test_lake_formation_may_not_name_the_right(sandbox, switched):
    glue = sandbox.clients(RETAIL, "glue")

    def text():
        with pytest.raises(ClientError) as caught:
            glue.get_table(DatabaseName="governed", Name="employment")
        return caught.value.response["Error"]["Message"]
    assert text() == "Insufficient Lake Formation permission(s): Required Describe on employment"
    switched(lake_names_the_right=False)
    assert "is not authorized to perform: glue:GetTable on resource: employment" in text()


def test_expired_sessions_have_other_names_and_another_status(sandbox, switched):
    keys = sandbox.chain(RETAIL)
    sandbox.control("revoke", "POST", {"access_key": keys[0]})
    athena, s3 = sandbox.client("athena", keys), sandbox.client("s3", keys)

    def answers():
        with pytest.raises(ClientError) as caught:
            s3.list_objects_v2(Bucket="retail-results")
        return code_of(lambda: athena.get_work_group(WorkGroup="retail-bi")), \
            caught.value.response["ResponseMetadata"]["HTTPStatusCode"]
    assert answers() == ("ExpiredTokenException", 400)
    switched(json_auth_names_of_query=True, s3_expired_is_403=True)
    assert answers() == ("ExpiredToken", 403)


def test_requester_pays_may_want_no_header(small):
    from conftest import bare_world
    world = bare_world()
    world["accounts"]["555566667777"]["buckets"]["mesh-data"]["requester_pays"] = True
    handle = small(world)
    handle.sandbox.store.put("mesh-data", "shared/x", b"1")
    s3 = handle.client("s3", handle.assume(handle.role_a(), role_b(RETAIL), ExternalId=EXTERNAL_IDS[RETAIL]))
    assert code_of(lambda: s3.get_object(Bucket="mesh-data", Key="shared/x")) == "AccessDenied"
    handle.control("switches", "POST", {"requester_pays_needs_header": False})
    assert code_of(lambda: s3.get_object(Bucket="mesh-data", Key="shared/x")) == "ok"
