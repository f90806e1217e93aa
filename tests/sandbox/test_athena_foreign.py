"""PyAthena, a client written against real Athena, reads the edge tables right."""
import datetime as dt
from decimal import Decimal

import pytest

from conftest import RETAIL

pyathena = pytest.importorskip("pyathena")


@pytest.fixture(scope="module")
def cursor(sandbox):
    keys = sandbox.chain(RETAIL)
    connection = pyathena.connect(
        aws_access_key_id=keys[0], aws_secret_access_key=keys[1], aws_session_token=keys[2],
        region_name="us-east-1", work_group="retail-bi", schema_name="edges", endpoint_url=sandbox.endpoint,
        poll_interval=0.05)
    return connection.cursor()


def test_every_type_has_the_right_python_values(cursor):
    rows = {r[1]: r for r in cursor.execute("SELECT * FROM every_type ORDER BY row_number").fetchall()}
    assert rows["normal"][2:18] == (
        True, 12, 1234, 123456, 1234567890123, 1.5, 3.141592653589793, Decimal("1234.50"), Decimal("12345678901234567890"),
        "varchar", "char ", "a string", b"\x01\x02\xff", dt.date(2024, 1, 31), dt.datetime(2024, 1, 31, 12, 34, 56, 789000), [1, 2, 3])
    assert set(rows["null"][2:]) == {None}
    assert rows["minimum"][6] == -2**63 and rows["maximum"][10] == Decimal("9" * 38) and rows["maximum"][14] == b"\x00\xff\x7f\x80"
    assert rows["float NaN"][8] != rows["float NaN"][8] and rows["float -Infinity"][8] == float("-inf")


def test_null_and_empty_stay_apart_and_pages_join(cursor):
    rows = {r[0]: r[1:] for r in cursor.execute("SELECT label, a, b FROM csv_edges").fetchall()}
    assert rows["empty"] == ("", "") and rows["null"] == (None, None) and rows["crlf"] == ("one\r\ntwo", "\r\n")
    assert [r[0] for r in cursor.execute("SELECT n FROM rows_1500 ORDER BY n").fetchall()] == list(range(1, 1501))


def test_show_and_describe_have_rows(cursor):
    assert ("every_type",) in cursor.execute("SHOW TABLES").fetchall()
    assert cursor.execute("DESCRIBE rows_1").fetchall()[0][0].startswith("n                   \tint")
