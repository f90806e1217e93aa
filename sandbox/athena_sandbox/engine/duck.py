"""The DuckDB engine: parse, translate, run, cancel, count bytes."""
from __future__ import annotations

import atexit
import threading
import weakref

import duckdb
import sqlglot
from sqlglot import exp

from ..format import types as t
from ..format import values
from ..world.switches import SWITCHES
from .analysis import Analyzer
from .casts import engine_name
from .catalog import text_literal
from .deep import deeply
from .errors import QueryFailure, from_engine
from .macros import MACROS

FETCH_ROWS = 2000


class Malformed(Exception):
    """SQL that does not parse: `message` in Athena's wording."""


def parse(sql):
    """One parsed statement; Malformed with `line L:C: mismatched input ...` otherwise."""
    shallow = sql.count("(") + sql.count("[") < 20
    return parse_here(sql) if shallow else deeply(parse_here, sql)


def parse_here(sql):
    try:
        statements = [s for s in sqlglot.parse(sql, read="athena") if s is not None]
    except sqlglot.errors.ParseError as error:
        first = (error.errors or [{}])[0]
        line, column = first.get("line") or 1, first.get("col") or 1
        word = first.get("highlight") or "<EOF>"
        start = max(1, column - len(word) + 1)
        raise Malformed(f"line {line}:{start}: mismatched input '{word}'. Expecting: <expression>") \
            from None
    except sqlglot.errors.TokenError:
        raise Malformed(f"line 1:{unterminated(sql)}: mismatched input "
                        f"'{sql[unterminated(sql) - 1:][:1]}'. Expecting: <expression>") from None
    except RecursionError:
        raise Malformed("line 1:1: statement is too large (stack overflow while parsing)") from None
    if len(statements) != 1:
        raise Malformed("Only one sql statement is allowed. Got: " + sql if statements else
                        "line 1:1: mismatched input '<EOF>'. Expecting: <query>")
    if isinstance(statements[0], exp.Command):
        raise Malformed("Queries of this type are not supported")
    check_commas(sql)
    return statements[0]


def unterminated(sql):
    return sql.rfind("'") + 1 or sql.rfind('"') + 1 or 1


CLAUSES = {"FROM", "WHERE", "GROUP_BY", "ORDER_BY", "HAVING", "UNION", "R_PAREN", "LIMIT"}


def check_commas(sql):
    """The parser tolerates a comma before FROM; Athena does not."""
    tokens = sqlglot.tokenize(sql, read="athena")
    for one, two in zip(tokens, tokens[1:] + [None]):
        if one.token_type.name != "COMMA":
            continue
        if two is None:
            raise Malformed(f"line {one.line}:{one.col + 1}: mismatched input '<EOF>'. "
                            "Expecting: <expression>")
        if two.token_type.name in CLAUSES:
            start = two.col - len(two.text) + 1
            raise Malformed(f"line {two.line}:{start}: mismatched input '{two.text}'. "
                            "Expecting: <expression>")


class Prepared:
    """A translated query: output columns (name, Type) and DuckDB SQL."""

    def __init__(self, columns, sql, node):
        self.columns = columns
        self.sql = sql
        self.node = node
        self.tables = []


class Engine:
    """One DuckDB instance of a sandbox; every query has its own connection to it."""

    name = "duckdb"

    def __init__(self, switch=SWITCHES.__getitem__):
        """`switch(name)` says how an unconfirmed fact is read."""
        self.lock = threading.Lock()
        self.root = None
        self.running = weakref.WeakSet()
        self.switch = switch

    def close(self):
        """Let go of the DuckDB instance while the interpreter still lives. Running queries are interrupted: closing waits for them."""
        with self.lock:
            root, self.root = self.root, None
            for connection in list(self.running):
                connection.interrupt()
            if root is not None:
                root.close()

    def connect(self):
        with self.lock:
            if self.root is None:
                atexit.register(self.close)
                self.root = duckdb.connect(":memory:", config={"threads": 2})
                self.root.execute("SET ieee_floating_point_ops=true")
                self.root.execute("SET default_null_order='nulls_last'")
                for statement in MACROS.split(";\n"):
                    if statement.strip():
                        self.root.execute(statement)
            connection = self.root.cursor()
            self.running.add(connection)
        connection.execute("SET TimeZone='UTC'")
        connection.execute("SET ieee_floating_point_ops=true")
        connection.execute("SET integer_division=false")
        connection.execute("SET enable_progress_bar=true")         # asked for by a cancelled query's bill
        connection.execute("SET enable_progress_bar_print=false")
        return connection

    # ---- translation ---------------------------------------------------------------------

    def analyze(self, sql_or_node, catalog, now):
        """(DuckDB SQL, [(name or None, Type or None)], node)."""
        node = parse(sql_or_node) if isinstance(sql_or_node, str) else sql_or_node
        if isinstance(node, exp.Table):
            node = exp.select("*").from_(node)
        analyzer = Analyzer(catalog, now)
        holder = exp.Subquery(this=node)
        try:
            columns = analyzer.query(node)
        except RecursionError:
            raise QueryFailure("NOT_SUPPORTED", "line 1:1: statement is too large") from None
        return generate(holder.this), [(c.name, c.kind) for c in columns], holder.this

    def prepare(self, connection, sql_or_node, catalog, now):
        catalog.analyze = lambda text, inner: self.analyze(text, inner, now)[:2]
        sql, columns, node = self.analyze(sql_or_node, catalog, now)
        try:
            for handle in catalog.handles:
                handle.prune(connection, generate)
                handle.define(connection)
            described = connection.execute(f"DESCRIBE {sql}").fetchall()
        except duckdb.Error as error:
            raise from_engine(error, node) from None
        out = []
        for number, row in enumerate(described):
            name, kind = columns[number] if number < len(columns) else (row[0], None)
            kind = kind or from_duckdb(row[1])
            if kind is t.UNKNOWN and not self.switch("null_is_unknown"):
                kind = t.VARCHAR
            out.append((name if name is not None else f"_col{number}", kind))
        if not self.switch("equal_names_kept"):
            out = told_apart(out)
        prepared = Prepared(out, sql, node)
        prepared.tables = list(catalog.handles)
        return prepared

    query = prepare          # what a SELECT asks for; another engine may run it elsewhere

    # ---- running -------------------------------------------------------------------------

    def rows(self, connection, prepared):
        """Rows as lists of texts, None for NULL. Raises QueryFailure."""
        kinds = [k for _, k in prepared.columns]
        wrapped = [self.other_form(f"c{i}", k) or fetch_form(f"c{i}", k) for i, k in enumerate(kinds)]
        names = ", ".join(f"c{i}" for i in range(len(kinds)))
        sql = f"SELECT {', '.join(w for w, _ in wrapped)} FROM ({prepared.sql}) AS q({names})"
        makers = [maker for _, maker in wrapped]
        try:
            cursor = connection.execute(sql)
            while True:
                batch = cursor.fetchmany(FETCH_ROWS)
                if not batch:
                    return
                for row in batch:
                    yield [None if v is None else make(v) for v, make in zip(row, makers)]
        except duckdb.InterruptException:
            raise
        except duckdb.Error as error:
            raise from_engine(error, prepared.node) from None

    def other_form(self, name, kind):
        """Column and maker under the other reading of a fact about the text of values, else None."""
        if kind.name == "char" and not self.switch("char_padded"):
            return f"rtrim(CAST({name} AS VARCHAR), ' ')", str
        if kind.name == "real" and not self.switch("float_digits_are_short"):
            return name, lambda v: values.double_text(float(v))
        if kind.name == "date" and not self.switch("wide_years_signed"):
            return fetch_form(name, kind)[0], lambda v: values.days_text(v).lstrip("+")
        return None

    def copy_csv(self, connection, prepared, path):
        """Write the CSV body by the engine when every column has a text form there; the number of
        rows, or None when some column needs the formatter."""
        forms = [engine_text(f"c{i}", k) for i, (_, k) in enumerate(prepared.columns)]
        names = [n for n, _ in prepared.columns]
        lowered = [n.lower() for n in names]
        if None in forms or any(self.other_form("c", k) for _, k in prepared.columns) or len(set(lowered)) != len(names):
            return None
        inner = ", ".join(f"c{i}" for i in range(len(names)))
        shown = ", ".join('{} AS "{}"'.format(f, n.replace('"', '""'))
                          for f, n in zip(forms, names))
        sql = f"COPY (SELECT {shown} FROM ({prepared.sql}) AS q({inner})) TO " \
              f"{text_literal(path)} (FORMAT csv, HEADER true, FORCE_QUOTE *, NULLSTR '', " \
              "DELIMITER ',', QUOTE '\"', ESCAPE '\"')"
        try:
            return connection.execute(sql).fetchone()[0]
        except duckdb.InterruptException:
            raise
        except duckdb.Error as error:
            raise from_engine(error, prepared.node) from None

    def bytes_scanned(self, connection, tables):
        """Parquet: compressed chunks of the columns used in the row groups that may hold a row of the answer; text files: whole."""
        total = 0
        for handle in tables:
            if handle.reader is None or not handle.files:
                continue
            if handle.reader.billing == "files":
                total += sum(f.size for f in handle.files)
                continue
            if not handle.used:
                continue
            paths = ", ".join(text_literal(f.path) for f in handle.files)
            names = ", ".join(text_literal(n) for n in sorted(handle.used))
            skipped = " OR ".join(f"(lower(path_in_schema) = {text_literal(column)} AND NOT ({condition}))"
                                  for column, condition in handle.ruled_out(generate))
            total += connection.execute(
                f"WITH m AS (SELECT * FROM parquet_metadata([{paths}])) "
                f"SELECT coalesce(sum(total_compressed_size), 0) FROM m "
                f"WHERE lower(split_part(path_in_schema, ', ', 1)) IN ({names})" + (
                    f" AND (file_name, row_group_id) NOT IN (SELECT (file_name, row_group_id) FROM m WHERE {skipped})"
                    if skipped else "")).fetchone()[0]
        return int(total)


def told_apart(columns):
    """Columns whose later equal names got a number."""
    seen, out = {}, []
    for name, kind in columns:
        number = seen[name] = seen.get(name, -1) + 1
        out.append((f"{name}_{number}" if number else name, kind))
    return out


def generate(node):
    return node.sql(dialect="duckdb", identify=True)


def fetch_form(name, kind):
    """(SQL of one output column, maker of its text from the fetched value)."""
    base = kind.name
    if base == "date":
        return f"date_diff('day', DATE '1970-01-01', CAST({name} AS DATE))", values.days_text
    if base == "timestamp":
        digits = 3 if kind.length is None else kind.length
        if digits > 6:
            return f"epoch_ns(CAST({name} AS TIMESTAMP_NS))", \
                lambda v: values.timestamp_text(values.Nanos(v), digits)
        return f"epoch_us(CAST({name} AS TIMESTAMP))", lambda v: values.timestamp_text(v, digits)
    if base == "timestamp with time zone":
        digits = 3 if kind.length is None else kind.length
        return f"epoch_us(CAST({name} AS TIMESTAMPTZ))", \
            lambda v: values.timestamp_tz_text(v, digits, kind.zone)
    if base == "interval year to month":
        return f"date_part('year', {name}) * 12 + date_part('month', {name})", \
            values.month_interval_text
    if base in ("json", "uuid", "ipaddress"):
        return f"CAST({name} AS VARCHAR)", lambda v: values.text(v, kind)
    if base == "decimal":
        return f"CAST({name} AS {engine_name(kind)})", lambda v: values.decimal_text(v, kind.scale)
    if base in ("varchar", "string"):
        return f"CAST({name} AS VARCHAR)", str
    if base == "unknown":
        return name, str
    return name, lambda v: values.text(v, kind)


def engine_text(name, kind):
    """The engine's own expression of a value's text, where it is proven equal; else None."""
    base = kind.name
    if base == "varchar":
        return f"CAST({name} AS VARCHAR)"
    if kind.is_integer:
        return f"CAST({name} AS {base.upper()})"
    if base == "boolean":
        return f"CAST({name} AS VARCHAR)"
    if base == "decimal":
        return f"CAST(CAST({name} AS {engine_name(kind)}) AS VARCHAR)" if kind.scale < kind.precision \
            else None
    if base in ("double", "real"):
        return f"athena_{base}_text({name})"
    if base == "date":
        return f"athena_date_text({name})"
    if base == "timestamp" and (3 if kind.length is None else kind.length) in (3, 6):
        millis = kind.length != 6
        rounded = f"CAST({name} AS TIMESTAMP) + to_microseconds(500)" if millis else \
            f"CAST({name} AS TIMESTAMP)"
        return f"athena_date_text(CAST({rounded} AS DATE)) || " \
            f"strftime({rounded}, ' %H:%M:%S.{'%g' if millis else '%f'}')"
    if base == "char":
        return f"rpad(CAST({name} AS VARCHAR), {kind.length or 1}, ' ')"
    if base == "varbinary":
        return f"rtrim(regexp_replace(lower(hex({name})), '(..)', '\\1 ', 'g'))"
    return None


DUCK_NAMES = {"HUGEINT": t.BIGINT, "UHUGEINT": t.BIGINT, "UBIGINT": t.BIGINT, "UINTEGER": t.BIGINT,
              "UTINYINT": t.SMALLINT, "USMALLINT": t.INTEGER, "FLOAT": t.REAL, "BLOB": t.VARBINARY,
              "TIMESTAMP": t.TIMESTAMP3, "TIMESTAMP_NS": t.timestamp(9), "TIMESTAMP_MS": t.TIMESTAMP3,
              "TIMESTAMP_S": t.timestamp(0), "INTERVAL": t.DAY_TO_SECOND, "VARCHAR": t.VARCHAR,
              "TIMESTAMP WITH TIME ZONE": t.timestamp_tz(3, "UTC"), "\"NULL\"": t.UNKNOWN,
              "NULL": t.UNKNOWN, "TIME": t.TIME3, "BIT": t.VARCHAR}


def from_duckdb(text):
    """Athena's type for a described type of DuckDB."""
    text = text.strip()
    if text in DUCK_NAMES:
        return DUCK_NAMES[text]
    if text.endswith("]"):
        return t.array(from_duckdb(text[:text.rindex("[")]))
    if text.startswith("MAP("):
        key, value = t.split_top(text[4:-1])
        return t.map_of(from_duckdb(key), from_duckdb(value))
    if text.startswith("STRUCT("):
        pairs = []
        for part in t.split_top(text[7:-1]):
            if part in DUCK_NAMES or part.upper() == part and " " not in part and "(" in part:
                pairs.append((None, from_duckdb(part)))
                continue
            name, blank, rest = part.partition(" ") if not part.startswith('"') else \
                (part[1:part.index('"', 1)], " ", part[part.index('"', 1) + 1:])
            pairs.append((name, from_duckdb(rest)) if blank else (None, from_duckdb(part)))
        return t.row(pairs)
    return t.parse_type(text)
