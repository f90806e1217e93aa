"""ExecutionParameters: each string is read as SQL where it is an expression without columns, and
becomes a string literal otherwise."""
from __future__ import annotations

import sqlglot
from sqlglot import exp

from ..engine.errors import QueryFailure


def literal(text):
    return "'" + text.replace("'", "''") + "'"


def meaning(text):
    """The SQL that a parameter string stands for."""
    try:
        statements = sqlglot.parse(f"SELECT {text}", read="athena")
    except sqlglot.errors.SqlglotError:
        return literal(text)
    if len(statements) != 1 or not isinstance(statements[0], exp.Select):
        return literal(text)
    select = statements[0]
    plain = len(select.expressions) == 1 and not any(
        v for k, v in select.args.items() if k not in ("expressions", "kind", "hint"))
    if not plain or isinstance(select.expressions[0], (exp.Alias, exp.Star)):
        return literal(text)
    if any(True for _ in select.expressions[0].find_all(exp.Column, exp.Placeholder)):
        return literal(text)
    return text


def question_marks(sql):
    return [token for token in sqlglot.tokenize(sql, read="athena")
            if token.token_type.name == "PLACEHOLDER" and token.text == "?"]


def bind(sql, values):
    """The statement with its `?` replaced. Values for SQL without any `?` are ignored."""
    marks = question_marks(sql) if "?" in sql else []
    if not marks:
        return sql
    given = values or []
    if len(given) != len(marks):
        raise QueryFailure("INVALID_PARAMETER_USAGE",
                           f"line 1:1: Incorrect number of parameters: expected {len(marks)} "
                           f"but found {len(given)}")
    out, at = [], 0
    for mark, value in zip(marks, given):
        out.append(sql[at:mark.start])
        out.append(meaning(value))
        at = mark.end + 1
    out.append(sql[at:])
    return "".join(out)
