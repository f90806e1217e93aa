"""STS's input rules and the text of its ValidationError."""
from __future__ import annotations

import re

from ..contract import ServiceError

NAME_PATTERN = r"[\w+=,.@-]*"
EXTERNAL_PATTERN = r"[\w+=,.@:\/-]*"
TAG_PATTERN = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+"
TAG_CHARACTERS = re.compile(r"[\w\s.:/=+\-@]*")
POLICY_CHARACTERS = re.compile("[\t\n\r\x20-\xff]+")
ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):role/[\w+=,.@/-]{1,575}", re.ASCII)
PLAIN_POLICY_LIMIT = 2048
PACKED_UNITS = 2048
CHAIN_LIMIT = 3600


def invalid(constraints):
    """AWS's ValidationError for one or more broken constraints [(value, member, text)]."""
    parts = "; ".join(f"Value {'null' if value is None else repr_value(value)} at '{member}' failed "
                      f"to satisfy constraint: {text}" for value, member, text in constraints)
    plural = "error" if len(constraints) == 1 else "errors"
    return ServiceError("ValidationError",
                        f"{len(constraints)} validation {plural} detected: {parts}", 400)


def repr_value(value):
    return f"'{value}'"


def check_text(found, value, member, low, high, pattern=None):
    """Adds the broken length and pattern constraints of a text member to `found`."""
    if value is None:
        return
    if pattern and not re.fullmatch(pattern, value, re.ASCII):
        found.append((value, member,
                      f"Member must satisfy regular expression pattern: {pattern}"))
    if len(value) < low:
        found.append((value, member, f"Member must have length greater than or equal to {low}"))
    if len(value) > high:
        found.append((value, member, f"Member must have length less than or equal to {high}"))


def check_number(found, text, member, low, high):
    if text is None:
        return None
    if not re.fullmatch(r"-?\d+", text):
        raise ServiceError("MalformedInput", f"'{text}' is no number for {member}", 400)
    value = int(text)
    if value < low:
        found.append((text, member, f"Member must have value greater than or equal to {low}"))
    if value > high:
        found.append((text, member, f"Member must have value less than or equal to {high}"))
    return value


def members(params, name, fields=None):
    """A list of the Query protocol: NAME.member.1[.field]."""
    out = []
    for number in range(1, 1 + len(params)):
        base = f"{name}.member.{number}"
        if fields is None:
            if base not in params:
                break
            out.append(params[base])
            continue
        item = {field: params[f"{base}.{field}"] for field in fields if f"{base}.{field}" in params}
        if not item:
            break
        out.append(item)
    return out
