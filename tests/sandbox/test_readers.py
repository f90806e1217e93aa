"""Programs that others wrote against real AWS read the sandbox: the AWS command line through a chain of profiles, PyAthena's data frame
cursors, awswrangler."""
import functools
import json
import math
import os
import pathlib
import subprocess
import sys
from decimal import Decimal

import pytest

from conftest import CHAIN_BY_PROFILE, EXTERNAL_IDS, REGION, RETAIL, role_b

AWS = pathlib.Path(sys.executable).with_name("aws")
NORMAL = "SELECT * FROM every_type WHERE label = 'normal'"


# --- the AWS command line ------------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def aws(sandbox, tmp_path_factory):
    """aws(word...) -> what it printed. A HOME of its own: the program remembers roles by name, not by how they were reached."""
    if not AWS.exists():
        pytest.skip("the AWS command line is not installed")
    home = tmp_path_factory.mktemp("aws")
    config = home / "config"
    config.write_text(f"""{CHAIN_BY_PROFILE}[profile wrong]
role_arn = {role_b(RETAIL)}
source_profile = hub
external_id = another
[profile skipped]
role_arn = {role_b(RETAIL)}
source_profile = base
external_id = {EXTERNAL_IDS[RETAIL]}
""", encoding="utf-8")
    environment = {**{n: v for n, v in os.environ.items() if not n.startswith("AWS_")}, "HOME": str(home), "AWS_CONFIG_FILE": str(config),
                   "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_ENDPOINT_URL": sandbox.endpoint, "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION, "AWS_PAGER": "",
                   "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1"}

    def run(*words, profile="retail", fails=False):
        done = subprocess.run([sys.executable, AWS, *words, "--profile", profile, "--output", "json"], env=environment, capture_output=True, text=True,
                              timeout=60)
        assert (done.returncode != 0) == fails, done.stderr
        return done.stderr if fails else json.loads(done.stdout) if done.stdout.lstrip().startswith(("{", "[", '"')) else done.stdout
    return run


def test_the_command_line_chains_two_roles(aws):
    assert aws("sts", "get-caller-identity")["Arn"] == f"arn:aws:sts::{RETAIL}:assumed-role/AthenaConsumer/by-profile"


@pytest.mark.parametrize("profile", ["wrong", "skipped"])
def test_the_command_line_is_refused_without_the_chain(aws, profile):
    assert "(AccessDenied) when calling the AssumeRole operation" in aws("sts", "get-caller-identity", profile=profile, fails=True)


def test_the_command_line_reads_glue(aws):
    assert "flights" in {d["Name"] for d in aws("glue", "get-databases")["DatabaseList"]}
    table = aws("glue", "get-table", "--database-name", "flights", "--name", "airlines")["Table"]
    assert [c["Name"] for c in table["StorageDescriptor"]["Columns"]] == ["carrier", "name"]


def test_the_command_line_runs_a_query_and_reads_its_object(aws, tmp_path):
    query = aws("athena", "start-query-execution", "--work-group", "retail-bi", "--query-string", "SELECT carrier, name FROM airlines ORDER BY 1",
                "--query-execution-context", "Database=flights")["QueryExecutionId"]
    for _ in range(60):
        found = aws("athena", "get-query-execution", "--query-execution-id", query)["QueryExecution"]
        if found["Status"]["State"] == "SUCCEEDED":
            break
    rows = aws("athena", "get-query-results", "--query-execution-id", query)["ResultSet"]["Rows"]
    assert len(rows) == 17 and rows[1]["Data"][1]["VarCharValue"] == "Endeavor Air Inc."
    place = found["ResultConfiguration"]["OutputLocation"]
    aws("s3", "cp", place, str(tmp_path / "result.csv"))
    lines = (tmp_path / "result.csv").read_text().splitlines()
    assert lines[:2] == ['"carrier","name"', '"9E","Endeavor Air Inc."'] and len(lines) == 17
    listed = aws("s3", "ls", place.rpartition("/")[0] + "/" + query)
    assert f"{query}.csv" in listed and f"{query}.csv.metadata" in listed


def test_the_command_line_copies_in_parts(aws, tmp_path):
    big = tmp_path / "big"
    big.write_bytes(os.urandom(20 << 20))
    aws("s3", "cp", str(big), "s3://retail-data/cli/big")
    aws("s3", "cp", "s3://retail-data/cli/big", str(tmp_path / "again"))
    assert (tmp_path / "again").read_bytes() == big.read_bytes()
    aws("s3", "rm", "s3://retail-data/cli/big")
    assert "(404)" in aws("s3", "cp", "s3://retail-data/cli/big", str(tmp_path / "gone"), fails=True)


# --- PyAthena's data frame cursors ---------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def endpoint(sandbox):
    """These clients make more clients of their own, which know the endpoint by the environment alone."""
    os.environ["AWS_ENDPOINT_URL"] = sandbox.endpoint
    yield sandbox.endpoint
    del os.environ["AWS_ENDPOINT_URL"]


@pytest.fixture(scope="module")
def connect(sandbox, endpoint):
    pyathena = pytest.importorskip("pyathena")
    keys = sandbox.chain(RETAIL)

    def make(cursor_class):
        return pyathena.connect(aws_access_key_id=keys[0], aws_secret_access_key=keys[1], aws_session_token=keys[2], region_name=REGION,
                                work_group="retail-bi", schema_name="edges", endpoint_url=sandbox.endpoint, poll_interval=0.05,
                                cursor_class=cursor_class).cursor()
    return make


def test_the_pandas_cursor(connect):
    pytest.importorskip("pandas")
    from pyathena.pandas.cursor import PandasCursor
    frame = connect(PandasCursor).execute(NORMAL).as_pandas()
    assert list(frame.columns)[:4] == ["row_number", "label", "c_boolean", "c_tinyint"]
    row = frame.iloc[0]
    assert bool(row["c_boolean"]) and int(row["c_bigint"]) == 1234567890123 and row["c_double"] == 3.141592653589793
    assert row["c_decimal"] == Decimal("1234.50") and row["c_char"] == "char " and str(row["c_date"])[:10] == "2024-01-31"
    assert str(row["c_timestamp"]).startswith("2024-01-31 12:34:56.789")
    edges = connect(PandasCursor).execute("SELECT label, a, b FROM csv_edges").as_pandas().set_index("label")
    assert edges.loc["crlf", "a"] == "one\r\ntwo" and len(edges) == len(set(edges.index))
    assert len(connect(PandasCursor).execute("SELECT n FROM rows_1500").as_pandas()) == 1500


def test_the_arrow_cursor(connect, endpoint, monkeypatch):
    """PyAthena has no option for the endpoint of Arrow's own S3 client (AWS's C++ library), so it is given here."""
    arrow = pytest.importorskip("pyarrow.fs")
    from pyathena.arrow.cursor import ArrowCursor
    monkeypatch.setattr(arrow, "S3FileSystem", functools.partial(arrow.S3FileSystem, endpoint_override=endpoint.partition("//")[2], scheme="http"))
    table = connect(ArrowCursor).execute(NORMAL).as_arrow()
    row = {name: table.column(name)[0].as_py() for name in table.column_names}
    assert row["c_integer"] == 123456 and Decimal(row["c_decimal"]) == Decimal("1234.50") and row["c_varchar"] == "varchar"
    assert str(row["c_date"])[:10] == "2024-01-31" and row["c_double"] == 3.141592653589793
    nulls = connect(ArrowCursor).execute("SELECT c_integer, c_varchar, c_date FROM every_type WHERE label = 'null'").as_arrow()
    assert [nulls.column(name).null_count for name in nulls.column_names if name != "c_varchar"] == [1, 1]
    assert connect(ArrowCursor).execute("SELECT n FROM rows_1001").as_arrow().num_rows == 1001


def test_the_polars_cursor(connect):
    pytest.importorskip("polars", reason="polars is not installed (CHECK_POLARS=1 does that)")
    from pyathena.polars.cursor import PolarsCursor
    frame = connect(PolarsCursor).execute(NORMAL).as_polars()
    row = frame.row(0, named=True)
    assert row["c_smallint"] == 1234 and row["c_varchar"] == "varchar" and row["c_double"] == 3.141592653589793
    assert connect(PolarsCursor).execute("SELECT n FROM rows_1500").as_polars().height == 1500


# --- awswrangler -------------------------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def wrangler(sandbox, endpoint):
    awswrangler = pytest.importorskip("awswrangler")
    import boto3
    keys = sandbox.chain(RETAIL)
    for service in ("athena", "glue", "s3", "sts"):
        setattr(awswrangler.config, f"{service}_endpoint_url", sandbox.endpoint)
    session = boto3.Session(*keys, region_name=REGION)
    yield awswrangler, session
    awswrangler.config.reset()


def test_awswrangler_reads_a_query(wrangler):
    module, session = wrangler
    frame = module.athena.read_sql_query(NORMAL, database="edges", ctas_approach=False, workgroup="retail-bi", boto3_session=session)
    row = frame.iloc[0]
    assert int(row["c_bigint"]) == 1234567890123 and row["c_decimal"] == Decimal("1234.50") and bool(row["c_boolean"])
    assert str(row["c_date"]) == "2024-01-31" and row["c_double"] == 3.141592653589793
    edges = module.athena.read_sql_query("SELECT c_double FROM every_type WHERE label = 'float NaN'", database="edges", ctas_approach=False,
                                         workgroup="retail-bi", boto3_session=session)
    assert math.isnan(edges.iloc[0]["c_double"])


def test_awswrangler_reads_the_catalog(wrangler):
    module, session = wrangler
    assert module.catalog.get_table_types(database="flights", table="airlines", boto3_session=session) == {"carrier": "varchar(2)", "name": "string"}
    assert module.catalog.does_table_exist(database="flights", table="airlines", boto3_session=session)
