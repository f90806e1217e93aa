#!/usr/bin/env python3
"""Who may change what, and what is refused before anything is sent. Every case runs in a process and a folder of ini files of its own; a
sandbox counts the calls, and a trap stands where a stolen request would go."""
import json
import os
import pathlib
import re
import socket
import sys
import tempfile
import threading
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import odbc  # noqa: E402
import source  # noqa: E402
from promise import AREA, finish, promise, same  # noqa: E402
from sandbox import Calls, control  # noqa: E402

AREA[0] = "governance"
FOLDER = []
KEY, SECRET = source.BASE["UID"], source.BASE["PWD"]


class Trap:
    """Listens on this machine and counts who comes."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.visits = 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            visitor, _ = self.listener.accept()
            self.visits += 1
            visitor.close()


TRAP = Trap()


def apart(function):
    """Runs it in a child: its own driver manager, its own ini files."""
    def run():
        with tempfile.TemporaryDirectory() as folder:
            reader, writer = os.pipe()
            child = os.fork()
            if child == 0:
                try:
                    FOLDER[:] = [pathlib.Path(folder)]
                    os.environ.update(ODBCSYSINI=folder, ODBCINI=folder + "/user.ini", HOME=folder)
                    driver_section({})
                    (FOLDER[0] / "odbc.ini").touch()
                    (FOLDER[0] / "user.ini").touch()
                    function()
                    os._exit(0)
                except BaseException:  # noqa: BLE001 - the parent tells
                    os.write(writer, traceback.format_exc(limit=2).strip()[-900:].encode())
                    os._exit(1)
            os.close(writer)
            said = b""
            while piece := os.read(reader, 4096):
                said += piece
            os.close(reader)
            _, status = os.waitpid(child, 0)
            if status != 0:
                raise AssertionError(said.decode() or f"the child ended with {status}")
    return run


def promised(sentence):
    return lambda function: promise(sentence)(apart(function))


def driver_section(keys):
    (FOLDER[0] / "odbcinst.ini").write_text(f"[Athena]\nDriver = {os.environ['ATHENA_TEST_DRIVER']}\nThreading = 0\n"
                                            + "".join(f"{key} = {value}\n" for key, value in keys.items()))


def system_dsn(keys):
    return source.write(keys)


def user_dsn(keys):
    return source.write(keys, path=FOLDER[0] / "user.ini")


def records_of(text):
    try:
        odbc.Connection(text).close()
    except odbc.Failure as failure:
        return failure.records
    return None


def refused(text, *words):
    """The connect fails, says these words in its first record, and neither the sandbox nor the trap has seen anything of it."""
    visits = TRAP.visits
    with Calls() as calls:
        records = records_of(text)
    same(records is not None, True, f"it was refused ({text[:160]})")
    for word in words:
        same(word in records[0][2], True, f"{word!r} in {records[0][2]}")
    same(len(records[0][2].encode()) <= 512, True, "record 1 fits")
    same((dict(calls.made), TRAP.visits - visits), ({}, 0), "what was sent")
    for secret in source.SECRETS:
        same(any(secret in record[2] for record in records), False, "a secret in a record")


def accepted(text):
    same(records_of(text), None, "refusal")


def keys(*parts, **changes):
    return source.keys_of(*(parts or (source.BASE, source.RETAIL)), **changes)


def string(changes):
    return "".join(f"{key}={{{value}}};" for key, value in changes.items())


# ---- RequireSystemDSN, AllowedRoles, AllowedEndpoints, LockedKeys in the driver's section --------------------------------------------

@promised("without rules a system data source, a user data source and a bare connection string all connect")
def _():
    accepted("DSN=" + system_dsn(keys()))
    accepted("DSN=" + user_dsn(keys()))
    bare = {name: value for name, value in keys().items() if name != "AllowInsecureLoopback"}
    driver_section({"AllowInsecureLoopback": "1"})
    accepted(source.text_of(bare))


@promised("RequireSystemDSN=1 refuses a bare connection string")
def _():
    driver_section({"RequireSystemDSN": "1"})
    refused(source.text_of(keys()), "RequireSystemDSN", "connection string without a data source")


@promised("RequireSystemDSN=1 refuses a user data source and lets a system data source pass")
def _():
    driver_section({"RequireSystemDSN": "1"})
    refused("DSN=" + user_dsn(keys()), "RequireSystemDSN", "this data source")
    accepted("DSN=" + system_dsn(keys()))


@promised("RequireSystemDSN in a data source or a connection string is refused: it would promise what it cannot keep")
def _():
    refused("DSN=" + system_dsn(keys(RequireSystemDSN="1")), "RequireSystemDSN", "driver's section")
    refused("DSN=" + system_dsn(keys()) + ";RequireSystemDSN=0", "RequireSystemDSN")


CONSUMERS = "arn:aws:iam::222233334444:role/*"
for name, where in (("a system data source", system_dsn), ("a user data source", user_dsn), ("a connection string", None)):
    def tried(changes, where=where):
        driver_section({"AllowedRoles": f"{source.ROLE_A}, {CONSUMERS}", "AllowInsecureLoopback": "1"})
        found = keys(**changes)
        found.pop("AllowInsecureLoopback")
        return "DSN=" + where(found) if where else source.text_of(found)

    @promised(f"AllowedRoles lets the roles it names pass, from {name}")
    def _(tried=tried):
        accepted(tried({}))

    @promised(f"AllowedRoles refuses another consumer role, from {name}")
    def _(tried=tried):
        refused(tried(source.INVESTMENT), "ConsumerAccountRoleArn", "AllowedRoles", "333344445555")

    @promised(f"AllowedRoles refuses another first role, from {name}")
    def _(tried=tried):
        refused(tried({"RunAsRole": "arn:aws:iam::111122223333:role/Other"}), "RunAsRole", "AllowedRoles")


@promised("AllowedRoles binds the role of a web identity token")
def _():
    driver_section({"AllowedRoles": CONSUMERS})
    refused("DSN=" + system_dsn(keys({"AuthenticationType": "JWT", "web_identity_token": "token", "preferred_role": "arn:aws:iam::111122223333:role/BiFederated"})),
            "preferred_role", "AllowedRoles")


@promised("AllowedRoles is compared as it is written: a star stands for text, no prefix is enough")
def _():
    driver_section({"AllowedRoles": "arn:aws:iam::222233334444:role/Athena, " + source.ROLE_A})
    refused("DSN=" + system_dsn(keys()), "AllowedRoles")


ADDRESSES = ("EndpointOverride", "StsEndpointOverride", "GlueEndpointOverride", "S3EndpointOverride", "SSOEndpointOverride", "SSOOIDCEndpointOverride",
             "SigninEndpointOverride", "LakeFormationEndpointOverride", "StreamingEndpointOverride")
for override in ADDRESSES:
    @promised(f"AllowedEndpoints refuses {override} to an address it does not name, from every source")
    def _(override=override):
        driver_section({"AllowedEndpoints": f"{source.endpoint()}, *.amazonaws.com"})
        accepted("DSN=" + system_dsn(keys()))
        for where in (system_dsn, user_dsn):
            refused("DSN=" + where(keys(**{override: TRAP.url})), override, "AllowedEndpoints")
        refused("DSN=" + system_dsn(keys(**{override: "https://evil.example.com"})), override, "AllowedEndpoints")
        refused("DSN=" + system_dsn(keys(**{override: "https://evil.example.com/athena.us-east-1.amazonaws.com"})), override, "AllowedEndpoints")


@promised("LockedKeys in the driver's section binds user data sources and connection strings, not system data sources")
def _():
    driver_section({"LockedKeys": "Workgroup, ResultFetcher"})
    refused("DSN=" + user_dsn(keys()), "Workgroup", "locked by the driver's section")
    system = system_dsn(keys(LockedKeys="none"))
    accepted("DSN=" + system)
    refused(f"DSN={system};Workgroup=primary", "Workgroup", "locked by the driver's section")
    refused(f"DSN={system};ResultFetcher=S3", "ResultFetcher")
    refused(f"DSN={system};FetchSize=5;s3_staging_dir=s3://other/x/;Workgroup=other", "Workgroup")


@promised("LockedKeys that names no key is a mistake of the administrator, told as one")
def _():
    driver_section({"LockedKeys": "Workgruop"})
    refused("DSN=" + system_dsn(keys()), "LockedKeys", "Workgruop", "no key")


@promised("LockedKeys=none in a data source lifts its own lock, and only that")
def _():
    free = system_dsn(keys(LockedKeys="none"))
    accepted(f"DSN={free};RoleSessionName=other")
    driver_section({"LockedKeys": "*security"})
    refused(f"DSN={free};RoleSessionName=other", "RoleSessionName", "locked by the driver's section")


# ---- What a data source that sets a role locks: every key by name, typed by hand -----------------------------------------------------

LOCKED = {
    "Workgroup": "primary", "S3OutputLocation": "s3://elsewhere/", "ExpectedBucketOwner": "999988887777", "GlueCatalogId": "999988887777",
    "AuthenticationType": "Environment", "AWSProfile": "other", "preferred_role": "arn:aws:iam::111122223333:role/Other", "duration": "901",
    "RunAsRole": "arn:aws:iam::111122223333:role/Other", "RunAsExternalId": "other-id", "ConsumerAccountRoleArn": "arn:aws:iam::333344445555:role/Other",
    "ExternalId": "other-id", "RoleSessionName": "somebody-else", "SourceIdentity": "somebody-else", "SessionTags": "team=other", "TransitiveTagKeys": "team",
    "DurationSeconds": "901", "ScopeDown": "off", "SessionPolicy": '{"Version":"2012-10-17","Statement":[]}', "SessionPolicyArns": "arn:aws:iam::aws:policy/ReadOnlyAccess",
    "StsRegion": "eu-west-1", "ConsumerStsRegion": "eu-west-1", "MfaSerial": "arn:aws:iam::111122223333:mfa/x",
    "EndpointOverride": TRAP.url, "StsEndpointOverride": TRAP.url, "GlueEndpointOverride": TRAP.url, "S3EndpointOverride": TRAP.url, "SSOEndpointOverride": TRAP.url,
    "SSOOIDCEndpointOverride": TRAP.url, "SigninEndpointOverride": TRAP.url, "LakeFormationEndpointOverride": TRAP.url, "StreamingEndpointOverride": TRAP.url,
    "AllowInsecureLoopback": "0", "AllowEndpointOverride": "1", "UseFips": "1", "UseDualstack": "1", "UseProxy": "1", "ProxyHost": "127.0.0.1", "ProxyPort": "8",
    "ProxyUID": "me", "ProxyPWD": "secret", "NonProxyHost": "*", "TrustedCerts": "/tmp/mine.pem", "VerifySSL": "0", "ReadOnly": "1", "MaxBytesScanned": "1",
    "MaxParameterSets": "7", "AllowDdl": "1", "LogPath": "/tmp/mine.log", "AuditLog": "/tmp/mine.audit", "AuditSQL": "1", "AuditRequired": "1",
}
for locked, value in LOCKED.items():
    @promised(f"a data source that sets a role locks {locked}")
    def _(locked=locked, value=value):
        visits = TRAP.visits
        with Calls() as calls:
            connection, records = None, []
            try:
                connection = odbc.Connection("DSN=" + system_dsn(keys()) + ";" + string({locked: value}))
                records = connection.warnings
                connection.close()
            except odbc.Failure as failure:
                records = failure.records
        said = "\n".join(record[2] for record in records)
        same(locked in said, True, f"{locked!r} in {said}")
        # LogPath is left out with a warning when a string gives it; everything else fails the connect.
        if locked != "LogPath":
            same((connection, dict(calls.made)), (None, {}), "what came of it")
        else:
            same(os.path.exists(value), False, "the file was made")
        same(TRAP.visits, visits, "visits at the trap")


@promised("the list of locked keys above is the table's")
def _():
    table = (pathlib.Path(__file__).resolve().parents[2] / "driver/config/keyword.def").read_text()
    rows = re.findall(r'^KEYWORD\(\w+, "([^"]+)", "[^"]*", .*?, "[^"]*", ([A-Z_| 0]+), "', table, re.M)
    same(sorted(name for name, flags in rows if "LOCKED" in flags and name != "LockedKeys"), sorted(LOCKED), "keys")


# ---- Endpoints, proxies and certificates from a connection string --------------------------------------------------------------------

LEADING = {name: TRAP.url for name in ADDRESSES}
LEADING.update(UseProxy="1", ProxyHost="127.0.0.1", ProxyPort=TRAP.url.rsplit(":", 1)[1], ProxyUID="me", NonProxyHost="*", TrustedCerts="/etc/ssl/certs/ca-certificates.crt")
TOKENS = ("SSOEndpointOverride", "SSOOIDCEndpointOverride", "SigninEndpointOverride")
for override, value in LEADING.items():
    def without(override=override):
        """A data source with keys and no role, so that nothing is locked by default, and without this override."""
        found = keys(source.BASE, {"Workgroup": "central"})
        found.pop(override, None)
        if override in ("ProxyPort", "ProxyUID", "NonProxyHost", "UseProxy"):
            found["ProxyHost"] = "127.0.0.1"
            found["ProxyPort"] = "9"
            if override == "ProxyPort":
                found.pop("ProxyPort")
        return found

    @promised(f"{override} from a connection string is refused while the credentials are the data source's")
    def _(override=override, value=value, without=without):
        refused(f"DSN={system_dsn(without())};" + string({override: value}), override)

    @promised(f"{override} from a connection string is refused while the profile, the environment or a machine give the credentials")
    def _(override=override, value=value, without=without):
        bare = {name: text for name, text in without().items() if name not in source.BASE}
        for more in ({"AuthenticationType": "IAM Profile", "AWSProfile": "bi"}, {"AuthenticationType": "Environment"}, {"AuthenticationType": "Instance Profile"},
                     {"AuthenticationType": "Container Credentials"}, {"AuthenticationType": "Default Credentials"}, {}):
            refused(f"DSN={system_dsn(dict(bare, **more))};" + string({override: value}), override)

    @promised(f"{override} from a connection string is refused with half of the credentials, or with a secret of the data source beside them")
    def _(override=override, value=value, without=without):
        dsn = system_dsn(without())
        refused(f"DSN={dsn};UID={KEY};" + string({override: value}), override)
        refused(f"DSN={dsn};PWD={{{SECRET}}};" + string({override: value}), override)
        refused(f"DSN={system_dsn(dict(without(), SessionToken='token'))};UID={KEY};PWD={{{SECRET}}};" + string({override: value}), override)

    if override in TOKENS:
        @promised(f"{override} from a connection string is refused even with credentials of its own: sign-in tokens go where a data source says")
        def _(override=override, value=value, without=without):
            refused(f"DSN={system_dsn(without())};UID={KEY};PWD={{{SECRET}}};" + string({override: value}), override, "tokens")


@promised("addresses from a connection string are taken with UID and PWD from the same string")
def _():
    dsn = system_dsn({"AwsRegion": "us-east-1", "AllowInsecureLoopback": "1"})
    chosen = {name: source.endpoint() for name in source.OVERRIDES}
    with Calls() as calls:
        # The base user may do nothing but assume Role A: the answer shows that the call was made.
        same(records_of(f"DSN={dsn};UID={KEY};PWD={{{SECRET}}};RunAsRole={source.ROLE_A};" + string(chosen)), None, "refusal")
    same(calls["sts:AssumeRole"], 1, "calls")


@promised("AllowEndpointOverride=1 in the data source lets a connection string lead requests elsewhere; in the string itself it does not")
def _():
    found = keys(source.BASE, {"RunAsRole": source.ROLE_A, "LockedKeys": "none"})
    sts = found.pop("StsEndpointOverride")
    refused(f"DSN={system_dsn(found)};StsEndpointOverride={sts};AllowEndpointOverride=1", "AllowEndpointOverride")
    refused(f"DSN={system_dsn(found)};StsEndpointOverride={sts}", "StsEndpointOverride", "AllowEndpointOverride=1")
    accepted(f"DSN={system_dsn(dict(found, AllowEndpointOverride='1'))};StsEndpointOverride={sts}")


@promised("a web identity token never goes to an STS address that a connection string names")
def _():
    found = keys({"AuthenticationType": "JWT", "preferred_role": "arn:aws:iam::111122223333:role/BiFederated", "LockedKeys": "none", "AllowEndpointOverride": "1"})
    found.pop("StsEndpointOverride")
    refused(f"DSN={system_dsn(found)};web_identity_token=token;StsEndpointOverride={TRAP.url}", "StsEndpointOverride", "tokens")


@promised("the same address in the string as in the data source changes nothing and is let pass")
def _():
    accepted(f"DSN={system_dsn(keys())};EndpointOverride={source.endpoint()};Workgroup=retail-bi")


@promised("a misspelt key that decides who one is or where one goes fails the connect and names the right one")
def _():
    for wrong, right in (("RunAsRol", "RunAsRole"), ("ConsumerAccountRolArn", "ConsumerAccountRoleArn"), ("ExternalID2", "ExternalId"), ("EndpointOveride", "EndpointOverride"),
                         ("ReadOnyl", "ReadOnly"), ("SessionTokn", "SessionToken"), ("TrustedCert", "TrustedCerts")):
        refused("DSN=" + system_dsn(keys(**{wrong: "x"})), wrong, right)


@promised("a misspelt rule in odbcinst.ini lets nobody connect and names the right one: a rule nobody reads would guard nothing")
def _():
    for wrong, right in (("AllowedRole", "AllowedRoles"), ("RequireSystemDNS", "RequireSystemDSN"), ("AllowedEndpoint", "AllowedEndpoints"), ("LockedKey", "LockedKeys")):
        driver_section({wrong: "1"})
        refused(f"DSN={system_dsn(keys())}", wrong, right)
    driver_section({})


@promised("a refused try is written to the audit file that the administrator named, without a value")
def _():
    path = FOLDER[0] / "audit"
    driver_section({"AuditLog": str(path)})
    refused(f"DSN={system_dsn(keys())};ConsumerAccountRoleArn=arn:aws:iam::333344445555:role/Canary", "locked")
    line = json.loads(path.read_text().splitlines()[-1])
    same((line["event"], line["key"], line["from"]), ("refused", "ConsumerAccountRoleArn", "the connection string"), "line")
    same("Canary" in path.read_text(), False, "the value is in the file")


# ---- Values that are refused before anything is sent --------------------------------------------------------------------------------

LONG = "k" * 129
VALUES = [
    ("a malformed role ARN", {"RunAsRole": "arn:aws:iam:111122223333:role/AthenaRunAs"}, ["RunAsRole", "role ARN"]),
    ("a role ARN with eleven digits", {"ConsumerAccountRoleArn": "arn:aws:iam::22223333444:role/AthenaConsumer"}, ["ConsumerAccountRoleArn", "twelve digits"]),
    ("the ARN of a user as a role", {"RunAsRole": "arn:aws:iam::111122223333:user/AthenaRunAs"}, ["RunAsRole", "role/"]),
    ("the ARN of a session as a role", {"RunAsRole": "arn:aws:sts::111122223333:assumed-role/AthenaRunAs/x"}, ["RunAsRole", "ARN of a session"]),
    ("a star in a role ARN", {"ConsumerAccountRoleArn": "arn:aws:iam::222233334444:role/Athena*"}, ["ConsumerAccountRoleArn", "no *"]),
    ("a question mark in a role ARN", {"RunAsRole": "arn:aws:iam::111122223333:role/AthenaRunA?"}, ["RunAsRole", "no ?"]),
    ("an ExternalId of one character", {"ExternalId": "x"}, ["ExternalId", "2 to 1224"]),
    ("an ExternalId of 1,225 characters", {"ExternalId": "@" + "/external"}, ["ExternalId", "2 to 1224"]),
    ("an ExternalId with a blank", {"ExternalId": "two words"}, ["ExternalId", "letters, digits"]),
    ("a RunAsExternalId of one character", {"RunAsExternalId": "x"}, ["RunAsExternalId", "2 to 1224"]),
    ("a tag name of 129 characters", {"SessionTags": f"{LONG}=v"}, ["SessionTags", "tag name", "1 to 128"]),
    ("a tag value of 257 characters", {"SessionTags": "k=" + "v" * 257}, ["SessionTags", "tag value", "0 to 256"]),
    ("a tag name of AWS's own", {"SessionTags": "aws:team=v"}, ["SessionTags", "aws:"]),
    ("a tag named twice", {"SessionTags": "Team=a,team=b"}, ["SessionTags", "twice"]),
    ("51 tags", {"SessionTags": ",".join(f"k{n}=v" for n in range(51))}, ["SessionTags", "50"]),
    ("eleven policy ARNs", {"SessionPolicyArns": ",".join(["arn:aws:iam::aws:policy/ReadOnlyAccess"] * 11)}, ["SessionPolicyArns", "ten"]),
    ("a session policy that is no JSON", {"SessionPolicy": "{"}, ["SessionPolicy"]),
    ("a session name with a blank", {"RoleSessionName": "two words"}, ["RoleSessionName", "only"]),
    ("a session name of 65 characters", {"RoleSessionName": "n" * 65}, ["RoleSessionName", "2 to 64"]),
    ("a source identity that begins with aws:", {"SourceIdentity": "aws:me"}, ["SourceIdentity"]),
    ("a duration of 899 seconds", {"DurationSeconds": "899"}, ["DurationSeconds", "900"]),
    ("plain http for an address beyond this machine", {"EndpointOverride": "http://athena.example.com"}, ["EndpointOverride", "https"]),
    ("plain http for STS beyond this machine", {"StsEndpointOverride": "http://10.0.0.1"}, ["StsEndpointOverride", "https"]),
    ("plain http for a host that only begins like this machine's", {"S3EndpointOverride": "http://127.0.0.1.example.com"}, ["S3EndpointOverride", "https"]),
    ("plain http for this machine without AllowInsecureLoopback", {"AllowInsecureLoopback": "0"}, ["plain http", "AllowInsecureLoopback=1"]),
    ("VerifySSL=0", {"VerifySSL": "0"}, ["VerifySSL=0 is refused", "TrustedCerts"]),
    ("an address with a user in it", {"EndpointOverride": "https://user@example.com"}, ["EndpointOverride"]),
    ("a bucket owner of eleven digits", {"ExpectedBucketOwner": "22223333444"}, ["ExpectedBucketOwner"]),
    ("an output location that is none", {"S3OutputLocation": "https://bucket/x"}, ["S3OutputLocation"]),
    ("a workgroup with a blank", {"Workgroup": "two words"}, ["Workgroup"]),
    ("an ExternalId without the role it is for", {"ConsumerAccountRoleArn": None}, ["ExternalId", "ConsumerAccountRoleArn"]),
    ("a certificate file that is not there", {"TrustedCerts": "/no/such/file.pem"}, ["/no/such/file.pem"]),
    ("a region that is none", {"AwsRegion": "us east 1"}, ["AwsRegion"]),
    ("a line break in a header", {"ApplicationName": "a\tb"}, ["ApplicationName"]),
]
for title, changes, words in VALUES:
    @promised(f"{title} is a clear error and nothing is sent")
    def _(changes=dict(changes), words=words):
        if changes.get("ExternalId", "").startswith("@"):
            (FOLDER[0] / "external").write_text("e" * 1225)
            (FOLDER[0] / "external").chmod(0o600)
            changes["ExternalId"] = f"@{FOLDER[0]}/external"
        refused("DSN=" + system_dsn(keys(**changes)), *words)


def policy(length):
    """A session policy of exactly so many bytes."""
    frame = '{"Version":"2012-10-17","Statement":[{"Sid":"%s","Effect":"Allow","Action":"*","Resource":"*"}]}'
    return frame % ("x" * (length - len(frame) + 2))


for length in (899, 985, 986, 2500):
    @promised(f"a value of {length} bytes in an ini file is {'used whole' if length <= 985 else 'refused by name: the driver manager cuts the line'}")
    def _(length=length):
        name = system_dsn(keys())
        with open(FOLDER[0] / "odbc.ini", "a", encoding="utf-8") as ini:
            ini.write(f"SessionPolicy={policy(length)}\n")
        if length > 985:
            refused("DSN=" + name, "SessionPolicy", name, "would be cut", "@/absolute/file")
        else:
            before = len(control("GET", "trail?name=AssumeRole"))
            accepted("DSN=" + name)
            sent = control("GET", "trail?name=AssumeRole")[before:][1]["requestParameters"]["policy"]
            same(sent == policy(length), True, "the policy arrived whole")


@promised("a long value comes from a file of one's own: Key=@/absolute/file")
def _():
    path = FOLDER[0] / "policy.json"
    path.write_text(policy(2000))
    path.chmod(0o600)
    before = len(control("GET", "trail?name=AssumeRole"))
    accepted("DSN=" + system_dsn(keys(SessionPolicy=f"@{path}")))
    same(control("GET", "trail?name=AssumeRole")[before:][1]["requestParameters"]["policy"] == policy(2000), True, "the policy arrived whole")
    path.chmod(0o666)
    refused("DSN=" + system_dsn(keys(SessionPolicy=f"@{path}")), "SessionPolicy", "nobody else may write")
    refused(f"DSN={system_dsn(keys(LockedKeys='none'))};SessionPolicy=@{path}", "SessionPolicy")


@promised("AuditLog and LogPath are taken from a system data source, not from a user's")
def _():
    refused("DSN=" + user_dsn(keys(AuditLog=f"{FOLDER[0]}/audit")), "AuditLog", "system data source")
    accepted("DSN=" + user_dsn(keys(LogPath=f"{FOLDER[0]}/log", LogLevel="TRACE")))
    same(((FOLDER[0] / "audit").exists(), (FOLDER[0] / "log").exists()), (False, False), "files")
    accepted("DSN=" + system_dsn(keys(LogPath=f"{FOLDER[0]}/log", LogLevel="TRACE", AuditLog=f"{FOLDER[0]}/audit")))
    same((FOLDER[0] / "log").exists(), True, "log of a system data source")
    os.symlink(FOLDER[0] / "elsewhere", FOLDER[0] / "link")
    records_of("DSN=" + system_dsn(keys(LogPath=f"{FOLDER[0]}/link", LogLevel="TRACE")))
    refused("DSN=" + system_dsn(keys(AuditLog=f"{FOLDER[0]}/link", AuditRequired="1", ExternalId="x")), "ExternalId")
    same((FOLDER[0] / "elsewhere").exists(), False, "a link was followed")


finish()
