"""Scripted answers: `/*+ sandbox:replay=NAME */`, `/*+ sandbox:states=... */`, large rendered results.

Replays come from the world file's `replays:` mapping. A rendered result of any size is a virtual
object: its bytes are made from its row number, so nothing of it lies on disk.
"""
from __future__ import annotations

import functools
import hashlib
import itertools
import json
import re
import threading

from ..engine.errors import QueryFailure
from ..format import csvtext, metadata, types as t
from . import mix8
from .results import ListRows, ResultSet, datum, start_of, token_of

MARK = re.compile(r"/\*\+\s*sandbox:(\w+)=([^*]*?)\s*\*/")


class Replays:
    def __init__(self, service):
        self.service = service
        self.declared = dict(service.sandbox.world.raw.get("replays") or {})

    def marks(self, sql):
        return {name: value.strip() for name, value in MARK.findall(sql)}

    def marker(self, sql):
        return self.marks(sql).get("replay")

    def attach(self, execution):
        """Give an execution its scripted walk and answer, if its text asks for one."""
        marks = self.marks(execution.request["QueryString"])
        if "states" in marks:
            execution.walk = [(s.partition(":")[0].upper(), float(s.partition(":")[2] or 0.05))
                              for s in marks["states"].split(",")]
        name = marks.get("replay")
        if name is None:
            return
        spec = self.declared.get(name) or parse_inline(name)
        if spec is None:
            return
        execution.statement.route = "replay"
        execution.replay = spec
        self.service.routes.setdefault("replay", run_replay)
        if execution.output is not None:
            execution.location = execution.output.uri(f"{execution.id}.csv")


def parse_inline(text):
    """`narrow:1000000` -> a rendered result with that many rows; None when it is no known shape."""
    shape, _, rows = text.partition(":")
    if shape not in Rendered.COLUMNS or not (rows or "1000").isdigit():
        return None
    return {"rendered": shape, "rows": int(rows or 1000)}


class Rendered:
    """A result of any number of rows: a block of BLOCK_ROWS records, made once, repeated as often as
    needed. Except in mix8, whose block is made to learn the size, all records have one width."""

    BLOCK_ROWS = 1 << 16
    COLUMNS = {
        "narrow": [("id", t.BIGINT), ("value", t.INTEGER)],
        "wide": [("id", t.BIGINT)] + [(f"text_{i}", t.varchar(40)) for i in range(8)],
        "nulls": [("id", t.BIGINT)] + [(f"value_{i}", t.INTEGER) for i in range(8)],
        "decimals": [("id", t.BIGINT), ("amount", t.decimal(18, 2)), ("rate", t.DOUBLE)],
        "moments": [("id", t.BIGINT), ("day", t.DATE), ("moment", t.TIMESTAMP3)],
        "quotes": [("id", t.BIGINT), ("text", t.VARCHAR)],
        "mix8": mix8.COLUMNS,
    }
    blocks, starts = {}, {}
    lock = threading.Lock()

    def __init__(self, shape, rows):
        self.shape = shape
        self.rows = rows
        self.columns = self.COLUMNS[shape]
        self.header = csvtext.record([n for n, _ in self.columns]).encode()
        self.size = len(self.header) + self.bytes_of(rows)

    def bytes_of(self, rows):
        """Of so many records."""
        if self.shape != "mix8":
            return len(self.record(0)) * rows
        blocks, rest = divmod(rows, self.BLOCK_ROWS)
        return blocks * len(self.block()) + self.starts[self.shape][rest]

    def values(self, number):
        """The texts of a row; they repeat after BLOCK_ROWS rows."""
        if self.shape == "mix8":
            return mix8.values(number)
        number %= self.BLOCK_ROWS
        key, mixed = str(10**11 + number), (number * 2654435761) % 10**9
        if self.shape == "narrow":
            return [key, str(10**9 + mixed)]
        if self.shape == "wide":
            return [key] + [f"{mixed:09d} row text number {i} of the record" for i in range(8)]
        if self.shape == "nulls":
            return [key] + [None if i != number % 8 else str(10**9 + mixed) for i in range(8)]
        if self.shape == "decimals":
            return [key, f"{10**9 + mixed}.{number % 100:02d}", f"{1 + mixed % 9}.{mixed:09d}5"]
        if self.shape == "moments":
            day = f"2{number % 1000:03d}-{1 + number % 12:02d}-{1 + number % 28:02d}"
            return [key, day, f"{day} {number % 24:02d}:{number % 60:02d}:{number % 59:02d}.{number % 1000:03d}"]
        return [key, f'say "{mixed:09d}", then\nnext']

    def record(self, number):
        return csvtext.record(self.values(number)).encode()

    def block(self):
        with self.lock:
            found = self.blocks.get(self.shape)
            if found is None:
                records = [self.record(n) for n in range(self.BLOCK_ROWS)]
                self.starts[self.shape] = list(itertools.accumulate(map(len, records), initial=0))
                found = self.blocks[self.shape] = b"".join(records)
            return found

    def read(self, offset, length):
        """Bytes of the object from `offset`, `length` of them, in pieces."""
        block, end = memoryview(self.block()), min(self.size, offset + length)
        if offset < len(self.header):
            piece = self.header[offset:end]
            offset += len(piece)
            yield piece
        while offset < end:
            within = (offset - len(self.header)) % len(block)
            piece = block[within:within + end - offset]
            offset += len(piece)
            yield piece

    def page(self, execution, limit, token):
        """One GetQueryResults answer as bytes; the rows of a page are rendered once."""
        start = start_of(token, execution.id) if token is not None else 0
        total = self.rows + 1
        count = max(0, min(limit, total - start))
        body = rendered_rows(self.shape, start % self.BLOCK_ROWS if start else -1, count)
        columns = json.dumps([t.column_info(n, k) for n, k in self.columns]).encode()
        tail = b""
        if count == limit:
            tail = b',"NextToken":"' + token_of(execution.id, start + limit).encode() + b'"'
        return (b'{"UpdateCount":0,"ResultSet":{"Rows":' + body + b',"ResultSetMetadata":{"ColumnInfo":'
                + columns + b'},"ColumnInfos":' + columns + b',"ResultRows":' + body + b"}" + tail + b"}")


@functools.lru_cache(maxsize=256)
def rendered_rows(shape, start, count):
    """JSON of `count` rows; row 0 is the header (start -1), row n the record n - 1."""
    rendered = Rendered(shape, Rendered.BLOCK_ROWS)
    rows = []
    if start < 0 and count:
        rows.append([n for n, _ in rendered.columns])
        rows += [rendered.values(n) for n in range(count - 1)]
    else:
        rows += [rendered.values(start - 1 + n) for n in range(count)]
    return json.dumps([{"Data": [datum(v) for v in row]} for row in rows], separators=(",", ":")).encode()


def run_replay(runner, execution):
    """A rendered result, or rows given by the world file, without any engine."""
    spec = execution.replay
    if "fail" in spec:
        raise scripted_failure(spec["fail"])
    if "rendered" in spec:
        return run_rendered(runner, execution, Rendered(spec["rendered"], int(spec["rows"])))
    columns = [(c["name"], t.parse_type(c["type"])) for c in spec["columns"]]
    rows = [[n for n, _ in columns]] + [
        [None if v is None else str(v) for v in row] for row in spec.get("rows", [])]
    name = f"{execution.id}.csv"
    if "body" in spec:
        runner.write(execution, name, spec["body"].encode())
    elif not spec.get("no_object"):
        runner.write(execution, name, "".join(csvtext.record(r) for r in rows).encode())
    companion = spec.get("metadata", "plain")
    if companion == "plain":
        runner.companion(execution, name, columns, spec.get("update_type"), spec.get("update_count", 0))
    elif companion == "short":
        runner.companion(execution, name, columns)
    elif companion == "opaque":
        runner.write(execution, name + ".metadata", metadata.unreadable(312))
    elif companion == "truncated":
        whole = metadata.message(execution.engine_id, columns, None, 0)
        runner.write(execution, name + ".metadata", whole[:len(whole) * 2 // 3])
    if "pages" in spec:
        execution.virtual = scripted_pages(spec["pages"], columns)
    return ResultSet(columns, ListRows(rows), spec.get("update_count", 0))


def scripted_failure(spec):
    """A QueryFailure in the words of the world file; `no_error` leaves AthenaError out."""
    failure = QueryFailure(spec.get("name", "GENERIC_INTERNAL_ERROR"), spec.get("message", ""),
                           error_type=spec.get("type"), category=spec.get("category", 2),
                           retryable=bool(spec.get("retryable")), reason=spec.get("reason"))
    failure.silent = bool(spec.get("no_error"))
    return failure


def scripted_pages(pages, columns):
    """GetQueryResults pages as the world file lists them: each {rows, token (bool)}."""
    infos = [t.column_info(n, k) for n, k in columns]

    def answer(execution, limit, token):
        number = start_of(token, execution.id) if token is not None else 0
        page = pages[number]
        shown = [{"Data": [datum(None if v is None else str(v)) for v in row]} for row in page["rows"]]
        out = {"ResultSet": {"Rows": shown, "ResultSetMetadata": {"ColumnInfo": infos}}}
        if page.get("update_count") != "absent":
            out["UpdateCount"] = page.get("update_count", 0)
        if not page.get("plain"):
            out["ResultSet"].update(ColumnInfos=infos, ResultRows=shown)
        if page.get("token", number + 1 < len(pages)):
            out["NextToken"] = token_of(execution.id, number + 1)
        return out
    return answer


def run_rendered(runner, execution, rendered):
    output = execution.output
    execution.rows_out, execution.bytes_out = rendered.rows, rendered.size
    if output is not None:
        name = f"{execution.id}.csv"
        store = runner.sandbox.store
        runner.write(execution, name, b"")
        store.delete(output.bucket, output.key(name))
        store.put_virtual(output.bucket, output.key(name), rendered.size,
                          hashlib.md5(f"{rendered.shape} {rendered.rows}".encode()).hexdigest() + "-12",
                          rendered.read)
        runner.companion(execution, name, rendered.columns, None, 0)
    execution.virtual = rendered.page
    return ResultSet(rendered.columns, ListRows([]), 0)
