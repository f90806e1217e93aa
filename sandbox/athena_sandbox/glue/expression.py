"""The SQL-like filter of GetPartitions: comparisons of partition keys, IN, BETWEEN, LIKE, AND, OR, NOT."""
from __future__ import annotations

import decimal
import operator
import re

TOKEN = re.compile(r"\s*(?:(<=|>=|<>|!=|=|<|>|\(|\)|,)|'((?:[^']|'')*)'|\"([^\"]*)\"|"
                   r"(-?\d+(?:\.\d+)?)|([A-Za-z_][\w]*))")
OPERATORS = {"=": operator.eq, "<>": operator.ne, "!=": operator.ne, "<": operator.lt,
             "<=": operator.le, ">": operator.gt, ">=": operator.ge}
NUMBERS = ("tinyint", "smallint", "int", "integer", "bigint", "long", "decimal", "float", "double")
DEEPEST = 50


class ExpressionError(ValueError):
    """A filter that Glue would refuse."""


def tokens(text):
    out, at = [], 0
    while text[at:].strip():
        found = TOKEN.match(text, at)
        if not found:
            raise ExpressionError(f"unexpected text at '{text[at:at + 20]}'")
        symbol, quoted, double, number, word = found.groups()
        if symbol:
            out.append(("symbol", symbol))
        elif quoted is not None:
            out.append(("text", quoted.replace("''", "'")))
        elif double is not None:
            out.append(("text", double))
        elif number:
            out.append(("number", number))
        elif word.upper() in ("AND", "OR", "NOT", "IN", "BETWEEN", "LIKE", "IS", "NULL"):
            out.append(("symbol", word.upper()))
        else:
            out.append(("name", word.lower()))
        at = found.end()
    return out + [("end", "")]


class Parser:
    def __init__(self, text, keys):
        self.tokens, self.at, self.depth = tokens(text), 0, 0
        self.keys = {key["Name"].lower(): (number, key.get("Type", "string").lower())
                     for number, key in enumerate(keys)}

    def peek(self, symbol):
        return self.tokens[self.at] == ("symbol", symbol)

    def take(self, symbol=None, kind=None):
        token = self.tokens[self.at]
        if (symbol and token != ("symbol", symbol)) or (kind and token[0] not in kind):
            raise ExpressionError(f"unexpected '{token[1]}'")
        self.at += 1
        return token[1]

    def whole(self):
        rule = self.either()
        self.take(kind=("end",))
        return rule

    def either(self):
        self.depth += 1
        if self.depth > DEEPEST:
            raise ExpressionError("nested too deeply")
        rules = [self.both()]
        while self.peek("OR"):
            self.take()
            rules.append(self.both())
        self.depth -= 1
        return lambda values: any(rule(values) for rule in rules)

    def both(self):
        rules = [self.one()]
        while self.peek("AND"):
            self.take()
            rules.append(self.one())
        return lambda values: all(rule(values) for rule in rules)

    def one(self):
        if self.peek("NOT"):
            self.take()
            rule = self.one()
            return lambda values: not rule(values)
        if self.peek("("):
            self.take()
            rule = self.either()
            self.take(")")
            return rule
        return self.comparison()

    def comparison(self):
        name = self.take(kind=("name",))
        if name not in self.keys:
            raise ExpressionError(f"'{name}' is no partition key")
        position, kind = self.keys[name]
        convert = decimal.Decimal if kind.split("(")[0] in NUMBERS else str

        def value_of(values):
            return convert(values[position])

        negated = self.peek("NOT")
        if negated:
            self.take()
        if self.peek("IN"):
            rule = self._in(value_of, convert)
        elif self.peek("BETWEEN"):
            self.take()
            low = convert(self.literal())
            self.take("AND")
            high = convert(self.literal())
            rule = lambda values: low <= value_of(values) <= high      # noqa: E731
        elif self.peek("LIKE"):
            self.take()
            text = re.escape(self.literal()).replace("%", ".*").replace("_", ".")
            pattern = re.compile(text, re.DOTALL)
            rule = lambda values: pattern.fullmatch(values[position])  # noqa: E731
        else:
            symbol = self.take(kind=("symbol",))
            if symbol not in OPERATORS:
                raise ExpressionError(f"unexpected '{symbol}'")
            wanted = convert(self.literal())
            rule = lambda values: OPERATORS[symbol](value_of(values), wanted)  # noqa: E731
        return (lambda values: not rule(values)) if negated else rule

    def _in(self, value_of, convert):
        self.take("IN")
        self.take("(")
        wanted = {convert(self.literal())}
        while self.peek(","):
            self.take()
            wanted.add(convert(self.literal()))
        self.take(")")
        return lambda values: value_of(values) in wanted

    def literal(self):
        return self.take(kind=("text", "number"))


def partition_filter(text, keys):
    """A function of a partition's values that says whether the filter keeps it."""
    try:
        return Parser(text, keys).whole()
    except decimal.InvalidOperation as error:
        raise ExpressionError("a number is needed") from error
