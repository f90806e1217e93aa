#!/usr/bin/env python3
"""doctor against broken worlds: one fault each. The right check fails, the right cause is in the list, nothing else is said; the whole output is
compared with the golden one (GOLDEN_ACCEPT=1 writes it anew)."""
import os
import pathlib
import re
import subprocess

from tool import SCRATCH, athena, write
from promise import AREA, finish, promise, same
from sandbox import control

AREA[0] = "odbcinst doctor"
HERE = pathlib.Path(__file__).resolve().parent
ENDPOINT, TLS = os.environ["ATHENA_SANDBOX_ENDPOINT"], os.environ["ATHENA_SANDBOX_TLS_ENDPOINT"]
GOOD = {
    "Driver": "Athena", "AwsRegion": "us-east-1", "AllowInsecureLoopback": "1", "Workgroup": "primary", "LockedKeys": "*security",
    "AuthenticationType": "IAM Credentials", "UID": "AKIASANDBOXBISERVICE", "PWD": "sandbox/bi-service/secret/not-for-real00",
    "RunAsRole": "arn:aws:iam::111122223333:role/RunAs", "ConsumerAccountRoleArn": "arn:aws:iam::222233334444:role/Consumer",
    "ExternalId": "the-right-one", **{f"{service}EndpointOverride": ENDPOINT for service in ("", "Sts", "Glue", "S3")},
}


class World:
    """A directory of ini files for one case; set-ups change it, undo puts the sandbox back."""

    def __init__(self, number, changes):
        self.at = SCRATCH / f"doctor-{number}"
        self.at.mkdir(exist_ok=True)
        self.keys = {k: v for k, v in dict(GOOD, **changes).items() if v}
        self.library, self.name, self.manager, self.mode, self.undo = os.environ["ATHENA_DRIVER"], "case", "", 0o600, lambda: None
        self.before, self.user, self.rules = "", "", ""

    def section(self):
        return "[case]\n" + "".join(f"{k} = {v}\n" for k, v in self.keys.items())

    def write(self):
        files = {"odbcinst.ini": f"{self.manager}[Athena]\nDriver = {self.library}\n{self.rules}", "odbc.ini": self.before + self.section(), "user.ini": self.user}
        for name, text in files.items():
            (self.at / name).write_text(text)
            (self.at / name).chmod(self.mode if name == "odbc.ini" else 0o600)
        return {"ODBCSYSINI": str(self.at), "ODBCINI": str(self.at / "user.ini")}


def elf_of_arm(world):
    world.library = str(world.at / "arm.so")
    pathlib.Path(world.library).write_bytes(b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\xb7\x00" + bytes(44))


def library_that_needs(world):
    world.library = str(world.at / "needs.so")
    nothing = world.at / "libnotthere.so"
    subprocess.run(["cc", "-shared", "-o", nothing, "-x", "c", "-"], input=b"int there(void) { return 1; }", check=True)
    subprocess.run(["cc", "-shared", "-o", world.library, "-x", "c", "-", "-x", "none", "-Wl,--no-as-needed", str(nothing), "-Wl,-soname,x"], check=True,
                   input=b"int here(void) { return 1; }")
    nothing.unlink()


def long_line(world):
    world.keys["SessionPolicy"] = '{"Version":"2012-10-17","Statement":[' + ",".join(['{"Effect":"Allow","Action":"*","Resource":"*"}'] * 24) + "]}"


def tls(world):
    for service in ("", "Sts", "Glue", "S3"):
        world.keys[f"{service}EndpointOverride"] = TLS


def authority(world):
    world.keys["TrustedCerts"] = os.environ["ATHENA_SANDBOX_CA"]


def clock(world):
    control("POST", "clock", {"offset": 600})
    world.undo = lambda: control("POST", "clock", {"offset": 0})


def text_library(world):
    world.library = write("library.txt", "no library")


SETUPS = {
    "nobody": lambda w: setattr(w, "name", "nobody"),
    "library-missing": lambda w: setattr(w, "library", "/nonexistent/libathenaodbc.so"),
    "library-of-arm": elf_of_arm, "library-needs": library_that_needs, "library-text": text_library,
    "twice": lambda w: setattr(w, "before", w.section() + "\n"),
    "hidden": lambda w: setattr(w, "user", w.section()),
    "trace": lambda w: setattr(w, "manager", "[ODBC]\nTrace = Yes\n\n"),
    "misspelt-rule": lambda w: setattr(w, "rules", "AllowedRole = arn:aws:iam::111122223333:role/*\n"),
    "long-line": long_line, "readable": lambda w: setattr(w, "mode", 0o644), "writable": lambda w: setattr(w, "mode", 0o602),
    "tls": tls, "authority": authority, "clock": clock,
    "recreate": lambda w: control("POST", "recreate_role", {"role": "arn:aws:iam::111122223333:role/RunAsAgain"}),
}


def normal(text, world):
    """Without what differs from run to run."""
    for given, name in ((str(world.at), "DIR"), (str(SCRATCH), "SCRATCH"), (os.environ["ATHENA_DRIVER"], "LIBRARY"), (TLS, "TLS-ENDPOINT"), (ENDPOINT, "ENDPOINT")):
        text = text.replace(given, name)
    for pattern, by in ((r"answers in \d+ ms", "answers in N ms"), (r"[0-9a-f]{8}-[0-9a-f-]{27}", "UUID"), (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME"),
                        (r"odbc-[\w-]+", "odbc-USER"), (r"changed by \w+;", "changed by OWNER;"), (r"(port|127\.0\.0\.1:?) ?\d{4,5}", r"\1 PORT"),
                        (r"within \d+ seconds?", "within N seconds"), (r"\b(600|59\d|601) seconds behind", "600 seconds behind"),
                        (r"Request id: \S+", "Request id: ID"), (r"\(\d+ ms\)", "(N ms)"), (r"after \d+ ms", "after N ms"), (r"x86-64|ARM64(?=$)", "MACHINE")):
        text = re.sub(pattern, by, text, flags=re.M)
    return text


def read_cases(path):
    text = "\n".join(line for line in path.read_text().splitlines() if not line.startswith("#"))
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.strip().splitlines()
        name, _, rest = lines[0].partition(":")
        keys = dict(re.findall(r"(?:^|\s)(\w+)=((?:\{.*\})|\S*)", rest))
        bare = re.sub(r"\w+=\{.*\}", "", rest).split()
        wanted = [[part.strip() for part in line.split("|")] for line in lines[1:]]
        yield name.strip(), keys, [w for w in bare if w.startswith("--")], [w[1:] for w in bare if w.startswith("@")], wanted


def problems_of(findings, wanted, has_mode):
    found = [(f["check"], f["verdict"], "\n".join([f["what"], f.get("who", ""), f.get("fix", "")] + f["details"]))
             for f in findings if f["verdict"] in ("WARN", "FAIL")]
    problems, left = [], list(found)
    for check, verdict, words in wanted:
        match = next((f for f in left if f[:2] == (check, verdict) and all(w.strip().lower() in f[2].lower() for w in words.split(";"))), None)
        if match:
            left.remove(match)
        else:
            problems.append(f"no {verdict} of {check} says {words!r}")
    return problems + [f"unexpected: {check} {verdict} {text[:200]}" for check, verdict, text in left]


for number, (name, keys, options, setups, wanted) in enumerate(read_cases(HERE / "doctor.txt")):
    @promise(f"doctor: {name}")
    def case():
        world = World(number, keys)
        for setup in setups:
            SETUPS[setup](world)
        environment = world.write()
        try:
            answer = athena("doctor", world.name, "--json", *options, env=environment).shows_no_secret()
            shown = athena("doctor", world.name, *options, env=environment).shows_no_secret()
        finally:
            world.undo()
        problems = problems_of(answer.json["findings"], wanted, "readable" in setups)
        fails = any(verdict == "FAIL" for _, verdict, _ in wanted)
        same((answer.status, shown.status), (1, 1) if fails else (0, 0), "status")
        golden = HERE / "golden" / (re.sub(r"\W+", "-", name) + ".txt")
        text = normal(shown.out, world)
        if os.environ.get("GOLDEN_ACCEPT"):
            golden.write_text(text)
        elif text != golden.read_text():
            changed = [f"{old!r} became {new!r}" for old, new in zip(golden.read_text().splitlines(), text.splitlines()) if old != new]
            problems.append(f"the output is not the golden one: {changed[:2]}")
        assert not problems, "; ".join(problems)


@promise("doctor: only where AWS's own text proves it a cause stands alone")
def alone():
    goldens = sorted((HERE / "golden").glob("*.txt"))
    assert len(goldens) >= 40, len(goldens)
    for golden in goldens:
        text = golden.read_text()
        causes = len(re.findall(r"^ +- Cause \d", text, re.M))
        if re.search(r"^FAIL  hop", text, re.M):
            is_proven = "a policy denies it explicitly" in text or "own policy does not allow it" in text
            assert (causes == 0) == is_proven, f"{golden.name} has {causes} causes"
            assert causes == 0 or text.count("Decide, account") == 2, golden.name


ORDER = ["files", "driver", "trace", "keys", "secrets", "governance", "network STS", "network Athena", "network Glue", "network S3", "base", "clock", "hop 1", "hop 2",
         "external id", "session policy", "workgroup", "catalog", "results", "query", "behaviour"]


@promise("doctor: every check is there and in order, whatever is wrong")
def order():
    world = World("order", {})
    said = [f["check"] for f in athena("doctor", "case", "--json", env=world.write()).wants(0).json["findings"]]
    same([check for check in said if check in ORDER], [check for check in ORDER if check in said])
    same(sorted(set(ORDER) - set(said)), [])


@promise("doctor: over TLS every service's line names who issued the certificate")
def issuer():
    world = World("issuer", {})
    tls(world)
    authority(world)
    lines = [f for f in athena("doctor", "case", "--json", env=world.write()).wants(0).json["findings"] if f["check"].startswith("network")]
    same([f["verdict"] for f in lines], ["OK"] * 4)
    assert all(re.search(r"certificate issued by .*sandbox", f["what"], re.I) for f in lines), lines


@promise("doctor: the report holds everything but secrets, and only its owner reads it")
def report():
    world = World("report", {"ExternalId": "the-wrong-one"})
    path = SCRATCH / "report.json"
    path.unlink(missing_ok=True)
    athena("doctor", "case", "--report", str(path), env=world.write()).wants(1)
    text = path.read_text()
    assert "the-wrong-one" not in text and "not-for-real" not in text and '"RunAsRole": "arn:aws:iam::111122223333:role/RunAs"' in text
    same(path.stat().st_mode & 0o777, 0o600)


@promise("doctor: a connection string can be looked at too")
def connection_string():
    world = World("string", {})
    text = "Driver=Athena;AwsRegion=us-east-1;UID=AKIASANDBOXNOBODY000;PWD=whatever-it-is;StsEndpointOverride=https://127.0.0.1:1"
    answer = athena("doctor", text, "--json", env=world.write()).wants(1)
    same(answer.json["data_source"], "(connection string)")
    assert "whatever-it-is" not in answer.out


finish()
