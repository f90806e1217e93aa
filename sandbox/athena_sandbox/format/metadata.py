"""The `.metadata` companion: a protobuf message without a published schema, and its unreadable twin."""
from __future__ import annotations

import base64
import os

from .types import column_info

# Which of 7 (precision), 8 (scale), 10 (case sensitive) are written depends on the type alone.
ONLY_CASE = {"boolean", "interval day to second", "interval year to month"}
SCALE_AND_CASE = {"date"}
NEITHER = {"array", "map", "row", "json", "uuid", "ipaddress", "string"}


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7f:
        out.append(value & 0x7f | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _bytes(field: int, value: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(value)) + value


def _number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def column(name: str, kind) -> bytes:
    info = column_info(name, kind)
    wire = info["Type"]
    body = _bytes(1, b"hive") + _bytes(4, name.encode()) + _bytes(5, name.encode())
    body += _bytes(6, wire.encode())
    if wire not in ONLY_CASE | SCALE_AND_CASE | NEITHER:
        body += _number(7, info["Precision"])
    if wire not in ONLY_CASE | NEITHER:
        body += _number(8, info["Scale"])
    body += _number(9, 3)
    if wire not in NEITHER:
        body += _number(10, int(info["CaseSensitive"]))
    return _bytes(4, body)


def message(query_id: str, columns, update_type: str | None = None, update_count: int | None = None):
    """The whole companion. `columns`: pairs of (name, Type)."""
    out = _bytes(1, query_id.encode())
    if update_type is not None:
        out += _bytes(2, update_type.encode())
    if update_count is not None:
        out += _number(3, update_count)
    return out + b"".join(column(n, t) for n, t in columns)


def unreadable(length: int) -> bytes:
    """A line of base64 of `length` characters over a blob that starts with byte 01."""
    size = length // 4 * 3
    return base64.b64encode(b"\x01" + os.urandom(size - 1))
