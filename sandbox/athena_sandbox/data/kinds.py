"""What the tables are made of: for each `generate: {kind: ...}` a query of DuckDB, the declared column
types where they are not the query's own, and comments."""
from __future__ import annotations

from .packages import data_file


class Made:
    """`sql`: a DuckDB query with the rows. `types`: column -> Hive type, where the query's type does not
    tell (char, varchar lengths). `comments`: column -> comment."""

    def __init__(self, sql, types=None, comments=None):
        self.sql = sql
        self.types = types or {}
        self.comments = comments or {}


def literal(path):
    return "'" + str(path).replace("'", "''") + "'"


# ---- nycflights13: all flights that left New York in 2013 (CC0) -------------------------------------

FLIGHT_COMMENTS = {
    "year": "Year of departure", "month": "Month of departure", "day": "Day of departure",
    "dep_time": "Actual departure time, local, as HHMM", "sched_dep_time": "Scheduled departure, HHMM",
    "dep_delay": "Departure delay in minutes; negative is early",
    "arr_time": "Actual arrival time, local, as HHMM", "sched_arr_time": "Scheduled arrival, HHMM",
    "arr_delay": "Arrival delay in minutes; negative is early",
    "carrier": "Two letter carrier code, see airlines", "flight": "Flight number",
    "tailnum": "Plane tail number, see planes", "origin": "Origin airport, see airports",
    "dest": "Destination airport, see airports", "air_time": "Minutes in the air",
    "distance": "Miles between the airports", "hour": "Hour of the scheduled departure",
    "minute": "Minute of the scheduled departure", "time_hour": "Scheduled hour as a timestamp (UTC)",
}

FLIGHT_QUERIES = {
    "flights": ("""SELECT CAST(year AS INTEGER) AS year, CAST(month AS TINYINT) AS month, CAST(day AS TINYINT) AS day,
        CAST(dep_time AS INTEGER) AS dep_time, CAST(sched_dep_time AS INTEGER) AS sched_dep_time,
        CAST(dep_delay AS INTEGER) AS dep_delay, CAST(arr_time AS INTEGER) AS arr_time,
        CAST(sched_arr_time AS INTEGER) AS sched_arr_time, CAST(arr_delay AS INTEGER) AS arr_delay,
        carrier, CAST(flight AS INTEGER) AS flight, tailnum, origin, dest,
        CAST(air_time AS INTEGER) AS air_time, CAST(distance AS INTEGER) AS distance,
        CAST(hour AS TINYINT) AS hour, CAST(minute AS TINYINT) AS minute,
        CAST(replace(replace(time_hour, 'T', ' '), 'Z', '') AS TIMESTAMP) AS time_hour FROM raw""",
                {"carrier": "varchar(2)", "origin": "char(3)", "dest": "char(3)"}, FLIGHT_COMMENTS),
    "airlines": ("SELECT carrier, name FROM raw", {"carrier": "varchar(2)"},
                 {"carrier": "Two letter code", "name": "Full name"}),
    "airports": ("""SELECT faa, name, CAST(lat AS DOUBLE) AS lat, CAST(lon AS DOUBLE) AS lon,
        CAST(alt AS INTEGER) AS alt, CAST(tz AS DECIMAL(4,2)) AS tz, dst, tzone FROM raw""",
                 {"faa": "char(3)", "dst": "char(1)"},
                 {"faa": "FAA airport code", "name": "Usual name", "lat": "Latitude", "lon": "Longitude",
                  "alt": "Altitude in feet", "tz": "Hours from GMT", "dst": "Daylight saving: A, U or N",
                  "tzone": "IANA time zone"}),
    "planes": ("""SELECT tailnum, CAST(year AS INTEGER) AS year, type, manufacturer, model,
        CAST(engines AS INTEGER) AS engines, CAST(seats AS INTEGER) AS seats,
        CAST(speed AS INTEGER) AS speed, engine FROM raw""", {},
               {"tailnum": "Tail number", "year": "Year made", "seats": "Number of seats",
                "speed": "Average cruising speed in mph", "engine": "Kind of engine"}),
    "weather": ("""SELECT origin, CAST(year AS INTEGER) AS year, CAST(month AS TINYINT) AS month,
        CAST(day AS TINYINT) AS day, CAST(hour AS TINYINT) AS hour, CAST(temp AS DOUBLE) AS temp,
        CAST(dewp AS DOUBLE) AS dewp, CAST(humid AS DOUBLE) AS humid, CAST(wind_dir AS DOUBLE) AS wind_dir,
        CAST(wind_speed AS REAL) AS wind_speed, CAST(wind_gust AS REAL) AS wind_gust,
        CAST(precip AS DECIMAL(6,2)) AS precip, CAST(pressure AS DECIMAL(7,2)) AS pressure,
        CAST(visib AS DOUBLE) AS visib,
        CAST(replace(replace(time_hour, 'T', ' '), 'Z', '') AS TIMESTAMP) AS time_hour FROM raw""",
                {"origin": "char(3)"},
                {"origin": "Weather station", "temp": "Temperature in F", "dewp": "Dewpoint in F",
                 "humid": "Relative humidity", "precip": "Precipitation in inches",
                 "pressure": "Sea level pressure in millibars", "visib": "Visibility in miles"}),
}


def nycflights13(options, scratch):
    name = options["table"]
    sql, types, comments = FLIGHT_QUERIES[name]
    path = data_file("nycflights13", f"data/{name}.csv", scratch)
    raw = f"read_csv({literal(path)}, header=true, all_varchar=true, nullstr='NA')"
    return Made(sql.replace("FROM raw", f"FROM {raw} AS raw"), types, comments)


# ---- vega_datasets: prices, volatility, employment, weather (BSD-3) ----------------------------------

VEGA_QUERIES = {
    "stocks": ("stocks.csv", """SELECT symbol, CAST(strptime(date, '%b %-d %Y') AS DATE) AS month,
        CAST(price AS DECIMAL(10,2)) AS price FROM raw""", {"symbol": "varchar(5)"},
               {"symbol": "Ticker", "month": "First day of the month", "price": "Closing price in USD"}),
    "volatility": ("ohlc.json", """SELECT CAST(date AS DATE) AS day, CAST(open AS DECIMAL(8,2)) AS open,
        CAST(high AS DECIMAL(8,2)) AS high, CAST(low AS DECIMAL(8,2)) AS low,
        CAST(close AS DECIMAL(8,2)) AS close, signal, CAST(ret AS DOUBLE) AS ret FROM raw""",
                   {"signal": "varchar(8)"},
                   {"day": "Trading day", "signal": "Position suggested by a trading rule",
                    "ret": "Return of the rule in percent"}),
    "employment": ("us-employment.csv", """SELECT CAST(month AS DATE) AS month,
        CAST(round(CAST(nonfarm AS DOUBLE)) AS BIGINT) AS nonfarm, CAST(private AS DOUBLE) AS private,
        CAST(construction AS DOUBLE) AS construction, CAST(manufacturing AS DOUBLE) AS manufacturing,
        CAST(retail_trade AS DECIMAL(12,1)) AS retail_trade,
        CAST(financial_activities AS DOUBLE) AS financial_activities, CAST(government AS DOUBLE) AS government,
        CAST(nonfarm_change AS INTEGER) AS nonfarm_change FROM raw""", {},
                   {"month": "First day of the month", "nonfarm": "Nonfarm jobs, thousands",
                    "nonfarm_change": "Change to the month before, thousands"}),
    "seattle_weather": ("seattle-weather.csv", """SELECT CAST(date AS DATE) AS day,
        CAST(precipitation AS DECIMAL(6,1)) AS precipitation, CAST(temp_max AS DOUBLE) AS temp_max,
        CAST(temp_min AS DOUBLE) AS temp_min, CAST(wind AS REAL) AS wind, weather FROM raw""", {},
                        {"day": "Day", "precipitation": "Millimetres", "weather": "drizzle, rain, sun, snow, fog"}),
    "iowa_electricity": ("iowa-electricity.csv", """SELECT CAST(year AS DATE) AS year, source,
        CAST(net_generation AS BIGINT) AS net_generation FROM raw""", {},
                         {"net_generation": "Thousand megawatthours"}),
}


def vega_datasets(options, scratch):
    name, sql, types, comments = VEGA_QUERIES[options["table"]]
    path = data_file("vega_datasets", f"_data/{name}", scratch)
    raw = f"read_json({literal(path)}, format='array')" if name.endswith("json") else \
        f"read_csv({literal(path)}, header=true, all_varchar=true)"
    return Made(sql.replace("FROM raw", f"FROM {raw} AS raw"), types, comments)


# ---- tables of edges ------------------------------------------------------------------------------

EVERY_TYPES = {"c_varchar": "varchar(10)", "c_char": "char(5)"}
EVERY_COMMENTS = {"label": "What the row shows", "c_integer": "32 bits", "c_decimal": "ten digits, two of them after the point",
                  "c_array": "array of integers", "c_map": "map of text to integer", "c_struct": "row with two fields"}

EVERY_ROW = """SELECT {n} AS row_number, {label} AS label, CAST({0} AS BOOLEAN) AS c_boolean, CAST({1} AS TINYINT) AS c_tinyint,
 CAST({2} AS SMALLINT) AS c_smallint, CAST({3} AS INTEGER) AS c_integer, CAST({4} AS BIGINT) AS c_bigint,
 CAST({5} AS REAL) AS c_float, CAST({6} AS DOUBLE) AS c_double, CAST({7} AS DECIMAL(10,2)) AS c_decimal,
 CAST({8} AS DECIMAL(38,0)) AS c_decimal38, CAST({9} AS VARCHAR) AS c_varchar, CAST({10} AS VARCHAR) AS c_char,
 CAST({11} AS VARCHAR) AS c_string, CAST({12} AS BLOB) AS c_binary, CAST({13} AS DATE) AS c_date,
 CAST({14} AS TIMESTAMP) AS c_timestamp, CAST({15} AS INTEGER[]) AS c_array, CAST({16} AS MAP(VARCHAR, INTEGER)) AS c_map,
 CAST({17} AS STRUCT(id INTEGER, name VARCHAR)) AS c_struct"""

NORMAL = ["true", "12", "1234", "123456", "1234567890123", "1.5", "3.141592653589793", "1234.50", "12345678901234567890",
          "'varchar'", "'char '", "'a string'", "'\\x01\\x02\\xFF'::BLOB", "'2024-01-31'", "'2024-01-31 12:34:56.789'",
          "[1, 2, 3]", "MAP {'a': 1, 'b': 2}", "{'id': 1, 'name': 'x'}"]
NULLS = ["NULL"] * 18
LOW = ["false", "-128", "-32768", "-2147483648", "-9223372036854775808", "'-3.4028235e38'", "'-1.7976931348623157e308'",
       "'-99999999.99'", "'-99999999999999999999999999999999999999'", "''", "'     '", "''", "''::BLOB", "'0001-01-01'",
       "'0001-01-01 00:00:00'", "[]", "MAP {}", "{'id': NULL, 'name': NULL}"]
HIGH = ["true", "127", "32767", "2147483647", "9223372036854775807", "'3.4028235e38'", "'1.7976931348623157e308'",
        "'99999999.99'", "'99999999999999999999999999999999999999'", "'0123456789'", "'abcde'", "repeat('z', 1000)",
        "'\\x00\\xFF\\x7F\\x80'::BLOB", "'9999-12-31'", "'9999-12-31 23:59:59.999'", "[NULL, 2147483647, -2147483648]",
        "MAP {'': 0, 'k': NULL}", "{'id': 2147483647, 'name': 'é, =}'}"]
FLOATS = [("0.0", "0.0", "0.0"), ("-0.0", "-0.0", "-0.0"), ("1.0E-4", "1e-4", "1e-4"), ("0.001", "1e-3", "1e-3"),
          ("9999999.0", "9999999", "9999999"), ("1.0E7", "1e7", "1e7"), ("NaN", "NaN", "NaN"),
          ("Infinity", "inf", "inf"), ("-Infinity", "-inf", "-inf"), ("largest", "3.4028235e38", "1.7976931348623157e308"),
          ("smallest", "1.4e-45", "4.9e-324"), ("0.1", "0.1", "0.1"), ("1.0E20", "1e20", "1e20"),
          ("1.23456789E7", "12345678.9", "12345678.9")]


def every_type(options, scratch):
    rows = [("'normal'", NORMAL), ("'null'", NULLS), ("'minimum'", LOW), ("'maximum'", HIGH)]
    for name, single, double in FLOATS:
        values = list(NULLS)
        values[5], values[6] = f"'{single}'", f"'{double}'"
        rows.append((literal(f"float {name}"), values))
    selects = [EVERY_ROW.format(*values, n=n, label=label) for n, (label, values) in enumerate(rows, 1)]
    return Made(" UNION ALL ".join(selects), EVERY_TYPES, EVERY_COMMENTS)


CSV_EDGES = [
    ("plain", "'plain'", "'second'"), ("empty", "''", "''"), ("null", "NULL", "NULL"),
    ("empty then null", "''", "NULL"), ("null then empty", "NULL", "''"),
    ("quote", "'say \"hi\"'", "'\"'"), ("only quotes", "'\"\"'", "'\"\"\"'"), ("comma", "'a,b,c'", "','"),
    ("newline", "'one' || chr(10) || 'two'", "chr(10)"), ("carriage return", "'one' || chr(13) || 'two'", "chr(13)"),
    ("crlf", "'one' || chr(13) || chr(10) || 'two'", "chr(13) || chr(10)"), ("tab", "'one' || chr(9) || 'two'", "chr(9)"),
    ("quote newline quote", "'\"' || chr(10) || '\"'", "'\",\"'"), ("backslash", "'back\\slash\\n'", "'\\'"),
    ("control", "chr(1) || chr(2) || chr(31) || chr(127)", "chr(27) || '[0m'"), ("blanks", "'  padded  '", "' '"),
    ("latin", "'Zürich, Malmö'", "'ß'"), ("cyrillic", "'Москва'", "'я'"), ("cjk", "'東京'", "'漢'"),
    ("emoji", "'😀🏦'", "chr(128512)"), ("combining", "'e' || chr(769)", "chr(8203)"), ("rtl", "'שלום'", "'مرحبا'"),
    ("word null", "'null'", "'NULL'"), ("word true", "'true'", "'1'"), ("number", "'00012'", "'1e3'"),
    ("long", "repeat('x', 20000)", "repeat('\"', 999)"),
]


def csv_edges(options, scratch):
    rows = [f"SELECT {n} AS n, {literal(label)} AS label, CAST({a} AS VARCHAR) AS a, CAST({b} AS VARCHAR) AS b"
            for n, (label, a, b) in enumerate(CSV_EDGES, 1)]
    return Made(" UNION ALL ".join(rows), {}, {
        "label": "What the row shows", "a": "A value that CSV readers get wrong", "b": "Another one"})


def numbers(options, scratch):
    """`rows` rows: n from 1, its text, its square."""
    count = int(options.get("rows", 1000))
    return Made(f"SELECT CAST(i AS INTEGER) AS n, 'row ' || i AS label, CAST(i AS BIGINT) * i AS square "
                f"FROM range(1, {count + 1}) AS r(i)", {}, {"n": "Counts from 1", "square": "n times n"})


def big_field(options, scratch):
    """One row with a field of `size` characters."""
    size = int(options.get("size", 1048576))
    return Made(f"SELECT CAST(1 AS INTEGER) AS n, repeat('0123456789abcde\"', {size // 16}) AS big", {},
                {"big": f"{size} characters, a quote in every sixteenth"})


def sql(options, scratch):
    return Made(options["sql"], dict(options.get("types") or {}), dict(options.get("comments") or {}))


KINDS = {"nycflights13": nycflights13, "vega_datasets": vega_datasets, "every_type": every_type,
         "csv_edges": csv_edges, "numbers": numbers, "big_field": big_field, "sql": sql}

# The types that no Hive table can hold, for a view.
EVERY_TYPE_VIEW = """SELECT 'normal' AS label, TIME '12:34:56.789' AS c_time, TIME '12:34:56.123456' AS c_time6,
 TIMESTAMP '2024-01-31 12:34:56' AS c_timestamp0, TIMESTAMP '2024-01-31 12:34:56.789' AS c_timestamp3,
 TIMESTAMP '2024-01-31 12:34:56.123456' AS c_timestamp6, TIMESTAMP '2024-01-31 12:34:56.123456789' AS c_timestamp9,
 TIMESTAMP '2024-01-31 12:34:56.789 UTC' AS c_timestamp_tz, TIMESTAMP '2024-01-31 12:34:56.789 America/Los_Angeles' AS c_timestamp_la,
 INTERVAL '2' DAY AS c_interval_day, INTERVAL '1' YEAR AS c_interval_year, JSON '{"a":1,"b":[1,2]}' AS c_json,
 UUID '12151fd2-7586-11e9-8f9e-2a86e4085a59' AS c_uuid, IPADDRESS '10.0.0.1' AS c_ipaddress, ROW(1, 'x') AS c_row,
 ARRAY[ARRAY[1], ARRAY[2, 3]] AS c_nested, MAP(ARRAY[2, 1], ARRAY['b', 'a']) AS c_map
UNION ALL SELECT 'null', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
UNION ALL SELECT 'minimum', TIME '00:00:00.000', TIME '00:00:00.000000', TIMESTAMP '0001-01-01 00:00:00',
 TIMESTAMP '0001-01-01 00:00:00.000', TIMESTAMP '0001-01-01 00:00:00.000000', TIMESTAMP '1970-01-01 00:00:00.000000000',
 TIMESTAMP '0001-01-01 00:00:00.000 UTC', TIMESTAMP '1970-01-01 00:00:00.000 America/Los_Angeles', INTERVAL '-2' DAY, INTERVAL '-3' MONTH,
 JSON '[]', UUID '00000000-0000-0000-0000-000000000000', IPADDRESS '::1', ROW(NULL, ''), ARRAY[], MAP()
UNION ALL SELECT 'maximum', TIME '23:59:59.999', TIME '23:59:59.999999', TIMESTAMP '9999-12-31 23:59:59',
 TIMESTAMP '9999-12-31 23:59:59.999', TIMESTAMP '9999-12-31 23:59:59.999999', TIMESTAMP '2200-12-31 23:59:59.999999999',
 TIMESTAMP '9999-12-31 23:59:59.999 UTC', TIMESTAMP '2030-12-31 23:59:59.999 America/Los_Angeles', INTERVAL '99' DAY, INTERVAL '99' YEAR,
 JSON '"text"', UUID 'ffffffff-ffff-ffff-ffff-ffffffffffff', IPADDRESS '2001:db8::ff00:42:8329', ROW(2147483647, 'a, b'),
 ARRAY[NULL, ARRAY[NULL]], MAP(ARRAY[10], ARRAY['='])"""
