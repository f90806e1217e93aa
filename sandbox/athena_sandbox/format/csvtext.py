"""Athena's CSV: every value quoted, NULL the empty unquoted field, one newline after each record."""
from __future__ import annotations


def record(values) -> str:
    """One record; None is NULL."""
    return ",".join("" if v is None else '"' + v.replace('"', '""') + '"' for v in values) + "\n"


def raw_records(source):
    """Split an open binary file into records, each with its newline.

    A record ends at a newline that stands after an even number of quotes.
    """
    pending = []
    quotes = 0
    for line in source:
        pending.append(line)
        quotes += line.count(b'"')
        if quotes % 2 == 0:
            yield b"".join(pending)
            pending, quotes = [], 0


def parse_record(body: str) -> list:
    fields, at, end = [], 0, len(body)
    while True:
        if at < end and body[at] == '"':
            at, value = _quoted(body, at + 1)
            fields.append(value)
        else:
            fields.append(None)
        if at >= end:
            return fields
        if body[at] != ",":
            raise ValueError(f"a comma is due at offset {at}")
        at += 1


def _quoted(body, at):
    parts = []
    while True:
        close = body.index('"', at)
        if body[close:close + 2] == '""':
            parts.append(body[at:close + 1])
            at = close + 2
            continue
        parts.append(body[at:close])
        return close + 1, "".join(parts)
