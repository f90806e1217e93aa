"""How a query fails: Athena's error names, categories and types."""
from __future__ import annotations

import re

ERROR_TYPES = {
    "TABLE_NOT_FOUND": 1301, "SCHEMA_NOT_FOUND": 1301, "CATALOG_NOT_FOUND": 1006,
    "COLUMN_NOT_FOUND": 1006, "FUNCTION_NOT_FOUND": 1303, "TYPE_MISMATCH": 1002,
    "DIVISION_BY_ZERO": 1001, "INVALID_CAST_ARGUMENT": 1100, "NUMERIC_VALUE_OUT_OF_RANGE": 1100,
    "INVALID_PARAMETER_USAGE": 1100, "INVALID_FUNCTION_ARGUMENT": 1106, "NOT_SUPPORTED": 1200,
    "TABLE_ALREADY_EXISTS": 1110, "PERMISSION_DENIED": 1500, "AMBIGUOUS_NAME": 1006,
    "MISSING_COLUMN_NAME": 1006, "SYNTAX_ERROR": 1006, "EXPRESSION_NOT_AGGREGATE": 1006,
    "SUBQUERY_MULTIPLE_ROWS": 1100, "HIVE_CANNOT_OPEN_SPLIT": 1403, "VIEW_IS_RECURSIVE": 1107,
    "INVALID_VIEW": 1107, "COLUMN_TYPE_UNKNOWN": 1006, "MISMATCHED_COLUMN_ALIASES": 1006,
    "GENERIC_INTERNAL_ERROR": 100, "HIVE_BAD_DATA": 1002,
}


class QueryFailure(Exception):
    """A query that ends in FAILED.

    `reason` is StateChangeReason, `error_message` AthenaError.ErrorMessage (the same for engine
    statements). `hive` marks Hive-routed statements, whose reason is written to the result object.
    """

    def __init__(self, name, message, *, error_type=None, category=2, retryable=False,
                 reason=None, error_message=None, hive=False):
        self.name = name
        self.error_type = ERROR_TYPES.get(name, 100) if error_type is None else error_type
        self.category = category
        self.retryable = retryable
        self.reason = reason or f"{name}: {message}"
        self.error_message = error_message or self.reason
        self.hive = hive
        super().__init__(self.reason)


def position(node, default=(1, 8)):
    """Line and first column of an expression: the first place in it that is known."""
    found = [(item.meta["line"], item.meta["col"] - (item.meta["end"] - item.meta["start"]))
             for item in (node.walk() if node is not None else ()) if "line" in item.meta]
    return min(found, default=default)


def at(node, default=(1, 8)):
    line, column = position(node, default)
    return f"line {line}:{column}"


NAMED = re.compile(r"(?:Invalid Input Error: )?([A-Z][A-Z_]+): (.*)", re.S)

PATTERNS = (
    (r"Scalar Function with name (\S+) does not exist|Aggregate Function with name (\S+) does not|"
     r"Table Function with name (\S+) does not|"
     r"Function with name \"?([^\s\"]+)\"? does not exist", "FUNCTION_NOT_FOUND",
     "line 1:8: Function '{0}' not registered"),
    (r"Referenced column \"([^\"]+)\" not found|does not have a column named \"([^\"]+)\"",
     "COLUMN_NOT_FOUND", "line 1:8: Column '{0}' cannot be resolved"),
    (r"column \"?([^\s\"]+)\"? must appear in the GROUP BY", "EXPRESSION_NOT_AGGREGATE",
     "line 1:8: '{0}' must be an aggregate expression or appear in GROUP BY clause"),
    (r"Could not convert string '(.*?)' to (\w+)", "INVALID_CAST_ARGUMENT",
     "Cannot cast '{0}' to {1}"),
    (r"(?:invalid|timestamp|date|time) field value out of range: \"(.*?)\"|"
     r"invalid (?:date|timestamp|time) field format: \"(.*?)\"", "INVALID_CAST_ARGUMENT",
     "Value cannot be cast to date: {0}"),
    (r"Type (\w+) with value (\S+) can't be cast because the value is out of range for the "
     r"destination type (\w+)", "NUMERIC_VALUE_OUT_OF_RANGE", "Out of range for {2}: {1}"),
    (r"Overflow in (\w+) of (\w+) \((.*?)\)", "NUMERIC_VALUE_OUT_OF_RANGE",
     "{1} {0} overflow: {2}"),
    (r"Could not cast value (\S+) to (DECIMAL\(\S+\))", "INVALID_CAST_ARGUMENT",
     "Cannot cast '{0}' to {1}"),
    (r"More than one row returned by a subquery", "SUBQUERY_MULTIPLE_ROWS",
     "Scalar sub-query has returned multiple rows"),
)

TYPE_WORDS = {"INT8": "tinyint", "INT16": "smallint", "INT32": "integer", "INT64": "bigint",
              "FLOAT": "real", "BOOL": "boolean", "DOUBLE": "double"}


def from_engine(error, node=None) -> QueryFailure:
    """Athena's failure for an error of DuckDB."""
    text = str(error)
    named = NAMED.match(text)
    if named and named.group(1) in ERROR_TYPES:
        return QueryFailure(named.group(1), named.group(2).strip())
    for pattern, name, message in PATTERNS:
        found = re.search(pattern, text, re.S)
        if found:
            parts = [TYPE_WORDS.get(g, g).lower() if g in TYPE_WORDS else g
                     for g in found.groups() if g is not None]
            return QueryFailure(name, message.format(*parts, *[""] * 4))
    kind = type(error).__name__
    first = text.split("\n")[0].partition(": ")[2] or text
    if kind in ("BinderException", "CatalogException"):
        return QueryFailure("TYPE_MISMATCH", f"{at(node)}: {first}")
    if kind == "OutOfRangeException":
        return QueryFailure("NUMERIC_VALUE_OUT_OF_RANGE", first)
    if kind == "ConversionException":
        return QueryFailure("INVALID_CAST_ARGUMENT", first)
    if kind == "NotImplementedException":
        return QueryFailure("NOT_SUPPORTED", first)
    if kind == "ParserException":
        return QueryFailure("NOT_SUPPORTED", f"line 1:1: {first}")
    if kind == "OutOfMemoryException":
        return QueryFailure("RESOURCES", "", error_type=7,
                            reason="Query exhausted resources at this scale factor")
    if kind == "InvalidInputException":
        return QueryFailure("INVALID_FUNCTION_ARGUMENT", first)
    return QueryFailure("GENERIC_INTERNAL_ERROR", first, category=1)
