"""SQL on the engine: the differences that the translation removes, declared types, coverage."""
import datetime as dt

import pytest

from athena_sandbox.engine.catalog import QueryCatalog
from athena_sandbox.engine.duck import Engine, Malformed, from_duckdb
from athena_sandbox.engine.errors import QueryFailure
from athena_sandbox.format.types import trino_name

ENGINE = Engine()
NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.timezone.utc)


class NoTables:
    account = "000000000000"


def run(sql):
    """([(name, type text)], rows) of a query without tables."""
    connection = ENGINE.connect()
    try:
        prepared = ENGINE.prepare(connection, sql, QueryCatalog(None, NoTables()), NOW)
        rows = list(ENGINE.rows(connection, prepared))
        return [(n, trino_name(k)) for n, k in prepared.columns], rows
    finally:
        connection.close()


def one(sql):
    columns, rows = run(f"SELECT {sql}")
    return columns[0][1], rows[0][0]


# expression -> (declared type, text)
EXPRESSIONS = [
    # literals
    ("1", "integer", "1"), ("3000000000", "bigint", "3000000000"), ("1.5", "double", "1.5"), ("-0.0", "double", "-0.0"),
    ("1e3", "double", "1000.0"), ("DECIMAL '1.50'", "decimal(3,2)", "1.50"), ("DECIMAL '-0.05'", "decimal(2,2)", "-0.05"),
    ("'abc'", "varchar(3)", "abc"), ("''", "varchar(0)", ""), ("X'0102FF'", "varbinary", "01 02 ff"), ("true", "boolean", "true"),
    ("NULL", "unknown", None), ("BIGINT '7'", "bigint", "7"), ("REAL '0.1'", "real", "0.1"),
    # arithmetic
    ("1/2", "integer", "0"), ("-7/2", "integer", "-3"), ("-7 % 2", "integer", "-1"), ("7/2.0", "double", "3.5"),
    ("1e0/0", "double", "Infinity"), ("0e0/0", "double", "NaN"), ("2 * 3", "integer", "6"),
    ("CAST(1 AS bigint) + 1", "bigint", "2"), ("CAST(1 AS tinyint) + CAST(1 AS smallint)", "smallint", "2"),
    ("DECIMAL '1.5' + DECIMAL '2.25'", "decimal(4,2)", "3.75"), ("DECIMAL '1.5' * DECIMAL '2.25'", "decimal(5,3)", "3.375"),
    ("DECIMAL '1.50' / DECIMAL '3'", "decimal(3,2)", "0.50"), ("DECIMAL '1.5' * 2", "decimal(12,1)", "3.0"),
    ("DECIMAL '7.5' % DECIMAL '2'", "decimal(2,1)", "1.5"), ("1 + 1.5", "double", "2.5"), ("-(-3)", "integer", "3"),
    # casts
    ("CAST('abcdef' AS varchar(3))", "varchar(3)", "abc"), ("CAST('ab' AS char(5))", "char(5)", "ab   "),
    ("CAST(1e20 AS varchar)", "varchar", "1.0E20"), ("CAST(2.5 AS integer)", "integer", "3"), ("CAST(-2.5 AS integer)", "integer", "-3"),
    ("CAST(TIMESTAMP '2020-01-01 12:00:00.5' AS varchar)", "varchar", "2020-01-01 12:00:00.500"),
    ("CAST(DATE '2020-01-01' AS timestamp)", "timestamp(3)", "2020-01-01 00:00:00.000"), ("TRY_CAST('x' AS integer)", "integer", None),
    ("CAST('0.1' AS decimal(5,3))", "decimal(5,3)", "0.100"), ("CAST(12.345 AS decimal(5,2))", "decimal(5,2)", "12.35"),
    ("CAST(true AS varchar)", "varchar", "true"), ("CAST(DECIMAL '1.50' AS varchar)", "varchar", "1.50"),
    ("CAST('s' AS json)", "json", '"s"'), ("CAST(ARRAY[1,2] AS json)", "json", "[1,2]"), ("CAST(JSON '\"x\"' AS varchar)", "varchar", "x"),
    ("CAST(JSON '5' AS bigint)", "bigint", "5"), ("CAST(ROW(1, 'x') AS ROW(id integer, name varchar))", "row(id integer, name varchar)", "{id=1, name=x}"),
    ("CAST('nan' AS double)", "double", "NaN"), ("CAST('2020-01-01' AS date)", "date", "2020-01-01"),
    ("CAST('ab' AS char(5)) = 'ab'", "boolean", "true"), ("CAST('ab' AS char(5)) IN ('x', 'ab ')", "boolean", "true"),
    ("length(CAST('ab' AS char(5)))", "bigint", "5"), ("'ab' < CAST('ac' AS char(3))", "boolean", "true"),
    # errors made NULL
    ("TRY(1/0)", "integer", None), ("TRY(CAST('x' AS integer))", "integer", None), ("COALESCE(TRY(1/0), 5)", "integer", "5"),
    # dates and times
    ("date_trunc('month', DATE '2020-02-03')", "date", "2020-02-01"), ("date_add('day', 1, DATE '2020-02-28')", "date", "2020-02-29"),
    ("date_trunc('hour', TIMESTAMP '2020-02-03 04:05:06.789')", "timestamp(3)", "2020-02-03 04:00:00.000"),
    ("date_add('hour', -1, TIMESTAMP '2020-02-03 00:00:00')", "timestamp(0)", "2020-02-02 23:00:00"),
    ("date_diff('month', DATE '2020-01-31', DATE '2020-02-28')", "bigint", "0"), ("date_diff('day', DATE '2020-01-01', DATE '2020-03-01')", "bigint", "60"),
    ("DATE '2020-01-31' + INTERVAL '1' MONTH", "date", "2020-02-29"), ("TIMESTAMP '2020-01-01 00:00:00' + INTERVAL '2' DAY", "timestamp(0)", "2020-01-03 00:00:00"),
    ("TIMESTAMP '2020-01-02 00:00:00' - TIMESTAMP '2020-01-01 12:00:00'", "interval day to second", "0 12:00:00.000"),
    ("TIMESTAMP '2020-01-01 00:00:00.123456789'", "timestamp(9)", "2020-01-01 00:00:00.123456789"),
    ("TIMESTAMP '2020-01-01 00:00:00.123 America/Los_Angeles'", "timestamp(3) with time zone", "2020-01-01 00:00:00.123 America/Los_Angeles"),
    ("TIMESTAMP '2020-01-01 00:00:00 +02:00'", "timestamp(0) with time zone", "2020-01-01 00:00:00 +02:00"),
    ("TIMESTAMP '2020-01-01 12:00:00.000' AT TIME ZONE 'Asia/Tokyo'", "timestamp(3) with time zone", "2020-01-01 21:00:00.000 Asia/Tokyo"),
    ("TIME '01:02:03.1234'", "time(4)", "01:02:03.1234"), ("INTERVAL '2' DAY", "interval day to second", "2 00:00:00.000"),
    ("INTERVAL '1-3' YEAR TO MONTH", "interval year to month", "1-3"), ("-INTERVAL '90' MINUTE", "interval day to second", "-0 01:30:00.000"),
    ("INTERVAL '3' DAY * 2", "interval day to second", "6 00:00:00.000"), ("now()", "timestamp(3) with time zone", "2026-11-23 12:00:00.000 UTC"),
    ("current_date", "date", "2026-11-23"), ("localtimestamp", "timestamp(3)", "2026-11-23 12:00:00.000"),
    ("from_unixtime(0)", "timestamp(3) with time zone", "1970-01-01 00:00:00.000 UTC"), ("to_unixtime(TIMESTAMP '1970-01-01 00:00:10')", "double", "10.0"),
    ("date_format(TIMESTAMP '2020-01-02 03:04:05', '%Y-%m-%d %H:%i:%s')", "varchar", "2020-01-02 03:04:05"),
    ("date_parse('2020-01-02', '%Y-%m-%d')", "timestamp(3)", "2020-01-02 00:00:00.000"), ("format_datetime(TIMESTAMP '2020-01-02 03:04:05', 'yyyy-MM-dd')", "varchar", "2020-01-02"),
    ("from_iso8601_timestamp('2020-01-01T00:00:00Z')", "timestamp(3) with time zone", "2020-01-01 00:00:00.000 UTC"),
    ("year(DATE '2020-05-01')", "bigint", "2020"), ("EXTRACT(MONTH FROM DATE '2020-05-01')", "bigint", "5"), ("day_of_week(DATE '2020-01-01')", "bigint", "3"),
    # lists, maps, rows
    ("ARRAY[1, NULL, 3]", "array(integer)", "[1, null, 3]"), ("ARRAY['a, b']", "array(varchar(4))", "[a, b]"), ("MAP(ARRAY['b','a'], ARRAY[1,2])", "map(varchar(1), integer)", "{a=2, b=1}"),
    ("ROW(1, 'x')", "row(integer, varchar(1))", "{1, x}"), ("ARRAY[1,2][2]", "integer", "2"), ("MAP(ARRAY[1,2], ARRAY['a','b'])[2]", "varchar(1)", "b"),
    ("element_at(ARRAY[1], 5)", "integer", None), ("element_at(MAP(ARRAY['a'], ARRAY[1]), 'z')", "integer", None), ("cardinality(ARRAY[1,2])", "bigint", "2"),
    ("transform(ARRAY[1,2], x -> x * 2)", "array(integer)", "[2, 4]"), ("filter(ARRAY[1,2], x -> x > 1)", "array(integer)", "[2]"),
    ("reduce(ARRAY[1,2,3], 0, (s, x) -> s + x, s -> s * 10)", "integer", "60"), ("any_match(ARRAY[1,2], x -> x > 1)", "boolean", "true"),
    ("all_match(ARRAY[1,2], x -> x > 1)", "boolean", "false"), ("none_match(ARRAY[1,2], x -> x > 5)", "boolean", "true"), ("zip_with(ARRAY[1], ARRAY[2], (a, b) -> a + b)", "array(integer)", "[3]"),
    ("transform_values(MAP(ARRAY['a'], ARRAY[1]), (k, v) -> v + 1)", "map(varchar(1), integer)", "{a=2}"), ("map_filter(MAP(ARRAY['a','b'], ARRAY[1,2]), (k, v) -> v > 1)", "map(varchar(1), integer)", "{b=2}"),
    ("sequence(1, 3)", "array(bigint)", "[1, 2, 3]"), ("slice(ARRAY[1,2,3,4], 2, 2)", "array(integer)", "[2, 3]"), ("array_join(ARRAY[1,2], '-')", "varchar", "1-2"), ("split('a,b', ',')", "array(varchar)", "[a, b]"),
    ("flatten(ARRAY[ARRAY[1], ARRAY[2]])", "array(integer)", "[1, 2]"), ("contains(ARRAY[1], 1)", "boolean", "true"),
    # text
    ("upper('abc')", "varchar(3)", "ABC"), ("'a' || 'b'", "varchar", "ab"), ("substr('abc', 2)", "varchar(3)", "bc"), ("length('abc')", "bigint", "3"), ("'abc' LIKE 'a%'", "boolean", "true"),
    ("'a_c' LIKE 'a\\_c' ESCAPE '\\'", "boolean", "true"), ("regexp_extract('abc12', '[0-9]+')", "varchar(5)", "12"), ("to_utf8('A')", "varbinary", "41"), ("to_hex(X'ff')", "varchar", "FF"), ("strpos('abc', 'c')", "bigint", "3"),
    # choosing
    ("CASE WHEN 1 = 1 THEN 'abc' ELSE 'defgh' END", "varchar(5)", "abc"), ("IF(true, 1, 2.5)", "double", "1.0"), ("COALESCE(NULL, 'x')", "varchar(1)", "x"), ("NULLIF(1, 1)", "integer", None), ("greatest(1, 2)", "integer", "2"),
    ("round(2.567, 2)", "double", "2.57"), ("round(DECIMAL '2.567', 2)", "decimal(5,3)", "2.570"), ("abs(-3)", "integer", "3"), ("power(2, 3)", "double", "8.0"), ("sqrt(2)", "double", "1.4142135623730951"),
    ("typeof(1.5)", "varchar", "double"), ("typeof('abc')", "varchar", "varchar(3)"), ("nan()", "double", "NaN"), ("infinity()", "double", "Infinity"),
    ("CAST('12151fd2-7586-11e9-8f9e-2a86e4085a59' AS uuid)", "uuid", "12151fd2-7586-11e9-8f9e-2a86e4085a59"), ("IPADDRESS '10.0.0.1'", "ipaddress", "10.0.0.1"),
    ("json_extract(JSON '{\"a\":[1,2]}', '$.a')", "json", "[1,2]"), ("json_extract_scalar('{\"a\":\"x\"}', '$.a')", "varchar", "x"),
]


@pytest.mark.parametrize("sql,kind,text", EXPRESSIONS, ids=[e[0][:50] for e in EXPRESSIONS])
def test_an_expression_has_athenas_type_and_text(sql, kind, text):
    assert one(sql) == (kind, text)


AGGREGATES = [
    ("sum(x)", "bigint", "7"), ("sum(CAST(x AS bigint))", "bigint", "7"), ("avg(CAST(x AS bigint))", "double", "2.3333333333333335"), ("avg(x)", "double", "2.3333333333333335"), ("count(*)", "bigint", "3"), ("max(x)", "integer", "4"),
    ("sum(CAST(x AS decimal(10,2)))", "decimal(38,2)", "7.00"), ("avg(CAST(x AS decimal(10,2)))", "decimal(10,2)", "2.33"),
    ("sum(CAST(x AS real))", "real", "7.0"), ("sum(x) FILTER (WHERE x > 1)", "bigint", "6"), ("approx_distinct(x)", "bigint", "3"),
    ("array_agg(x ORDER BY x DESC)", "array(integer)", "[4, 2, 1]"), ("max_by(s, x)", "varchar(1)", "c"), ("arbitrary(5)", "integer", "5"),
    ("map_agg(s, x)", "map(varchar(1), integer)", "{a=1, b=2, c=4}"), ("bool_and(x > 0)", "boolean", "true"), ("count_if(x > 1)", "bigint", "2"),
    ("approx_percentile(x, 0.5)", "integer", "2"), ("listagg(s, ',') WITHIN GROUP (ORDER BY s)", "varchar", "a,b,c"), ("min_by(s, x)", "varchar(1)", "a"),
]


@pytest.mark.parametrize("sql,kind,text", AGGREGATES, ids=[a[0] for a in AGGREGATES])
def test_an_aggregate_has_athenas_type(sql, kind, text):
    columns, rows = run(f"SELECT {sql} FROM (VALUES (1,'a'),(2,'b'),(4,'c')) AS t(x, s)")
    assert (columns[0][1], rows[0][0]) == (kind, text)


# One-line queries of many shapes: each must run and give the rows.
COVERAGE = [
    ("SELECT k, v FROM (SELECT MAP(ARRAY['a','b'], ARRAY[1,2]) AS m) CROSS JOIN UNNEST(m) AS t(k, v) ORDER BY k", [["a", "1"], ["b", "2"]]),
    ("SELECT a, b, o FROM UNNEST(ARRAY[1,2,3], ARRAY['x','y']) WITH ORDINALITY AS t(a, b, o) ORDER BY o", [["1", "x", "1"], ["2", "y", "2"], ["3", None, "3"]]),
    ("SELECT n, s FROM (SELECT ARRAY[ROW(1,'a'), ROW(2,'b')] AS r) CROSS JOIN UNNEST(r) AS t(n, s) ORDER BY n", [["1", "a"], ["2", "b"]]),
    ("SELECT x FROM (VALUES 3, 1, 2) AS t(x) ORDER BY x OFFSET 1 FETCH FIRST 1 ROW ONLY", [["2"]]),
    ("SELECT x FROM (VALUES 3, NULL, 2) AS t(x) ORDER BY x DESC", [["3"], ["2"], [None]]),
    ("SELECT x, count(*) FROM (VALUES 1, 1, 2) AS t(x) GROUP BY x HAVING count(*) > 1", [["1", "2"]]),
    ("SELECT a, b, sum(n) FROM (VALUES ('x','p',1),('x','q',2)) AS t(a,b,n) GROUP BY GROUPING SETS ((a), (b)) ORDER BY a, b", [["x", None, "3"], [None, "p", "1"], [None, "q", "2"]]),
    ("SELECT x, grouping(x) FROM (VALUES 1) AS t(x) GROUP BY ROLLUP (x) ORDER BY 2", [["1", "0"], [None, "1"]]),
    ("SELECT count(*) FROM (VALUES (1,2)) AS t(a,b) GROUP BY CUBE (a, b)", [["1"]] * 4),
    ("WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT n FROM r ORDER BY n", [["1"], ["2"], ["3"]]),
    ("WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT x, y FROM a, b", [["1", "2"]]),
    ("SELECT row_number() OVER (ORDER BY x DESC), sum(x) OVER (ORDER BY x ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), lag(x) OVER (ORDER BY x) FROM (VALUES 1, 2, 3) AS t(x) ORDER BY x", [["3", "1", None], ["2", "3", "1"], ["1", "5", "2"]]),
    ("SELECT ntile(2) OVER (ORDER BY x), dense_rank() OVER (ORDER BY x), first_value(x) OVER (ORDER BY x) FROM (VALUES 1, 2) AS t(x)", [["1", "1", "1"], ["2", "2", "1"]]),
    ("SELECT 1 WHERE EXISTS (SELECT 1) AND 1 IN (SELECT 1) AND 2 > ALL (SELECT 1) AND 1 = ANY (VALUES 1, 2)", [["1"]]),
    ("SELECT (SELECT max(x) FROM (VALUES 1, 2) AS t(x))", [["2"]]), ("SELECT 1 UNION ALL SELECT 2 INTERSECT SELECT 2", [["1"], ["2"]]),
    ("SELECT 1 EXCEPT SELECT 2", [["1"]]), ("SELECT DISTINCT x FROM (VALUES 1, 1) AS t(x)", [["1"]]), ("VALUES (1, 'a'), (2, 'b')", [["1", "a"], ["2", "b"]]),
    ("SELECT * FROM (VALUES (1,'a')) AS a(x,p) LEFT JOIN (VALUES (2,'b')) AS b(x,q) ON a.x = b.x", [["1", "a", None, None]]),
    ("SELECT x, p, q FROM (VALUES (1,'a')) AS a(x,p) FULL JOIN (VALUES (1,'b')) AS b(x,q) USING (x)", [["1", "a", "b"]]),
    ("SELECT t.r.a.b FROM (SELECT CAST(ROW(ROW(5)) AS ROW(a ROW(b integer))) AS r) AS t", [["5"]]),
    ("SELECT a.x FROM (VALUES 1, 2) AS a(x) WHERE a.x IN (SELECT b.y FROM (VALUES 2) AS b(y) WHERE b.y = a.x)", [["2"]]),
    ("SELECT x FROM (VALUES 1, 5) AS t(x) WHERE x BETWEEN 2 AND 6 AND x IS NOT NULL AND NOT x = 3", [["5"]]),
    ("SELECT x FROM (VALUES 'a', 'B') AS t(x) WHERE lower(x) = 'b'", [["B"]]), ("SELECT s FROM (VALUES 'x1', 'y') AS t(s) WHERE regexp_like(s, '^x[0-9]$')", [["x1"]]),
    ("SELECT CASE x WHEN 1 THEN 'one' ELSE 'other' END FROM (VALUES 1, 2) AS t(x)", [["one"], ["other"]]),
    ("SELECT x FROM UNNEST(sequence(1, 3)) AS t(x)", [["1"], ["2"], ["3"]]), ("SELECT d FROM UNNEST(sequence(DATE '2020-01-01', DATE '2020-01-02')) AS t(d)", [["2020-01-01"], ["2020-01-02"]]),
    ("SELECT split_part('a-b', '-', 2), starts_with('abc', 'a'), chr(65), codepoint('A'), reverse('ab'), lpad('a', 3, 'x'), trim(' a ')", [["b", "true", "A", "65", "ba", "xxa", "a"]]),
    ("SELECT url_extract_host('http://a.b/c?d'), url_extract_path('http://a.b/c?d'), url_extract_protocol('http://a.b')", [["a.b", "/c", "http"]]),
    ("SELECT md5(to_utf8('a')), from_utf8(X'41')", [["0c c1 75 b9 c0 f1 b6 a8 31 c3 99 e2 69 77 26 61", "A"]]),
    ("SELECT bitwise_and(5, 3), bitwise_or(5, 3), bitwise_xor(5, 3)", [["1", "7", "6"]]), ("SELECT width_bucket(5.0, 0.0, 10.0, 5)", [["3"]]),
    ("SELECT array_sort(ARRAY[2,1]), array_distinct(ARRAY[1,1]), array_max(ARRAY[1,3]), array_union(ARRAY[1], ARRAY[2]), array_remove(ARRAY[1,2], 1)", [["[1, 2]", "[1]", "3", "[1, 2]", "[2]"]]),
    ("SELECT map_keys(MAP(ARRAY['a'], ARRAY[1])), map_values(MAP(ARRAY['a'], ARRAY[1]))", [["[a]", "[1]"]]), ("SELECT json_array_length('[1,2]'), json_format(JSON '[1]')", [["2", "[1]"]]),
    ("SELECT stddev(x) > 0.7, variance(x), corr(x, x) FROM (VALUES 1, 2) AS t(x)", [["true", "0.5", "1.0"]]),
    ("SELECT count(*) FROM (VALUES 1, 2, 3) AS t(x) TABLESAMPLE BERNOULLI (100)", [["3"]]), ("SELECT x FROM (VALUES 1) AS t(x) LIMIT 0", []),
    ("SELECT \"a\"\"b\" FROM (SELECT 1 AS \"a\"\"b\")", [["1"]]), ("SELECT X.a FROM (SELECT 1 AS A) AS x", [["1"]]),
    ("SELECT last_day_of_month(DATE '2020-02-03'), week(DATE '2020-01-01'), quarter(DATE '2020-05-01'), day_of_year(DATE '2020-02-01')", [["2020-02-29", "1", "2", "32"]]),
    ("SELECT t.x, s.y FROM (VALUES 1, 2) AS t(x) CROSS JOIN LATERAL (SELECT t.x * 10 AS y) AS s ORDER BY 1", [["1", "10"], ["2", "20"]]),
    ("SELECT at_least FROM (SELECT coalesce(NULL, 1) AS at_least)", [["1"]]), ("TABLE missing", QueryFailure),
    ("SELECT format('%s-%d', 'a', 1)", [["a-1"]]), ("SELECT hour(TIMESTAMP '2020-01-01 05:06:07'), minute(TIMESTAMP '2020-01-01 05:06:07')", [["5", "6"]]),
    ("SELECT count(DISTINCT x), sum(DISTINCT x) FROM (VALUES 1, 1, 2) AS t(x)", [["2", "3"]]), ("SELECT x FROM (VALUES (1)) AS t(x) WHERE (x, 1) IN ((1, 1))", [["1"]]),
    ("SELECT IF(x > 1, 'big') FROM (VALUES 1, 2) AS t(x)", [[None], ["big"]]), ("SELECT concat('a', 'b', 'c'), concat(ARRAY[1], ARRAY[2])", [["abc", "[1, 2]"]]),
    ("SELECT levenshtein_distance('ab', 'ac'), translate('abc', 'a', 'x'), replace('abc', 'b')", [["1", "xbc", "ac"]]),
    ("SELECT max(x, 2), min(x, 2) FROM (VALUES 1, 2, 3) AS t(x)", [["[3, 2]", "[1, 2]"]]), ("SELECT histogram(x) FROM (VALUES 1, 1, 2) AS t(x)", [["{1=2, 2=1}"]]),
    ("SELECT nth_value(x, 2) OVER (ORDER BY x ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM (VALUES 1, 2) AS t(x)", [["2"], ["2"]]),
    ("SELECT sum(x) OVER w FROM (VALUES 1, 2) AS t(x) WINDOW w AS (ORDER BY x)", [["1"], ["3"]]),
    ("SELECT cast(row(1, 2) AS row(a bigint, b double)).b", [["2.0"]]), ("SELECT array_distinct(ARRAY[3, 1, NULL, 3, NULL]), CAST('2020-01-01 00:00:00' AS timestamp(6))", [["[3, 1, null]", "2020-01-01 00:00:00.000000"]]),
]


@pytest.mark.parametrize("sql,rows", COVERAGE, ids=[c[0][:60] for c in COVERAGE])
def test_a_query_of_the_coverage_list_runs(sql, rows):
    if rows is QueryFailure:
        with pytest.raises(Exception):
            run(sql)
        return
    assert run(sql)[1] == rows


@pytest.mark.parametrize("sql,names", [
    ("SELECT 1, 1 + 1, 'x' AS Foo, abs(1)", ["_col0", "_col1", "Foo", "_col3"]),
    ("SELECT * FROM (SELECT 1, 2 AS b)", ["_col0", "b"]), ("SELECT x, X FROM (SELECT 1 AS x)", ["x", "X"]),
    ("SELECT r.a FROM (SELECT CAST(ROW(1) AS ROW(a integer)) AS r)", ["a"]), ("SELECT count(*) FROM (VALUES 1)", ["_col0"]),
    ("SELECT t.*, t.x FROM (VALUES (1, 2)) AS t(x, y)", ["x", "y", "x"]), ("VALUES (1, 2)", ["_col0", "_col1"])])
def test_columns_have_athenas_names(sql, names):
    assert [n for n, _ in run(sql)[0]] == names


ERRORS = [
    ("SELECT 1/0", "DIVISION_BY_ZERO: Division by zero"), ("SELECT DECIMAL '1' / DECIMAL '0'", "DIVISION_BY_ZERO: Division by zero"), ("SELECT 5 % 0", "DIVISION_BY_ZERO: Division by zero"),
    ("SELECT ARRAY[1,2][3]", "INVALID_FUNCTION_ARGUMENT: Array subscript must be less than or equal to array length: 3 > 2"), ("SELECT ARRAY[1][0]", "INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1"),
    ("SELECT MAP(ARRAY['a'], ARRAY[1])['z']", "INVALID_FUNCTION_ARGUMENT: Key not present in map: z"), ("SELECT a.b.c FROM (SELECT 1 AS x)", "COLUMN_NOT_FOUND: line 1:8: Column 'a.b.c' cannot be resolved"),
    ("SELECT x,\n  nope FROM (SELECT 1 AS x)", "COLUMN_NOT_FOUND: line 2:3: Column 'nope' cannot be resolved"), ("SELECT 'a' > 1", "TYPE_MISMATCH: line 1:8: Cannot apply operator: varchar(1) > integer"),
    ("SELECT DATE '2020-01-01' >= '2020-01-01'", "TYPE_MISMATCH: "), ("SELECT 1 IN ('a')", "TYPE_MISMATCH: "), ("SELECT 1 UNION SELECT 'a'", "TYPE_MISMATCH: line 1:1: column 1 in UNION query has incompatible types: integer, varchar(1)"),
    ("SELECT CAST(DATE '2020-01-01' AS integer)", "TYPE_MISMATCH: "), ("SELECT x FROM (SELECT 1 AS x) a, (SELECT 2 AS x) b", "AMBIGUOUS_NAME: line 1:8: Column 'x' is ambiguous"),
    ("SELECT x, count(*) FROM (VALUES (1, 2)) AS t(x, y) GROUP BY y", "EXPRESSION_NOT_AGGREGATE: "), ("SELECT *", "SYNTAX_ERROR: line 1:8: SELECT * not allowed in queries without FROM clause"),
    ("SELECT TIMESTAMP 'nonsense'", "INVALID_"), ("SELECT TIMESTAMP '2020-13-01 00:00:00 UTC'", "INVALID_LITERAL: "), ("SELECT (SELECT x FROM (VALUES 1, 2) AS t(x))", "SUBQUERY_MULTIPLE_ROWS: "), ("SELECT CAST(300 AS tinyint)", "NUMERIC_VALUE_OUT_OF_RANGE: Out of range for tinyint: 300"),
    ("SELECT sum('a')", "FUNCTION_NOT_FOUND: "),
    ("SELECT sum(x) FROM (VALUES BIGINT '9223372036854775807', BIGINT '1') AS t(x)", "NUMERIC_VALUE_OUT_OF_RANGE: "),
    ("SELECT BIGINT '9223372036854775807' + 1", "NUMERIC_VALUE_OUT_OF_RANGE: "), ("SELECT 2147483647 + 1", "NUMERIC_VALUE_OUT_OF_RANGE: "),
]


@pytest.mark.parametrize("sql,text", ERRORS, ids=[e[0][:50] for e in ERRORS])
def test_a_query_fails_with_athenas_error_name(sql, text):
    with pytest.raises(QueryFailure) as caught:
        run(sql)
    assert caught.value.reason.startswith(text), caught.value.reason


@pytest.mark.parametrize("sql,text", [
    ("SELECT 1,", "line 1:10: mismatched input '<EOF>'"), ("SELECT 1, FROM t", "line 1:11: mismatched input 'FROM'"), ("SELECT 'abc", "line 1:8: mismatched input"),
    ("SELECT 1; SELECT 2", "Only one sql statement is allowed"), ("SELECT (1", "line 1:")])
def test_sql_that_does_not_parse_names_the_place(sql, text):
    with pytest.raises(Malformed) as caught:
        run(sql)
    assert text in str(caught.value)


@pytest.mark.parametrize("duck,trino", [("HUGEINT", "bigint"), ("INTEGER[][]", "array(array(integer))"), ("MAP(VARCHAR, INTEGER[])", "map(varchar, array(integer))"),
                                        ("STRUCT(a INTEGER, \"b c\" VARCHAR)", "row(a integer, b c varchar)"), ("DECIMAL(18,3)", "decimal(18,3)"), ("TIMESTAMP WITH TIME ZONE", "timestamp(3) with time zone")])
def test_a_described_type_has_its_athena_type(duck, trino):
    assert trino_name(from_duckdb(duck)) == trino


def test_the_engines_own_csv_equals_the_formatters(tmp_path):
    """The fast path may be used only because both give the same bytes."""
    from athena_sandbox.data.kinds import every_type
    from athena_sandbox.format import csvtext
    sql = every_type({}, None).sql
    connection = ENGINE.connect()
    declared = {"c_char": "char(5)", "c_timestamp": "timestamp(3)"}
    kinds = [(r[0], from_duckdb(r[1])) for r in connection.execute(f"DESCRIBE {sql}").fetchall()]
    from athena_sandbox.engine.duck import Prepared
    from athena_sandbox.format.types import parse_type
    columns = [(n, parse_type(declared[n]) if n in declared else k) for n, k in kinds if k.name not in ("array", "map", "row")]
    names = ", ".join(n for n, _ in columns)
    extra = " UNION ALL ".join(f"SELECT {names} FROM ({sql}) AS s WHERE label = '{label}'" for label in
                               ("normal", "null", "minimum", "maximum", "float smallest", "float 1.23456789E7", "float NaN", "float -Infinity", "float 1.0E-4", "float -0.0"))
    prepared = Prepared(columns, extra, None)
    slow = [columns_row for columns_row in ENGINE.rows(connection, prepared)]
    path = tmp_path / "fast.csv"
    assert ENGINE.copy_csv(connection, prepared, path) == len(slow) == 10
    expected = csvtext.record([n for n, _ in columns]) + "".join(csvtext.record(r) for r in slow)
    assert path.read_bytes() == expected.encode()


@pytest.mark.parametrize("name,sql,first", [
    ("3000 ORs", "SELECT x FROM (VALUES 1) AS t(x) WHERE " + " OR ".join(f"x = {i}" for i in range(3000)), ["1"]),
    ("an IN list of 5000", "SELECT x FROM (VALUES 1) AS t(x) WHERE x IN (" + ",".join(map(str, range(5000))) + ")", ["1"]),
    ("60 parentheses", "SELECT " + "(" * 60 + "1" + ")" * 60, ["1"]), ("500 UNION ALLs", " UNION ALL ".join(["SELECT 1"] * 500), ["1"])])
def test_a_long_or_deep_statement_runs(name, sql, first):
    from athena_sandbox.engine.deep import deeply
    assert deeply(run, sql)[1][0] == first


@pytest.mark.parametrize("sql", ["SELECT " + "(" * 5000 + "1" + ")" * 5000, "SELECT " + "+".join(["1"] * 30000)])
def test_a_statement_that_is_too_deep_fails_cleanly(sql):
    from athena_sandbox.engine.deep import deeply
    with pytest.raises((Malformed, QueryFailure)) as caught:
        deeply(run, sql)
    assert "statement is too large" in str(caught.value)
