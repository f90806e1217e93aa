"""CAST and TRY_CAST: lengths that cut and pad, text forms, rounding, JSON."""
from __future__ import annotations

from sqlglot import exp

from ..format import types as t
from . import literals
from .errors import QueryFailure, at


def call(name, *args):
    return exp.Anonymous(this=name, expressions=list(args))


def literal_cast(node):
    """DECIMAL '1.50', TIMESTAMP '...', DATE '...': (expression, Type), or None."""
    if not (isinstance(node.this, exp.Literal) and node.this.is_string):
        return None
    target, text = node.to, node.this.this
    word = target.this.value if hasattr(target.this, "value") else str(target.this)
    sized = bool(target.expressions)
    if word == "DECIMAL" and not sized:
        kind = literals.decimal_type(text)
        return exp.cast(node.this.copy(), f"DECIMAL({kind.precision},{kind.scale})",
                        dialect="duckdb"), kind
    if word in ("TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMPNTZ") and not isinstance(node, exp.TryCast):
        # The parser gives a literal the digits of its text, so other digits mean a real cast.
        # A cast of a plain text has three digits, whatever the text has.
        found = literals.STAMP.match(text)
        if (not found and sized) or (found and not sized and found.group(8) is None):
            return None
        made = literals.timestamp(node, text)
        given = int(target.expressions[0].name) if sized else made[1].length
        return made if given == made[1].length else None
    if word in ("CHAR", "NCHAR") and not sized:
        return node.this.copy(), t.char(len(text))
    return None


def text_of(value, kind):
    """A DuckDB expression of the text that Athena's cast to varchar gives."""
    name = kind.name if kind is not None else None
    if kind is None or kind.is_text or name in ("date", "boolean", "decimal", "uuid") or kind.is_integer:
        return exp.cast(value, "varchar")
    if name in ("double", "real"):
        return call(f"athena_{name}_text", value)
    if name == "timestamp":
        return call("strftime", value, exp.Literal.string(stamp_pattern(kind.length)))
    if name == "timestamp with time zone":
        plain = call("timezone", exp.Literal.string(kind.zone or "UTC"), value)
        return exp.DPipe(this=call("strftime", plain, exp.Literal.string(stamp_pattern(kind.length))),
                         expression=exp.Literal.string(f" {kind.zone or 'UTC'}"))
    if name == "json":
        return exp.DPipe(this=exp.paren(call("json_extract_string", value, exp.Literal.string("$"))),
                         expression=exp.Literal.string(""))
    return exp.cast(value, "varchar")


def stamp_pattern(digits):
    base = "%Y-%m-%d %H:%M:%S"
    if not digits:
        return base
    return base + {3: ".%g", 9: ".%n"}.get(digits, ".%g" if digits < 3 else ".%f")


def cast_node(value, source, target, safe):
    """A DuckDB expression that casts `value` of Athena type `source` to `target`."""
    def plain(inner, word):
        made = exp.cast(inner, word, dialect="duckdb")
        return exp.TryCast(this=made.this, to=made.to) if safe else made

    name = target.name
    if target.is_text:
        text = text_of(value, source)
        if target.length is not None:
            text = call("left", text, exp.Literal.number(target.length))
        if name == "char":
            text = call("rpad", text, exp.Literal.number(target.length or 1), exp.Literal.string(" "))
        return text
    if target.is_integer and source is not None and source.name in ("double", "real", "decimal"):
        return plain(call("round", value), engine_name(target))
    if target.is_integer and source is not None and source.is_text:
        return plain(value, engine_name(target))
    if name == "json":
        return value if source is not None and source.name == "json" else call("to_json", value)
    if source is not None and source.name == "json" and target.name not in ("array", "map", "row"):
        return plain(call("json_extract_string", value, exp.Literal.string("$")), engine_name(target))
    if name == "varbinary" and source is not None and source.name == "uuid":
        return call("unhex", call("replace", exp.cast(value, "varchar"), exp.Literal.string("-"), exp.Literal.string("")))
    if name == "varbinary":
        return call("encode", value) if source is not None and source.is_text else value
    if name == "ipaddress":
        return exp.cast(value, "varchar")
    if name == "boolean" and source is not None and source.name in ("double", "real"):
        return exp.paren(exp.NEQ(this=value, expression=exp.Literal.number(0)))
    return plain(value, engine_name(target))


ENGINE = {"integer": "INTEGER", "real": "REAL", "varbinary": "BLOB", "ipaddress": "VARCHAR",
          "timestamp with time zone": "TIMESTAMPTZ", "time with time zone": "TIMETZ",
          "interval day to second": "INTERVAL", "interval year to month": "INTERVAL",
          "string": "VARCHAR", "unknown": "INTEGER", "char": "VARCHAR"}


def engine_name(kind):
    """DuckDB's spelling of a type."""
    name = kind.name
    if name == "decimal":
        return f"DECIMAL({kind.precision},{kind.scale})"
    if name == "timestamp":
        return "TIMESTAMP_NS" if (kind.length or 0) > 6 else "TIMESTAMP"
    if name == "array":
        return engine_name(kind.args[0]) + "[]"
    if name == "map":
        return f"MAP({engine_name(kind.args[0])}, {engine_name(kind.args[1])})"
    if name == "row":
        parts = []
        for number, (field, inner) in enumerate(zip(kind.fields, kind.args)):
            shown = (field or f"field{number}").replace('"', '""')
            parts.append(f'"{shown}" {engine_name(inner)}')
        return f"STRUCT({', '.join(parts)})"
    return ENGINE.get(name, name.upper())


IMPOSSIBLE = {("boolean", "date"), ("boolean", "timestamp"), ("date", "integer"), ("date", "bigint"),
              ("integer", "date"), ("bigint", "date"), ("double", "date"), ("varbinary", "varchar"),
              ("timestamp", "bigint"), ("timestamp", "integer"), ("date", "double"),
              ("integer", "timestamp"), ("bigint", "timestamp"), ("varbinary", "bigint")}


def cast_rule(an, node, scope):
    from .rules import visit
    ready = literal_cast(node)
    if ready is not None:
        node.replace(ready[0])
        return ready[1]
    source = visit(an, node.this, scope)
    target = t.parse_type(node.to.sql("trino"))
    if target.name == "timestamp" and not node.to.expressions:
        target = t.TIMESTAMP3
    if source is not None and (source.name, target.name) in IMPOSSIBLE:
        raise QueryFailure("TYPE_MISMATCH", f"{at(node)}: Cannot cast {source} to {target}")
    safe = isinstance(node, exp.TryCast)
    node.replace(cast_node(node.this.copy(), source, target, safe))
    if target.name.endswith("with time zone") and target.zone is None:
        zone = source.zone if source is not None and source.zone else "UTC"
        target = t.Type(target.name, length=target.length, zone=zone)
    return target
