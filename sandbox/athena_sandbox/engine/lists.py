"""Rules for arrays, maps, rows and lambdas."""
from __future__ import annotations

from sqlglot import exp
from sqlglot.expressions.builders import apply_index_offset

from ..format import types as t
from . import functions, rules


def bracket(an, node, scope):
    # The parser keeps integer subscripts counted from 0; bring back the number that was written.
    shifted = [i.copy() for i in apply_index_offset(node.this.copy(), [
        e.copy() for e in node.expressions], 1 - int(node.args.get("offset") or 0), "athena")]
    kind = rules.child(an, node, "this", scope)
    for item in list(node.expressions):
        if not isinstance(item, exp.Neg):
            rules.visit(an, item, scope)
    if kind is None or node.args.get("safe") or an.in_try or len(node.expressions) != 1:
        return functions.element([kind])
    name = "athena_map_item" if kind.name == "map" else "athena_array_item"
    if kind.name == "row":
        node.replace(exp.Anonymous(this="struct_extract", expressions=[
            node.this.copy(), shifted[0]]))
        return kind.args[int(shifted[0].name) - 1]
    written = node.expressions[0]
    plain = isinstance(written, exp.Literal) or (
        isinstance(written, exp.Neg) and isinstance(written.this, exp.Literal))
    index = shifted[0] if plain else written.copy()
    if kind.name == "map" and isinstance(index, exp.Literal) and not index.is_string:
        index = exp.cast(index, rules.engine_type(kind.args[0]), dialect="duckdb")
    node.replace(exp.Anonymous(this=name, expressions=[node.this.copy(), index]))
    return functions.element([kind])


def array_of(an, node, scope):
    kinds = [rules.visit(an, item, scope) for item in list(node.expressions)]
    element = functions.widest(kinds) if kinds else t.UNKNOWN
    return t.array(element) if element is not None else None


def map_of(an, node, scope):
    kinds = rules.visit_children(an, node, scope)
    if len(kinds) == 2 and all(k is not None and k.name == "array" for k in kinds):
        return t.map_of(kinds[0].args[0], kinds[1].args[0])
    return None


def row_of(an, node, scope):
    pairs = []
    for item in list(node.expressions):
        inner = item.expression if isinstance(item, exp.PropertyEQ) else item
        name = item.this.name if isinstance(item, exp.PropertyEQ) else None
        if isinstance(item, exp.Alias):
            name, inner = item.alias, item.this
        pairs.append((name, rules.visit(an, inner, scope)))
    values = [i.expression if isinstance(i, exp.PropertyEQ) else
              i.this if isinstance(i, exp.Alias) else i for i in node.expressions]
    node.replace(exp.Anonymous(this="row", expressions=[v.copy() for v in values]))
    return t.row(pairs) if all(k is not None for _, k in pairs) else None


def with_lambda(an, lam, scope, kinds):
    inner = scope.child()
    for parameter, kind in zip(lam.expressions, kinds):
        inner.lambdas[parameter.name.lower()] = kind
    return rules.visit(an, lam.this, inner)


def transform(an, node, scope):
    kind = rules.child(an, node, "this", scope)
    element = kind.args[0] if kind is not None and kind.args else None
    out = with_lambda(an, node.expression, scope, [element]) \
        if isinstance(node.expression, exp.Lambda) else None
    if isinstance(node, exp.ArrayFilter):
        return kind
    return t.array(out) if out is not None else None


def reduce(an, node, scope):
    kind = rules.child(an, node, "this", scope)
    start = rules.child(an, node, "initial", scope)
    element = kind.args[0] if kind is not None and kind.args else None
    with_lambda(an, node.args["merge"], scope, [start, element])
    finish = node.args.get("finish")
    out = with_lambda(an, finish, scope, [start]) if isinstance(finish, exp.Lambda) else start
    core = exp.Anonymous(this="list_reduce", expressions=[
        node.this.copy(), node.args["merge"].copy(), node.args["initial"].copy()])
    if isinstance(finish, exp.Lambda) and not isinstance(finish.this, (exp.Identifier, exp.Column)):
        core = exp.Anonymous(this="list_extract", expressions=[exp.Anonymous(
            this="list_transform", expressions=[exp.Array(expressions=[core]), finish.copy()]),
            exp.Literal.number(1)])
    node.replace(core)
    return out


MATCHES = {"any_match": (">", "0"), "none_match": ("=", "0"), "all_match": ("=", None)}


def match(an, node, scope):
    args = node.expressions if isinstance(node, exp.Anonymous) else [node.this, node.expression]
    name = node.name.lower() if isinstance(node, exp.Anonymous) else \
        {"arrayany": "any_match", "arrayall": "all_match"}[node.key]
    kind = rules.visit(an, args[0], scope)
    args = node.expressions if isinstance(node, exp.Anonymous) else [node.this, node.expression]
    with_lambda(an, args[1], scope, [kind.args[0] if kind is not None and kind.args else None])
    sign, bound = MATCHES[name]
    found = exp.Anonymous(this="len", expressions=[exp.Anonymous(
        this="list_filter", expressions=[args[0].copy(), args[1].copy()])])
    target = exp.Literal.number(bound) if bound else \
        exp.Anonymous(this="len", expressions=[args[0].copy()])
    node.replace(exp.paren((exp.GT if sign == ">" else exp.EQ)(this=found, expression=target)))
    return t.BOOLEAN


MAP_LAMBDAS = ("transform_values", "transform_keys", "map_filter", "zip_with")


def substituted(body, replacements):
    """A copy of a lambda's body with its parameters replaced."""
    def swap(item):
        plain = isinstance(item, exp.Column) and not item.args.get("table") or \
            isinstance(item, exp.Identifier) and not isinstance(item.parent, exp.Column)
        return replacements[item.name.lower()].copy() \
            if plain and item.name.lower() in replacements else item
    return body.copy().transform(swap)


def map_lambda(an, node, scope, name):
    """Functions over map entries or two arrays, as a list_transform of a list of pairs."""
    kinds = [rules.visit(an, item, scope) for item in list(node.expressions[:-1])]
    lam = node.expressions[-1]
    if name == "zip_with":
        parts = [k.args[0] if k is not None and k.args else None for k in kinds]
        entries = exp.Anonymous(this="list_zip", expressions=[i.copy() for i in node.expressions[:2]])
    else:
        parts = list(kinds[0].args) if kinds[0] is not None else [None, None]
        entries = exp.Anonymous(this="map_entries", expressions=[node.expressions[0].copy()])
    out = with_lambda(an, lam, scope, parts)
    pair = [exp.Anonymous(this="struct_extract_at", expressions=[
        exp.to_identifier("athena_pair"), exp.Literal.number(n)]) for n in (1, 2)]
    body = substituted(lam.this, {p.name.lower(): e for p, e in zip(lam.expressions, pair)})
    shapes = {"transform_values": [pair[0], body], "transform_keys": [body, pair[1]]}
    if name in shapes:
        body = exp.Anonymous(this="row", expressions=[b.copy() for b in shapes[name]])
    core = exp.Anonymous(
        this="list_filter" if name == "map_filter" else "list_transform",
        expressions=[entries, exp.Lambda(this=body, expressions=[exp.to_identifier("athena_pair")])])
    node.replace(core if name == "zip_with" else
                 exp.Anonymous(this="map_from_entries", expressions=[core]))
    if name == "zip_with":
        return t.array(out) if out is not None else None
    if name == "map_filter" or None in parts or out is None:
        return kinds[0] if name == "map_filter" else None
    return t.map_of(parts[0], out) if name == "transform_values" else t.map_of(out, parts[1])


def size_by_kind(an, node, scope):
    kind = rules.child(an, node, "this", scope)
    name = "cardinality" if kind is not None and kind.name == "map" else "len"
    node.replace(exp.Anonymous(this=name, expressions=[node.this.copy()]))
    return t.BIGINT


def series(an, node, scope):
    kinds = rules.visit_children(an, node, scope)
    kind = kinds[0] if kinds else None
    step = node.args.get("step")
    out = exp.Anonymous(this="generate_series", expressions=[
        a.copy() for a in (node.args["start"], node.args["end"], step) if a is not None])
    if kind is not None and kind.name == "date":
        if step is None:
            out.append("expressions", exp.Anonymous(this="to_days", expressions=[exp.Literal.number(1)]))
        out = exp.cast(out, "DATE[]", dialect="duckdb")
        node.replace(out)
        return t.array(t.DATE)
    node.replace(out)
    if kind is not None and kind.is_integer:
        return t.array(t.BIGINT)
    return t.array(kind) if kind is not None else None


def slice_of(an, node, scope):
    """slice(a, start, length): DuckDB's third argument is an end index."""
    kind = rules.child(an, node, "this", scope)
    for key in ("start", "end"):
        rules.child(an, node, key, scope)
    start = node.args["start"].copy()
    end = exp.Sub(this=exp.Add(this=start.copy(), expression=exp.paren(node.args["end"].copy())),
                  expression=exp.Literal.number(1))
    node.replace(exp.Anonymous(this="list_slice", expressions=[node.this.copy(), start, end]))
    return kind


def distinct_list(an, node, scope):
    kind = rules.child(an, node, "this", scope)
    node.replace(exp.Anonymous(this="athena_distinct", expressions=[node.this.copy()]))
    return kind
