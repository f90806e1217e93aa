"""The Athena API end to end: boto3 through the role chain, and the shapes that boto3 hides."""
import subprocess
import sys
import time
import uuid

import pytest
from botocore.exceptions import ClientError

from athena_sandbox.contract import Call, Caller, ServiceError
from athena_sandbox.format import csvtext
from conftest import RETAIL, RISK


class Athena:
    """Runs queries as the retail account's Role B."""

    def __init__(self, sandbox):
        keys = self.keys = sandbox.chain(RETAIL)
        self.client = sandbox.client("athena", keys)
        self.s3 = sandbox.client("s3", keys)
        self.sandbox = sandbox.sandbox

    def start(self, sql, group="retail-bi", database="flights", **more):
        return self.client.start_query_execution(
            QueryString=sql, WorkGroup=group, QueryExecutionContext={"Database": database},
            **more)["QueryExecutionId"]

    def wait(self, query_id):
        for _ in range(600):
            found = self.client.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
            if found["Status"]["State"] in ("SUCCEEDED", "FAILED", "CANCELLED"):
                return found
            time.sleep(0.02)
        raise AssertionError("the query does not end")

    def run(self, sql, **more):
        return self.wait(self.start(sql, **more))

    def good(self, sql, **more):
        found = self.run(sql, **more)
        assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
        return found

    def results(self, found, **more):
        return self.client.get_query_results(QueryExecutionId=found["QueryExecutionId"], **more)

    def rows(self, sql, **more):
        page = self.results(self.good(sql, **more))
        return [[d.get("VarCharValue") for d in r["Data"]] for r in page["ResultSet"]["Rows"]]

    def object(self, uri):
        bucket, _, key = uri[5:].partition("/")
        return self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    def exists(self, uri):
        bucket, _, key = uri[5:].partition("/")
        return self.sandbox.store.get(bucket, key) is not None

    def presigned(self, endpoint, bucket, key):
        import boto3
        from botocore.config import Config
        signer = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", config=Config(
            signature_version="s3v4", s3={"addressing_style": "path"}), aws_access_key_id=self.keys[0], aws_secret_access_key=self.keys[1],
            aws_session_token=self.keys[2])
        return signer.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key})

    def refused(self, **params):
        with pytest.raises(ClientError) as caught:
            self.client.start_query_execution(**params)
        return caught.value.response

    def direct(self, action, **params):
        """A call as the service gets it, for what boto3 would not send."""
        role = self.sandbox.world.accounts[RETAIL].roles["AthenaConsumer"]
        caller = Caller(RETAIL, f"arn:aws:sts::{RETAIL}:assumed-role/AthenaConsumer/direct", "ASIADIRECT",
                        "assumed-role", role_arn=role.arn, session_name="direct",
                        identity_policies=role.policies)
        return self.sandbox.athena.handle(Call("athena", action, params, caller, "us-east-1", "request-id"))


@pytest.fixture(scope="module")
def athena(sandbox):
    return Athena(sandbox)


def code_of(answer):
    return answer.get("AthenaErrorCode"), answer["Error"]["Code"], answer["Error"]["Message"]


# ---- the main job ---------------------------------------------------------------------------------

def test_a_join_over_another_accounts_tables_runs_and_is_billed_there(athena):
    found = athena.good("SELECT a.name, count(*) AS flights, avg(f.dep_delay) AS delay FROM flights f "
                        "JOIN airlines a ON f.carrier = a.carrier GROUP BY a.name ORDER BY 2 DESC LIMIT 3")
    rows = [[d.get("VarCharValue") for d in r["Data"]] for r in athena.results(found)["ResultSet"]["Rows"]]
    assert rows[:2] == [["name", "flights", "delay"], ["United Air Lines Inc.", "58665", "12.106072888459614"]]
    assert found["Statistics"]["DataScannedInBytes"] > 0
    records = athena.sandbox.ledger.of(found["QueryExecutionId"])
    assert [(r["account"], r["bytes_billed"], r["free"]) for r in records] == [(RETAIL, 10485760, None)]


def test_the_other_units_and_the_mesh_answer_too(sandbox, athena):
    assert athena.rows("SELECT count(*) FROM mesh.stocks")[1] == ["560"]
    keys = sandbox.chain(RISK)
    client = sandbox.client("athena", keys)
    groups = [g["Name"] for g in client.list_work_groups()["WorkGroups"]]
    assert groups == sorted(groups) and "primary" in groups


# ---- result objects -------------------------------------------------------------------------------

def test_a_literal_select_leaves_a_csv_and_a_companion_of_73_bytes(athena):
    found = athena.good("SELECT 1 AS n")
    place = found["ResultConfiguration"]["OutputLocation"]
    assert place == f"s3://retail-results/retail-bi/{found['QueryExecutionId']}.csv"
    assert athena.object(place) == b'"n"\n"1"\n'
    assert len(athena.object(place + ".metadata")) == 73
    assert "QueryPlanningTimeInMillis" not in found["Statistics"]


def test_no_rows_leave_the_header_line_only(athena):
    place = athena.good("SELECT 1 AS i WHERE false")["ResultConfiguration"]["OutputLocation"]
    assert athena.object(place) == b'"i"\n' and len(athena.object(place)) == 4


def test_every_csv_edge_survives_in_the_object_and_in_the_page(athena):
    found = athena.good("SELECT label, a, b FROM csv_edges ORDER BY n", database="edges")
    rows = [[d.get("VarCharValue") for d in r["Data"]] for r in athena.results(found)["ResultSet"]["Rows"]]
    body = athena.object(found["ResultConfiguration"]["OutputLocation"])
    assert body == "".join(csvtext.record(r) for r in rows).encode()
    by_label = {r[0]: r[1:] for r in rows[1:]}
    assert by_label["empty"] == ["", ""] and by_label["null"] == [None, None]
    assert by_label["crlf"] == ["one\r\ntwo", "\r\n"] and by_label["quote"] == ['say "hi"', '"']
    assert by_label["emoji"] == ["😀🏦", "😀"] and by_label["control"][0] == "\x01\x02\x1f\x7f"
    assert b'"empty","",""\n"null",,\n' in body


def test_a_one_column_null_is_an_empty_line(athena):
    found = athena.good("SELECT CAST(NULL AS varchar) AS x")
    assert athena.object(found["ResultConfiguration"]["OutputLocation"]) == b'"x"\n\n'


@pytest.mark.parametrize("sql,ending,body,companion", [
    ("SHOW TABLES IN edges 'rows_1*'", ".txt", b"rows_1\nrows_1000\nrows_1001\nrows_1500", 312),
    ("SHOW DATABASES LIKE 'edg*'", ".txt", b"edges", 332),
    ("SHOW TABLES IN edges 'rows%'", ".txt", b"", 312),
    ("EXPLAIN (TYPE VALIDATE) SELECT 1", ".txt", b"Valid\ntrue", None)])
def test_a_text_result_has_no_final_newline(athena, sql, ending, body, companion):
    found = athena.good(sql)
    place = found["ResultConfiguration"]["OutputLocation"]
    assert place.endswith(found["QueryExecutionId"] + ending)
    assert athena.object(place) == body
    if companion:
        assert len(athena.object(place + ".metadata")) == companion


def test_dml_on_an_iceberg_table_counts_rows_and_leaves_only_companions(athena):
    athena.run("DROP TABLE IF EXISTS flights.dml_probe")
    made = athena.good("CREATE TABLE dml_probe WITH (table_type='ICEBERG', is_external=false, location="
                       "'s3://retail-data/flights/dml_probe/') AS SELECT 1 AS id, 'a' AS note UNION ALL SELECT 2, 'b'")
    assert made["StatementType"] == "DDL" and made["SubstatementType"] == "CREATE_TABLE_AS_SELECT"
    place = made["ResultConfiguration"]["OutputLocation"]
    assert place.endswith("/tables/" + made["QueryExecutionId"])
    assert not athena.exists(place) and len(athena.object(place + ".metadata")) == 81
    for sql, sub, count, length, ending in [
            ("INSERT INTO dml_probe VALUES (3, 'c'), (4, NULL)", "INSERT", 2, 75, ""),
            ("UPDATE dml_probe SET note = 'x' WHERE id < 3", "UPDATE", 2, 75, ".csv"),
            ("MERGE INTO dml_probe t USING (SELECT 1 AS id UNION ALL SELECT 9) s ON t.id = s.id WHEN MATCHED THEN "
             "DELETE WHEN NOT MATCHED THEN INSERT (id, note) VALUES (s.id, 'new')", "MERGE", 2, 74, ".csv"),
            ("DELETE FROM dml_probe WHERE note IS NULL", "DELETE", 1, 75, ".csv")]:
        found = athena.good(sql)
        assert found["SubstatementType"] == sub
        place = found["ResultConfiguration"]["OutputLocation"]
        assert place.endswith(found["QueryExecutionId"] + ending)
        assert not athena.exists(place) and len(athena.object(place + ".metadata")) == length
        page = athena.results(found)
        assert page["UpdateCount"] == count and page["ResultSet"]["Rows"] == []
        assert [(c["Name"], c["Type"]) for c in page["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]] == [("rows", "bigint")]
    assert athena.rows("SELECT id, note FROM dml_probe ORDER BY id")[1:] == [["2", "x"], ["3", "c"], ["9", "new"]]
    dropped = athena.good("DROP TABLE dml_probe")
    place = dropped["ResultConfiguration"]["OutputLocation"]
    assert athena.object(place) == b"\n" and len(athena.object(place + ".metadata")) == 41


def test_a_hive_ctas_and_insert_write_manifests(athena):
    athena.run("DROP TABLE IF EXISTS ctas_probe")
    name = f"s3://retail-data/flights/ctas_{uuid.uuid4().hex}/"
    made = athena.good(f"CREATE TABLE ctas_probe WITH (external_location='{name}', partitioned_by=ARRAY['month']) AS "
                       "SELECT carrier, count(*) AS n, month FROM flights GROUP BY carrier, month")
    manifest = made["Statistics"]["DataManifestLocation"]
    assert manifest.endswith(f"/tables/{made['QueryExecutionId']}-manifest.csv")
    uris = athena.object(manifest).decode().splitlines()
    assert len(uris) == 12 and all(u.startswith(name + "month=") for u in uris)
    assert athena.results(made)["UpdateCount"] == 185
    assert len(athena.rows("SHOW PARTITIONS ctas_probe")) == 12
    assert athena.rows("SELECT sum(n) FROM ctas_probe WHERE month = 2")[1] == ["24951"]
    added = athena.good("INSERT INTO ctas_probe VALUES ('ZZ', 7, 13)")
    assert athena.object(added["Statistics"]["DataManifestLocation"]).count(b"\n") == 1
    assert "month=13" in [r[0] for r in athena.rows("SHOW PARTITIONS ctas_probe")]
    athena.good("DROP TABLE ctas_probe")


def test_ddl_leaves_an_empty_object_and_no_columns(athena):
    found = athena.good("CREATE DATABASE IF NOT EXISTS flights")
    place = found["ResultConfiguration"]["OutputLocation"]
    assert athena.object(place) == b"" and not athena.exists(place + ".metadata")
    page = athena.results(found)
    assert page.get("UpdateCount") is None and page["ResultSet"]["Rows"] == []
    assert page["ResultSet"]["ResultSetMetadata"]["ColumnInfo"] == []


def test_failed_hive_ddl_writes_its_reason_and_answers_an_empty_set(athena):
    found = athena.run("DROP TABLE not_there")
    assert found["Status"]["State"] == "FAILED"
    assert found["Status"]["StateChangeReason"] == \
        "FAILED: SemanticException [Error 10001]: Table not found flights.not_there"
    assert found["Status"]["AthenaError"]["ErrorMessage"] != found["Status"]["StateChangeReason"]
    assert athena.object(found["ResultConfiguration"]["OutputLocation"]).decode() == \
        found["Status"]["StateChangeReason"]
    assert athena.results(found)["ResultSet"]["Rows"] == []


# ---- paging ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("count,pages", [(0, [1]), (1, [2]), (999, [1000, 0]), (1000, [1000, 1]),
                                         (1001, [1000, 2]), (1500, [1000, 501])])
def test_a_full_page_always_has_a_token_and_the_header_counts(athena, count, pages):
    found = athena.good(f"SELECT n, label FROM rows_{count} ORDER BY n", database="edges")
    token, seen, first = None, [], None
    while True:
        more = {"NextToken": token} if token else {}
        page = athena.results(found, **more)
        first = first or page
        seen.append(len(page["ResultSet"]["Rows"]))
        token = page.get("NextToken")
        if not token:
            break
        assert len(token) >= 80
    assert seen == pages
    assert [d["VarCharValue"] for d in first["ResultSet"]["Rows"][0]["Data"]] == ["n", "label"]


def test_small_pages_run_through_and_an_odd_token_is_refused(athena):
    found = athena.good("SELECT n FROM rows_1500 ORDER BY n", database="edges")
    values, token = [], None
    while True:
        page = athena.results(found, MaxResults=7, **({"NextToken": token} if token else {}))
        values += [r["Data"][0]["VarCharValue"] for r in page["ResultSet"]["Rows"]]
        token = page.get("NextToken")
        if not token:
            break
    assert values == ["n"] + [str(i) for i in range(1, 1501)]
    with pytest.raises(ClientError) as caught:
        athena.results(found, NextToken="bad")
    assert caught.value.response["Error"]["Message"] == "Malformed nextPageToken bad"


def test_the_order_of_checks_of_get_query_results(athena):
    found = athena.good("SELECT 1")
    with pytest.raises(ServiceError) as caught:
        athena.direct("GetQueryResults", QueryExecutionId="nope", MaxResults=0)
    assert "greater than or equal to 1" in caught.value.message
    with pytest.raises(ServiceError) as caught:
        athena.direct("GetQueryResults", QueryExecutionId="nope", MaxResults=1001)
    assert caught.value.members["AthenaErrorCode"] == "QUERY_EXECUTION_NOT_FOUND"
    assert caught.value.message == "QueryExecution nope was not found"
    with pytest.raises(ServiceError) as caught:
        athena.direct("GetQueryResults", QueryExecutionId=found["QueryExecutionId"], MaxResults=1001)
    assert "more than maximum allowed length 1000" in caught.value.message


def test_the_extra_members_repeat_the_data_and_null_has_no_value(athena):
    found = athena.good("SELECT NULL AS a, '' AS b")
    answer = athena.direct("GetQueryResults", QueryExecutionId=found["QueryExecutionId"])["ResultSet"]
    assert answer["Rows"][1] == {"Data": [{}, {"VarCharValue": ""}]}
    assert answer["ResultRows"] == answer["Rows"]
    assert answer["ColumnInfos"] == answer["ResultSetMetadata"]["ColumnInfo"]


# ---- tokens and the order of the start checks --------------------------------------------------------

def start(athena, **params):
    base = {"QueryString": "SELECT 1", "ClientRequestToken": uuid.uuid4().hex, "WorkGroup": "retail-bi"}
    base.update(params)
    return athena.direct("StartQueryExecution", **{k: v for k, v in base.items() if v is not None})


def test_the_same_token_gives_the_same_execution(athena):
    token = uuid.uuid4().hex
    one = start(athena, ClientRequestToken=token)
    athena.wait(one["QueryExecutionId"])
    assert start(athena, ClientRequestToken=token) == one
    assert start(athena, ClientRequestToken=token, WorkGroup="retail-managed") == one
    assert start(athena, ClientRequestToken=token, ExecutionParameters=["1"]) == one
    with pytest.raises(ServiceError) as caught:
        start(athena, ClientRequestToken=token, QueryString="SELECT 2")
    assert caught.value.members["AthenaErrorCode"] == "IDEMPOTENT_PARAMETER_MISMATCH"
    with pytest.raises(ServiceError):
        start(athena, ClientRequestToken=token, QueryExecutionContext={"Database": "edges"})
    assert start(athena, ClientRequestToken=token.upper()) != one


def test_a_token_of_a_refused_request_is_not_used_up(athena):
    token = uuid.uuid4().hex
    with pytest.raises(ServiceError):
        start(athena, ClientRequestToken=token, QueryString="SELEC 1")
    assert start(athena, ClientRequestToken=token)["QueryExecutionId"]


STARTS = [
    (dict(ClientRequestToken=None), "INVALID_INPUT", "clientRequestToken is null or empty"),
    (dict(ClientRequestToken="x" * 31), "INVALID_INPUT", "length greater than or equal to 32"),
    (dict(ClientRequestToken="x" * 129), "INVALID_INPUT", "length less than or equal to 128"),
    (dict(ClientRequestToken="é" * 70), "INVALID_INPUT", "length less than or equal to 128"),
    (dict(ClientRequestToken="x", QueryString=None), "INVALID_INPUT", "Value null at 'queryString'"),
    (dict(ResultConfiguration={"OutputLocation": "http://x"}, QueryString="SELEC"), "INVALID_INPUT",
     "outputLocation is not a valid S3 path."),
    (dict(QueryString="SELEC 1"), "MALFORMED_QUERY", "line 1:1: mismatched input 'SELEC'. Expecting: "),
    (dict(QueryString="SELECT 1 FROM"), "MALFORMED_QUERY", "mismatched input"),
    (dict(QueryString="CREATE TABLE t (a int)"), "MALFORMED_QUERY", "No location was specified for table. An S3 location must be specified"),
    (dict(QueryString="DESCRIBE missing_table"), "INVALID_INPUT", "Entity Not Found (Service: AmazonDataCatalog"),
    (dict(QueryString="SHOW COLUMNS IN missing_table"), "INVALID_INPUT", "Entity Not Found"),
    (dict(QueryString="DESCRIBE nocat.d.t"), "DATACATALOG_NOT_FOUND", "Catalog 'nocat' does not exist"),
    (dict(WorkGroup="no-such-group"), "INVALID_INPUT", "WorkGroup is not found."),
    (dict(WorkGroup="primary"), "INVALID_INPUT", "No output location provided."),
    (dict(WorkGroup="retail-disabled"), "INVALID_INPUT", "is disabled"),
    (dict(ExecutionParameters=[]), "INVALID_INPUT", "executionParameters"),
    (dict(QueryExecutionContext={"Database": ""}), "INVALID_INPUT", "database"),
    (dict(WorkGroup="primary", ResultConfiguration={"OutputLocation": "s3://central-results/x/"}), "INVALID_INPUT",
     "Unable to verify/create output bucket central-results"),
]


@pytest.mark.parametrize("params,code,words", STARTS, ids=[w[:40] + str(n) for n, (_, _, w) in enumerate(STARTS)])
def test_a_start_is_refused(athena, params, code, words):
    with pytest.raises(ServiceError) as caught:
        start(athena, **params)
    assert caught.value.code == "InvalidRequestException" and caught.value.status == 400
    assert caught.value.members["AthenaErrorCode"] == caught.value.members["ErrorCode"] == code
    assert words in caught.value.message


def test_a_wrong_json_type_is_a_serialization_error_before_all_else(athena):
    with pytest.raises(ServiceError) as caught:
        start(athena, QueryString=5, ClientRequestToken="x")
    assert (caught.value.code, caught.value.message) == \
        ("SerializationException", "NUMBER_VALUE can not be converted to a String")
    assert caught.value.members == {}


def test_an_unknown_group_outside_the_callers_rights_is_denied_first(sandbox):
    keys = sandbox.assume(sandbox.role_a(), f"arn:aws:iam::{RETAIL}:role/AthenaConsumerRestricted",
                          ExternalId="bi-retail-r-55d0")
    client = sandbox.client("athena", keys)
    for group in ("no-such-group", "primary"):
        with pytest.raises(ClientError) as caught:
            client.start_query_execution(QueryString="SELECT 1", WorkGroup=group)
        assert caught.value.response["Error"]["Code"] == "AccessDeniedException"


# ---- states, failures -------------------------------------------------------------------------------

FAILURES = [
    ("SELECT * FROM nope", "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.flights.nope' does not exist", 2, 1301),
    ("SELECT * FROM nodb.t", "SCHEMA_NOT_FOUND: line 1:", 2, 1301),
    ("SELECT * FROM nocat.d.t", "CATALOG_NOT_FOUND: ", 2, 1006),
    ("SELECT x FROM airlines", "COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved", 2, 1006),
    ("SELECT nofunction(1)", "FUNCTION_NOT_FOUND: line 1:8: Function 'nofunction' not registered", 2, 1303),
    ("SELECT 'a' + 1", "TYPE_MISMATCH: line 1:", 2, 1002), ("SELECT 1/0", "DIVISION_BY_ZERO: Division by zero", 2, 1001),
    ("SELECT carrier, 1/(flight-flight) FROM flights", "DIVISION_BY_ZERO: Division by zero", 2, 1001),
    ("SELECT CAST('x' AS integer)", "INVALID_CAST_ARGUMENT: ", 2, 1100),
    ("SELECT 2147483647 + 1", "NUMERIC_VALUE_OUT_OF_RANGE: ", 2, 1100),
    ("SELECT ?", "INVALID_PARAMETER_USAGE: ", 2, 1100), ("SELECT ARRAY[1][5]", "INVALID_FUNCTION_ARGUMENT: ", 2, 1106),
    ("UPDATE flights SET year = 1", "NOT_SUPPORTED: ", 2, 1200),
    ("CREATE TABLE airlines AS SELECT 1 a", "TABLE_ALREADY_EXISTS: line 1:1: Destination table ", 2, 1110),
    ("DROP DATABASE nodb", "FAILED: SemanticException [Error 10072]: Database does not exist: nodb", 1, 1502),
]


@pytest.mark.parametrize("sql,reason,category,kind", FAILURES, ids=[f[0][:40] for f in FAILURES])
def test_a_query_fails_in_athenas_words(athena, sql, reason, category, kind):
    found = athena.run(sql)
    status = found["Status"]
    assert status["State"] == "FAILED" and status["StateChangeReason"].startswith(reason), status
    assert (status["AthenaError"]["ErrorCategory"], status["AthenaError"]["ErrorType"]) == (category, kind)
    if not reason.startswith("FAILED:"):
        assert status["AthenaError"]["ErrorMessage"] == status["StateChangeReason"]
        assert not athena.exists(found["ResultConfiguration"]["OutputLocation"])
        with pytest.raises(ClientError) as caught:
            athena.results(found)
        assert code_of(caught.value.response)[2] == \
            "Query did not finish successfully. Final query state: FAILED"
    assert athena.sandbox.ledger.of(found["QueryExecutionId"])[0]["bytes_billed"] == 0


def test_a_running_query_is_stopped_and_leaves_nothing(athena):
    query_id = athena.start("/*+ sandbox:states=QUEUED:0.2,RUNNING:30 */ SELECT 1")
    with pytest.raises(ClientError) as caught:
        athena.client.get_query_results(QueryExecutionId=query_id)
    assert "Query has not yet finished. Current state: " in caught.value.response["Error"]["Message"]
    athena.client.stop_query_execution(QueryExecutionId=query_id)
    found = athena.wait(query_id)
    assert found["Status"]["State"] == "CANCELLED"
    assert found["Status"]["StateChangeReason"] == "Query cancelled by user"
    assert "AthenaError" not in found["Status"]
    assert not athena.exists(found["ResultConfiguration"]["OutputLocation"])
    with pytest.raises(ClientError) as caught:
        athena.results(found)
    assert caught.value.response["Error"]["Message"] == "Could not find results"


def test_a_heavy_query_inside_the_engine_is_interrupted(athena):
    query_id = athena.start("SELECT count(*) FROM flights a CROSS JOIN flights b WHERE a.dep_delay * b.dep_delay > 1000000")
    time.sleep(0.5)
    began = time.monotonic()
    athena.client.stop_query_execution(QueryExecutionId=query_id)
    assert athena.wait(query_id)["Status"]["State"] == "CANCELLED"
    assert time.monotonic() - began < 5


def test_stopping_a_finished_query_changes_nothing(athena):
    found = athena.good("SELECT 1")
    athena.client.stop_query_execution(QueryExecutionId=found["QueryExecutionId"])
    assert athena.wait(found["QueryExecutionId"])["Status"]["State"] == "SUCCEEDED"


def test_a_scripted_walk_goes_back_to_queued(athena):
    query_id = athena.start("/*+ sandbox:states=QUEUED:0.15,RUNNING:0.15,QUEUED:0.15 */ SELECT 1")
    seen = []
    while not seen or seen[-1] not in ("SUCCEEDED", "FAILED"):
        state = athena.client.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]["Status"]["State"]
        if not seen or seen[-1] != state:
            seen.append(state)
        time.sleep(0.01)
    assert seen[:3] == ["QUEUED", "RUNNING", "QUEUED"] and seen[-1] == "SUCCEEDED"


# ---- what GetQueryExecution shows --------------------------------------------------------------------

def test_the_echo_of_a_query(athena):
    found = athena.good(" SELECT 1 ; ", ResultConfiguration={"OutputLocation": "s3://retail-results/mine/"})
    assert found["Query"] == "SELECT 1" and "ClientRequestToken" not in found
    assert found["EngineVersion"]["EffectiveEngineVersion"] == "Athena engine version 3"
    assert found["ResultConfiguration"]["OutputLocation"].startswith("s3://retail-results/retail-bi/")
    assert found["QueryExecutionContext"] == {"Database": "flights"}
    query_id = athena.client.start_query_execution(
        QueryString="SELECT 1", WorkGroup="retail-bi", QueryExecutionContext={"Catalog": "AwsDataCatalog", "Database": "Flights"})
    found = athena.wait(query_id["QueryExecutionId"])
    assert found["QueryExecutionContext"] == {"Catalog": "awsdatacatalog", "Database": "Flights"}


def test_a_missing_slash_is_added_to_the_output_location(athena):
    found = athena.good("SELECT 1", group="primary", ResultConfiguration={"OutputLocation": "s3://retail-results/deep/er"})
    assert found["ResultConfiguration"]["OutputLocation"] == \
        f"s3://retail-results/deep/er/{found['QueryExecutionId']}.csv"


def test_managed_results_have_no_object_and_rows_by_pages(athena):
    found = athena.good("SELECT 1 AS n", group="retail-managed")
    assert found["ResultConfiguration"].get("OutputLocation") is None
    assert found["ManagedQueryResultsConfiguration"] == {"Enabled": True}
    assert athena.results(found)["ResultSet"]["Rows"][1]["Data"] == [{"VarCharValue": "1"}]
    answer = athena.refused(QueryString="SELECT 1", WorkGroup="retail-managed",
                            ResultConfiguration={"OutputLocation": "s3://retail-results/x/"})
    assert answer["Error"]["Code"] == "InvalidRequestException"


def test_the_byte_cutoff_cancels(athena):
    found = athena.run("SELECT * FROM flights_csv", group="retail-capped")
    assert found["Status"]["State"] == "CANCELLED"
    assert "Bytes scanned limit was exceeded" in found["Status"]["StateChangeReason"]
    assert athena.sandbox.ledger.of(found["QueryExecutionId"])[0]["bytes_billed"] > 10**7


def test_batches_lists_and_runtime_statistics(athena):
    found = athena.good("SELECT carrier FROM airlines")
    answer = athena.client.batch_get_query_execution(QueryExecutionIds=[found["QueryExecutionId"], str(uuid.uuid4())])
    assert len(answer["QueryExecutions"]) == 1
    assert answer["UnprocessedQueryExecutionIds"][0]["ErrorCode"] == "QUERY_EXECUTION_NOT_FOUND"
    assert found["QueryExecutionId"] in athena.client.list_query_executions(WorkGroup="retail-bi")["QueryExecutionIds"]
    numbers = athena.client.get_query_runtime_statistics(QueryExecutionId=found["QueryExecutionId"])["QueryRuntimeStatistics"]
    assert numbers["Rows"]["OutputRows"] == 16 and numbers["OutputStage"]["State"] == "FINISHED"


def test_reused_results_point_to_the_old_object_and_cost_nothing(athena):
    reuse = {"ResultReuseByAgeConfiguration": {"Enabled": True, "MaxAgeInMinutes": 60}}
    sql = f"SELECT count(*) AS c FROM weather WHERE day > {uuid.uuid4().int % 20}"
    one = athena.good(sql, ResultReuseConfiguration=reuse)
    two = athena.good(sql, ResultReuseConfiguration=reuse)
    assert not one["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"]
    assert two["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"]
    assert two["ResultConfiguration"]["OutputLocation"] == one["ResultConfiguration"]["OutputLocation"]
    assert athena.results(two)["ResultSet"]["Rows"] == athena.results(one)["ResultSet"]["Rows"]
    assert athena.sandbox.ledger.of(two["QueryExecutionId"])[0]["free"] == "reused"
    athena.sandbox.athena.executions[one["QueryExecutionId"]].finished -= 3700
    three = athena.good(sql, ResultReuseConfiguration=reuse)
    assert not three["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"]


# ---- workgroups, catalogs, metadata -------------------------------------------------------------------

def test_a_workgroup_shows_its_configuration(athena):
    group = athena.client.get_work_group(WorkGroup="retail-bi")["WorkGroup"]
    assert group["Configuration"]["ResultConfiguration"] == {"OutputLocation": "s3://retail-results/retail-bi/"}
    assert group["Configuration"]["EnforceWorkGroupConfiguration"] is True and group["State"] == "ENABLED"
    capped = athena.client.get_work_group(WorkGroup="retail-capped")["WorkGroup"]["Configuration"]
    assert capped["BytesScannedCutoffPerQuery"] == 10000000
    managed = athena.client.get_work_group(WorkGroup="retail-managed")["WorkGroup"]["Configuration"]
    assert managed["ManagedQueryResultsConfiguration"]["Enabled"] and managed["ResultConfiguration"] == {}
    with pytest.raises(ClientError) as caught:
        athena.client.get_work_group(WorkGroup="nope")
    assert caught.value.response["Error"]["Message"] == "WorkGroup is not found."


def test_lists_page_with_tokens(athena):
    names, token = [], None
    while True:
        answer = athena.client.list_work_groups(MaxResults=2, **({"NextToken": token} if token else {}))
        names += [g["Name"] for g in answer["WorkGroups"]]
        token = answer.get("NextToken")
        if not token:
            break
    assert names == sorted(names) and len(names) == 5


def test_the_metadata_operations(athena):
    client = athena.client
    assert [c["CatalogName"] for c in client.list_data_catalogs()["DataCatalogsSummary"]] == ["AwsDataCatalog"]
    assert client.get_data_catalog(Name="AwsDataCatalog")["DataCatalog"]["Parameters"] == {"catalog-id": RETAIL}
    databases = [d["Name"] for d in client.list_databases(CatalogName="AwsDataCatalog")["DatabaseList"]]
    assert {"default", "edges", "flights", "mesh"} <= set(databases)
    assert client.get_database(CatalogName="AwsDataCatalog", DatabaseName="flights")["Database"]["Description"]
    tables = client.list_table_metadata(CatalogName="AwsDataCatalog", DatabaseName="edges", Expression="rows_*")
    assert [x["Name"] for x in tables["TableMetadataList"]][:2] == ["rows_0", "rows_1"]
    table = client.get_table_metadata(CatalogName="AwsDataCatalog", DatabaseName="flights", TableName="flights_by_month")["TableMetadata"]
    assert [k["Name"] for k in table["PartitionKeys"]] == ["month"] and table["TableType"] == "EXTERNAL_TABLE"
    assert {"Name": "carrier", "Type": "varchar(2)", "Comment": "Two letter carrier code, see airlines"} in table["Columns"]
    with pytest.raises(ClientError) as caught:
        client.get_table_metadata(CatalogName="AwsDataCatalog", DatabaseName="flights", TableName="nope")
    assert caught.value.response["Error"]["Code"] == "MetadataException"
    assert "EntityNotFoundException" in caught.value.response["Error"]["Message"]


def test_prepared_statements_of_both_kinds(athena):
    client, name = athena.client, "p_" + uuid.uuid4().hex[:8]
    client.create_prepared_statement(StatementName=name, WorkGroup="retail-bi", QueryStatement="SELECT name FROM airlines WHERE carrier = ?")
    assert client.get_prepared_statement(StatementName=name, WorkGroup="retail-bi")["PreparedStatement"]["QueryStatement"].endswith("?")
    assert athena.rows(f"EXECUTE {name} USING 'UA'") == [["name"], ["United Air Lines Inc."]]
    assert athena.rows(f"EXECUTE {name}", ExecutionParameters=["'AA'"])[1] == ["American Airlines Inc."]
    client.delete_prepared_statement(StatementName=name, WorkGroup="retail-bi")
    with pytest.raises(ClientError) as caught:
        client.get_prepared_statement(StatementName=name, WorkGroup="retail-bi")
    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"
    athena.good(f"PREPARE {name} FROM SELECT ? + 1 AS x")
    assert athena.rows(f"EXECUTE {name} USING 41")[1] == ["42"]
    athena.good(f"DEALLOCATE PREPARE {name}")
    assert athena.run(f"EXECUTE {name} USING 1")["Status"]["State"] == "FAILED"


PARAMETERS = [
    ("'abc'", "abc"), ("1 + 1", "2"), ("DATE '2020-01-01'", "2020-01-01"), ("NULL", None), ("abc def", "abc def"),
    ("it's", "it's"), ("12151fd2-7586-11e9-8f9e-2a86e4085a59", "12151fd2-7586-11e9-8f9e-2a86e4085a59"),
    ("x + 1", "x + 1"), ("''", ""), ("'O''Brien'", "O'Brien"), ("1.5", "1.5"), ("DECIMAL '1.50'", "1.50"), ("true", "true"),
]


@pytest.mark.parametrize("given,text", PARAMETERS, ids=[p[0] for p in PARAMETERS])
def test_an_execution_parameter_is_read_as_sql_or_becomes_text(athena, given, text):
    assert athena.rows("SELECT ? AS p, '?' AS q", ExecutionParameters=[given])[1] == [text, "?"]


def test_parameters_for_sql_without_marks_are_ignored(athena):
    assert athena.rows("SELECT 1 AS n", ExecutionParameters=["5"])[1] == ["1"]


# ---- SHOW and DESCRIBE ----------------------------------------------------------------------------------

def test_describe_of_a_partitioned_hive_table_is_padded(athena):
    found = athena.good("DESCRIBE flights_by_month")
    page = athena.results(found)
    rows = [r["Data"][0]["VarCharValue"] for r in page["ResultSet"]["Rows"]]
    assert all(len(r["Data"]) == 1 for r in page["ResultSet"]["Rows"])
    assert rows[0] == "year                \tint                 \tYear of departure   "
    assert rows[18] == "month               \ttinyint             \tMonth of departure  "
    assert rows[19:] == ["\t \t ", "# Partition Information\t \t ",
                         "# col_name          \tdata_type           \tcomment             ", "\t \t ", rows[18]]
    assert [c["Name"] for c in page["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]] == ["col_name", "data_type", "comment"]
    assert page.get("UpdateCount") is None


def test_describe_of_an_iceberg_table_is_not_padded(athena):
    rows = [r[0] for r in athena.rows("DESCRIBE notes")]
    assert rows == ["# Table schema:\t\t", "# col_name\tdata_type\tcomment", "id\tint\tKey", "note\tstring\tFree text",
                    "amount\tdecimal(10, 2)\t", "written\ttimestamp\t", "\t\t", "# Partition spec:\t\t",
                    "# field_name\tfield_transform\tcolumn_name"]


def test_describe_of_a_view_has_trino_types(athena):
    found = athena.good("DESCRIBE carrier_delays")
    assert found["SubstatementType"] == "DESC_VIEW"
    assert [r[0] for r in athena.rows("SHOW COLUMNS IN carrier_delays")] == \
        ["airline\tvarchar", "flights\tbigint", "average_delay\tdouble"]


def test_iceberg_timestamps_have_six_digits_and_hive_ones_three(athena):
    assert athena.rows("SELECT written FROM notes WHERE id = 1")[1] == ["2024-01-02 00:00:00.123456"]
    assert athena.rows("SELECT min(time_hour) FROM flights")[1] == ["2013-01-01 10:00:00.000"]


def test_explain_has_one_column_and_a_header(athena):
    found = athena.good("EXPLAIN SELECT 1")
    page = athena.results(found)["ResultSet"]
    info = page["ResultSetMetadata"]["ColumnInfo"][0]
    assert (info["Name"], info["Type"], info["CaseSensitive"]) == ("Query Plan", "varchar", True)
    rows = [r["Data"][0].get("VarCharValue") for r in page["Rows"]]
    assert rows[0] == "Query Plan" and rows[-3:] == ["", "", ""]
    body = athena.object(found["ResultConfiguration"]["OutputLocation"]).decode()
    assert body.startswith("Query Plan\nFragment 0") and info["Precision"] == len(body) - len("Query Plan\n") - 1


# ---- every type -----------------------------------------------------------------------------------------

def test_every_type_reads_back(athena):
    rows = athena.rows("SELECT * FROM every_type ORDER BY row_number", database="edges")
    by_label = {r[1]: dict(zip(rows[0], r)) for r in rows[1:]}
    normal = by_label["normal"]
    assert normal["c_binary"] == "01 02 ff" and normal["c_char"] == "char " and normal["c_map"] == "{a=1, b=2}"
    assert normal["c_struct"] == "{id=1, name=x}" and normal["c_timestamp"] == "2024-01-31 12:34:56.789"
    assert set(by_label["null"][c] for c in rows[0][2:]) == {None}
    low, high = by_label["minimum"], by_label["maximum"]
    assert low["c_bigint"] == "-9223372036854775808" and low["c_decimal38"] == "-" + "9" * 38
    assert low["c_double"] == "-1.7976931348623157E308" and low["c_float"] == "-3.4028235E38"
    assert low["c_binary"] == "" and low["c_array"] == "[]" and low["c_map"] == "{}" and low["c_struct"] == "{id=null, name=null}"
    assert low["c_date"] == "0001-01-01" and high["c_timestamp"] == "9999-12-31 23:59:59.999"
    assert high["c_array"] == "[null, 2147483647, -2147483648]" and high["c_decimal"] == "99999999.99"
    for label, row in by_label.items():
        if label.startswith("float ") and label[6:] not in ("largest", "smallest"):
            assert row["c_double"] == label[6:], label
    assert by_label["float smallest"]["c_double"] == "4.9E-324" and by_label["float smallest"]["c_float"] == "1.4E-45"
    assert by_label["float largest"]["c_double"] == "1.7976931348623157E308"


def test_the_types_of_the_view_read_back(athena):
    found = athena.good("SELECT * FROM every_type_view", database="edges")
    page = athena.results(found)["ResultSet"]
    kinds = {c["Name"]: c["Type"] for c in page["ResultSetMetadata"]["ColumnInfo"]}
    rows = [[d.get("VarCharValue") for d in r["Data"]] for r in page["Rows"]]
    normal = dict(zip(rows[0], rows[1]))
    assert kinds["c_interval_day"] == "interval day to second" and kinds["c_timestamp_la"] == "timestamp with time zone"
    assert kinds["c_uuid"] == "uuid" and kinds["c_row"] == "row" and kinds["c_json"] == "json"
    assert normal["c_time6"] == "12:34:56.123456" and normal["c_timestamp9"] == "2024-01-31 12:34:56.123456789"
    assert normal["c_timestamp_la"] == "2024-01-31 12:34:56.789 America/Los_Angeles"
    assert normal["c_timestamp_tz"] == "2024-01-31 12:34:56.789 UTC" and normal["c_map"] == "{1=a, 2=b}"
    assert normal["c_interval_day"] == "2 00:00:00.000" and normal["c_interval_year"] == "1-0"
    assert normal["c_row"] == "{1, x}" and normal["c_nested"] == "[[1], [2, 3]]" and normal["c_ipaddress"] == "10.0.0.1"


def test_char_columns_compare_without_their_padding(athena):
    assert athena.rows("SELECT label, length(c_char) FROM every_type WHERE c_char = 'char'", database="edges")[1:] == [["normal", "5"]]
    assert athena.rows("SELECT count(*) FROM flights f JOIN airports a ON f.origin = a.faa WHERE f.origin IN ('JFK', 'LGA ')")[1] == ["215941"]


def test_odd_column_names_and_duplicates_stay_as_they_are(athena):
    assert athena.rows("SELECT * FROM odd_names", database="edges")[0] == \
        ['a "quoted" name', "with blank", "comma,name", "größe", "select"]
    assert athena.rows("SELECT 1 AS x, 2 AS x, 'x' AS y, 1 + 1")[0] == ["x", "x", "y", "_col3"]
    assert athena.rows("SELECT 'a' AS a") == [["a"], ["a"]]


def test_only_running_queries_are_listed_when_asked_for_with_or_without_a_value(athena, sandbox):
    running = athena.start("/*+ sandbox:states=QUEUED:60 */ SELECT 1")
    done = athena.good("SELECT 1")["QueryExecutionId"]
    try:
        every, plain, valued = [{q["id"] for q in sandbox.control("queries" + query)} for query in ("", "?running", "?running=1")]
    finally:
        athena.client.stop_query_execution(QueryExecutionId=running)
    assert {running, done} <= every and running in plain and done not in plain and plain == valued


READER = """
import socket, ssl, sys, urllib.parse
url = urllib.parse.urlsplit(sys.argv[1])
sock = socket.create_connection((url.hostname, url.port))
if url.scheme == "https":
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    sock = context.wrap_socket(sock)
sock.sendall(f"GET {url.path}?{url.query} HTTP/1.1\\r\\nHost: {url.netloc}\\r\\nConnection: close\\r\\n\\r\\n".encode())
room, total = memoryview(bytearray(1 << 20)), 0
while count := sock.recv_into(room):
    total += count
print(total)
"""


# ---- replays ------------------------------------------------------------------------------------------

def test_a_rendered_result_is_served_by_ranges_and_by_pages(athena):
    found = athena.good("/*+ sandbox:replay=narrow:50000000 */ SELECT 1")
    place = found["ResultConfiguration"]["OutputLocation"]
    bucket, _, key = place[5:].partition("/")
    size = athena.s3.head_object(Bucket=bucket, Key=key)["ContentLength"]
    assert size > 10**9
    tail = athena.s3.get_object(Bucket=bucket, Key=key, Range=f"bytes={size - 28}-{size - 1}")["Body"].read()
    assert tail == csvtext.record([str(10**11 + 49999999 % 65536), tail[16:26].decode()]).encode()
    one = athena.s3.get_object(Bucket=bucket, Key=key, Range="bytes=0-999")["Body"].read()
    two = athena.s3.get_object(Bucket=bucket, Key=key, Range="bytes=500-999")["Body"].read()
    assert one[500:] == two and one.startswith(b'"id","value"\n')
    page = athena.results(found, MaxResults=3)
    assert page["ResultSet"]["Rows"][0]["Data"][0] == {"VarCharValue": "id"} and page["NextToken"]


@pytest.mark.parametrize("scheme, floor", [("http", 1e9), ("https", 0.5e9)])
def test_one_stream_of_a_rendered_object_costs_the_server_little(athena, sandbox, scheme, floor):
    """Bytes for each second of the server's processor, a quarter of a gigabyte sent to another process: what other work does to the clock
    on the wall does not count. An idle machine of two cores sends 4 GB/s without and 2 GB/s with TLS."""
    found = athena.good("/*+ sandbox:replay=mix8:1700000 */ SELECT 1")
    bucket, _, key = found["ResultConfiguration"]["OutputLocation"][5:].partition("/")
    url = athena.presigned(sandbox.endpoint if scheme == "http" else sandbox.sandbox.tls_endpoint, bucket, key)
    rates = []
    for _ in range(3):
        began = time.process_time()
        total = int(subprocess.run([sys.executable, "-c", READER, url], capture_output=True, text=True, check=True).stdout)
        rates.append(total / (time.process_time() - began))
        assert total > 250e6
    assert max(rates) > floor, rates


def test_the_rows_of_mix8_repeat_have_nulls_and_are_the_same_by_ranges_and_by_pages(athena):
    count = 65536 + 700
    found = athena.good(f"/*+ sandbox:replay=mix8:{count} */ SELECT 1")
    bucket, _, key = found["ResultConfiguration"]["OutputLocation"][5:].partition("/")
    whole = athena.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    assert len(whole) == athena.s3.head_object(Bucket=bucket, Key=key)["ContentLength"]
    lines = whole.decode().splitlines()
    assert len(lines) == count + 1 and lines[0] == '"id","number","ratio","amount","code","note","day","moment"'
    assert lines[1:701] == lines[65537:]
    assert 151.5 < sum(map(len, lines[1:65537])) / 65536 + 1 < 152.5
    cells = [line.split(",") for line in lines[1:65537]]
    assert 0.015 < sum(cell == "" for row in cells for cell in row) / (8 * 65536) < 0.0165
    at = len(whole) - 5_000
    part = athena.s3.get_object(Bucket=bucket, Key=key, Range=f"bytes={at}-{len(whole) - 1}")["Body"].read()
    assert part == whole[at:]
    page = athena.results(found, MaxResults=1000)["ResultSet"]["Rows"]
    shown = [["" if "VarCharValue" not in d else f'"{d["VarCharValue"]}"' for d in row["Data"]] for row in page]
    assert shown == [lines[0].split(",")] + cells[:999]


def test_sql_that_wants_glue_or_data_that_the_role_lacks_fails_inside_the_query(sandbox):
    keys = sandbox.assume(sandbox.role_a(), f"arn:aws:iam::{RETAIL}:role/AthenaConsumerRestricted",
                          ExternalId="bi-retail-r-55d0")
    client = sandbox.client("athena", keys)
    query_id = client.start_query_execution(QueryString="SELECT * FROM edges.rows_1", WorkGroup="retail-bi")["QueryExecutionId"]
    for _ in range(300):
        found = client.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
        if found["Status"]["State"] not in ("QUEUED", "RUNNING"):
            break
        time.sleep(0.02)
    assert found["Status"]["State"] == "FAILED"
    assert found["Status"]["StateChangeReason"].startswith("Insufficient permissions to execute the query. User: ")
    assert "glue:GetTable" in found["Status"]["StateChangeReason"]


# ---- scripted edge answers --------------------------------------------------------------------------------

def replay(athena, name):
    return athena.run(f"/*+ sandbox:replay={name} */ SELECT 1")


@pytest.mark.parametrize("name,body,length", [
    ("header_equals_row", b'"a"\n"a"\n', None), ("one_null", b'"a"\n\n', None), ("metadata_60", b'"n"\n"1"\n', 60),
    ("duplicate_names", b'"x","x","_col2"\n"1","2",""\n', None), ("truncated_body", b'"n"\n"1', 62), ("empty_body", b"", 62),
    ("newline_body", b"\n", 62), ("opaque_metadata", b'"n"\n"1"\n', 312), ("truncated_metadata", b'"n"\n"1"\n', 41),
    ("missing_metadata", b'"n"\n"1"\n', None), ("missing_object", None, 62)])
def test_a_scripted_object_has_its_stated_bytes(athena, name, body, length):
    found = replay(athena, name)
    place = found["ResultConfiguration"]["OutputLocation"]
    assert (athena.object(place) if athena.exists(place) else None) == body
    if length:
        assert len(athena.object(place + ".metadata")) == length
    assert athena.exists(place + ".metadata") == (name != "missing_metadata")


def test_a_zero_byte_object_answers_a_range_with_416(athena):
    place = replay(athena, "empty_body")["ResultConfiguration"]["OutputLocation"]
    bucket, _, key = place[5:].partition("/")
    with pytest.raises(ClientError) as caught:
        athena.s3.get_object(Bucket=bucket, Key=key, Range="bytes=0-99")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 416


@pytest.mark.parametrize("name,pages", [("full_last_page", [2, 2, 0]), ("empty_page_first", [0, 2]), ("plain_pages", [2])])
def test_scripted_pages_come_in_order(athena, name, pages):
    found, token, seen = replay(athena, name), None, []
    while True:
        page = athena.results(found, **({"NextToken": token} if token else {}))
        seen.append(len(page["ResultSet"]["Rows"]))
        token = page.get("NextToken")
        if not token:
            break
    assert seen == pages


def test_scripted_failures(athena):
    status = replay(athena, "failed_without_error")["Status"]
    assert status["State"] == "FAILED" and "AthenaError" not in status and status["StateChangeReason"] == "Query failed"
    status = replay(athena, "failed_retryable")["Status"]
    assert status["AthenaError"]["Retryable"] and status["AthenaError"]["ErrorType"] == 7
    assert replay(athena, "throttled_storage")["Status"]["StateChangeReason"].startswith("HIVE_CANNOT_OPEN_SPLIT: ")


@pytest.mark.parametrize("name,value", [("char_padded", False), ("duplicate_result_members", False), ("reuse_keeps_old_location", False),
                                        ("output_bucket_checked_at_start", False), ("queued_results_say_running", True)])
def test_a_fact_that_is_not_confirmed_has_a_switch(small, name, value):
    from conftest import WORLD, yaml
    world = yaml.safe_load(WORLD.read_text(encoding="utf-8"))
    world["switches"] = {name: value}
    for account in world["accounts"].values():
        for database, raw in (account.get("databases") or {}).items():
            raw["tables"] = {k: v for k, v in (raw.get("tables") or {}).items() if k == "every_type"}
    other = Athena(small(world))
    if name == "char_padded":
        assert other.rows("SELECT CAST('ab' AS char(5)), c_char FROM every_type WHERE label = 'normal'", database="edges")[1] == ["ab", "char"]
    elif name == "duplicate_result_members":
        found = other.good("SELECT 1")
        assert set(other.direct("GetQueryResults", QueryExecutionId=found["QueryExecutionId"])["ResultSet"]) == {"Rows", "ResultSetMetadata"}
    elif name == "reuse_keeps_old_location":
        reuse = {"ResultReuseByAgeConfiguration": {"Enabled": True}}
        one, two = [other.good("SELECT 1 AS n", ResultReuseConfiguration=reuse) for _ in range(2)]
        place = two["ResultConfiguration"]["OutputLocation"]
        assert two["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"]
        assert place != one["ResultConfiguration"]["OutputLocation"] and other.object(place) == b'"n"\n"1"\n'
    elif name == "output_bucket_checked_at_start":
        found = other.run("SELECT 1", group="primary", ResultConfiguration={"OutputLocation": "s3://central-results/x/"})
        assert found["Status"]["State"] == "FAILED" and found["Status"]["AthenaError"]["ErrorType"] == 401
    else:
        query_id = other.start("/*+ sandbox:states=QUEUED:5 */ SELECT 1")
        with pytest.raises(ClientError) as caught:
            other.client.get_query_results(QueryExecutionId=query_id)
        assert caught.value.response["Error"]["Message"].endswith("Current state: RUNNING")
        other.client.stop_query_execution(QueryExecutionId=query_id)


# ---- bytes scanned ------------------------------------------------------------------------------------------

def scanned(athena, sql):
    return athena.good(sql)["Statistics"]["DataScannedInBytes"]


def test_bytes_are_those_of_the_columns_and_partitions_that_are_read(athena):
    whole = scanned(athena, "SELECT * FROM flights_by_month")
    column = scanned(athena, "SELECT sum(distance) FROM flights_by_month")
    month = scanned(athena, "SELECT sum(distance) FROM flights_by_month WHERE month = 3")
    some = scanned(athena, "SELECT sum(f.distance) FROM flights_by_month f JOIN airlines a ON f.carrier = a.carrier WHERE f.month BETWEEN 3 AND 5 AND f.day = 1")
    twice = scanned(athena, "SELECT count(a.distance) FROM flights_by_month a JOIN flights_by_month b ON a.day = b.day AND a.flight = b.flight WHERE a.month = 3")
    assert 0 < month < column / 8 and column < whole / 5 and month < some < whole and twice > column
    assert scanned(athena, "SELECT count(*) FROM flights") == 0
    assert athena.rows("SELECT count(distance) FROM flights_by_month WHERE month = 3")[1] == ["28834"]
    assert athena.rows("SELECT count(*) FROM flights_by_month WHERE month > 12")[1] == ["0"]
    unmatched = athena.rows("SELECT count(*) FROM airlines a LEFT JOIN (SELECT carrier AS c, month AS m FROM flights_by_month WHERE month = 3) x "
                            "ON x.c = a.carrier WHERE x.m IS NULL")[1]
    assert unmatched == athena.rows("SELECT count(*) FROM airlines a LEFT JOIN flights_by_month f ON f.carrier = a.carrier AND f.month = 3 "
                                    "WHERE f.month IS NULL")[1] != ["16"]


ROW_GROUPS = [
    # condition, whether a row group with these least and greatest months has to be read
    ("month = 1", lambda least, greatest: least <= 1 <= greatest), ("2 > month", lambda least, _: least < 2),
    ("month >= 12", lambda _, greatest: greatest >= 12), ("month > 12", lambda *_: False), ("-1 = month", lambda *_: False),
    ("month BETWEEN 3 AND 5", lambda least, greatest: least <= 5 and greatest >= 3),
    ("month IN (1, 13)", lambda least, greatest: least <= 1 <= greatest),
    ("month = 1 OR month = 2", lambda *_: True), ("month + 0 = 1", lambda *_: True), ("NOT month = 1", lambda *_: True)]


@pytest.mark.parametrize("condition, wanted", ROW_GROUPS, ids=[c for c, _ in ROW_GROUPS])
def test_row_groups_that_the_condition_rules_out_are_not_scanned(athena, condition, wanted):
    """By the least and the greatest value that the file's own statistics give for each row group."""
    import duckdb
    path = str(athena.sandbox.store.list("retail-data", "flights/flights/")[0].path)
    groups = duckdb.execute(
        "SELECT sum(total_compressed_size), min(CAST(stats_min_value AS INT)) FILTER (path_in_schema = 'month'), "
        "max(CAST(stats_max_value AS INT)) FILTER (path_in_schema = 'month') FROM parquet_metadata(?) "
        "WHERE path_in_schema IN ('month', 'distance') GROUP BY row_group_id", [path]).fetchall()
    assert len({group[1:] for group in groups}) == 3
    assert scanned(athena, f"SELECT sum(distance) FROM flights WHERE {condition}") == sum(g[0] for g in groups if wanted(*g[1:]))
    total = duckdb.execute(f"SELECT sum(distance) FROM read_parquet(?) WHERE {condition}", [path]).fetchone()[0]
    assert athena.rows(f"SELECT sum(distance) FROM flights WHERE {condition}")[1] == [None if total is None else str(total)]


def test_row_groups_are_skipped_only_for_a_table_that_the_query_names_once(athena):
    whole = scanned(athena, "SELECT sum(distance) FROM flights WHERE month + 0 < 20")
    assert scanned(athena, "SELECT (SELECT sum(distance) FROM flights WHERE month > 12), (SELECT sum(distance) FROM flights)") == whole


def test_text_files_are_scanned_whole(athena):
    place = athena.sandbox.store.list("retail-data", "flights/airlines/")
    assert scanned(athena, "SELECT carrier FROM airlines") == sum(o.size for o in place)


def test_reading_data_needs_list_and_get_of_the_caller(small):
    from conftest import WORLD, yaml
    for action in ("s3:GetObject", "s3:ListBucket"):
        world = yaml.safe_load(WORLD.read_text(encoding="utf-8"))
        for account in world["accounts"].values():
            for raw in (account.get("databases") or {}).values():
                raw["tables"] = {k: v for k, v in (raw.get("tables") or {}).items() if k == "rows_1"}
        deny = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": action, "Resource": "arn:aws:s3:::retail-data*"}]}
        world["accounts"][RETAIL]["roles"]["AthenaConsumer"]["policies"]["No"] = deny
        other = Athena(small(world))
        found = other.run("SELECT * FROM rows_1", database="edges")
        assert found["Status"]["State"] == "FAILED"
        assert found["Status"]["StateChangeReason"].startswith("PERMISSION_DENIED: Access Denied (Service: S3, Status Code: 403; ")


def test_many_queries_at_once_do_not_disturb_each_other(athena):
    ids = [(n, athena.start(f"SELECT {n} AS n, count(*) AS c FROM flights WHERE month = {1 + n % 12}")) for n in range(14)]
    known = {str(m): c for m, c in athena.rows("SELECT month, count(*) FROM flights GROUP BY month")[1:]}
    for n, query_id in ids:
        found = athena.wait(query_id)
        assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
        row = athena.results(found)["ResultSet"]["Rows"][1]["Data"]
        assert [d["VarCharValue"] for d in row] == [str(n), known[str(1 + n % 12)]]


def test_too_many_queries_at_once_are_refused(athena):
    ids = []
    with pytest.raises(ServiceError) as caught:
        for _ in range(30):
            ids.append(start(athena, QueryString="/*+ sandbox:states=QUEUED:20 */ SELECT 1")["QueryExecutionId"])
    for query_id in ids:
        athena.client.stop_query_execution(QueryExecutionId=query_id)
        athena.wait(query_id)
    assert len(ids) == 20 and caught.value.code == "TooManyRequestsException"
    assert caught.value.members == {"Reason": "CONCURRENT_QUERY_LIMIT_EXCEEDED"}


def test_a_client_side_encrypted_result_is_no_csv_but_its_pages_are_read(athena):
    found = athena.good("SELECT 1 AS n", group="primary", ResultConfiguration={
        "OutputLocation": "s3://retail-results/sealed/", "EncryptionConfiguration": {"EncryptionOption": "CSE_KMS", "KmsKey": ""}})
    assert athena.object(found["ResultConfiguration"]["OutputLocation"]) != b'"n"\n"1"\n'
    assert athena.results(found)["ResultSet"]["Rows"][1]["Data"] == [{"VarCharValue": "1"}]


def test_unload_writes_typed_files_and_a_manifest(athena):
    name = f"s3://retail-data/unload/{uuid.uuid4().hex}/"
    found = athena.good(f"UNLOAD (SELECT * FROM airlines) TO '{name}' WITH (format = 'PARQUET')")
    uris = athena.object(found["Statistics"]["DataManifestLocation"]).decode().split()
    assert uris and all(u.startswith(name) for u in uris) and athena.object(uris[0])[:4] == b"PAR1"
    page = athena.results(found, QueryResultType="DATA_MANIFEST")
    assert [r["Data"][0]["VarCharValue"] for r in page["ResultSet"]["Rows"]] == uris
    again = athena.run(f"UNLOAD (SELECT 1 AS a) TO '{name}' WITH (format = 'PARQUET')")
    assert again["Status"]["StateChangeReason"].startswith("HIVE_PATH_ALREADY_EXISTS: ")


DDL_WALK = [
    ("CREATE DATABASE IF NOT EXISTS walk COMMENT 'x'", "CREATE_DATABASE"),
    ("CREATE EXTERNAL TABLE IF NOT EXISTS walk.t (a int COMMENT 'first', b array<struct<x:int,y:string>>) COMMENT 'made' PARTITIONED BY (d string) "
     "STORED AS PARQUET LOCATION 's3://retail-data/walk/t/'", "CREATE_TABLE"),
    ("ALTER TABLE walk.t ADD COLUMNS (c double)", "ALTER_TABLE_ADD_COLUMN"), ("ALTER TABLE walk.t CHANGE COLUMN c cc double", "ALTER_TABLE_CHANGE_COLUMN"),
    ("ALTER TABLE walk.t SET TBLPROPERTIES ('k'='v')", "ALTER_TABLE_PROPERTIES"), ("ALTER TABLE walk.t ADD IF NOT EXISTS PARTITION (d='1') PARTITION (d='2')", "ALTER_TABLE_ADD_PARTITION"),
    ("ALTER TABLE walk.t DROP PARTITION (d='2')", "ALTER_TABLE_DROP_PARTITION"), ("MSCK REPAIR TABLE walk.t", "MSCK_REPAIR"),
    ("CREATE VIEW walk.v AS SELECT 1 AS x, 'y' AS y", "CREATE_VIEW"), ("CREATE OR REPLACE VIEW walk.v AS SELECT CAST(2 AS bigint) AS z", "CREATE_VIEW"),
]


# What is written, what it says: in DDL a backslash hides what follows it.
DDL_TEXTS = [
    (r"'C:\\x\\'", "C:\\x\\"), (r"'it\'s'", "it's"), ("'it''s'", "it's"), (r"'a\tb'", "a\tb"), (r"'\047'", "'"), ("'-- no comment'", "-- no comment"),
    ("'/* no comment */'", "/* no comment */"), ("'a)b(c,d=e'", "a)b(c,d=e"), (r"'\\\'), (\'x\'=\''", "\\'), ('x'='"), ("'\"'", '"'), ("'?'", "?"),
]


def test_quoted_texts_of_ddl(athena):
    athena.run("DROP DATABASE quoted CASCADE")
    athena.good("CREATE DATABASE quoted")
    athena.good("CREATE EXTERNAL TABLE quoted.t (a int) PARTITIONED BY (d string) STORED AS PARQUET LOCATION 's3://retail-data/quoted/t/'")
    for written, told in DDL_TEXTS:
        athena.good(f"ALTER TABLE quoted.t SET TBLPROPERTIES ('k' = {written}, 'last' = 'l')")
        rows = athena.rows("SHOW TBLPROPERTIES quoted.t")
        assert ["k\t" + told] in rows and ["last\tl"] in rows, written
    athena.good("ALTER TABLE quoted.t ADD PARTITION (d='1') PARTITION (d='2')")
    for open_text in (r"ALTER TABLE quoted.t DROP PARTITION (d = 'C:\x\')", r"ALTER TABLE quoted.t SET TBLPROPERTIES ('k' = 'x\')"):
        assert athena.run(open_text)["Status"]["State"] == "FAILED"
    assert athena.run(r"ALTER TABLE quoted.t DROP IF EXISTS PARTITION (d = '\\''), PARTITION (d = \'2\') -- ')")["Status"]["State"] in ("FAILED", "SUCCEEDED")
    assert athena.rows("SHOW PARTITIONS quoted.t") == [["d=1"], ["d=2"]]
    athena.good("DROP DATABASE quoted CASCADE")


def test_a_walk_through_ddl(athena):
    athena.run("DROP DATABASE walk CASCADE")
    for sql, sub in DDL_WALK:
        found = athena.good(sql)
        assert (found["StatementType"], found["SubstatementType"]) == ("DDL", sub)
        if sub in ("ALTER_TABLE_ADD_COLUMN", "MSCK_REPAIR"):
            assert len(athena.object(found["ResultConfiguration"]["OutputLocation"] + ".metadata")) == 38
    rows = [r[0] for r in athena.rows("DESCRIBE walk.t")]
    assert rows[:3] == ["a                   \tint                 \tfirst               ",
                        "b                   \tarray<struct<x:int,y:string>>\t                    ",
                        "cc                  \tdouble              \t                    "]
    assert athena.rows("SHOW PARTITIONS walk.t") == [["d=1"]]
    assert ["k\tv"] in athena.rows("SHOW TBLPROPERTIES walk.t")
    assert athena.rows("SELECT * FROM walk.t") == [["a", "b", "cc", "d"]]
    assert athena.rows("SELECT * FROM walk.v") == [["z"], ["2"]]
    lines = [r[0] for r in athena.rows("SHOW CREATE TABLE walk.t")]
    assert lines[0] == "CREATE EXTERNAL TABLE `walk.t`(" and "PARTITIONED BY ( " in lines and "LOCATION" in lines
    assert [r[0] for r in athena.rows("SHOW CREATE VIEW walk.v")][1:] == ["SELECT CAST(2 AS bigint) AS z"]
    failed = athena.run("DROP DATABASE walk")
    assert failed["Status"]["State"] == "FAILED" and "is not empty" in failed["Status"]["StateChangeReason"]
    athena.good("DROP VIEW walk.v")
    athena.good("DROP TABLE walk.t")
    athena.good("DROP DATABASE walk")
    assert ["walk"] not in athena.rows("SHOW DATABASES")


def test_a_result_object_that_the_caller_may_not_read_hides_the_pages_too(small):
    from conftest import WORLD, yaml
    world = yaml.safe_load(WORLD.read_text(encoding="utf-8"))
    for account in world["accounts"].values():
        for raw in (account.get("databases") or {}).values():
            raw.pop("tables", None)
    deny = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::retail-results/*"}]}
    world["accounts"][RETAIL]["roles"]["AthenaConsumer"]["policies"]["No"] = deny
    other = Athena(small(world))
    found = other.good("SELECT 1")
    with pytest.raises(ClientError) as caught:
        other.results(found)
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
    managed = other.good("SELECT 1", group="retail-managed")
    assert len(other.results(managed)["ResultSet"]["Rows"]) == 2


def test_lake_formation_filters_the_tables_of_a_query(athena):
    assert athena.rows("SHOW TABLES IN governed") == [["stocks"], ["volatility"]]
    assert athena.rows("SELECT count(*) FROM governed.stocks")[1] == ["560"]
    assert athena.rows("SELECT table_name FROM information_schema.tables WHERE table_schema = 'governed' ORDER BY 1")[1:] == [["stocks"], ["volatility"]]
    for table in ("volatility", "employment"):
        status = athena.run(f"SELECT count(*) FROM governed.{table}")["Status"]
        assert status["State"] == "FAILED" and "Insufficient Lake Formation permission(s)" in status["StateChangeReason"]


# ---- books of what happens inside a query -------------------------------------------------------------------------------

@pytest.mark.parametrize("sql, free, billed", [
    ("SELECT sum(distance) FROM flights", None, 10_485_760), ("SHOW TABLES", "ddl", 0), ("DESCRIBE flights", "ddl", 0),
    ("CREATE VIEW bill_v AS SELECT 1 AS a", "ddl", 0), ("DROP VIEW bill_v", "ddl", 0), ("SELECT sum(distance) / 0 FROM flights", "failed", 0),
    ("SELECT count(nope) FROM flights", "failed", 0), ("SELECT * FROM flights_csv", None, None)])
def test_what_a_statement_costs(athena, sql, free, billed):
    """Ten megabytes at least, whole megabytes; nothing for DDL and for what failed."""
    record, = athena.sandbox.ledger.of(athena.run(sql)["QueryExecutionId"])
    assert (record["free"], record["account"]) == (free, RETAIL)
    if billed is None:
        billed = -(-record["bytes_scanned"] // 1048576) * 1048576
        assert billed > 10_485_760
    assert (record["bytes_billed"], record["usd"]) == (billed, round(billed / 1024 ** 4 * 5, 10))


def test_a_cancelled_query_is_billed_for_what_it_read_so_far(athena):
    query_id = athena.start("SELECT count(*), sum(a.distance) FROM flights a CROSS JOIN flights b WHERE a.dep_delay * b.dep_delay > 1000000")
    time.sleep(0.5)
    athena.client.stop_query_execution(QueryExecutionId=query_id)
    found = athena.wait(query_id)
    whole = scanned(athena, "SELECT sum(distance), sum(dep_delay) FROM flights")
    assert found["Status"]["State"] == "CANCELLED" and 0 <= found["Statistics"]["DataScannedInBytes"] < whole
    record = athena.sandbox.ledger.of(query_id)[0]
    assert record["bytes_scanned"] == found["Statistics"]["DataScannedInBytes"]
    assert record["bytes_billed"] == (10485760 if record["bytes_scanned"] else 0)


def test_calls_inside_a_query_stand_in_the_trail_but_not_in_the_counters(athena, sandbox):
    before = sandbox.control("counters")
    mark = len(sandbox.control("trail"))
    athena.good("SELECT count(name) FROM airlines")
    inside = [r for r in sandbox.control("trail")[mark:] if r["userIdentity"].get("invokedBy") == "athena.amazonaws.com"]
    names = {(r["eventSource"], r["eventName"]) for r in inside}
    assert {("glue.amazonaws.com", "GetTable"), ("s3.amazonaws.com", "GetObject"), ("s3.amazonaws.com", "PutObject")} <= names
    table = next(r for r in inside if r["eventName"] == "GetTable")
    assert table["requestParameters"] == {"databaseName": "flights", "name": "airlines"} and table["recipientAccountId"] == RETAIL
    assert table["userIdentity"]["arn"].startswith(f"arn:aws:sts::{RETAIL}:assumed-role/AthenaConsumer/")
    assert table["sourceIPAddress"] == "athena.amazonaws.com" and "errorCode" not in table
    after = sandbox.control("counters")
    assert all(after.get(name, 0) == before.get(name, 0) for name in ("glue:GetTable", "s3:PutObject"))
    athena.run("SELECT * FROM no_such_table")
    last = [r for r in sandbox.control("trail") if r["eventName"] == "GetTable"][-1]
    assert last["errorCode"] == "EntityNotFoundException"
