"""The page on /: accounts, roles, running queries, the ledger and the last calls, as plain HTML."""
from __future__ import annotations

from html import escape

from .control import queries
from .front.http import Response

STYLE = """body{font:15px/1.4 system-ui,sans-serif;margin:2rem auto;max-width:76rem;color:#222}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}
th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid #ddd;vertical-align:top}
th{background:#f4f4f4}code{font-size:90%}.bad{color:#a00}h2{margin:1.2rem 0 .2rem}"""


def table(head, rows):
    cells = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{cells}</tr>{body or '<tr><td>nothing yet</td></tr>'}</table>"


def code(text):
    return f"<code>{escape(str(text))}</code>"


def accounts_table(world):
    rows = []
    for account in world.accounts.values():
        roles = "<br>".join(code(role.arn) for role in account.roles.values())
        users = "<br>".join(code(user.arn) for user in account.users.values())
        groups = ", ".join(escape(name) for name in account.raw.get("workgroups") or {})
        databases = ", ".join(escape(name) for name in account.raw.get("databases") or {})
        principals = "<br>".join(part for part in (users, roles) if part)
        rows.append([f"{code(account.id)}<br>{escape(account.name)}", principals, groups, databases])
    return table(["account", "users and roles", "workgroups", "databases"], rows)


def queries_table(sandbox):
    rows = [[code(q.get("id", "")), escape(str(q.get("state", ""))), escape(str(q.get("account", ""))),
             escape(str(q.get("workgroup", ""))), code(str(q.get("query", ""))[:160])]
            for q in reversed(queries(sandbox, 15))]
    return table(["query", "state", "account", "workgroup", "text"], rows)


def ledger_table(sandbox):
    rows = [[code(account), sums["queries"], f"{sums['bytes_scanned']:,}",
             f"{sums['bytes_billed']:,}", f"{sums['usd']:.6f}"]
            for account, sums in sorted(sandbox.ledger.totals().items())]
    return table(["account billed", "queries", "bytes scanned", "bytes billed", "USD"], rows)


def trail_table(sandbox):
    rows = []
    for record in reversed(sandbox.trail.records(last=25)):
        who = record["userIdentity"].get("arn", record["userIdentity"]["accountId"])
        error = record.get("errorCode")
        shown = f'<span class="bad">{escape(error)}</span>' if error else "ok"
        rows.append([escape(record["eventTime"]), escape(record["recipientAccountId"]),
                     escape(f"{record['eventSource'].split('.')[0]}:{record['eventName']}"),
                     code(who), shown])
    return table(["time", "account", "call", "by", "outcome"], rows)


def page(sandbox, request):
    if request.path != "/":
        return Response(404, [], b"", "text/plain")
    text = (f"<!doctype html><html lang=en><meta charset=utf-8><title>Athena sandbox</title>"
            f"<style>{STYLE}</style><h1>Athena sandbox</h1>"
            f"<p>{code(sandbox.endpoint)} &middot; world {code(sandbox.world_path.name)} &middot; "
            f"clock {escape(sandbox.clock.now().strftime('%Y-%m-%d %H:%M:%S'))} UTC</p>"
            f"<h2>Accounts</h2>{accounts_table(sandbox.world)}"
            f"<h2>Queries</h2>{queries_table(sandbox)}"
            f"<h2>Ledger</h2>{ledger_table(sandbox)}<h2>Last calls</h2>{trail_table(sandbox)}</html>")
    return Response(200, [("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")],
                    text.encode(), "text/html; charset=utf-8")
