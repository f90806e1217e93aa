"""The page on /: what it holds, and how a browser shows it.

The browser (Debian: `chromium`) is optional; ATHENA_CHROMIUM names another one. ATHENA_SANDBOX_SCREENSHOT=FILE keeps the picture.
"""
import os
import pathlib
import shutil
import struct
import subprocess
import urllib.request

import pytest

from conftest import BASE_KEYS, RETAIL, ROLE_A, WORLD, start, yaml
from test_athena_api import Athena

BROWSER = os.environ.get("ATHENA_CHROMIUM") or shutil.which("chromium")
# A browser looks for updates and probes the network: it gets a network namespace of its own, from which there is no way out at all.
ALONE = ["unshare", "--map-root-user", "--net"]
QUIET = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-sync", "--hide-scrollbars",
         "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--disable-breakpad"]


def why_not():
    """The reason to leave the browser out, or None."""
    if not BROWSER:
        return "no chromium (Debian: apt-get install chromium)"
    if not shutil.which("unshare") or subprocess.run([*ALONE, "true"], capture_output=True).returncode:
        return "no network namespace to be had here (unshare --map-root-user --net)"
    return None


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """A sandbox with one query that ran, one that failed, one that runs, and a refused call."""
    world = yaml.safe_load(WORLD.read_text(encoding="utf-8"))
    for account in world["accounts"].values():
        for database, raw in (account.get("databases") or {}).items():
            raw["tables"] = {k: v for k, v in (raw.get("tables") or {}).items() if database == "edges" and k == "every_type"}
    path = tmp_path_factory.mktemp("page") / "default.yaml"
    path.write_text(yaml.safe_dump(world), encoding="utf-8")
    handle = start(path, path.parent / "state")
    athena = Athena(handle)
    athena.good("SELECT label, c_varchar FROM every_type WHERE label < 'x'", database="edges")
    athena.run("SELECT 1/0")
    running = athena.start("/*+ sandbox:states=RUNNING:60 */ SELECT '<b>not bold</b>' AS escaped")
    try:
        handle.assume(BASE_KEYS, ROLE_A.replace("AthenaRunAs", "Absent"))
    except Exception:  # noqa: BLE001 - the refusal is what the page is to show
        pass
    yield handle
    athena.client.stop_query_execution(QueryExecutionId=running)
    handle.sandbox.stop()


def expected():
    return ["Athena sandbox", "retail-banking", f"arn:aws:iam::{RETAIL}:role/AthenaConsumer", "SUCCEEDED", "FAILED", "RUNNING",
            "sts:AssumeRole", "AccessDenied", "athena:StartQueryExecution", "10,485,760"]


def fetched(shown):
    with urllib.request.urlopen(shown.endpoint + "/", timeout=10) as answer:
        return answer.read().decode(), answer.headers["Content-Security-Policy"]


def test_the_page_shows_accounts_queries_ledger_and_calls(shown):
    text, policy = fetched(shown)
    assert policy.startswith("default-src 'none'")
    assert [word for word in expected() if word not in text] == []
    assert "<b>" not in text and "&lt;b&gt;" in text


@pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
def test_a_browser_renders_the_page(shown, tmp_path):
    """The browser, alone in its namespace, reads a saved copy that carries the policy of the header."""
    text, policy = fetched(shown)
    saved = tmp_path / "page.html"
    saved.write_text(text.replace("<meta charset=utf-8>", f'<meta charset=utf-8><meta http-equiv="Content-Security-Policy" content="{policy}">', 1),
                     encoding="utf-8")
    picture = pathlib.Path(os.environ.get("ATHENA_SANDBOX_SCREENSHOT") or tmp_path / "page.png").resolve()

    def browse(*options):
        environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
        done = subprocess.run([*ALONE, BROWSER, *QUIET, f"--user-data-dir={tmp_path / 'profile'}", *options, saved.as_uri()],
                              capture_output=True, text=True, timeout=90, env=environment)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    seen = browse("--dump-dom")
    assert [word for word in expected() if word not in seen] == []
    assert seen.count("<table>") == 4 and "<b>" not in seen
    browse(f"--screenshot={picture}", "--window-size=1250,1180")
    data = picture.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", data[16:24]) == (1250, 1180) and len(data) > 20_000
