"""Expression rules: the declared type of each expression, and the rewriting that keeps its value
what Athena would give. `visit` handles one expression and returns its type (None: unknown)."""
from __future__ import annotations

from sqlglot import exp

from ..format import types as t
from . import functions, lists, literals, moments
from .casts import cast_rule
from .errors import QueryFailure, at

WRAP_HOLDERS = (exp.Window, exp.Filter, exp.IgnoreNulls, exp.RespectNulls, exp.WithinGroup)


def visit(an, node, scope):
    an.depth += 1
    if an.depth > 2500:
        raise QueryFailure("NOT_SUPPORTED", "line 1:1: statement is too large (stack overflow)")
    try:
        handler = HANDLERS.get(type(node), default)
        kind = handler(an, node, scope)
    finally:
        an.depth -= 1
    wrap = node.meta.pop("wrap", None)
    if wrap is not None:
        if isinstance(node.parent, WRAP_HOLDERS) and node.arg_key == "this":
            node.parent.meta["wrap"] = wrap
        else:
            node.replace(exp.cast(node.copy(), wrap, dialect="duckdb"))
    return kind


def visit_children(an, node, scope):
    """Types of the direct child expressions, in argument order."""
    kinds = []
    for value in list(node.args.values()):
        for item in list(value) if isinstance(value, list) else [value]:
            if isinstance(item, exp.Query) and not isinstance(item, exp.Subquery):
                an.query(item, scope)
            elif isinstance(item, exp.Expression) and not isinstance(item, exp.Identifier):
                kinds.append(visit(an, item, scope))
    return kinds


def default(an, node, scope):
    kinds = visit_children(an, node, scope)
    name = node.name if isinstance(node, exp.Anonymous) else node.key
    return functions.result(name, kinds)


def connector(an, node, scope):
    """AND and OR chains may be thousands long: their parts are visited without recursion."""
    for part in list(node.flatten(unnest=False)):
        visit(an, part, scope)
    return t.BOOLEAN


def child(an, node, key, scope):
    item = node.args.get(key)
    return visit(an, item, scope) if isinstance(item, exp.Expression) else None


# ---- names ----------------------------------------------------------------------------------

def column(an, node, scope):
    if isinstance(node.this, exp.Star):
        return None
    parts = [p for p in (node.args.get("catalog"), node.args.get("db"), node.args.get("table"),
                         node.this) if p is not None]
    names = [p.name for p in parts]
    level = scope
    while level is not None:
        found = resolve(level, names)
        if found is not None:
            relation, target, used = found
            rest = names[used:]
            return place(node, relation, target, rest, used > 1)
        if len(names) == 1 and names[0].lower() in level.lambdas:
            return level.lambdas[names[0].lower()]
        if names[0].lower() in level.lambdas:
            return None
        level = level.parent
    if len(names) == 1 and names[0].lower() in scope.aliases:
        return scope.aliases[names[0].lower()]
    if len(names) == 1 and names[0].lower() in SESSION_WORDS:
        return session_word(an, node, names[0].lower())
    shown = ".".join(names)
    raise QueryFailure("COLUMN_NOT_FOUND", f"{at(node)}: Column '{shown}' cannot be resolved")


SESSION_WORDS = ("current_schema", "current_catalog")


def session_word(an, node, word):
    text = an.catalog.default_database if word == "current_schema" else an.catalog.default_catalog
    node.replace(exp.Literal.string(text))
    return t.VARCHAR


def resolve(scope, names):
    """(relation, column, parts used) or None."""
    for used in range(min(len(names), 4), 1, -1):
        for relation in scope.relations:
            if relation.answers_to(names[:used - 1]):
                target = relation.find(names[used - 1])
                if target is not None:
                    return relation, target, used
    found = [(r, r.find(names[0])) for r in scope.relations]
    found = [(r, c) for r, c in found if c is not None]
    if len(found) > 1:
        merged = [r for r, _ in found[1:] if names[0].lower() in getattr(r, "using", set())]
        if len(merged) < len(found) - 1:
            raise QueryFailure("AMBIGUOUS_NAME", f"line 1:8: Column '{names[0]}' is ambiguous")
    return (found[0][0], found[0][1], 1) if found else None


def place(node, relation, target, rest, qualified):
    """Write the column as DuckDB wants it, fields of rows as struct_extract."""
    kind = target.kind
    plain = exp.Column(this=exp.to_identifier(target.engine, quoted=True))
    if qualified and relation.alias:
        plain.set("table", exp.to_identifier(relation.alias, quoted=True))
    plain.meta["shown"] = (rest or [node.name])[-1]
    if relation.table is not None:
        plain.meta["source"] = (relation.table.engine_name, target.name)
    out = plain
    for field in rest:
        kind = field_type(kind, field, node)
        out = exp.Anonymous(this="struct_extract",
                            expressions=[out, exp.Literal.string(field)])
        out.meta["shown"] = field
    node.replace(out)
    return kind


def field_type(kind, field, node):
    if kind is None:
        return None
    for name, inner in zip(kind.fields, kind.args):
        if name and name.lower() == field.lower():
            return inner
    raise QueryFailure("COLUMN_NOT_FOUND", f"{at(node)}: Column '{field}' cannot be resolved")


def dot(an, node, scope):
    kind = visit(an, node.this, scope)
    field = node.expression.name
    inner = field_type(kind, field, node) if kind is not None and kind.name == "row" else None
    out = exp.Anonymous(this="struct_extract",
                        expressions=[node.this.copy(), exp.Literal.string(field)])
    out.meta["shown"] = field
    node.replace(out)
    return inner


def identifier(an, node, scope):
    level = scope
    while level is not None:
        if node.name.lower() in level.lambdas:
            return level.lambdas[node.name.lower()]
        level = level.parent
    return None


def alias(an, node, scope):
    return visit(an, node.this, scope)


# ---- literals --------------------------------------------------------------------------------

def literal(an, node, scope):
    if node.is_string:
        return t.varchar(len(node.this))
    text = node.this.lower()
    if "e" in text or "." in text:
        node.replace(literals.double(text))
        return t.DOUBLE
    value = int(text)
    if value <= 2147483647:
        return t.INTEGER
    if value > 9223372036854775807:
        raise QueryFailure("SYNTAX_ERROR", f"{at(node)}: Invalid numeric literal: {text}")
    return t.BIGINT


def negative(an, node, scope):
    inner = node.this
    if isinstance(inner, exp.Literal) and not inner.is_string and inner.this in (
            "2147483648", "9223372036854775808"):
        return t.BIGINT
    if isinstance(inner, exp.Literal) and not inner.is_string and "." in inner.this:
        node.replace(literals.double("-" + inner.this))
        return t.DOUBLE
    return visit(an, inner, scope)


def interval(an, node, scope):
    kind, months_or_micros = literals.interval(node)
    if months_or_micros is None:
        visit_children(an, node, scope)
    else:
        name = "to_months" if kind is t.YEAR_TO_MONTH else "to_microseconds"
        number = exp.Literal.number(abs(months_or_micros))
        value = exp.Neg(this=number) if months_or_micros < 0 else number
        node.replace(exp.Anonymous(this=name, expressions=[
            exp.cast(value, "int" if name == "to_months" else "bigint")]))
    return kind


# ---- operators -------------------------------------------------------------------------------

SIGNS = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%"}


def arithmetic(an, node, scope):
    left, right = child(an, node, "this", scope), child(an, node, "expression", scope)
    sign = SIGNS[type(node)]
    if left is None or right is None:
        return guess_division(an, node, sign)
    kind = functions.arithmetic(sign, left, right)
    if kind is None:
        return moment_arithmetic(node, sign, left, right)
    if sign in "/%" and kind.name not in ("real", "double"):
        return divide(an, node, sign, kind)
    if "real" == kind.name or (kind.name == "decimal" and sign == "*"):
        node.meta["wrap"] = engine_type(kind)
    return kind


def guess_division(an, node, sign):
    if sign == "/":
        node.replace(exp.Anonymous(this="athena_divide", expressions=[
            node.this.copy(), node.expression.copy()]))
    return None


def divide(an, node, sign, kind):
    left, right = node.this.copy(), node.expression.copy()
    if an.in_try:
        right = exp.func("nullif", right, exp.Literal.number(0))
    name = "athena_remainder" if sign == "%" else \
        "athena_divide" if kind.is_integer else "athena_divide_decimal"
    if an.in_try and kind.is_integer and sign == "/":
        out = exp.IntDiv(this=exp.paren(left), expression=right)
    elif an.in_try:
        out = (exp.Mod if sign == "%" else exp.Div)(this=exp.paren(left), expression=right)
    else:
        out = exp.Anonymous(this=name, expressions=[left, right])
    if kind.name == "decimal":
        out = exp.cast(out, engine_type(kind), dialect="duckdb")
    node.replace(out)
    return kind


def moment_arithmetic(node, sign, left, right):
    names = (left.name, right.name)
    intervals = [k for k in (left, right) if k.name.startswith("interval")]
    moments = [k for k in (left, right) if k.name.startswith(("date", "time"))]
    if sign in "+-" and len(intervals) == 1 and len(moments) == 1:
        if moments[0].name == "date":
            node.meta["wrap"] = "DATE"
        return moments[0]
    if sign == "-" and len(moments) == 2 and left.name != "date":
        return t.DAY_TO_SECOND
    if sign == "-" and names == ("date", "date"):
        node.replace(exp.Anonymous(this="to_days", expressions=[
            exp.cast(exp.Anonymous(this="date_sub", expressions=[
                exp.Literal.string("day"), node.expression.copy(), node.this.copy()]), "int")]))
        return t.DAY_TO_SECOND
    if len(intervals) == 2 and names[0] == names[1]:
        return left
    if sign in "*/" and intervals and (left.is_number or right.is_number):
        return intervals[0]
    if t.UNKNOWN in (left, right):
        return left if right is t.UNKNOWN else right
    raise QueryFailure("TYPE_MISMATCH",
                       f"{at(node)}: Cannot apply operator: {left} {sign} {right}")


COMPARISONS = {exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<=",
               exp.NullSafeEQ: "IS DISTINCT FROM", exp.NullSafeNEQ: "IS DISTINCT FROM"}


def comparable(left, right):
    if left is None or right is None or t.UNKNOWN in (left, right):
        return True
    return functions.common(left, right) is not None


def comparison(an, node, scope):
    left, right = child(an, node, "this", scope), child(an, node, "expression", scope)
    if isinstance(node.expression, (exp.Any, exp.All)):
        return t.BOOLEAN
    if left is not None and right is not None and left.is_text and right.is_text and \
            "char" in (left.name, right.name):
        unpad(node, "this", "expression")
    if not comparable(left, right):
        sign = COMPARISONS[type(node)]
        raise QueryFailure("TYPE_MISMATCH",
                           f"{at(node)}: Cannot apply operator: {left} {sign} {right}")
    return t.BOOLEAN


def unpad(node, *keys):
    """Texts of which one is a char(n) are compared without the blanks at their ends."""
    for key in keys:
        node.set(key, exp.Anonymous(this="rtrim", expressions=[
            node.args[key].copy(), exp.Literal.string(" ")]))


def between(an, node, scope):
    kinds = [child(an, node, key, scope) for key in ("this", "low", "high")]
    for kind in kinds[1:]:
        if not comparable(kinds[0], kind):
            raise QueryFailure("TYPE_MISMATCH", f"{at(node)}: Cannot check if {kinds[0]} is "
                               f"BETWEEN {kinds[1]} and {kinds[2]}")
    return t.BOOLEAN


def in_list(an, node, scope):
    left = child(an, node, "this", scope)
    for item in list(node.expressions):
        kind = visit(an, item, scope)
        if not comparable(left, kind):
            raise QueryFailure("TYPE_MISMATCH", f"{at(node)}: IN value and list items must be the "
                               f"same type: {left}")
    if left is not None and left.name == "char" and node.args.get("query") is None:
        unpad(node, "this")
        node.set("expressions", [exp.Anonymous(this="rtrim", expressions=[
            e.copy(), exp.Literal.string(" ")]) for e in node.expressions])
    if node.args.get("query") is not None:
        an.query(node.args["query"], scope)
    return t.BOOLEAN


def subquery(an, node, scope):
    columns = an.query(node, scope)
    return columns[0].kind if len(columns) == 1 else None


def case(an, node, scope):
    base = child(an, node, "this", scope)
    kinds = []
    for branch in list(node.args.get("ifs") or []):
        condition = visit(an, branch.this, scope)
        if base is not None and not comparable(base, condition):
            raise QueryFailure("TYPE_MISMATCH", f"{at(node)}: CASE operand type does not match "
                               f"WHEN clause operand type: {base} vs {condition}")
        kinds.append(visit(an, branch.args["true"], scope))
    kinds.append(child(an, node, "default", scope) or t.UNKNOWN)
    return functions.widest(kinds) if None not in kinds else None


def if_else(an, node, scope):
    child(an, node, "this", scope)
    kinds = [child(an, node, "true", scope), child(an, node, "false", scope) or t.UNKNOWN]
    return functions.widest(kinds) if None not in kinds else None


def try_of(an, node, scope):
    an.in_try += 1
    try:
        return child(an, node, "this", scope)
    finally:
        an.in_try -= 1


def window(an, node, scope):
    kind = child(an, node, "this", scope)
    for key in ("partition_by", "order", "spec"):
        value = node.args.get(key)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, exp.Order):
                visit_children(an, item, scope)
            elif isinstance(item, exp.Expression) and key != "spec":
                visit(an, item, scope)
    return kind


def ordered(an, node, scope):
    if isinstance(node.this, exp.Literal) and not node.this.is_string:
        return None
    return visit(an, node.this, scope)


# ---- aggregates ------------------------------------------------------------------------------

def engine_type(kind):
    if kind.name == "decimal":
        return f"DECIMAL({kind.precision},{kind.scale})"
    return {"real": "REAL", "integer": "INTEGER"}.get(kind.name, kind.name.upper())


def total(an, node, scope):
    kind = child(an, node, "this", scope)
    if kind is None:
        return None
    if kind.is_text or kind.name in ("boolean", "date"):
        raise QueryFailure("FUNCTION_NOT_FOUND", f"{at(node)}: Unexpected parameters ({kind}) for "
                           f"function {node.key}. Expected: {node.key}(bigint), {node.key}(double)")
    if isinstance(node, exp.Avg):
        out = kind if kind.name in ("decimal", "real") else t.DOUBLE
    elif kind.is_integer:
        out = t.BIGINT
    else:
        out = t.decimal(38, kind.scale) if kind.name == "decimal" else kind
    if out.is_number and out.name != "double":
        node.meta["wrap"] = engine_type(out)
    return out


def greatest(an, node, scope):
    return functions.widest(visit_children(an, node, scope))


def typeof(an, node, scope):
    kind = child(an, node, "this", scope)
    if kind is not None:
        node.replace(exp.Literal.string(t.trino_name(kind)))
    return t.VARCHAR


def hex_string(an, node, scope):
    return t.VARBINARY


# ---- lambdas ---------------------------------------------------------------------------------


RENAMED = {"repeat": "athena_repeat", "codepoint": "ord", "format": "printf"}


def anonymous(an, node, scope):
    name = node.name.lower()
    if name in lists.MATCHES and len(node.expressions) == 2 and isinstance(node.expressions[1], exp.Lambda):
        return lists.match(an, node, scope)
    if name in lists.MAP_LAMBDAS and isinstance(node.expressions[-1], exp.Lambda):
        return lists.map_lambda(an, node, scope, name)
    kinds = [visit(an, item, scope) for item in list(node.expressions)]
    if name in ("format_datetime", "parse_datetime") and len(node.expressions) == 2 and \
            isinstance(node.expressions[1], exp.Literal):
        word = "strftime" if name == "format_datetime" else "strptime"
        node.replace(exp.Anonymous(this=word, expressions=[
            node.expressions[0].copy(), exp.Literal.string(moments.joda(node.expressions[1].this))]))
        return t.VARCHAR if word == "strftime" else t.timestamp_tz(3, "UTC")
    if RENAMED.get(name):
        node.set("this", RENAMED[name])
    elif name in ("cardinality",) and kinds and kinds[0] is not None and kinds[0].name == "map":
        return t.BIGINT
    return functions.result(name, kinds)


def json_text(an, node, scope):
    child(an, node, "this", scope)
    return t.VARCHAR


def like(an, node, scope):
    for key in ("this", "expression"):
        kind = child(an, node, key, scope)
        if kind is not None and not kind.is_text and kind is not t.UNKNOWN:
            raise QueryFailure("TYPE_MISMATCH", f"{at(node)}: Left side of LIKE expression must "
                               f"evaluate to a varchar (actual: {kind})")
    return t.BOOLEAN


def json_path(an, node, scope):
    child(an, node, "this", scope)
    return t.JSON if isinstance(node, exp.JSONExtract) else t.VARCHAR


def split(an, node, scope):
    visit_children(an, node, scope)
    return t.array(t.VARCHAR)


def round_of(an, node, scope):
    kinds = visit_children(an, node, scope)
    if len(kinds) > 1 and kinds[0] is not None and kinds[0].name == "decimal":
        return t.decimal(kinds[0].precision + 1, kinds[0].scale)
    return functions.result("round", kinds[:1])


def length_of(an, node, scope):
    """The engine counts bytes by another name."""
    kind = child(an, node, "this", scope)
    if kind is not None and kind.name == "varbinary":
        node.replace(exp.Anonymous(this="octet_length", expressions=[node.this.copy()]))
    return t.BIGINT


def padded(an, node, scope):
    """The engine's size is an integer, Trino's a bigint."""
    visit_children(an, node, scope)
    node.set("expression", exp.cast(node.expression.copy(), "int"))
    return t.VARCHAR


def soundex_of(an, node, scope):
    visit_children(an, node, scope)
    node.replace(exp.Anonymous(this="athena_soundex", expressions=[node.this.copy()]))
    return t.VARCHAR


def repeated(an, node, scope):
    """Trino repeats a value into an array."""
    kind = child(an, node, "this", scope)
    child(an, node, "times", scope)
    node.replace(exp.Anonymous(this="athena_repeat", expressions=[node.this.copy(), node.args["times"].copy()]))
    return t.array(kind) if kind is not None else None


def formatted(an, node, scope):
    visit_children(an, node, scope)
    node.replace(exp.Anonymous(this="printf", expressions=[
        node.this.copy(), *[e.copy() for e in node.expressions]]))
    return t.VARCHAR


def extreme(an, node, scope):
    """max(x) and min(x); max(x, n) gives an array."""
    kind = child(an, node, "this", scope)
    for item in list(node.expressions):
        visit(an, item, scope)
    return t.array(kind) if node.expressions and kind is not None else kind


def quantile(an, node, scope):
    """The quantile stays a literal: DuckDB has no approx_quantile over a double quantile."""
    kind = child(an, node, "this", scope)
    several = isinstance(node.args.get("quantile"), exp.Array)
    return t.array(kind) if several and kind is not None else kind


HANDLERS = {
    exp.Column: column, exp.Dot: dot, exp.Identifier: identifier, exp.Alias: alias,
    exp.Literal: literal, exp.Neg: negative, exp.Interval: interval, exp.HexString: hex_string,
    exp.Null: lambda a, n, s: t.UNKNOWN, exp.Boolean: lambda a, n, s: t.BOOLEAN,
    exp.Paren: alias, exp.Subquery: subquery, exp.Bracket: lists.bracket, exp.Array: lists.array_of,
    exp.Map: lists.map_of, exp.Struct: lists.row_of, exp.Case: case, exp.If: if_else, exp.Try: try_of,
    exp.Window: window, exp.Filter: lambda a, n, s: (child(a, n, "expression", s),
                                                      child(a, n, "this", s))[1],
    exp.Where: lambda a, n, s: visit(a, n.this, s), exp.Ordered: ordered,
    exp.Sum: total, exp.Avg: total, exp.Between: between, exp.In: in_list,
    exp.Exists: lambda a, n, s: (visit_children(a, n, s), t.BOOLEAN)[1],
    exp.Cast: cast_rule, exp.TryCast: cast_rule, exp.TimestampTrunc: moments.truncation,
    exp.DateTrunc: moments.truncation, exp.DateAdd: moments.date_add, exp.DateSub: moments.date_add,
    exp.TimestampAdd: moments.date_add, exp.DateDiff: moments.date_diff, exp.TimestampDiff: moments.date_diff,
    exp.AtTimeZone: moments.at_time_zone, exp.CurrentDate: moments.moment, exp.CurrentTimestamp: moments.moment,
    exp.Localtimestamp: moments.moment,
    exp.CurrentSchema: lambda a, n, s: session_word(a, n, "current_schema"),
    exp.CurrentCatalog: lambda a, n, s: session_word(a, n, "current_catalog"), exp.Typeof: typeof, exp.Transform: lists.transform,
    exp.ArrayFilter: lists.transform, exp.Reduce: lists.reduce, exp.Anonymous: anonymous,
    exp.ArraySize: lists.size_by_kind, exp.GenerateSeries: lists.series, exp.ArraySlice: lists.slice_of,
    exp.Like: like, exp.JSONExtract: json_path, exp.JSONExtractScalar: json_path,
    exp.Length: length_of, exp.Pad: padded, exp.Soundex: soundex_of, exp.Repeat: repeated,
    exp.Split: split, exp.ApproxQuantile: quantile, exp.Format: formatted,
    exp.Max: extreme, exp.Min: extreme, exp.ArrayDistinct: lists.distinct_list,
    exp.Distinct: lambda a, n, s: functions.first(visit_children(a, n, s)), exp.Round: round_of, exp.ArrayAny: lists.match, exp.ArrayAll: lists.match,
    exp.Lambda: lambda a, n, s: lists.with_lambda(a, n, s, []), exp.Star: lambda a, n, s: None,
    exp.DataType: lambda a, n, s: None, exp.Var: lambda a, n, s: None,
    exp.Tuple: lambda a, n, s: (visit_children(a, n, s), None)[1],
}
HANDLERS.update({exp.And: connector, exp.Or: connector})
HANDLERS.update({kind: arithmetic for kind in SIGNS})
HANDLERS.update({kind: comparison for kind in COMPARISONS})
