"""Names and types of a query: every SELECT is resolved against the catalog, its output columns get
Athena's declared types, and the tree is rewritten in place where DuckDB would answer otherwise."""
from __future__ import annotations

from sqlglot import exp

from ..format import types as t
from . import rules
from .errors import QueryFailure, at
from .functions import common


class Column:
    """One column of a relation; `engine` is its name in DuckDB."""

    def __init__(self, name, kind, engine=None):
        self.name = name
        self.kind = kind
        self.engine = engine or name


class Relation:
    """Something in FROM: alias, columns and, for a base table, the handle whose use is noted."""

    def __init__(self, alias, columns, table=None, qualifier=()):
        self.alias = alias
        self.columns = columns
        self.table = table
        self.qualifier = qualifier

    def find(self, name):
        lowered = name.lower()
        for column in self.columns:
            if column.name and column.name.lower() == lowered:
                if self.table is not None:
                    self.table.use(column.name)
                return column
        return None

    def answers_to(self, parts):
        lowered = [p.lower() for p in parts]
        if len(lowered) == 1:
            return (self.alias or "").lower() == lowered[0]
        return [p.lower() for p in self.qualifier][-len(lowered):] == lowered


class Scope:
    """The names one SELECT sees."""

    def __init__(self, parent=None, ctes=None):
        self.parent = parent
        self.ctes = dict(ctes or {})
        self.relations = []
        self.lambdas = {}
        self.aliases = {}

    def child(self):
        return Scope(self, self.ctes)


class Analyzer:
    """Analyses one statement. `catalog.table(node)` gives a TableHandle (see catalog.py) or raises.

    `now` is the time of the query (UTC, aware).
    """

    def __init__(self, catalog, now, session=None):
        self.catalog = catalog
        self.now = now
        self.session = session
        self.in_try = 0
        self.depth = 0

    # ---- queries -------------------------------------------------------------------------

    def query(self, node, outer=None):
        """Output columns [Column] of a query node; the node is rewritten in place."""
        self.depth += 1
        if self.depth > 2500:
            raise QueryFailure("NOT_SUPPORTED", "line 1:1: statement is too large")
        try:
            scope = outer.child() if outer else Scope()
            self.with_clause(node, scope)
            if isinstance(node, exp.Select):
                return self.select(node, scope)
            if isinstance(node, exp.SetOperation):
                return self.set_operation(node, scope)
            if isinstance(node, exp.Subquery):
                return self.subquery(node, scope)
            if isinstance(node, exp.Values):
                return self.values(node, scope)
            if isinstance(node, exp.Table):
                return self.table(node, scope).columns
            raise QueryFailure("NOT_SUPPORTED", f"line 1:1: Unsupported query: {node.key}")
        finally:
            self.depth -= 1

    def with_clause(self, node, scope):
        clause = node.args.get("with_") or node.args.get("with")
        if clause is None:
            return
        for cte in clause.expressions:
            name = cte.alias.lower()
            names = [c.name for c in (cte.args["alias"].args.get("columns") or [])]
            if clause.args.get("recursive") and isinstance(cte.this, exp.SetOperation):
                first = self.query(cte.this.left.copy(), scope)
                scope.ctes[name] = renamed(first, names)
            scope.ctes[name] = renamed(self.query(cte.this, scope), names)

    def subquery(self, node, scope):
        columns = self.query(node.this, scope)
        alias = node.args.get("alias")
        names = [c.name for c in (alias.args.get("columns") or [])] if alias else []
        self.tail(node, scope)
        return renamed(columns, names)

    def set_operation(self, node, scope):
        left = self.query(node.left, scope)
        right = self.query(node.right, scope)
        if len(left) != len(right):
            word = node.key.upper()
            raise QueryFailure("TYPE_MISMATCH", f"line 1:1: {word} query has different number of "
                               f"fields: {len(left)}, {len(right)}")
        out = []
        for number, (a, b) in enumerate(zip(left, right), 1):
            kind = common(a.kind, b.kind)
            if kind is None and a.kind is not None and b.kind is not None:
                raise QueryFailure(
                    "TYPE_MISMATCH", f"line 1:1: column {number} in {node.key.upper()} query has "
                    f"incompatible types: {a.kind}, {b.kind}")
            out.append(Column(a.name, kind))
        self.tail(node, scope, out)
        return out

    def values(self, node, scope):
        kinds = []
        for item in list(node.expressions):
            cells = item.expressions if isinstance(item, exp.Tuple) else [item]
            row = [rules.visit(self, cell, scope) for cell in list(cells)]
            kinds = [common(a, b) for a, b in zip(kinds, row)] if kinds else row
        alias = node.args.get("alias")
        names = [c.name for c in (alias.args.get("columns") or [])] if alias else []
        return renamed([Column(None, k, f"col{i}") for i, k in enumerate(kinds)], names)

    def select(self, node, scope):
        source = node.args.get("from_") or node.args.get("from")
        if source is not None:
            self.relation(source, "this", scope)
        for join in node.args.get("joins") or []:
            self.join(join, scope)
        for lateral in node.args.get("laterals") or []:
            self.add(scope, Relation(lateral.alias, [Column(None, None)]))
        if node.args.get("where"):
            rules.visit(self, node.args["where"].this, scope)
            note_filters(node, scope)
        out = self.projection(node, scope)
        for key in ("group", "having", "qualify", "windows"):
            part = node.args.get(key)
            for item in part if isinstance(part, list) else [part]:
                if isinstance(item, exp.Expression):
                    rules.visit_children(self, item, scope)
        self.tail(node, scope, out)
        return out

    def tail(self, node, scope, columns=()):
        for column in columns:
            if column.name:
                scope.aliases[column.name.lower()] = column.kind
        order = node.args.get("order")
        if order is not None:
            rules.visit_children(self, order, scope)

    def projection(self, node, scope):
        out = []
        for item in list(node.expressions):
            star = item.this if isinstance(item, exp.Column) and isinstance(item.this, exp.Star) \
                else item
            if isinstance(star, exp.Star):
                out.extend(self.star(item, scope))
                continue
            kind = rules.visit(self, item, scope)
            out.append(Column(output_name(item), kind))
            if isinstance(item, exp.Alias):
                scope.aliases.setdefault(item.alias.lower(), kind)
        return out

    def star(self, item, scope):
        wanted = scope.relations
        if isinstance(item, exp.Column) and item.table:
            wanted = [r for r in scope.relations if r.answers_to([item.table])]
            if not wanted:
                raise QueryFailure("SYNTAX_ERROR",
                                   f"{at(item)}: Unable to resolve reference {item.table}")
            item.set("db", None)
        if not wanted:
            raise QueryFailure("SYNTAX_ERROR",
                               "line 1:8: SELECT * not allowed in queries without FROM clause")
        out, seen = [], set()
        for relation in wanted:
            merged = getattr(relation, "using", set())
            for column in relation.columns:
                if column.name and column.name.lower() in merged and column.name.lower() in seen:
                    continue
                seen.add((column.name or "").lower())
                if relation.table is not None:
                    relation.table.use(column.name)
                out.append(Column(column.name, column.kind))
        return out

    # ---- FROM ----------------------------------------------------------------------------

    def add(self, scope, relation):
        scope.relations.append(relation)
        return relation

    def relation(self, parent, key, scope):
        node = parent.args[key]
        if isinstance(node, exp.Table):
            self.add(scope, self.table(node, scope))
        elif isinstance(node, exp.Subquery):
            columns = self.query(node, scope)
            self.add(scope, Relation(node.alias, columns))
            for join in node.args.get("joins") or []:
                self.join(join, scope)
        elif isinstance(node, exp.Unnest):
            self.unnest(parent, key, scope)
        elif isinstance(node, exp.Values):
            self.add(scope, Relation(node.alias, self.values(node, scope)))
        elif isinstance(node, exp.Lateral):
            columns = self.query(node.this, scope) if isinstance(node.this, exp.Subquery) else []
            names = [c.name for c in (node.args["alias"].args.get("columns") or [])] \
                if node.args.get("alias") else []
            self.add(scope, Relation(node.alias, renamed(columns, names)))
        elif isinstance(node, exp.Paren):
            self.relation(node, "this", scope)
        else:
            raise QueryFailure("NOT_SUPPORTED", f"line 1:1: Unsupported relation {node.key}")
        for join in (node.args.get("joins") or []) if isinstance(node, exp.Table) else []:
            self.join(join, scope)

    def join(self, join, scope):
        self.relation(join, "this", scope)
        if join.args.get("on"):
            rules.visit(self, join.args["on"], scope)
        using = join.args.get("using") or []
        if using:
            names = {u.name.lower() for u in using}
            for relation in scope.relations:
                for name in names:
                    relation.find(name)
            scope.relations[-1].using = names

    def table(self, node, scope):
        parts = [p.name for p in node.parts]
        alias = node.args.get("alias")
        names = [c.name for c in (alias.args.get("columns") or [])] if alias else []
        if len(parts) == 1 and parts[0].lower() in scope.ctes:
            return Relation(node.alias or parts[0], renamed(scope.ctes[parts[0].lower()], names))
        handle = self.catalog.table(node)
        handle.references += 1
        columns = [Column(n, k) for n, k in handle.columns]
        shown = node.alias or parts[-1]
        for key in ("db", "catalog"):
            node.set(key, None)
        node.set("this", exp.to_identifier(handle.engine_name, quoted=True))
        if not node.args.get("alias"):
            node.set("alias", exp.TableAlias(this=exp.to_identifier(shown, quoted=True)))
        return Relation(shown, renamed(columns, names), handle, handle.qualifier)

    def unnest(self, parent, key, scope):
        """UNNEST of arrays and maps, also several at once, WITH ORDINALITY."""
        node = parent.args[key]
        offset = node.args.get("offset")
        alias = node.args.get("alias")
        names = [c.name for c in (alias.args.get("columns") or [])] if alias else []
        if isinstance(offset, exp.Expression):
            names.append(offset.name)
        items, kinds, sources = [], [], []
        for item in list(node.expressions):
            kind = rules.visit(self, item, scope)
            sources.append((item, kind))
        for at_source, (item, kind) in enumerate(sources):
            source = node.expressions[at_source]
            if kind is not None and kind.name == "map":
                for function, inner in zip(("map_keys", "map_values"), kind.args):
                    items.append(exp.Anonymous(this=function, expressions=[source.copy()]))
                    kinds.append(inner)
            elif kind is not None and kind.name == "array" and kind.args[0].name == "row":
                for field_number, inner in enumerate(kind.args[0].args, 1):
                    items.append(self.field_list(source, kind.args[0], field_number))
                    kinds.append(inner)
            else:
                items.append(source.copy())
                kinds.append(kind.args[0] if kind is not None and kind.name == "array" else None)
        if offset:
            items.append(ordinals(items))
            kinds.append(t.BIGINT)
        engine = [f"u{i}" for i in range(len(items))]
        columns = [Column(n, k) for n, k in
                   zip(names + engine[len(names):] if names else engine, kinds)]
        select = exp.select(*[exp.alias_(exp.Anonymous(this="unnest", expressions=[i]), c.name,
                                         quoted=True) for i, c in zip(items, columns)])
        shown = alias.name if alias and alias.name else f"unnest_{len(scope.relations)}"
        body = exp.Subquery(this=select, alias=exp.TableAlias(
            this=exp.to_identifier(shown, quoted=True)))
        lateral = isinstance(parent, exp.Join)
        parent.set(key, exp.Lateral(this=exp.Subquery(this=select), alias=exp.TableAlias(
            this=exp.to_identifier(shown, quoted=True))) if lateral else body)
        self.add(scope, Relation(shown, columns))

    def field_list(self, source, kind, number):
        name = kind.fields[number - 1]
        key = exp.Literal.string(name) if name else exp.Literal.number(number)
        body = exp.Anonymous(this="struct_extract",
                             expressions=[exp.column("q"), key])
        return exp.Anonymous(this="list_transform", expressions=[
            source.copy(), exp.Lambda(this=body, expressions=[exp.to_identifier("q")])])


def note_filters(select, scope):
    """Tell each base table which conditions of WHERE read its partition keys alone (they leave out files) and which compare one of its
    other columns with constants (they leave out row groups)."""
    if any(j.args.get("side") for j in select.args.get("joins") or []):
        return
    handles = {r.table.engine_name: r.table for r in scope.relations if r.table is not None}
    where = select.args["where"].this
    parts = list(where.flatten()) if isinstance(where, exp.And) else [where]
    for part in parts:
        sources = [c.meta.get("source") for c in part.find_all(exp.Column)]
        if not sources or None in sources or part.find(exp.Query):
            continue
        handle = handles.get(sources[0][0])
        if handle is None or any(name != handle.engine_name for name, _ in sources):
            continue
        if all(column.lower() in handle.keys for _, column in sources):
            handle.filters.append(part.copy())
        elif len(sources) == 1:
            bounds = bounds_of(part)
            if bounds is not None:
                handle.bounds.append((sources[0][1].lower(), bounds))


MIRRORED = {exp.LT: exp.GT, exp.LTE: exp.GTE, exp.GT: exp.LT, exp.GTE: exp.LTE, exp.EQ: exp.EQ}


def bounds_of(part):
    """What `column < constant` and its like say of the least and the greatest value of a row group, as a condition on columns of these
    names; None for any other condition."""
    while isinstance(part, exp.Paren):
        part = part.this
    least, greatest = exp.column("athena_least"), exp.column("athena_greatest")

    def between(low, high):
        return exp.and_(exp.GTE(this=greatest.copy(), expression=low.copy()), exp.LTE(this=least.copy(), expression=high.copy()))

    if isinstance(part, exp.Between) and isinstance(part.this, exp.Column):
        low, high = constant(part.args["low"]), constant(part.args["high"])
        return between(low, high) if low and high else None
    if isinstance(part, exp.In) and isinstance(part.this, exp.Column) and part.expressions:
        items = [constant(item) for item in part.expressions]
        return exp.or_(*[between(item, item) for item in items]) if all(items) else None
    kind = type(part)
    if kind not in MIRRORED:
        return None
    column, value = part.this, part.expression
    if isinstance(value, exp.Column):
        kind, column, value = MIRRORED[kind], value, column
    value = constant(value)
    if value is None or not isinstance(column, exp.Column):
        return None
    if kind is exp.EQ:
        return between(value, value)
    return kind(this=(least if kind in (exp.LT, exp.LTE) else greatest), expression=value)


def constant(node):
    """A copy of a literal, also a signed or a cast one, that cannot fail; None for any other expression."""
    if any(not isinstance(part, (exp.Literal, exp.Cast, exp.DataType, exp.DataTypeParam, exp.Neg, exp.Paren)) for part in node.walk()):
        return None
    return node.copy().transform(lambda part: exp.TryCast(this=part.this, to=part.args["to"]) if type(part) is exp.Cast else part)


def ordinals(items):
    lengths = [exp.Anonymous(this="len", expressions=[i.copy()]) for i in items]
    longest = lengths[0] if len(lengths) == 1 else exp.Anonymous(this="greatest", expressions=lengths)
    return exp.Anonymous(this="range", expressions=[
        exp.cast(exp.Literal.number(1), "bigint"), exp.Add(this=longest, expression=exp.Literal.number(1))])


def renamed(columns, names):
    if not names:
        return [Column(c.name, c.kind) for c in columns]
    return [Column(n, c.kind) for n, c in zip(names, columns)] + \
        [Column(c.name, c.kind) for c in columns[len(names):]]


def output_name(item):
    """The name of a projected expression, None where Trino gives none."""
    if isinstance(item, exp.Alias):
        return item.alias
    name = item.meta.get("shown")
    if name is not None:
        return name
    if isinstance(item, exp.Column):
        return item.name
    if isinstance(item, exp.Dot):
        return item.name
    return None
