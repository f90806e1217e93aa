"""Prepared statements of workgroups: the API's and those of PREPARE, EXECUTE, DEALLOCATE."""
from __future__ import annotations

import re

from ..contract import ServiceError
from ..engine.errors import QueryFailure
from . import select
from .ddl import nothing
from .parameters import bind
from .results import object_name
from .statements import Refused, classify
from .workgroups import invalid

NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_@:]{0,255}")


class PreparedStatements:
    def __init__(self, service):
        self.service = service
        self.kept = {}

    def key(self, account, group, name):
        return account, group, name.lower()

    def missing(self, name):
        return ServiceError("ResourceNotFoundException",
                            f"Prepared Statement {name} was not found", ResourceName=name)

    def create(self, call, params):
        group, name = params["WorkGroup"], params["StatementName"]
        self.service.groups.find(call.caller.account, group)
        if not NAME.fullmatch(name):
            raise invalid(f"Invalid prepared statement name {name}")
        key = self.key(call.caller.account, group, name)
        if key in self.kept:
            raise invalid(f"Prepared statement {name} already exists in WorkGroup {group}")
        self.put(call.caller.account, group, name, params["QueryStatement"], params.get("Description"))
        return {}

    def put(self, account, group, name, sql, description=None):
        entry = {"StatementName": name, "QueryStatement": sql, "WorkGroupName": group,
                 "LastModifiedTime": round(self.service.sandbox.clock.epoch(), 3)}
        if description:
            entry["Description"] = description
        self.kept[self.key(account, group, name)] = entry

    def update(self, call, params):
        known = self.get(call, params["WorkGroup"], params["StatementName"])
        self.put(call.caller.account, params["WorkGroup"], known["StatementName"],
                 params["QueryStatement"], params.get("Description"))
        return {}

    def get(self, call, group, name):
        self.service.groups.find(call.caller.account, group)
        found = self.kept.get(self.key(call.caller.account, group, name))
        if found is None:
            raise self.missing(name)
        return dict(found)

    def of(self, call, group):
        self.service.groups.find(call.caller.account, group)
        return [{"StatementName": e["StatementName"], "LastModifiedTime": e["LastModifiedTime"]}
                for (account, owner, _), e in sorted(self.kept.items())
                if account == call.caller.account and owner == group]

    def delete(self, call, group, name):
        self.get(call, group, name)
        del self.kept[self.key(call.caller.account, group, name)]
        return {}


def run_prepare(runner, execution):
    found = re.match(r"\s*(\w+)\s+from\s+(.*)$", execution.statement.rest, re.I | re.S)
    if not found:
        raise QueryFailure("SYNTAX_ERROR", "line 1:9: mismatched input. Expecting: <identifier> FROM")
    runner.service.prepared.put(execution.caller.account, execution.group.name, found.group(1),
                                found.group(2))
    return nothing(runner, execution)


def run_deallocate(runner, execution):
    name = execution.statement.rest.strip()
    key = runner.service.prepared.key(execution.caller.account, execution.group.name, name)
    if runner.service.prepared.kept.pop(key, None) is None:
        raise QueryFailure("NOT_FOUND", f"Prepared statement not found: {name}", error_type=1300)
    return nothing(runner, execution)


def run_execute(runner, execution):
    """EXECUTE name [USING a, b]: values from USING, or from ExecutionParameters."""
    found = re.match(r"\s*(\w+)(?:\s+using\s+(.*))?$", execution.statement.rest, re.I | re.S)
    name = found.group(1) if found else ""
    entry = runner.service.prepared.kept.get(
        runner.service.prepared.key(execution.caller.account, execution.group.name, name))
    if entry is None:
        raise QueryFailure("NOT_FOUND", f"Prepared statement not found: {name}", error_type=1300)
    from .ddl import split_columns
    values = [v.strip() for v in split_columns(found.group(2))] if found.group(2) else \
        execution.parameters
    sql = bind(entry["QueryStatement"], values)
    try:
        execution.statement = inner_statement(execution.statement, classify(sql))
    except Refused as error:
        raise QueryFailure("SYNTAX_ERROR", str(error)) from None
    execution.sub = execution.statement.sub
    execution.parameters = None
    if execution.output is not None:
        execution.location = execution.output.uri(
            object_name(execution.statement.route, execution.id))
    if execution.statement.route == "select":
        return select.select_rows(runner, execution, sql)
    return runner.service.routes[execution.statement.route](runner, execution)


def inner_statement(shown, inner):
    """The statement that runs, under the text that was sent."""
    inner.text = shown.text
    return inner
