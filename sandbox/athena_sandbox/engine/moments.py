"""Rules for dates, times, zones and their patterns."""
from __future__ import annotations

import datetime as dt
import re

from sqlglot import exp

from ..format import types as t
from . import rules
from .errors import QueryFailure


def unit_of(node):
    unit = node.args.get("unit")
    return (unit.name if unit is not None else "DAY").lower()


def truncation(an, node, scope):
    kind = rules.child(an, node, "this", scope)
    if kind is not None and kind.name == "date":
        node.meta["wrap"] = "DATE"
    return kind


UNIT_MAKERS = {"millisecond": "to_milliseconds", "second": "to_seconds", "minute": "to_minutes",
               "hour": "to_hours", "day": "to_days", "week": "to_weeks", "month": "to_months",
               "quarter": "to_quarters", "year": "to_years"}


def date_add(an, node, scope):
    kind = rules.child(an, node, "this", scope)
    rules.child(an, node, "expression", scope)
    unit, amount, base = unit_of(node), node.expression.copy(), node.this.copy()
    if unit not in UNIT_MAKERS:
        raise QueryFailure("INVALID_FUNCTION_ARGUMENT", f"'{unit}' is not a valid DATE field")
    if isinstance(node, exp.DateSub):
        amount = exp.Neg(this=exp.paren(amount))
    counted = "bigint" if unit in ("millisecond", "second", "minute", "hour") else "int"
    step = exp.Anonymous(this=UNIT_MAKERS[unit], expressions=[exp.cast(amount, counted)])
    out = exp.paren(exp.Add(this=base, expression=step))
    node.replace(exp.cast(out, "date") if kind is not None and kind.name == "date" else out)
    return kind


def date_diff(an, node, scope):
    rules.child(an, node, "this", scope)
    rules.child(an, node, "expression", scope)
    node.replace(exp.Anonymous(this="date_sub", expressions=[
        exp.Literal.string(unit_of(node)), node.expression.copy(), node.this.copy()]))
    return t.BIGINT


def at_time_zone(an, node, scope):
    kind = rules.child(an, node, "this", scope)
    zone = node.args["zone"]
    name = zone.this if isinstance(zone, exp.Literal) and zone.is_string else None
    digits = kind.length if kind is not None and kind.length is not None else 3
    node.replace(exp.cast(node.this.copy(), "TIMESTAMPTZ", dialect="duckdb"))
    return t.timestamp_tz(digits, name or "UTC")


def moment(an, node, scope):
    text = an.now.astimezone(dt.timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    kinds = {exp.CurrentDate: ("DATE", text[:10], t.DATE),
             exp.CurrentTimestamp: ("TIMESTAMPTZ", text + "+00", t.timestamp_tz(3, "UTC")),
             exp.Localtimestamp: ("TIMESTAMP", text, t.TIMESTAMP3)}
    word, value, kind = kinds[type(node)]
    node.replace(exp.cast(exp.Literal.string(value), word, dialect="duckdb"))
    return kind


JODA = (("yyyy", "%Y"), ("yy", "%y"), ("MMMM", "%B"), ("MMM", "%b"), ("MM", "%m"), ("dd", "%d"),
        ("HH", "%H"), ("hh", "%I"), ("mm", "%M"), ("ss", "%S"), ("SSS", "%g"), ("EEEE", "%A"),
        ("EEE", "%a"), ("a", "%p"), ("d", "%-d"), ("H", "%-H"), ("M", "%-m"), ("y", "%Y"))


def joda(pattern):
    out = ""
    for quoted, plain in re.findall(r"'([^']*)'|([^']+)", pattern):
        at_char = 0
        out += quoted.replace("%", "%%")
        while at_char < len(plain):
            for word, code in JODA:
                if plain.startswith(word, at_char):
                    out += code
                    at_char += len(word)
                    break
            else:
                out += plain[at_char]
                at_char += 1
    return out
