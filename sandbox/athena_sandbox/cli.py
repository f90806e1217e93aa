"""The command behind sandbox/up, down, status, logs, trail and ledger."""
from __future__ import annotations

import argparse
import fcntl
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

HOME = pathlib.Path(__file__).resolve().parent.parent
DEFAULT_STATE = HOME / "state"
DEFAULT_WORLD = HOME / "worlds" / "default.yaml"
START_SECONDS = 180


def running(state):
    """What a running sandbox wrote about itself, None when none runs on this state directory."""
    try:
        info = json.loads((state / "running.json").read_text())
        os.kill(info["pid"], 0)
        if ask(info["endpoint"], "status")["state"] != str(state.resolve()):
            return None
    except (OSError, ValueError, KeyError, urllib.error.URLError):
        return None
    return info


def ask(endpoint, path, method="GET", body=None):
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(f"{endpoint}/_sandbox/{path}", data, method=method)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=10) as answer:
        return json.loads(answer.read())


def environment(info):
    lines = [("ATHENA_SANDBOX_ENDPOINT", info["endpoint"]), ("ATHENA_SANDBOX_STATE", info["state"]),
             ("ATHENA_SANDBOX_REGION", info["region"])]
    if info.get("tls_endpoint"):
        lines += [("ATHENA_SANDBOX_TLS_ENDPOINT", info["tls_endpoint"]),
                  ("ATHENA_SANDBOX_CA", str(pathlib.Path(info["state"]) / "ca.pem"))]
    return "\n".join(f"export {name}={value}" for name, value in lines)


def wipe(state):
    """Removes what a sandbox left in its state directory (made table files stay in cache/)."""
    for name in ("objects", "uploads", "trail.jsonl", "ledger.jsonl", "catalog.jsonl", "sandbox.log",
                 "output.log", "running.json"):
        path = state / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def up(options):
    state = options.state.resolve()
    state.mkdir(parents=True, exist_ok=True)
    with open(state / "up.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)          # two starts at once share one sandbox
        return up_alone(options, state)


def up_alone(options, state):
    info = running(state)
    if info and options.fresh:
        stop(info)
        info = None
    if info is None:
        if options.fresh:
            wipe(state)
        info = start(options, state)
    print(environment(info))
    return 0


def start(options, state):
    command = [sys.executable, "-m", "athena_sandbox", "serve", "--world", str(options.world),
               "--state", str(state), "--port", str(options.port), "--engine", options.engine]
    if options.tls:
        command.append("--tls")
    env = {**os.environ, "PYTHONPATH": str(HOME)}
    with open(state / "output.log", "ab") as out:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env,
                                 start_new_session=True)
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit:
        if child.poll() is not None:
            tail = (state / "output.log").read_text(errors="replace").strip().splitlines()
            raise SystemExit(f"sandbox: did not start: {tail[-1] if tail else 'no output'}")
        info = running(state)
        if info and info["pid"] == child.pid:
            return info
        time.sleep(0.02)
    raise SystemExit("sandbox: did not become ready; see " + str(state / "output.log"))


def serve(options):
    from .process import RunningSandbox
    from .engine.trino_server import TrinoError
    from .world.schema import WorldError
    try:
        sandbox = RunningSandbox(options.world, options.state, options.engine)
    except (WorldError, TrinoError) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 2
    try:
        sandbox.listen(options.port, options.tls)
    except OSError as error:
        print(f"sandbox: port {options.port}: {error.strerror}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sandbox.stop())
    signal.signal(signal.SIGINT, lambda *_: sandbox.stop())
    while not sandbox.stopped.wait(1):
        pass
    return 0


def stop(info):
    try:
        ask(info["endpoint"], "shutdown", "POST")
    except (OSError, urllib.error.URLError):
        os.kill(info["pid"], signal.SIGTERM)
    for _ in range(250):
        try:
            os.kill(info["pid"], 0)
        except OSError:
            return
        if pathlib.Path(f"/proc/{info['pid']}/stat").exists() and \
                pathlib.Path(f"/proc/{info['pid']}/stat").read_text().split(") ")[1][0] == "Z":
            return
        time.sleep(0.02)
    raise SystemExit(f"sandbox: process {info['pid']} does not end")


def down(options):
    info = running(options.state)
    if info is None:
        print("sandbox: not running")
        return 0
    stop(info)
    print(f"sandbox: stopped ({info['endpoint']})")
    return 0


def need(options):
    info = running(options.state)
    if info is None:
        raise SystemExit(f"sandbox: not running on {options.state} (start it with sandbox/up)")
    return info


def status(options):
    info = running(options.state)
    if info is None:
        print("sandbox: not running")
        return 3
    found = ask(info["endpoint"], "status")
    if options.json:
        print(json.dumps(found, indent=1))
        return 0
    print(f"endpoint   {found['endpoint']}\nstate      {found['state']}\nworld      {found['world']}\n"
          f"process    {found['pid']}\nsessions   {found['sessions']}\nclock      "
          f"{found['clock']['now'][:19]} UTC (offset {found['clock']['offset']:.0f} s)")
    for number, name in found["accounts"].items():
        print(f"account    {number}  {name}")
    return 0


def logs(options):
    path = options.state / "sandbox.log"
    lines = path.read_text().splitlines() if path.exists() else []
    print("\n".join(lines[-options.last:]))
    return 0


def columns(rows):
    widths = [max(len(str(row[n])) for row in rows) for n in range(len(rows[0]))]
    for row in rows:
        print("  ".join(str(cell).ljust(width) for cell, width in zip(row, widths)).rstrip())


def trail(options):
    if options.account:
        path = f"trail?last={options.last}&account={options.account}"
    else:
        path = f"trail?last={options.last}"
    records = ask(need(options)["endpoint"], path)
    if options.json:
        print("\n".join(json.dumps(record) for record in records))
        return 0
    rows = [("TIME", "ACCOUNT", "CALL", "BY", "OUTCOME")]
    for r in records:
        rows.append((r["eventTime"], r["recipientAccountId"],
                     f"{r['eventSource'].split('.')[0]}:{r['eventName']}",
                     r["userIdentity"].get("arn", "-"), r.get("errorCode", "ok")))
    columns(rows)
    return 0


def ledger(options):
    found = ask(need(options)["endpoint"], "ledger")
    if options.json:
        print(json.dumps(found, indent=1))
        return 0
    rows = [("ACCOUNT", "QUERIES", "BYTES SCANNED", "BYTES BILLED", "USD")]
    for account, sums in sorted(found["totals"].items()):
        rows.append((account, sums["queries"], f"{sums['bytes_scanned']:,}",
                     f"{sums['bytes_billed']:,}", f"{sums['usd']:.8f}"))
    columns(rows)
    return 0


COMMANDS = {"up": up, "serve": serve, "down": down, "status": status, "logs": logs, "trail": trail,
            "ledger": ledger}


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="sandbox", description="A local stand-in for AWS.")
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("--state", type=pathlib.Path, default=DEFAULT_STATE,
                        help="directory of this sandbox (several run side by side)")
    parser.add_argument("--world", type=pathlib.Path, default=DEFAULT_WORLD, help="world file")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--tls", action="store_true", help="listen with TLS too (CA in STATE/ca.pem)")
    parser.add_argument("--engine", choices=("duckdb", "trino"), default="duckdb", help="what runs SELECT")
    parser.add_argument("--fresh", action="store_true", help="forget objects, trail and ledger first")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--last", type=int, default=50)
    parser.add_argument("--account", default=None)
    options = parser.parse_args(arguments)
    return COMMANDS[options.command](options)
