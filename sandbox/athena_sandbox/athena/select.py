"""SELECT, EXPLAIN and EXECUTE: rows from the engine, written as Athena writes them."""
from __future__ import annotations

import time

from ..format import csvtext, types as t
from .executions import BINARY, OCTETS, Cancelled
from .parameters import bind
from .results import CsvRows, ListRows, ResultSet
from .statements import is_literal_only


def bound_sql(runner, execution):
    return bind(execution.statement.body, execution.parameters)


def count_scan(runner, execution, connection, tables):
    """Bytes scanned, with the workgroup's cutoff."""
    execution.scanned = runner.engine.bytes_scanned(connection, tables)
    cutoff = execution.group.cutoff
    if cutoff is not None and execution.scanned > cutoff:
        raise Cancelled(f"Query cancelled! Bytes scanned limit was exceeded. : Bytes scanned "
                        f"cutoff per query is {cutoff} bytes"
                        if runner.service.switch("cutoff_says_cancelled") else
                        f"The query scanned more bytes than the cutoff of workgroup "
                        f"{execution.group.name} allows: {cutoff}")


def run_select(runner, execution):
    return select_rows(runner, execution, bound_sql(runner, execution))


def select_rows(runner, execution, sql):
    connection = runner.connect(execution)
    started = time.monotonic()
    catalog = runner.catalog(execution)
    prepared = runner.engine.query(connection, sql, catalog, runner.sandbox.clock.now())
    literal_only = is_literal_only(sql)
    if not literal_only:
        execution.planning_ms = int((time.monotonic() - started) * 1000)
    count_scan(runner, execution, connection, prepared.tables)
    path = runner.place(execution)
    rows = runner.engine.copy_csv(connection, prepared, path) if catalog.handles else None
    if rows is None:
        rows = write_csv(execution, path, prepared.columns, runner.engine.rows(connection, prepared))
    execution.check()
    execution.rows_out = rows
    execution.bytes_out = path.stat().st_size
    name = f"{execution.id}.csv"
    runner.write(execution, name, path, BINARY if literal_only else OCTETS)
    runner.companion(execution, name, prepared.columns, "" if literal_only else None, 0,
                     own_id=literal_only)
    return ResultSet(prepared.columns, CsvRows(path, len(prepared.columns)), 0)


def write_csv(execution, path, columns, rows):
    """The CSV body, header first; the number of rows."""
    count = 0
    with open(path, "w", encoding="utf-8", newline="") as out:
        out.write(csvtext.record([n for n, _ in columns]))
        for row in rows:
            out.write(csvtext.record(row))
            count += 1
            if count % 1000 == 0:
                execution.check()
    return count


def run_explain(runner, execution):
    """EXPLAIN in Athena's shape: one column, a row for each line, one newline added."""
    rest = execution.statement.rest.strip()
    options, sql = explain_options(rest)
    connection = runner.connect(execution)
    catalog = runner.catalog(execution)
    prepared = runner.engine.prepare(connection, bind(sql, execution.parameters), catalog,
                                     runner.sandbox.clock.now())
    if options.get("type") == "validate":
        columns, lines = [("Valid", t.BOOLEAN)], ["true"]
        body = "Valid\ntrue"
        return finish_explain(runner, execution, columns, lines, body)
    plan = plan_text(prepared, options)
    columns = [("Query Plan", t.varchar(len(plan)))]
    lines = (plan + "\n").split("\n")
    if options.get("analyze"):
        count_scan(runner, execution, connection, prepared.tables)
        for _ in runner.engine.rows(connection, prepared):
            execution.check()
    return finish_explain(runner, execution, columns, lines, "Query Plan\n" + plan + "\n")


def finish_explain(runner, execution, columns, lines, body):
    name = f"{execution.id}.txt"
    runner.write(execution, name, body.encode())
    runner.companion(execution, name, columns)
    rows = [[columns[0][0]]] + [[line] for line in lines]
    return ResultSet(columns, ListRows(rows), None)


def explain_options(text):
    import re
    options = {}
    found = re.match(r"analyze\b\s*(?:verbose\b)?\s*", text, re.I)
    if found:
        options["analyze"] = True
        text = text[found.end():]
    found = re.match(r"\(([^)]*)\)\s*", text)
    if found and re.match(r"\s*(type|format)\b", found.group(1), re.I):
        for part in found.group(1).split(","):
            words = part.split()
            if len(words) == 2:
                options[words[0].lower()] = words[1].lower()
        text = text[found.end():]
    return options, text


def plan_text(prepared, options):
    import json
    outputs = ", ".join(n for n, _ in prepared.columns)
    kinds = ", ".join(f"{n}:{k}" for n, k in prepared.columns)
    if options.get("format") == "json":
        return json.dumps({"0": {"id": "1", "name": "Output", "descriptor": {
            "columnNames": f"[{outputs}]"}, "outputs": [
                {"symbol": n, "type": str(k)} for n, k in prepared.columns], "children": []}},
            indent=3)
    if options.get("type") == "io":
        tables = [{"table": {"catalog": h.qualifier[0], "schemaTable": {
            "schema": h.qualifier[1], "table": h.qualifier[2]}}} for h in prepared.tables]
        return json.dumps({"inputTableColumnInfos": tables}, indent=2)
    lines = ["Fragment 0 [SINGLE]", f"    Output layout: [{outputs}]",
             "    Output partitioning: SINGLE []", f"    Output[columnNames = [{outputs}]]",
             f"    │   Layout: [{kinds}]"]
    scans = [h for h in prepared.tables if h.reader is not None]
    for handle in scans:
        used = ", ".join(sorted(handle.used))
        lines += [f"    └─ TableScan[table = {':'.join(handle.qualifier)}]",
                  f"           Layout: [{used}]"]
    if not scans:
        lines += ["    └─ Values[]", f"           Layout: [{kinds}]"]
    return "\n".join(lines) + "\n\n"
