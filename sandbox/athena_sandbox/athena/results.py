"""What a finished query leaves: its columns, its rows for GetQueryResults, its objects in S3."""
from __future__ import annotations

import base64
import binascii
import hashlib

from ..format import csvtext, types
from .workgroups import invalid

PAGE = 1000


class ListRows:
    """Rows held in memory: lists of texts with None for NULL."""

    def __init__(self, rows):
        self.rows = rows

    def slice(self, start, count):
        return self.rows[start:start + count]


class CsvRows:
    """Rows of a CSV body on disk, the header being row 0; offsets are noted every PAGE records."""

    def __init__(self, path, width):
        self.path = path
        self.width = width
        self.offsets = [0]

    def slice(self, start, count):
        number = min(start // PAGE, len(self.offsets) - 1)
        out, at = [], number * PAGE
        with open(self.path, "rb") as source:
            source.seek(self.offsets[number])
            place = self.offsets[number]
            for body in csvtext.raw_records(source):
                if at % PAGE == 0 and at // PAGE == len(self.offsets):
                    self.offsets.append(place)
                if at >= start + count:
                    break
                if at >= start:
                    out.append(csvtext.parse_record(body[:-1].decode()))
                place += len(body)
                at += 1
        return out


class ResultSet:
    """`columns`: pairs of (name, Type), None for no metadata at all. `header`: the first row of the
    first page is the column names (held in `rows` already when the rows are a CSV body)."""

    def __init__(self, columns, rows, update_count=None, joined=False):
        self.columns = columns
        self.rows = rows
        self.update_count = update_count
        self.joined = joined


def token_of(query_id, start):
    """An opaque token of about 100 characters; its tail proves that it is ours."""
    body = f"{query_id}:{start}"
    proof = hashlib.sha256(f"page {body}".encode()).hexdigest()[:30]
    return base64.b64encode(f"{body}:{proof}".encode()).decode()


def start_of(token, query_id):
    try:
        body = base64.b64decode(token, validate=True).decode()
        known, start, _ = body.split(":")
        if known == query_id and token_of(query_id, int(start)) == token:
            return int(start)
    except (ValueError, binascii.Error, UnicodeDecodeError):
        pass
    raise invalid(f"Malformed nextPageToken {token}")


def datum(value):
    return {} if value is None else {"VarCharValue": value}


def page(query_id, result, limit, token):
    """One GetQueryResults answer."""
    everything = result.rows
    start = 0
    if token is not None and everything.slice(0, 1):
        start = start_of(token, query_id)
    rows = everything.slice(start, limit)
    shown = [{"Data": [datum(v) for v in row]} for row in rows]
    columns = [types.column_info(n, t) for n, t in result.columns or []]
    answer = {
        "UpdateCount": result.update_count,
        "ResultSet": {
            "Rows": shown,
            "ResultSetMetadata": None if result.columns is None else {"ColumnInfo": columns},
            "ColumnInfos": columns,
            "ResultRows": shown,
        },
    }
    if len(rows) == limit:
        answer["NextToken"] = token_of(query_id, start + limit)
    return answer


class Output:
    """Where the objects of one execution go: `s3://bucket/prefix/` plus a name."""

    def __init__(self, location):
        self.location = location if location.endswith("/") else location + "/"
        self.bucket, _, self.prefix = self.location[5:].partition("/")

    def uri(self, name):
        return self.location + name

    def key(self, name):
        return self.prefix + name


NAMES = {
    "select": "{}.csv", "execute": "{}.csv", "show_functions": "{}.csv",
    "update": "{}.csv", "delete": "{}.csv", "merge": "{}.csv",
    "insert": "{}", "unload": "{}", "ctas": "tables/{}", "optimize": "tables/{}",
}


def object_name(route, query_id):
    return NAMES.get(route, "{}.txt").format(query_id)


def manifest_name(route, query_id):
    return {"insert": "{}-manifest.csv", "unload": "{}-manifest.csv",
            "ctas": "tables/{}-manifest.csv"}[route].format(query_id)
