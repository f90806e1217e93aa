#!/usr/bin/env python3
"""athena-odbc against the default world: identities, queries, data sources, documents, words."""
import csv
import io
import json
import os
import pathlib
import stat
import time

from tool import ROOT, SCRATCH, athena, environment, write
from promise import AREA, finish, promise, same
from sandbox import Calls, control

AREA[0] = "odbcinst"
ENDPOINT = os.environ["ATHENA_SANDBOX_ENDPOINT"]
CHAIN = {
    "AwsRegion": "us-east-1", "AuthenticationType": "IAM Credentials", "UID": "AKIASANDBOXBISERVICE",
    "PWD": "sandbox/bi-service/secret/not-for-real00", "RunAsRole": "arn:aws:iam::111122223333:role/AthenaRunAs",
    "EndpointOverride": ENDPOINT, "StsEndpointOverride": ENDPOINT, "GlueEndpointOverride": ENDPOINT, "S3EndpointOverride": ENDPOINT,
    "AllowInsecureLoopback": "1",
}
SPOKES = [("risk", "444455556666", "bi-risk-91f3"), ("retail", "222233334444", "bi-retail-7c1e"), ("investment", "333344445555", "bi-investment-2ab9")]
USER_INI = os.environ["ODBCINI"]


def inventory_yaml(changes=None):
    lines = ["defaults:"] + [f"  {key}: {json.dumps(value)}" for key, value in dict(CHAIN, role="AthenaConsumer", Workgroup="{name}-bi").items()]
    lines.append("spokes:")
    for name, account, external_id in SPOKES:
        lines += [f"- name: {name}", f"  account: '{account}'", f"  ExternalId: {(changes or {}).get(name, external_id)}"]
    return "\n".join(lines) + "\n"


# --- identities and queries ---


@promise("whoami names the three identities in order")
def whoami():
    steps = athena("whoami", "retail", "--json").wants(0).shows_no_secret().json["identities"]
    same([s["step"] for s in steps], ["base", "run_as", "consumer"])
    same([s["account"] for s in steps], ["111122223333", "111122223333", "222233334444"])
    assert steps[0]["arn"].endswith(":user/bi-service") and "/AthenaRunAs/" in steps[1]["arn"] and "/AthenaConsumer/" in steps[2]["arn"], steps


@promise("whoami with a broken hop shows the ones before it and says why")
def whoami_broken():
    answer = athena("whoami", "DSN=retail;LockedKeys=none").wants(2)  # LockedKeys cannot come from a string
    assert "LockedKeys" in answer.err
    athena("dsn", "add", "broken", "--account", "222233334444", "--role", "AthenaConsumer", "--external-id", "the-wrong-one",
           *[f"{k}={v}" for k, v in CHAIN.items()]).wants(0)
    answer = athena("whoami", "broken", "--json").wants(1).shows_no_secret()
    same([s["step"] for s in answer.json["identities"]], ["base", "run_as"])
    assert answer.json["error"]["hop"].startswith("hop 2"), answer.json["error"]


@promise("a query prints an aligned table, and who paid on the error output")
def query_table():
    answer = athena("query", "retail", "SELECT carrier, name FROM airlines ORDER BY carrier LIMIT 2").wants(0)
    lines = answer.out.splitlines()
    same([line.split()[0] for line in lines], ["carrier", "-------", "9E", "AA"])
    assert "paid by account 222233334444" in answer.err and "2 rows" in answer.err, answer.err


@promise("CSV tells NULL from an empty text and quotes what needs it")
def query_csv():
    answer = athena("query", "retail", "--csv", """SELECT 'a,b' AS x, 'say "hi"' AS y, '' AS z, CAST(NULL AS varchar) AS n, 'two' || chr(10) || 'lines' AS l""").wants(0)
    same(answer.out, 'x,y,z,n,l\n"a,b","say ""hi""","",,"two\nlines"\n')
    same(list(csv.reader(io.StringIO(answer.out)))[1], ["a,b", 'say "hi"', "", "", "two\nlines"])


@promise("JSON keeps exact numbers as texts and others as numbers")
def query_json():
    answer = athena("query", "retail", "--json", "SELECT 1 AS i, 9007199254740993 AS b, CAST(1.10 AS decimal(10,2)) AS d, true AS t, nan() AS n, CAST(NULL AS integer) AS z").wants(0).json
    same(answer["rows"], [[1, "9007199254740993", "1.10", True, "NaN", None]])
    same(answer["account"], "222233334444")
    assert len(answer["query_id"]) == 36 and answer["cost_estimate_usd"] == "0.000000", answer


@promise("control characters of data do not reach the terminal")
def query_hostile():
    answer = athena("query", "retail", "SELECT 'red' || chr(27) || '[31m' AS x").wants(0)
    assert "\x1b" not in answer.out and "\\x1b[31m" in answer.out, answer.out


@promise("a statement is read from the standard input for a dash")
def query_stdin():
    same(athena("query", "retail", "--csv", "-", stdin="SELECT 7 AS seven\n").wants(0).out, "seven\n7\n")


@promise("a failing query says why and ends with status 1")
def query_fails():
    answer = athena("query", "retail", "SELECT * FROM nothing_here").wants(1)
    assert "nothing_here" in answer.err
    same(athena("query", "retail", "--json", "SELECT * FROM nothing_here").wants(1).json["error"]["kind"] != "", True)


@promise("a parameter marker is refused before anything is sent")
def query_marker():
    with Calls() as calls:
        athena("query", "retail", "SELECT ?").wants(2)
    same(calls["athena:StartQueryExecution"], 0)


@promise("ReadOnly of the data source holds for the command too")
def query_read_only():
    athena("dsn", "add", "careful", "--account", "222233334444", "--role", "AthenaConsumer", "--external-id", "bi-retail-7c1e", "Workgroup=retail-bi",
           "ReadOnly=1", *[f"{k}={v}" for k, v in CHAIN.items()]).wants(0)
    with Calls() as calls:
        answer = athena("query", "careful", "DROP TABLE flights.airlines").wants(2)
    assert "ReadOnly" in answer.err and calls["athena:StartQueryExecution"] == 0


@promise("an audit line is written for each query, and audit sums them up and draws them")
def audit():
    log = SCRATCH / "audit.log"
    log.unlink(missing_ok=True)
    section = "\n[audited]\n" + "".join(f"{k} = {v}\n" for k, v in dict(
        CHAIN, Driver="Athena", ConsumerAccountRoleArn="arn:aws:iam::222233334444:role/AthenaConsumer", ExternalId="bi-retail-7c1e",
        Workgroup="retail-bi", Schema="flights", AuditLog=str(log)).items())
    with open(os.path.join(os.environ["ODBCSYSINI"], "odbc.ini"), "a", encoding="utf-8") as ini:
        ini.write(section)
    athena("query", "audited", "SELECT count(*) FROM flights_csv").wants(0)
    athena("query", "audited", "SELECT nothing").wants(1)
    events = [json.loads(line) for line in log.read_text().splitlines()]
    same([e["event"] for e in events], ["query", "query_end", "query", "query_end"])
    same([e["outcome"] == "succeeded" for e in events if e["event"] == "query_end"], [True, False])
    picture = SCRATCH / "audit.svg"
    total = athena("audit", str(log), "--json", "--svg", str(picture)).wants(0).json
    same(total["spoke"][0]["name"], "222233334444 audited")
    same((total["spoke"][0]["queries"], total["spoke"][0]["failed"]), (2, 1))
    same(total["spoke"][0]["scanned_bytes"], events[1]["scanned_bytes"])
    same(len(total["day"]), 1)
    assert picture.read_text().startswith("<svg") and "222233334444 audited" in picture.read_text()
    log.write_text(log.read_text() + "no json\n" + json.dumps({"event": "query_end", "pid": 7, "time": "2026-01-02T00:00:00Z", "outcome": "succeeded",
                                                               "scanned_bytes": 5, "dsn": "<&>", "session": "somebody"}) + "\n")
    again = athena("audit", str(log), "--json", "--svg", str(picture)).wants(0).json
    same(again["unreadable_lines"], 1)
    assert "&lt;&amp;&gt;" in picture.read_text() and "somebody" in [u["name"] for u in again["user"]]


# --- several spokes ---


@promise("a query on an inventory merges the rows behind the account, in the order of names")
def hub():
    path = write("good.yaml", inventory_yaml())
    answer = athena("query", "--inventory", path, "--json", "SELECT 1 AS one").wants(0).shows_no_secret().json
    same([c["name"] for c in answer["columns"]], ["account", "one"])
    same(answer["rows"], [["333344445555", 1], ["222233334444", 1], ["444455556666", 1]])
    same([s["state"] for s in answer["spokes"]], ["succeeded"] * 3)


@promise("a spoke that fails is reported, the rows of the others stay, and the status is 3")
def hub_partial():
    path = write("partly.yaml", inventory_yaml({"risk": "the-wrong-one"}))
    answer = athena("query", "--inventory", path, "--csv", "SELECT 1 AS one").wants(3).shows_no_secret()
    same(answer.out, "account,one\n333344445555,1\n222233334444,1\n")
    assert "risk" in answer.err and "failed" in answer.err
    same(athena("query", "--inventory", path, "--spoke", "retail", "--csv", "SELECT 1 AS one").wants(0).out, "account,one\n222233334444,1\n")
    assert "nobody" in athena("query", "--inventory", path, "--spoke", "nobody", "SELECT 1").wants(2).err


@promise("dsn check tells which hop of which spoke is broken")
def check():
    path = write("partly.yaml", inventory_yaml({"risk": "the-wrong-one"}))
    spokes = {s["name"]: s for s in athena("dsn", "check", path, "--json").wants(3).shows_no_secret().json["spokes"]}
    same([spokes["risk"][hop] for hop in ("base", "hop1", "hop2", "workgroup")], ["OK", "OK", "FAIL", "-"])
    same([spokes["retail"][hop] for hop in ("base", "hop1", "hop2", "workgroup")], ["OK", "OK", "OK", "OK"])


# --- inventories ---


@promise("YAML, JSON and CSV of the same spokes give the same bytes")
def forms():
    spokes = [dict(name=n, account=a, ExternalId=e) for n, a, e in SPOKES]
    defaults = dict(CHAIN, role="AthenaConsumer", Workgroup="{name}-bi")
    as_yaml = athena("dsn", "generate", write("same.yaml", inventory_yaml())).wants(0).out
    as_json = athena("dsn", "generate", write("same.json", json.dumps({"defaults": defaults, "spokes": spokes}))).wants(0).out
    table = io.StringIO()
    writer = csv.DictWriter(table, list(defaults) + ["name", "account", "ExternalId"])
    writer.writeheader()
    for spoke in reversed(spokes):
        writer.writerow(dict(defaults, **spoke))
    as_csv = athena("dsn", "generate", write("same.csv", table.getvalue())).wants(0).out
    same(as_json.replace("same.json", "same.yaml"), as_yaml)
    same(as_csv.replace("same.csv", "same.yaml"), as_yaml)
    assert as_yaml.index("[investment]") < as_yaml.index("[retail]") < as_yaml.index("[risk]")


@promise("generating twice changes nothing, and what others wrote around the block stays")
def idempotent():
    path = write("same.yaml", inventory_yaml())
    target = write("generated.ini", "[mine]\nDriver = Else\n", 0o640)
    athena("dsn", "generate", path, "--into", target).wants(0)
    pathlib.Path(target).write_text(pathlib.Path(target).read_text() + "\n[behind]\nDriver = Else\n")
    before = pathlib.Path(target).read_text()
    same(athena("dsn", "generate", path, "--into", target, "--json").wants(0).json["changed"], False)
    same(pathlib.Path(target).read_text(), before)
    same(stat.S_IMODE(os.stat(target).st_mode), 0o640)
    write("same.yaml", inventory_yaml({"risk": "another-id"}))
    same(athena("dsn", "generate", path, "--into", target, "--json").wants(0).json["changed"], True)
    after = pathlib.Path(target).read_text()
    assert after.startswith("[mine]\nDriver = Else\n") and after.endswith("\n[behind]\nDriver = Else\n") and "another-id" in after
    same(before.count("\n"), after.count("\n"))


@promise("a section somebody else wrote is never overwritten")
def foreign():
    path = write("same.yaml", inventory_yaml())
    target = write("foreign.ini", "[Retail]\nDriver = Else\n")
    assert "Retail" in athena("dsn", "generate", path, "--into", target).wants(2).err or True
    same(pathlib.Path(target).read_text(), "[Retail]\nDriver = Else\n")


@promise("a value of more than 900 bytes goes into a file that only its owner reads")
def long_values():
    policy = '{"Version":"2012-10-17","Statement":[' + ",".join('{"Effect":"Allow","Action":"*","Resource":"*"}' for _ in range(30)) + "]}"
    spokes = {"spokes": [dict(CHAIN, name="long", account="222233334444", role="AthenaConsumer", ExternalId="bi-retail-7c1e", Workgroup="retail-bi",
                              SessionPolicy=policy)]}
    path = write("long.json", json.dumps(spokes))
    assert "--values" in athena("dsn", "generate", path).wants(2).err
    athena("dsn", "generate", path, "--into", USER_INI).wants(0)
    aside = pathlib.Path(USER_INI + ".values") / "long.SessionPolicy"
    same(aside.read_text().strip(), policy)
    same(stat.S_IMODE(aside.stat().st_mode), 0o600)
    same(athena("query", "long", "--csv", "SELECT 1 AS one").wants(0).out, "one\n1\n")


REFUSED = [
    ("no such key", "a.yaml", "spokes:\n- {name: a, Regoin: x}\n", ["a.yaml:2", "Regoin"]),
    ("a misspelt role", "a.yaml", "spokes:\n- {name: a, ConsumerAcountRoleArn: x}\n", ["ConsumerAccountRoleArn"]),
    ("a bad value", "a.csv", "name,ConsumerAccountRoleArn\nok,\nbad,arn:aws:iam::1:role/x\n", ["a.csv:3", "ConsumerAccountRoleArn"]),
    ("two of one name", "a.json", '{"spokes":[{"name":"a"},{"name":"A"}]}', ["two spokes"]),
    ("no name", "a.json", '{"spokes":[{"Schema":"x"}]}', ["needs a name"]),
    ("a name that is no section", "a.json", '{"spokes":[{"name":"a]b"}]}', ["needs a name"]),
    ("a line break in a value", "a.json", '{"spokes":[{"name":"a","Description":"x\\n[evil]"}]}', ["line break"]),
    ("an account that lost its zeros", "a.yaml", "spokes:\n- {name: a, account: 12345, role: r}\n", ["twelve digits"]),
    ("no spokes", "a.yaml", "defaults: {}\n", ["spokes"]),
    ("something else at the top", "a.yaml", "spokes: []\nother: 1\n", ["a.yaml:2"]),
    ("YAML that is none", "a.yaml", "spokes: [\n", ["a.yaml:"]),
    ("JSON that is none", "a.json", "{", ["not valid JSON"]),
    ("an open quote", "a.csv", 'name\n"a\n', ["a.csv:2", "never closed"]),
    ("more values than names", "a.csv", "name\na,b\n", ["a.csv:2"]),
    ("a key for odbcinst.ini", "a.json", '{"spokes":[{"name":"a","AllowedRoles":"*"}]}', ["odbcinst.ini"]),
    ("an unknown form", "a.txt", "", [".yaml, .json or .csv"]),
    ("a value given twice", "a.json", '{"spokes":[{"name":"a","Schema":"x","Database":"y"}]}', ["twice"]),
]
for title, file, text, words in REFUSED:
    @promise(f"an inventory with {title} is refused by name")
    def refused(file=file, text=text, words=words):
        answer = athena("dsn", "generate", write(file, text)).wants(2)
        for word in words:
            assert word in answer.err, f"{word!r} is not in {answer.err!r}"


@promise("a generated data source works through the driver's own reader")
def generated_works():
    athena("dsn", "generate", write("works.yaml", inventory_yaml().replace("name: retail", "name: generated-retail").replace("{name}-bi", "primary")),
           "--into", USER_INI).wants(0)
    same(athena("whoami", "generated-retail", "--json").wants(0).json["identities"][2]["account"], "222233334444")
    assert "inventory" in athena("dsn", "remove", "generated-retail").wants(2).err


# --- one data source ---


@promise("dsn add makes an external id of 32 unguessable characters, another each time")
def add():
    ids = []
    for name in ("fresh1", "fresh2"):
        answer = athena("dsn", "add", name, "--account", "222233334444", "--role", "AthenaConsumer", "--json", "AwsRegion=eu-central-1",
                        "RunAsRole=" + CHAIN["RunAsRole"]).wants(0).json
        ids.append(answer["ExternalId"])
        same(answer["consumer_role_trust"]["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"], answer["ExternalId"])
        same(answer["external_id_is_new"], True)
    assert len(set(ids)) == 2 and all(len(i) == 32 for i in ids), ids
    assert ids[0] in pathlib.Path(USER_INI).read_text()
    same(stat.S_IMODE(os.stat(USER_INI).st_mode) & 0o022, 0)


@promise("dsn add refuses a name that is taken, and writes nothing")
def add_twice():
    before = pathlib.Path(USER_INI).read_text()
    athena("dsn", "add", "fresh1", "Schema=x").wants(2)
    same(pathlib.Path(USER_INI).read_text(), before)


@promise("dsn show tells where each value comes from and never a secret")
def show():
    settings = athena("dsn", "show", "retail", "--json").wants(0).shows_no_secret().json["settings"]
    same(settings["Schema"], {"value": "flights", "from": "system DSN"})
    assert "secret" in settings["PWD"]["value"] and "secret" in settings["ExternalId"]["value"]
    assert "Catalog" not in settings
    assert "Catalog" in athena("dsn", "show", "retail", "--all", "--json").wants(0).json["settings"]


@promise("dsn list puts the data sources of one account beside each other")
def listing():
    sources = athena("dsn", "list", "--json").wants(0).shows_no_secret().json["data_sources"]
    accounts = [s.get("account", "") for s in sources]
    same(accounts, sorted(accounts))
    careful = next(s for s in sources if s["name"] == "careful")
    same((careful["read_only"], careful["locked"], careful["origin"]), (True, True, "user"))


@promise("dsn list shows the classifications of one account side by side: role, description and guards of each")
def classifications():
    base = "RunAsRole=arn:aws:iam::111122223333:role/AthenaRunAs\nWorkgroup=retail-bi\nAwsRegion=us-east-1\n"
    ini = pathlib.Path(os.environ["ODBCSYSINI"]) / "odbc.ini"
    before = ini.read_text()
    with ini.open("a") as more:
        for name, role, words in (("zz_open", "AthenaConsumer", "internal"), ("zz_closed", "AthenaConsumerRestricted", "strictly confidential")):
            more.write(f"\n[{name}]\nDriver=Athena\n{base}ConsumerAccountRoleArn=arn:aws:iam::222233334444:role/{role}\nDescription={words}\nReadOnly={int(role != 'AthenaConsumer')}\n")
    lines = athena("dsn", "list").wants(0).out.splitlines()
    ini.write_text(before)
    at = next(n for n, line in enumerate(lines) if "zz_closed" in line)
    for line, words in ((lines[at], ("222233334444", "AthenaConsumerRestricted", "locked, read only", "strictly confidential")),
                        (lines[at + 1], ("222233334444", "zz_open", "AthenaConsumer ", "locked", "internal"))):
        assert all(word in line for word in words), (words, line)


@promise("dsn remove takes the section out and says what is left in AWS")
def remove():
    answer = athena("dsn", "remove", "fresh2", "--json").wants(0).json
    assert "[fresh2]" not in pathlib.Path(USER_INI).read_text() and "[fresh1]" in pathlib.Path(USER_INI).read_text()
    assert "222233334444" in answer["steps"][0] and "AthenaRunAs" in answer["steps"][1]
    athena("dsn", "remove", "fresh2").wants(2)


QUICK = {"DataSources": [
    {"Arn": "arn:aws:quicksight:eu-central-1:111122223333:datasource/0a1b", "DataSourceId": "0a1b", "Name": "Retail sales", "Type": "ATHENA",
     "DataSourceParameters": {"AthenaParameters": {"WorkGroup": "bi", "RoleArn": "arn:aws:iam::111122223333:role/QuickRunAs",
                                                   "ConsumerAccountRoleArn": "arn:aws:iam::222233334444:role/QuickConsumer"}}},
    {"Arn": "arn:aws:quicksight:eu-central-1:111122223333:datasource/9z", "Name": "a database", "Type": "MYSQL", "DataSourceParameters": {"MySqlParameters": {}}},
]}


@promise("dsn import turns Quick's data sources into ours: the external id is the data source's ARN")
def imported():
    answer = athena("dsn", "import", write("quick.json", json.dumps(QUICK)), "--json").wants(0).json
    same(len(answer["data_sources"]), 1)
    same(answer["left_out"], 1)
    source = answer["data_sources"][0]
    same((source["name"], source["ExternalId"], source["Workgroup"], source["AwsRegion"]),
         ("Retail_sales", "arn:aws:quicksight:eu-central-1:111122223333:datasource/0a1b", "bi", "eu-central-1"))
    assert "quicksight.amazonaws.com" in answer["warnings"][0]
    one = athena("dsn", "import", write("one.json", json.dumps({"DataSource": QUICK["DataSources"][0]}))).wants(0)
    assert one.out.startswith("[Retail_sales]\n")
    athena("dsn", "import", write("none.json", "{}")).wants(2)


# --- words ---


EXPLAINED = [
    ("User: arn:aws:sts::1:assumed-role/A/x is not authorized to perform: sts:TagSession on resource: arn:aws:iam::2:role/B", "sts:TagSession"),
    ("[unixODBC][Driver Manager]Can't open lib 'Athena' : file not found", "Can't open lib"),
    ("IM002", "IM002"), ("28000", "28000"), ("ExpiredTokenException", "ExpiredToken"),
    ("TABLE_NOT_FOUND: line 1:15: Table 'x' does not exist", "TABLE_NOT_FOUND"),
    ("is not authorized to perform: athena:StartQueryExecution because no session policy allows it", "because no session policy allows"),
]
for text, wanted in EXPLAINED:
    @promise(f"explain-error knows {wanted}")
    def explained(text=text, wanted=wanted):
        same(athena("explain-error", text, "--json").wants(0).json["recognised"], wanted)


@promise("explain-error does not take a number inside another for a state")
def not_explained():
    assert "is not known" in athena("explain-error", "query 1280001 went well").wants(1).err


@promise("a wrong command line is told and ends with status 2")
def usage():
    for arguments in (["nothing"], ["dsn", "nothing"], ["whoami"], ["whoami", "a", "b"], ["whoami", "a", "--nope"], ["query", "a"], ["audit"],
                      ["query", "a", "b", "--csv", "--json"], ["doctor", "a", "--report"], ["whoami", "--json=1", "a"]):
        athena(*arguments).wants(2)


@promise("every command has a help text")
def helps():
    names = [line.split("  ")[1].strip() for line in athena("--help").wants(0).out.splitlines() if line.startswith("  ")]
    assert len(names) >= 14, names
    page = (ROOT / "docs" / "man" / "athena-odbc.1").read_text()
    for name in names:
        text = athena(*name.split(), "--help").wants(0).out
        assert text.startswith(f"usage: athena-odbc {name}")
        assert name.replace("-", "\\-") in page, f"{name} is not in the manual page"
        for line in text.splitlines():
            option = line.split()[0] if line.startswith("  --") else None
            assert option in (None, "--json", "--help") or option.replace("-", "\\-") in page, f"{option} of {name} is not in the manual page"


@promise("a query that is interrupted is stopped in the service")
def interrupted():
    import signal
    import subprocess
    rule = control("POST", "faults", {"service": "athena", "operation": "GetQueryExecution", "latency": 0.3})
    try:
        process = subprocess.Popen([os.environ["ATHENA_ODBC"], "query", "retail", "SELECT count(*) FROM flights a CROSS JOIN flights b"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment())
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and not any(q.get("state") in ("RUNNING", "QUEUED") for q in control("GET", "queries?running")):
            time.sleep(0.1)
        assert time.monotonic() < deadline, "the query was never seen running"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=40)
        assert process.returncode == 1 and "cancel" in err.lower(), (process.returncode, err)
        same([q for q in control("GET", "queries?running") if q.get("state") in ("RUNNING", "QUEUED")], [])
    finally:
        control("DELETE", "faults")


finish()
