"""Typed literals: doubles, timestamps with their digits and zones, intervals."""
from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlglot import exp

from ..format import types as t
from .errors import QueryFailure, at


def double(text):
    return exp.cast(exp.Literal.string(text), "double")


def decimal_type(text):
    digits = text.strip().lstrip("+-")
    whole, _, fraction = digits.partition(".")
    whole = whole.lstrip("0")
    return t.decimal(max(1, len(whole) + len(fraction)), len(fraction))


STAMP = re.compile(r"\s*([+-]?\d{4,})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?)?"
                   r"(?:\s*(\S+))?\s*$")


def timestamp(node, text):
    """(DuckDB expression, Type) of a TIMESTAMP literal."""
    found = STAMP.match(text)
    if not found:
        raise QueryFailure("INVALID_LITERAL", f"{at(node)}: '{text}' is not a valid TIMESTAMP literal",
                           error_type=1006)
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    digits = len(fraction or "")
    clock = f"{int(hour or 0):02d}:{minute or '00'}:{second or '00'}"
    plain = f"{year}-{int(month):02d}-{int(day):02d} {clock}" + (f".{fraction}" if fraction else "")
    if zone is None:
        word = "TIMESTAMP_NS" if digits > 6 else "TIMESTAMP"
        return exp.cast(exp.Literal.string(plain), word, dialect="duckdb"), t.timestamp(digits)
    try:
        moment = dt.datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0),
                             int(second or 0))
        offset = zone_seconds(zone, moment)
    except (ValueError, ZoneInfoNotFoundError):
        raise QueryFailure("INVALID_LITERAL", f"{at(node)}: '{text}' is not a valid TIMESTAMP literal",
                           error_type=1006) from None
    shifted = moment - dt.timedelta(seconds=offset)
    body = shifted.strftime("%Y-%m-%d %H:%M:%S").rjust(19, "0")
    body += (f".{fraction[:6]}" if fraction else "") + "+00"
    return exp.cast(exp.Literal.string(body), "TIMESTAMPTZ", dialect="duckdb"), \
        t.timestamp_tz(digits, "UTC" if zone == "Z" else zone)


def zone_seconds(zone, moment):
    if zone in ("UTC", "Z", "GMT"):
        return 0
    if zone[0] in "+-":
        hours, _, minutes = zone[1:].partition(":")
        seconds = int(hours) * 3600 + int(minutes or 0) * 60
        return -seconds if zone[0] == "-" else seconds
    return int(moment.replace(tzinfo=ZoneInfo(zone)).utcoffset().total_seconds())


UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}


def interval(node):
    """(Type, months or microseconds); the number is None when the value is no literal."""
    unit = node.args.get("unit")
    span = isinstance(unit, exp.IntervalSpan)
    first = (unit.this.name if span else unit.name if unit is not None else "DAY").lower().rstrip("s")
    kind = t.YEAR_TO_MONTH if first in ("year", "month") else t.DAY_TO_SECOND
    value, sign = node.this, 1
    while isinstance(value, (exp.Neg, exp.Paren)):
        sign = -sign if isinstance(value, exp.Neg) else sign
        value = value.this
    if not isinstance(value, exp.Literal):
        return kind, None
    text = str(value.this).strip()
    if text.startswith("-"):
        sign, text = -sign, text[1:]
    if kind is t.YEAR_TO_MONTH:
        years, _, months = text.partition("-")
        number = int(years) * (12 if first == "year" else 1) + int(months or 0)
        return kind, sign * number
    if span and first == "day":
        days, _, clock = text.partition(" ")
        return kind, sign * (int(days) * 86400000000 + clock_micros(clock))
    if span:
        return kind, sign * clock_micros(text if first == "hour" else "0:" + text)
    return kind, sign * int(float(text) * UNITS[first] * 1000000)


def clock_micros(text):
    parts = (text.split(":") + ["0", "0"])[:3] if text else ["0", "0", "0"]
    return int((int(parts[0]) * 3600 + int(parts[1]) * 60 + float(parts[2])) * 1000000)
