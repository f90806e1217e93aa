"""Request members: JSON types, required members, lengths; in Athena's order and words."""
from __future__ import annotations

import re

from ..contract import ServiceError
from .workgroups import invalid

S, I, B, L, M = "String", "Integer", "Boolean", "List", "Structure"

MEMBERS = {
    "QueryString": S, "ClientRequestToken": S, "WorkGroup": S, "QueryExecutionId": S, "NextToken": S,
    "MaxResults": I, "QueryExecutionContext": M, "ResultConfiguration": M, "ExecutionParameters": L,
    "ResultReuseConfiguration": M, "QueryExecutionIds": L, "CatalogName": S, "DatabaseName": S,
    "TableName": S, "Expression": S, "Name": S, "StatementName": S, "QueryStatement": S,
    "Description": S, "QueryResultType": S, "Catalog": S, "Database": S, "OutputLocation": S,
    "ExpectedBucketOwner": S, "EncryptionConfiguration": M, "AclConfiguration": M,
    "EncryptionOption": S, "KmsKey": S, "S3AclOption": S, "ResultReuseByAgeConfiguration": M,
    "Enabled": B, "MaxAgeInMinutes": I, "PreparedStatementNames": L, "State": S, "Type": S,
    "EngineConfiguration": M,
}

REQUIRED = {
    "StartQueryExecution": ["QueryString"], "GetQueryExecution": ["QueryExecutionId"],
    "GetQueryResults": ["QueryExecutionId"], "StopQueryExecution": ["QueryExecutionId"],
    "GetQueryRuntimeStatistics": ["QueryExecutionId"], "BatchGetQueryExecution": ["QueryExecutionIds"],
    "GetWorkGroup": ["WorkGroup"], "GetDataCatalog": ["Name"], "ListDatabases": ["CatalogName"],
    "GetDatabase": ["CatalogName", "DatabaseName"],
    "ListTableMetadata": ["CatalogName", "DatabaseName"],
    "GetTableMetadata": ["CatalogName", "DatabaseName", "TableName"],
    "CreatePreparedStatement": ["StatementName", "WorkGroup", "QueryStatement"],
    "UpdatePreparedStatement": ["StatementName", "WorkGroup", "QueryStatement"],
    "GetPreparedStatement": ["StatementName", "WorkGroup"],
    "DeletePreparedStatement": ["StatementName", "WorkGroup"],
    "ListPreparedStatements": ["WorkGroup"],
    "BatchGetPreparedStatement": ["PreparedStatementNames", "WorkGroup"],
}

TOKENS = {str: "STRING_VALUE", bool: "TRUE_VALUE", int: "NUMBER_VALUE", float: "NUMBER_VALUE",
          list: "START_ARRAY", dict: "START_OBJECT"}
GOOD = {S: str, I: int, B: bool, L: list, M: dict}


def check_types(params):
    """SerializationException for a member of a wrong JSON type."""
    for name, value in params.items():
        wanted = MEMBERS.get(name)
        if wanted is None or value is None:
            continue
        if not isinstance(value, GOOD[wanted]) or (wanted == I and isinstance(value, bool)):
            if wanted in (L, M):
                raise ServiceError("SerializationException", "")
            shown = "FALSE_VALUE" if value is False else TOKENS.get(type(value), "START_OBJECT")
            raise ServiceError("SerializationException",
                               f"{shown} can not be converted to {'an' if wanted == I else 'a'} {wanted}")
        if wanted == M:
            check_types(value)
        if name in ("ExecutionParameters", "QueryExecutionIds"):
            for item in value:
                if not isinstance(item, str):
                    raise ServiceError("SerializationException",
                                       "NUMBER_VALUE can not be converted to a String")


def lower_first(name):
    return name[0].lower() + name[1:]


def violation(value, name, rule):
    shown = "null" if value is None else f"'{value}'"
    return invalid(f"1 validation error detected: Value {shown} at '{lower_first(name)}' failed to "
                   f"satisfy constraint: {rule}")


def check(action, params):
    check_types(params)
    for name in REQUIRED.get(action, []):
        if params.get(name) is None:
            raise violation(None, name, "Member must not be null")
    for name in ("QueryString", "CatalogName", "DatabaseName", "TableName", "NextToken"):
        if params.get(name) == "":
            raise violation("", name, "Member must have length greater than or equal to 1")
    if isinstance(params.get("MaxResults"), int) and params["MaxResults"] < 1:
        raise violation(params["MaxResults"], "MaxResults",
                        "Member must have value greater than or equal to 1")
    group = params.get("WorkGroup")
    if group is not None and not re.fullmatch(r"[a-zA-Z0-9._-]{1,128}", group):
        raise violation(group, "WorkGroup",
                        "Member must satisfy regular expression pattern: [a-zA-Z0-9._-]{1,128}")


def at_most(params, most, least=1):
    """MaxResults of a list call, checked."""
    wanted = params.get("MaxResults")
    if wanted is None:
        return most
    if wanted > most:
        raise violation(wanted, "MaxResults", f"Member must have value less than or equal to {most}")
    if wanted < least:
        raise violation(wanted, "MaxResults", f"Member must have value greater than or equal to {least}")
    return wanted
