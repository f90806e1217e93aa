#!/usr/bin/env python3
"""docs/cross-account.md, word by word: the boxes `sh` and `sh practice` are run in their order, as they stand, by one shell in an empty
directory. Nothing may fail, and the rows of the other account come out. Boxes `sh aws` are not run; the files and names in them must be there."""
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "lib"))
from promise import AREA, finish, promise, same  # noqa: E402

AREA[0] = "onboarding"
PAGE = (ROOT / "docs/cross-account.md").read_text()
BOXES = re.findall(r"^```([^\n]*)\n(.*?)^```$", PAGE, re.M | re.S)
PLACE = pathlib.Path(os.environ["CHECK_DIR"]) / "walk"
MARK = "=-=-= box"


def walk():
    """{number of the box: (status, output)}, in one bash that stops at the first box that fails."""
    if PLACE.exists():
        subprocess.run([ROOT / "sandbox/down", "--state", PLACE / "practice-state"], capture_output=True)
        shutil.rmtree(PLACE)
    for name in ("home", "bin", "odbc"):
        (PLACE / name).mkdir(parents=True)
    (PLACE / "sandbox").symlink_to(ROOT / "sandbox")
    tool = PLACE / "bin/athena-odbc"
    tool.write_text(f'#!/bin/sh\nLD_PRELOAD="$ATHENA_PRELOAD" exec "$ATHENA_ODBC" "$@"\n')
    (PLACE / "bin/isql").write_text('#!/bin/sh\nASAN_OPTIONS=detect_leaks=0 LD_PRELOAD="$ATHENA_PRELOAD" exec /usr/bin/isql "$@"\n')
    for made in (PLACE / "bin").iterdir():
        made.chmod(0o755)
    (PLACE / "odbc/odbcinst.ini").write_text(f"[Athena]\nDriver = {os.environ['ATHENA_DRIVER']}\n")
    script = ""
    for number, (kind, text) in enumerate(BOXES):
        if kind in ("sh", "sh practice"):
            script += f"echo '{MARK} {number}'\n{{\n{text}}} || exit 1\necho '{MARK} {number} done'\n"
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "ODBC"))}
    environment = dict(kept, HOME=str(PLACE / "home"), ODBCSYSINI=str(PLACE / "odbc"), PATH=f"{PLACE / 'bin'}:{os.environ['PATH']}",
                       AWS_EC2_METADATA_DISABLED="true", LC_ALL="C.UTF-8", ATHENA_SANDBOX_VENV=os.environ.get("ATHENA_SANDBOX_VENV", str(ROOT / "sandbox/venv")))
    environment.pop("LD_PRELOAD", None)
    done = subprocess.run(["bash", "-e", "-c", script], cwd=PLACE, env=environment, capture_output=True, text=True, timeout=200)
    return done


def parts(output):
    return {int(n): text for n, text in re.findall(rf"^{MARK} (\d+)\n(.*?)(?=^{MARK}|\Z)", output, re.M | re.S)}


@promise("every box of docs/cross-account.md has a kind: sh, sh practice, sh aws")
def kinds():
    same(sorted({kind for kind, _ in BOXES} - {"sh", "sh practice", "sh aws", ""}), [])
    same([kind for kind, _ in BOXES].count("sh") >= 4, True)


DONE = walk()
SAID = parts(DONE.stdout)


@promise("docs/cross-account.md, followed word by word from nothing, comes to its end")
def to_the_end():
    wanted = [n for n, (kind, _) in enumerate(BOXES) if kind in ("sh", "sh practice")]
    same((DONE.returncode, [n for n in wanted if f"{MARK} {n} done" not in DONE.stdout]), (0, []), DONE.stderr[-800:] + DONE.stdout[-400:])


@promise("on its way it prints the external id, the three identities, a doctor without a complaint, and rows of the other account")
def shown():
    whole = DONE.stdout
    for words in (r"external id  \S{32}", r"arn:aws:iam::111122223333:user/bi-server", r"arn:aws:sts::111122223333:assumed-role/AthenaRunAs/",
                  r"arn:aws:sts::222233334444:assumed-role/AthenaConsumer/", r"1\W+Hamburg", r"2\W+Lyon", r"\| 2 +\|"):
        assert re.search(words, whole), f"nothing like {words}: {whole[-1500:]}"
    assert not re.search(r"^FAIL ", whole, re.M), re.findall(r"^FAIL .*", whole, re.M)


@promise("its aws commands read only files that were made before, and name the roles of the data source")
def aws():
    commands = [shlex.split(line) for kind, text in BOXES if kind == "sh aws" for line in text.splitlines()]
    assert len(commands) >= 6 and all(c[0] == "aws" for c in commands), commands
    files = {word.removeprefix("file://") for c in commands for word in c if word.startswith("file://")} | {
        c[c.index("--template-file") + 1] for c in commands if "--template-file" in c}
    assert len(files) >= 5, files
    for name in files:
        json.loads((PLACE / name).read_text())
    same(sorted({c[c.index("--role-name") + 1] for c in commands if "--role-name" in c}), ["AthenaConsumer", "AthenaRunAs"])


@promise("it leaves nothing running and writes nothing outside its directory")
def clean():
    status = subprocess.run([ROOT / "sandbox/status", "--state", PLACE / "practice-state"], capture_output=True, text=True)
    assert status.returncode != 0, status.stdout
    same(sorted(p.name for p in (PLACE / "home").iterdir() if p.name != ".isql_history"), [])


finish()
