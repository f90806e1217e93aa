"""The Trino engine (`--engine trino`): SELECT runs on a real Trino server whose Glue and S3 clients point at this sandbox.

Names, rights and bytes scanned stay ours: every table of the statement is resolved and authorised as the caller before Trino sees the text.
Trino itself reads with keys of the sandbox's own (kind "engine"), which stand in no world file. Other statements run as with DuckDB.
"""
from __future__ import annotations

import base64
import json
import re
import secrets
import urllib.request

import duckdb
import sqlglot
from sqlglot import exp

from ..format import types as t
from ..format import values
from .duck import Engine, Prepared, parse, told_apart
from .errors import QueryFailure
from .trino_server import TrinoServer

POLL_SECONDS = 60
NUMBER = re.compile(r"\d*\.\d*")


class TrinoConnection:
    """DuckDB's connection for what it still does, and the statement that runs in Trino."""

    def __init__(self, inner):
        self.inner = inner
        self.next_uri = None
        self.interrupted = False

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def interrupt(self):
        self.interrupted = True
        self.inner.interrupt()
        if self.next_uri:
            request(self.next_uri, method="DELETE")

    def close(self):
        self.inner.close()


def request(url, data=None, headers=(), method=None):
    asked = urllib.request.Request(url, data, dict(headers), method=method)
    with urllib.request.urlopen(asked, timeout=POLL_SECONDS) as answer:
        body = answer.read()
    return json.loads(body) if body else {}


class TrinoEngine(Engine):
    name = "trino"

    def __init__(self, switch, sandbox):
        super().__init__(switch)
        self.sandbox = sandbox
        self.server = None
        self.catalogs = set()

    def close(self):
        super().close()
        with self.lock:
            server, self.server = self.server, None
        if server is not None:
            server.stop()

    def connect(self):
        return TrinoConnection(super().connect())

    # ---- the server and its catalogs --------------------------------------------------------------

    def url(self):
        with self.lock:
            if self.server is None:
                self.server = TrinoServer(self.sandbox.state_dir / "trino")
            return self.server.url

    def catalog_name(self, account):
        """The Trino catalog over an account's Glue catalog, made when it is first asked for."""
        name = f"a{account}"
        url = self.url()
        with self.lock:
            if name in self.catalogs:
                return name
            key, secret = "AKIA" + secrets.token_hex(8).upper(), secrets.token_hex(20)
            self.sandbox.sessions.engines[key] = (account, secret)
            here, region = self.sandbox.endpoint, self.sandbox.world.region
            settings = {
                "hive.metastore": "glue", "hive.metastore.glue.region": region, "hive.metastore.glue.endpoint-url": here,
                "hive.metastore.glue.aws-access-key": key, "hive.metastore.glue.aws-secret-key": secret,
                "hive.metastore.glue.catalogid": account, "fs.native-s3.enabled": "true", "s3.endpoint": here, "s3.region": region,
                "s3.path-style-access": "true", "s3.aws-access-key": key, "s3.aws-secret-key": secret}
            wanted = ", ".join(f"\"{n}\" = '{v}'" for n, v in settings.items())
            for _ in self.pages(TrinoConnection(None), f"CREATE CATALOG {name} USING hive WITH ({wanted})", {}, url):
                pass
            self.catalogs.add(name)
        return name

    def pages(self, connection, sql, headers, url):
        """Every answer of a statement; QueryFailure with Trino's own error name."""
        headers = {"X-Trino-User": "sandbox", "X-Trino-Client-Capabilities": "PARAMETRIC_DATETIME", "X-Trino-Time-Zone": "UTC", **headers}
        answer = request(f"{url}/v1/statement", sql.encode(), headers)
        while True:
            connection.next_uri = answer.get("nextUri")
            yield answer
            if "error" in answer:
                if connection.interrupted:
                    raise duckdb.InterruptException("Query cancelled by user")
                error = answer["error"]
                raise QueryFailure(error["errorName"], re.sub(r"\ba\d{12}\b", "awsdatacatalog", error["message"]))
            if not connection.next_uri:
                return
            if connection.interrupted:
                raise duckdb.InterruptException("Query cancelled by user")
            answer = request(connection.next_uri)

    # ---- queries ----------------------------------------------------------------------------------

    def query(self, connection, sql, catalog, now):
        """Authorise, count, translate the few words that differ, start; the columns are Trino's."""
        tables = self.authorised(connection, sql, catalog, now)
        account = catalog.catalog_id(catalog.default_catalog) or catalog.caller.account
        names = {"awsdatacatalog": catalog.caller.account, "hive": catalog.caller.account}
        names.update({name.lower(): number for name, number in catalog.catalogs.items() if number})
        text = translated(sql, {name: f"a{number}" for name, number in names.items()})
        for number in {account, *names.values()}:
            if re.fullmatch(r"\d{12}", str(number)):
                self.catalog_name(number)
        pages = self.pages(connection, text, {"X-Trino-Catalog": f"a{account}", "X-Trino-Schema": catalog.default_database}, self.url())
        columns, early = None, []
        for page in pages:
            columns = columns or page.get("columns")
            if page.get("data"):
                early.append(page["data"])
            if columns:
                break
        out = [(c["name"], t.parse_type(c["type"].lower() if c["type"].startswith("INTERVAL") else c["type"])) for c in columns or []]
        if not self.switch("equal_names_kept"):
            out = told_apart(out)
        prepared = Prepared(out, None, None)
        prepared.tables, prepared.pages, prepared.early = tables, pages, early
        return prepared

    def authorised(self, connection, sql, catalog, now):
        """The handles of all tables. Our own analysis also tells which columns are read; where it gives up, all of them are."""
        try:
            return super().prepare(connection, sql, catalog, now).tables
        except QueryFailure as error:
            if error.name in ("PERMISSION_DENIED", "CATALOG_NOT_FOUND", "SCHEMA_NOT_FOUND", "TABLE_NOT_FOUND"):
                raise
        node = parse(sql)
        named = {cte.alias.lower() for cte in node.find_all(exp.CTE)}
        for table in node.find_all(exp.Table):
            try:
                handle = catalog.table(table)
            except QueryFailure as error:
                if len(table.parts) == 1 and table.name.lower() in named and error.name in ("TABLE_NOT_FOUND", "SCHEMA_NOT_FOUND"):
                    continue
                raise
            handle.used = {name.lower() for name, _ in handle.columns}
        return list(catalog.handles)

    def rows(self, connection, prepared):
        if prepared.sql is not None:
            yield from super().rows(connection, prepared)
            return
        kinds = [kind for _, kind in prepared.columns]
        for data in prepared.early:
            yield from ([value_text(v, k) for v, k in zip(row, kinds)] for row in data)
        for page in prepared.pages:
            for row in page.get("data") or ():
                yield [value_text(v, k) for v, k in zip(row, kinds)]

    def copy_csv(self, connection, prepared, path):
        return super().copy_csv(connection, prepared, path) if prepared.sql is not None else None


def translated(sql, catalogs):
    """Athena's text as Trino wants it: 1.5 is a double, and the catalogs have other names."""
    out, last = [], 0
    tokens = sqlglot.tokenize(sql, read="athena")
    for place, token in enumerate(tokens):
        new = None
        following = tokens[place + 1] if place + 1 < len(tokens) else None
        dotted = following is not None and following.token_type.name == "DOT"
        if token.token_type.name == "NUMBER" and (starts_with_point(tokens, place) or
                                                  "." in token.text and NUMBER.fullmatch(token.text)):
            new = sql[token.start:token.end + 1] + "E0"
        elif dotted and token.text.lower() in catalogs and (place == 0 or tokens[place - 1].token_type.name != "DOT") \
                and token.token_type.name in ("VAR", "IDENTIFIER"):
            new = catalogs[token.text.lower()]
        if new is not None:
            out += [sql[last:token.start], new]
            last = token.end + 1
    return "".join(out) + sql[last:]


def starts_with_point(tokens, place):
    """`.5` comes as a point and a number; `a.5` is no number."""
    if place == 0 or tokens[place - 1].token_type.name != "DOT" or not tokens[place].text.isdigit():
        return False
    return place == 1 or tokens[place - 2].token_type.name not in ("VAR", "IDENTIFIER", "R_PAREN", "R_BRACKET")


def value_text(value, kind):
    """Athena's text of a value as Trino's protocol gives it."""
    if value is None:
        return None
    name = kind.name
    if name == "boolean":
        return "true" if value else "false"
    if name == "double":
        return values.double_text(float(value))
    if name == "real":
        return values.real_text(float(value))
    if name == "varbinary":
        return values.binary_text(base64.b64decode(value))
    if name == "array":
        return "[" + ", ".join(inner_text(v, kind.args[0]) for v in value) + "]"
    if name == "map":
        pairs = sorted(value.items(), key=lambda item: map_key(item[0], kind.args[0]))
        return "{" + ", ".join(f"{map_key_text(k, kind.args[0])}={inner_text(v, kind.args[1])}" for k, v in pairs) + "}"
    if name == "row":
        parts = [(f, inner_text(v, k)) for v, k, f in zip(value, kind.args, kind.fields)]
        return "{" + ", ".join(f"{f}={shown}" if f else shown for f, shown in parts) + "}"
    return str(value)


def inner_text(value, kind):
    if value is None:
        return "null"
    if kind.name == "varbinary":
        return f"[B@{hash(value) & 0xffffffff:x}"
    return value_text(value, kind)


def map_key(text, kind):
    """Keys arrive as texts: numbers in numeric order, the rest in that of the text."""
    numeric = kind.is_integer or kind.name in ("double", "real", "decimal")
    return (0, float(text), "") if numeric else (1, 0.0, text)


def map_key_text(text, kind):
    if kind.name in ("double", "real"):
        return value_text(text, kind)
    return text
