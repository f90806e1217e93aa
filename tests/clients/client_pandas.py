#!/usr/bin/python3
"""pandas on pyodbc and on SQLAlchemy: types of columns, NULLs, dates, parameters, pieces of a result."""
import datetime
import decimal
import pathlib
import sys
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import pandas  # noqa: E402
import pyodbc  # noqa: E402
import sqlalchemy  # noqa: E402
from promise import AREA, finish, promise, same  # noqa: E402
from sqlalchemy.connectors.pyodbc import PyODBCConnector  # noqa: E402
from sqlalchemy.dialects import registry  # noqa: E402
from sqlalchemy.engine.default import DefaultDialect  # noqa: E402

AREA[0] = "pandas"
warnings.filterwarnings("ignore", message=".*only supports SQLAlchemy.*")
warnings.filterwarnings("ignore", message=".*driver name.*")
connection = pyodbc.connect("DSN=retail")
TYPES = ("SELECT label, c_boolean, c_integer, c_bigint, c_double, c_decimal, c_varchar, c_date, c_timestamp FROM edges.every_type "
         "WHERE label IN ('normal', 'null') ORDER BY label")


def read(sql, **how):
    return pandas.read_sql(sql, connection, **how)


@promise("columns get the types that their values have")
def dtypes():
    frame = read("SELECT c_boolean, c_integer, c_bigint, c_double, c_decimal, c_varchar, c_date, c_timestamp FROM edges.every_type WHERE label = 'normal'")
    same({name: str(kind) for name, kind in frame.dtypes.items()},
         {"c_boolean": "bool", "c_integer": "int64", "c_bigint": "int64", "c_double": "float64", "c_decimal": "float64", "c_varchar": "object",
          "c_date": "object", "c_timestamp": "datetime64[ns]"})


@promise("a typed row, with its date, its milliseconds and its decimal")
def typed():
    row = read(TYPES, coerce_float=False).iloc[0]
    same((row.label, bool(row.c_boolean), int(row.c_integer), int(row.c_bigint), row.c_double, row.c_varchar, row.c_date),
         ("normal", True, 123456, 1234567890123, 3.141592653589793, "varchar", datetime.date(2024, 1, 31)))
    same(row.c_decimal, decimal.Decimal("1234.50"))
    same(row.c_timestamp, pandas.Timestamp("2024-01-31 12:34:56.789"))


@promise("NULLs are missing values in every column")
def nulls():
    row = read(TYPES).iloc[1]
    same(row.label, "null")
    same([name for name, cell in row.items() if not pandas.isna(cell)], ["label"])


@promise("text that is not ASCII, also outside the basic plane")
def text():
    frame = read("SELECT label, a FROM edges.csv_edges WHERE label IN ('cjk', 'emoji', 'cyrillic')", index_col="label")
    same(dict(frame.a), {"cjk": "東京", "emoji": "😀🏦", "cyrillic": "Москва"})


@promise("a query with parameters")
def parameters():
    frame = read("SELECT label FROM edges.csv_edges WHERE n > ? AND a = ?", params=[3, 'say "hi"'])
    same(list(frame.label), ["quote"])
    same(list(read("SELECT label FROM edges.csv_edges WHERE a = ?", params=["東京"]).label), ["cjk"])


@promise("dates are parsed where they are asked for")
def dates():
    frame = read("SELECT month, price FROM mesh.stocks WHERE symbol = 'AAPL' ORDER BY month", parse_dates=["month"])
    same((str(frame.month.dtype), frame.month.iloc[0], frame.price.iloc[0]), ("datetime64[ns]", pandas.Timestamp("2000-01-01"), 25.94))
    same(frame.month.is_monotonic_increasing, True)


@promise("a result in pieces has every row once")
def pieces():
    sizes, total = [], 0
    for frame in read("SELECT n FROM edges.rows_1500 ORDER BY n", chunksize=400):
        sizes.append(len(frame))
        total += int(frame.n.sum())
    same((sizes, total), ([400, 400, 400, 300], 1500 * 1501 // 2))


@promise("336,776 flights add up as Athena says they do")
def whole():
    frame = read("SELECT carrier, distance FROM flights")
    want = read("SELECT carrier, count(*) AS n, sum(distance) AS total FROM flights GROUP BY carrier ORDER BY carrier")
    found = frame.groupby("carrier").distance.agg(["size", "sum"]).sort_index()
    same((len(frame), list(found["size"]), [int(n) for n in found["sum"]]), (336776, list(want.n), [int(n) for n in want.total]))


@promise("lists of tables, columns, types and keys make frames of the right shape")
def lists():
    def frame_of(cursor):
        return pandas.DataFrame([tuple(row) for row in cursor], columns=[column[0].lower() for column in cursor.description])
    cursor = connection.cursor()
    same(list(frame_of(cursor.tables(schema="flights", table="air%")).table_name), ["airlines", "airports"])
    same(list(frame_of(cursor.columns(schema="flights", table="airlines")).column_name), ["carrier", "name"])
    types = frame_of(cursor.getTypeInfo())
    same(int(types[types.type_name == "bigint"].data_type.iloc[0]), pyodbc.SQL_BIGINT)
    keys = frame_of(cursor.primaryKeys(table="airlines", schema="flights"))
    same((len(keys), list(keys.columns)), (0, ["table_cat", "table_schem", "table_name", "column_name", "key_seq", "pk_name"]))


@promise("a failing query says why, and the connection goes on")
def failing():
    try:
        read("SELECT * FROM edges.nothing_here")
        raise AssertionError("no error")
    except pandas.errors.DatabaseError as error:
        assert "42S02" in str(error) and "nothing_here" in str(error), error
    same(int(read("SELECT 42 AS n").n[0]), 42)


class Plain(PyODBCConnector, DefaultDialect):
    """What SQLAlchemy does with any ODBC driver: no dialect of a product, its own parameters, its own transactions."""
    name = "plain"
    supports_statement_cache = True
    pyodbc_driver_name = "Athena"

    def _check_max_identifier_length(self, _):
        return 255


registry.register("plain.pyodbc", __name__, "Plain")


@promise("SQLAlchemy reads through its pool and its transactions, with its named parameters")
def alchemy():
    engine = sqlalchemy.create_engine("plain+pyodbc:///?odbc_connect=DSN%3Dretail")
    with engine.connect() as opened:
        frame = pandas.read_sql(sqlalchemy.text("SELECT label, a FROM edges.csv_edges WHERE a = :a AND n > :n"), opened, params={"a": "東京", "n": 0})
        same(frame.values.tolist(), [["cjk", "東京"]])
        same(opened.execute(sqlalchemy.text("SELECT c_integer, c_varchar FROM edges.every_type WHERE label = 'null'")).fetchall(), [(None, None)])
    try:
        with engine.begin() as opened:
            opened.execute(sqlalchemy.text("SELECT * FROM edges.nothing_here"))
        raise AssertionError("no error")
    except sqlalchemy.exc.ProgrammingError as error:
        assert "42S02" in str(error), error
    with engine.begin() as opened:  # the connection that failed came back to the pool and is good
        same(opened.execute(sqlalchemy.text("SELECT 42")).scalar(), 42)
    engine.dispose()


@promise("disconnects")
def disconnects():
    connection.close()
    try:
        read("SELECT 1")
        raise AssertionError("a closed connection answered")
    except (pyodbc.ProgrammingError, pandas.errors.DatabaseError) as error:
        assert "closed" in str(error), error


finish()
