"""Golden texts of values, CSV bytes and companion lengths."""
import datetime as dt
import random
import struct
from decimal import Decimal

import pytest

from athena_sandbox.format import csvtext, metadata, types as t, values

DOUBLES = [
    (0.0, "0.0"), (-0.0, "-0.0"), (1.5, "1.5"), (100.0, "100.0"), (1e20, "1.0E20"), (1e-7, "1.0E-7"),
    (12345678.9, "1.23456789E7"), (1e-4, "1.0E-4"), (0.001, "0.001"), (9999999.0, "9999999.0"),
    (1e7, "1.0E7"), (float("nan"), "NaN"), (float("inf"), "Infinity"), (float("-inf"), "-Infinity"),
    (1.7976931348623157e308, "1.7976931348623157E308"), (5e-324, "4.9E-324"), (0.1, "0.1"),
    (-123.456, "-123.456"), (1e16, "1.0E16"), (123456789012345680.0, "1.2345678901234568E17"),
]


@pytest.mark.parametrize("value,text", DOUBLES, ids=[text for _, text in DOUBLES])
def test_a_double_has_the_digits_of_java(value, text):
    assert values.double_text(value) == text


@pytest.mark.parametrize("value,text", [
    (0.1, "0.1"), (3.4028234663852886e38, "3.4028235E38"), (1.401298464324817e-45, "1.4E-45"),
    (2.802596928649634e-45, "2.8E-45"), (16777216.0, "1.6777216E7"), (1.5, "1.5"), (-0.0, "-0.0"),
    (float("nan"), "NaN")])
def test_a_float_has_the_shorter_float_digits(value, text):
    assert values.real_text(value) == text


def test_texts_of_doubles_and_floats_read_back_as_the_same_bits():
    source = random.Random(7)
    for _ in range(3000):
        bits = source.getrandbits(64).to_bytes(8, "little")
        value = struct.unpack("<d", bits)[0]
        if value == value:
            assert float(values.double_text(value).replace("Infinity", "inf")) == value
        single = struct.unpack("<f", bits[:4])[0]
        if single == single:
            text = values.real_text(single).replace("Infinity", "inf")
            assert struct.pack("<f", float(text)) == bits[:4]


T = t.parse_type
VALUES = [
    ("boolean", True, "true"), ("boolean", False, "false"), ("bigint", -9223372036854775808, "-9223372036854775808"),
    ("decimal(4,2)", Decimal("0.1"), "0.10"), ("decimal(5,2)", Decimal("-1.5"), "-1.50"),
    ("decimal(38,0)", Decimal("9" * 38), "9" * 38), ("varchar", "a, 'b'\n", "a, 'b'\n"),
    ("char(5)", "ab", "ab   "), ("varbinary", b"\x01\x02\xff", "01 02 ff"), ("varbinary", b"", ""),
    ("date", dt.date(2024, 1, 31), "2024-01-31"), ("date", 3663382, "+12000-01-01"),
    ("date", -735233, "-0043-01-01"), ("time(3)", dt.time(12, 34, 56, 789000), "12:34:56.789"),
    ("time(0)", dt.time(12, 34, 56), "12:34:56"), ("time(6)", dt.time(1, 2, 3, 4), "01:02:03.000004"),
    ("timestamp(3)", dt.datetime(2024, 1, 31, 12, 34, 56, 789000), "2024-01-31 12:34:56.789"),
    ("timestamp(0)", dt.datetime(2024, 1, 31, 12, 34, 56), "2024-01-31 12:34:56"),
    ("timestamp(9)", values.Nanos(1577836800123456789), "2020-01-01 00:00:00.123456789"),
    ("timestamp(3)", dt.datetime(2023, 12, 31, 23, 59, 59, 999500), "2024-01-01 00:00:00.000"),
    ("interval day to second", dt.timedelta(days=2), "2 00:00:00.000"),
    ("interval day to second", dt.timedelta(hours=-1), "-0 01:00:00.000"),
    ("interval year to month", 12, "1-0"), ("interval year to month", 3, "0-3"),
    ("interval year to month", -15, "-1-3"),
    ("uuid", "12151FD2-7586-11E9-8F9E-2A86E4085A59", "12151fd2-7586-11e9-8f9e-2a86e4085a59"),
    ("ipaddress", "10.0.0.1", "10.0.0.1"), ("ipaddress", "2001:DB8:0:0:0:ff00:42:8329", "2001:db8::ff00:42:8329"),
    ("array(integer)", [1, 2, 3], "[1, 2, 3]"), ("array(integer)", [], "[]"),
    ("array(array(integer))", [[1], [2, 3]], "[[1], [2, 3]]"), ("array(varchar)", ["a, b", None, ""], "[a, b, null, ]"),
    ("map(varchar, varchar)", {"k2": "v2", "k1": "v1"}, "{k1=v1, k2=v2}"),
    ("map(integer, varchar)", {10: "b", 9: "a"}, "{9=a, 10=b}"),
    ("row(id integer, name varchar)", {"id": 1, "name": "x"}, "{id=1, name=x}"),
    ("row(integer, varchar)", (1, "x"), "{1, x}"), ("row(a double, b decimal(5,2))", (1e20, Decimal("1")), "{a=1.0E20, b=1.00}"),
    ("array(timestamp(3))", [dt.datetime(2024, 1, 1)], "[2024-01-01 00:00:00.000]"),
    ("json", '{"a":1}', '{"a":1}'),
]


@pytest.mark.parametrize("kind,value,text", VALUES, ids=[f"{k} {x[:20]!r}" for k, _, x in VALUES])
def test_a_value_has_its_golden_text(kind, value, text):
    assert values.text(value, T(kind)) == text


def test_a_timestamp_with_time_zone_shows_its_zone_after_a_blank():
    moment = dt.datetime(2024, 1, 31, 12, 34, 56, 789000)
    for zone, text in [("UTC", "2024-01-31 12:34:56.789 UTC"),
                       ("America/Los_Angeles", "2024-01-31 04:34:56.789 America/Los_Angeles"),
                       ("+02:00", "2024-01-31 14:34:56.789 +02:00")]:
        assert values.text(moment, t.timestamp_tz(3, zone)) == text


def test_null_is_no_text_and_inside_a_list_the_word():
    assert values.text(None, t.VARCHAR) is None
    assert values.text([None], t.array(t.VARCHAR)) == "[null]"


def test_bytes_inside_an_array_are_lost():
    assert values.text([b"\x01"], t.array(t.VARBINARY)).startswith("[[B@")


@pytest.mark.parametrize("row,body", [
    (["a", None, ""], '"a",,""\n'), (['say "hi"', "x,y", "l1\nl2"], '"say ""hi""","x,y","l1\nl2"\n'),
    ([None], "\n"), (["1"], '"1"\n'), (["\r\n\t", "\\"], '"\r\n\t","\\"\n')])
def test_a_csv_record_has_its_bytes_and_reads_back(row, body):
    assert csvtext.record(row) == body
    assert csvtext.parse_record(body[:-1]) == row


def test_records_split_only_at_newlines_outside_quotes(tmp_path):
    rows = [["h"], ["a\nb"], [None], ['"'], ['"\n"'], [""]]
    path = tmp_path / "x.csv"
    path.write_bytes("".join(csvtext.record(r) for r in rows).encode())
    with open(path, "rb") as source:
        assert [csvtext.parse_record(r[:-1].decode()) for r in csvtext.raw_records(source)] == rows


ENGINE_ID = "20260901_000000_00000_abcde"
OWN_ID = "12345678-1234-1234-1234-123456789012"


@pytest.mark.parametrize("length,query_id,columns,word,count", [
    (73, OWN_ID, [("n", t.INTEGER)], "", 0), (75, ENGINE_ID, [("rows", t.BIGINT)], "INSERT", 1),
    (75, ENGINE_ID, [("rows", t.BIGINT)], "UPDATE", 2), (74, ENGINE_ID, [("rows", t.BIGINT)], "MERGE", 3),
    (81, ENGINE_ID, [("rows", t.BIGINT)], "CREATE TABLE", 4), (38, OWN_ID, [], None, None),
    (41, ENGINE_ID, [], "DROP TABLE", None)])
def test_a_companion_has_its_measured_length(length, query_id, columns, word, count):
    assert len(metadata.message(query_id, columns, word, count)) == length


def test_the_column_message_of_an_integer_is_byte_for_byte():
    golden = ("22 1d 0a 04 68 69 76 65 22 01 6e 2a 01 6e 32 07 69 6e 74 65 67 65 72 "
              "38 0a 40 00 48 03 50 00")
    assert metadata.column("n", t.INTEGER).hex(" ") == golden


@pytest.mark.parametrize("kind,tags", [
    ("boolean", {9, 10}), ("interval day to second", {9, 10}), ("date", {8, 9, 10}),
    ("array(integer)", {9}), ("json", {9}), ("uuid", {9}), ("varchar", {7, 8, 9, 10}),
    ("timestamp(3)", {7, 8, 9, 10}), ("varbinary", {7, 8, 9, 10}), ("decimal(10,2)", {7, 8, 9, 10})])
def test_the_written_fields_depend_on_the_type(kind, tags):
    body = metadata.column("c", T(kind))[2:]
    assert body[0] == 0x0a
    seen, at = set(), 0
    while at < len(body):
        tag, at = body[at], at + 1
        if tag & 7 == 2:
            at += 1 + body[at]
        else:
            while body[at] & 0x80:
                at += 1
            at += 1
            seen.add(tag >> 3)
    assert seen == tags


def test_the_unreadable_companion_starts_with_byte_01():
    import base64
    for length in (312, 332, 440, 460, 568):
        body = metadata.unreadable(length)
        assert len(body) == length and base64.b64decode(body)[0] == 1


@pytest.mark.parametrize("kind,name,precision,scale,case", [
    ("boolean", "boolean", 0, 0, False), ("tinyint", "tinyint", 3, 0, False), ("int", "integer", 10, 0, False),
    ("bigint", "bigint", 19, 0, False), ("real", "float", 17, 0, False), ("double", "double", 17, 0, False),
    ("decimal(38,10)", "decimal", 38, 10, False), ("varchar", "varchar", 2147483647, 0, True),
    ("varchar(3)", "varchar", 3, 0, True), ("char(7)", "char", 7, 0, True), ("varbinary", "varbinary", 1073741824, 0, False),
    ("date", "date", 0, 0, False), ("time(6)", "time", 3, 0, False), ("timestamp(9)", "timestamp", 3, 0, False),
    ("timestamp(6) with time zone", "timestamp with time zone", 3, 0, False),
    ("interval year to month", "interval year to month", 0, 0, False), ("array(int)", "array", 0, 0, False),
    ("map(varchar,int)", "map", 0, 0, False), ("row(a int)", "row", 0, 0, False), ("json", "json", 0, 0, False),
    ("uuid", "uuid", 0, 0, False), ("ipaddress", "ipaddress", 0, 0, False)])
def test_column_info_of_every_type(kind, name, precision, scale, case):
    info = t.column_info("c", T(kind))
    assert (info["Type"], info["Precision"], info["Scale"], info["CaseSensitive"]) == (name, precision, scale, case)
    assert info["Nullable"] == "UNKNOWN" and info["CatalogName"] == "hive" and info["Label"] == "c"


@pytest.mark.parametrize("hive,trino", [
    ("int", "integer"), ("array<string>", "array(varchar)"), ("map<string,int>", "map(varchar, integer)"),
    ("struct<a:int,b:struct<c:decimal(10,2)>>", "row(a integer, b row(c decimal(10,2)))"),
    ("decimal", "decimal(10,0)"), ("binary", "varbinary"), ("float", "real"), ("timestamp", "timestamp(3)"),
    ("ARRAY < MAP < STRING , ARRAY<BIGINT> > >", "array(map(varchar, array(bigint)))")])
def test_hive_spellings_become_trino_spellings(hive, trino):
    assert t.trino_name(t.parse_type(hive, hive_decimal=True)) == trino
