#!/usr/bin/env python3
"""Every way to sign in, through the driver; what the trail says of it; and every way to get it wrong."""
import hashlib
import json
import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import odbc  # noqa: E402
import source  # noqa: E402
from promise import AREA, finish, promise, same  # noqa: E402
from sandbox import Calls, control  # noqa: E402

AREA[0] = "signin"
LOG = {"LogLevel": "TRACE", "LogPath": os.environ["ATHENA_TEST_LOG"]}
CLEAN = dict(os.environ)
CONSUMER = {key: value for key, value in source.RETAIL.items() if key != "RunAsRole"}
KEY, SECRET = source.BASE["UID"], source.BASE["PWD"]
STATIC = f"aws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"
RECORDS = []
HOME = []   # of the promise that is being tried


def promised(sentence):
    """Each promise has a home directory and an environment of its own."""
    def run(function):
        for name in set(os.environ) - set(CLEAN):
            del os.environ[name]
        os.environ.update(CLEAN)
        with tempfile.TemporaryDirectory() as home:
            HOME[:] = [pathlib.Path(home)]
            os.environ["HOME"] = home
            return promise(sentence)(function)
    return run


def file(path, text, mode=0o600):
    target = HOME[0] / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    target.chmod(mode)
    return str(target)


def config(text):
    return file(".aws/config", text)


def utc(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def connect(text):
    try:
        connection = odbc.Connection(text)
    except odbc.Failure as failure:
        RECORDS.extend(failure.records)
        raise
    RECORDS.extend(connection.warnings)
    return connection


def keys_for(authentication, *parts, **changes):
    name = f"signin-{next(source.numbers)}"
    return source.keys_of(*(parts or (source.RETAIL,)), LOG, AuthenticationType=authentication, RoleSessionName=name, **changes)


def first_signer(keys):
    """Connects and queries with these keys; gives the ARN that asked for the first role of the chain, and the calls made."""
    before = len(control("GET", "trail?name=AssumeRole"))
    with Calls() as calls:
        connection = connect("DSN=" + source.write(keys))
        same(connection.query("SELECT 7 AS n"), [["7"]], "rows")
        connection.close()
    asked = control("GET", "trail?name=AssumeRole")[before:]
    return (asked[0]["userIdentity"]["arn"] if asked else None), calls


USER = "arn:aws:iam::111122223333:user/bi-service"
MACHINE = "arn:aws:sts::111122223333:assumed-role/BiWorkstation/"


@promised("keys in the data source")
def _():
    same(first_signer(keys_for("IAM Credentials", source.BASE, source.RETAIL))[0], USER, "signer")


@promised("keys in the connection string, beside a data source that has none")
def _():
    dsn = source.write({key: value for key, value in keys_for("IAM Credentials").items()})
    connection = connect(f"DSN={dsn};UID={KEY};PWD={{{SECRET}}}")
    same(connection.query("SELECT 7 AS n"), [["7"]], "rows")
    connection.close()


@promised("keys in the environment, blanks around them trimmed")
def _():
    os.environ.update(AWS_ACCESS_KEY_ID=f" {KEY} ", AWS_SECRET_ACCESS_KEY=SECRET)
    same(first_signer(keys_for("Environment"))[0], USER, "signer")
    same(first_signer(keys_for("Default Credentials"))[0], USER, "signer by default")


@promised("keys of a profile, from the credentials file, which wins over the configuration file")
def _():
    config("[profile bi]\naws_access_key_id = AKIAWRONG\naws_secret_access_key = wrong # a comment\n")
    file(".aws/credentials", f"[bi]\n{STATIC}")
    same(first_signer(keys_for("IAM Profile", AWSProfile="bi"))[0], USER, "signer")
    os.environ["AWS_PROFILE"] = "bi"
    same(first_signer(keys_for("IAM Profile"))[0], USER, "signer by AWS_PROFILE")
    same(first_signer(keys_for("Default Credentials"))[0], USER, "signer by default")


@promised("the default profile, and files that the environment names")
def _():
    os.environ["AWS_CONFIG_FILE"] = file("elsewhere", "[default]\nregion = us-east-1\n")
    os.environ["AWS_SHARED_CREDENTIALS_FILE"] = file("keys", f"[default]\n{STATIC}")
    same(first_signer(keys_for("IAM Profile"))[0], USER, "signer")


@promised("a profile that assumes a role by a source profile: Role A is made there, the data source names Role B alone")
def _():
    config(f"[profile base]\n{STATIC}[profile hop]\nrole_arn = {source.ROLE_A}\nsource_profile = base\nrole_session_name = from-profile\nduration_seconds = 1800\n")
    before = len(control("GET", "trail?name=AssumeRole"))
    same(first_signer(keys_for("IAM Profile", CONSUMER, AWSProfile="hop"))[0], USER, "signer")
    roles = control("GET", "trail?name=AssumeRole")[before:]
    same(roles[0]["requestParameters"]["roleSessionName"], "from-profile", "session name")
    same(int(roles[0]["requestParameters"]["durationSeconds"]), 1800, "duration")
    same(roles[1]["userIdentity"]["arn"], "arn:aws:sts::111122223333:assumed-role/AthenaRunAs/from-profile", "signer of the second hop")


@promised("a profile that assumes a role by credential_source=Environment")
def _():
    config(f"[profile hop]\nrole_arn = {source.ROLE_A}\ncredential_source = Environment\n")
    os.environ.update(AWS_ACCESS_KEY_ID=KEY, AWS_SECRET_ACCESS_KEY=SECRET)
    same(first_signer(keys_for("IAM Profile", CONSUMER, AWSProfile="hop"))[0], USER, "signer")


PROCESS = json.dumps({"Version": 1, "AccessKeyId": KEY, "SecretAccessKey": SECRET})


@promised("credential_process runs when the data source or the environment chose the profile")
def _():
    program = file("program", f"#!/bin/sh\ntouch {HOME[0]}/ran\ncat <<'X'\n{PROCESS}\nX\n", 0o700)
    config(f"[profile run]\ncredential_process = {program} --token verysecretargument\n")
    source.SECRETS.append("verysecretargument")
    same(first_signer(keys_for("IAM Profile", AWSProfile="run"))[0], USER, "signer")
    (HOME[0] / "ran").unlink()
    os.environ["AWS_PROFILE"] = "run"
    same(first_signer(keys_for("Default Credentials"))[0], USER, "signer by AWS_PROFILE")
    same((HOME[0] / "ran").exists(), True, "the program ran")


def refusal(text):
    with Calls() as calls:
        try:
            connect(text).close()
        except odbc.Failure as failure:
            return failure.records[0][0], "\n".join(record[2] for record in failure.records), calls
    raise AssertionError("it connected")


def must_say(text, *words):
    for word in words:
        same(word in text, True, f"{word!r} in {text}")


@promised("credential_process does not run when a connection string chose the profile; odbcinst.ini may allow it")
def _():
    program = file("program", f"#!/bin/sh\ntouch {HOME[0]}/ran\ncat <<'X'\n{PROCESS}\nX\n", 0o700)
    config(f"[profile run]\ncredential_process = {program}\n")
    keys = dict(keys_for("IAM Profile"), AWSProfile="run")
    keys.pop("LogLevel"), keys.pop("LogPath")
    # Addresses from a string want credentials from the same string, so the data source has them.
    dsn = source.write({key: value for key, value in keys.items() if key not in ("AWSProfile", "RunAsRole", "ConsumerAccountRoleArn", "ExternalId", "Workgroup")})
    _, text, calls = refusal(f"DSN={dsn};AWSProfile=run")
    must_say(text, 'Profile "run"', "connection string", "AllowCredentialProcess=1")
    same((HOME[0] / "ran").exists(), False, "the program ran")
    same(dict(calls.made), {}, "calls")


@promised("what a credential_process does wrong is told with the profile, its output is not")
def _():
    for body, words in (("exit 3", ["ended with code 3"]), ("echo nonsense-canary", ["printed no JSON"]), ("echo '{\"Version\":2}'", ["Version is not 1"]),
                        ("echo '{\"Version\":1,\"AccessKeyId\":\"AKIA\"}'", ["secret access key"])):
        program = file("program", f"#!/bin/sh\n{body}\n", 0o700)
        config(f"[profile run]\ncredential_process = {program}\n")
        _, text, calls = refusal("DSN=" + source.write(keys_for("IAM Profile", AWSProfile="run")))
        must_say(text, *words)
        same("nonsense-canary" in text, False, "output shown")
        same(dict(calls.made), {}, "calls")


SSO = """[profile sso]
sso_session = company
sso_account_id = 111122223333
sso_role_name = BiWorkstation
region = us-east-1
[sso-session company]
sso_region = us-east-1
sso_start_url = https://company.awsapps.com/start
"""


def sso_file(**members):
    token = {"accessToken": "sandbox-sso-token", "expiresAt": utc(3600), "region": "us-east-1", "startUrl": "https://company.awsapps.com/start", **members}
    return file(f".aws/sso/cache/{hashlib.sha1(b'company').hexdigest()}.json", json.dumps(token))


def portals():
    return {"SSOEndpointOverride": source.endpoint(), "SSOOIDCEndpointOverride": source.endpoint()}


@promised("IAM Identity Center by the token that `aws sso login` left")
def _():
    config(SSO)
    sso_file()
    same(first_signer(keys_for("IAM Profile", source.RETAIL, portals(), AWSProfile="sso"))[0], MACHINE + "sso-user", "signer")
    same(first_signer(keys_for("IAM Identity Center", source.RETAIL, portals(), AWSProfile="sso"))[0], MACHINE + "sso-user", "signer")


@promised("IAM Identity Center renews an old token, and keeps the new one in the file, other members untouched")
def _():
    config(SSO)
    path = sso_file(accessToken="old-token", expiresAt=utc(60), refreshToken="sandbox-sso-refresh", clientId="sandbox-client", clientSecret="sandbox-client-secret",
                    registrationExpiresAt=utc(86400), somethingElse={"kept": [1, 2]})
    same(first_signer(keys_for("IAM Profile", source.RETAIL, portals(), AWSProfile="sso"))[0], MACHINE + "sso-user", "signer")
    kept = json.loads(pathlib.Path(path).read_text())
    source.SECRETS.extend([kept["accessToken"], kept["refreshToken"]])
    same(kept["accessToken"] != "old-token" and kept["refreshToken"] != "sandbox-sso-refresh", True, "tokens are new")
    same(kept["somethingElse"], {"kept": [1, 2]}, "unknown member")
    same(kept["expiresAt"] > utc(3000), True, "expiresAt")
    same(stat.S_IMODE(os.stat(path).st_mode), 0o600, "mode")


@promised("IAM Identity Center without a token, with an ended one or a refused one says `aws sso login`")
def _():
    config(SSO)

    def refused(*words):
        _, text, calls = refusal("DSN=" + source.write(keys_for("IAM Profile", source.RETAIL, portals(), AWSProfile="sso")))
        must_say(text, "aws sso login", *words)
        return calls
    calls = refused("Not signed in", hashlib.sha1(b"company").hexdigest() + ".json")
    sso_file(expiresAt="2026-01-01T00:00:00UTC")
    refused("ended at 2026-01-01T00:00:00Z")
    sso_file(accessToken="unknown-token")
    refused("refuses the sign-in token")
    same(dict(calls.made), {}, "calls")


LOGIN = "arn:aws:sts::111122223333:assumed-role/BiWorkstation/login-user"


def login_file(**members):
    pem = subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout"], check=True, capture_output=True, text=True,
                         env={name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}).stdout
    source.SECRETS.append(pem.splitlines()[1])
    token = {"accessToken": {"accessKeyId": KEY, "secretAccessKey": SECRET, "sessionToken": "", "accountId": "111122223333", "expiresAt": utc(3600)},
             "refreshToken": "sandbox-login-refresh", "clientId": "sandbox-login-client", "idToken": "id", "dpopKey": pem, **members}
    return file(f".aws/login/cache/{hashlib.sha256(LOGIN.encode()).hexdigest()}.json", json.dumps(token))


def signing_in():
    config(f"[profile login]\nlogin_session = {LOGIN}\nregion = us-east-1\n")
    return keys_for("IAM Profile", source.RETAIL, {"SigninEndpointOverride": source.endpoint()}, AWSProfile="login")


@promised("`aws login` by the session it left")
def _():
    keys = signing_in()
    login_file()
    same(first_signer(keys)[0], USER, "signer")


@promised("`aws login` is renewed with a proof of possession, and the new session kept in the file")
def _():
    keys = signing_in()
    path = login_file(accessToken={"accessKeyId": "ASIAOLD", "secretAccessKey": "old", "sessionToken": "old", "accountId": "111122223333", "expiresAt": utc(-60)})
    same(first_signer(keys)[0], MACHINE + "login-user", "signer")
    kept = json.loads(pathlib.Path(path).read_text())
    source.SECRETS.extend([kept["refreshToken"], kept["accessToken"]["secretAccessKey"], kept["accessToken"]["sessionToken"]])
    same(kept["accessToken"]["accessKeyId"] != "ASIAOLD", True, "key is new")
    same(kept["accessToken"]["accountId"], "111122223333", "account is kept")
    same(kept["refreshToken"] != "sandbox-login-refresh", True, "refresh token is new")
    same(kept["idToken"], "id", "unknown member")
    same(stat.S_IMODE(os.stat(path).st_mode), 0o600, "mode")


@promised("an `aws login` session that cannot be renewed says so, and which file lacks what")
def _():
    def refused(*words):
        must_say(refusal("DSN=" + source.write(signing_in()))[1], "aws login", *words)
    refused(".json")
    login_file(refreshToken="used-up", accessToken={"accessKeyId": "A", "secretAccessKey": "old", "sessionToken": "old", "expiresAt": utc(-60)})
    refused()
    login_file(dpopKey=None)
    refused("dpopKey")


def jwt(**more):
    body = {"account": "111122223333", "provider": "idp.sandbox.example", "sub": "user:anna", **more}
    token = control("POST", "web_identity", body)["token"]
    source.SECRETS.append(token)
    return token


FEDERATED = "arn:aws:iam::111122223333:role/BiFederated"


@promised("a web identity token file named by the environment, read anew for each exchange")
def _():
    path = file("token", jwt() + "\n")
    os.environ.update(AWS_WEB_IDENTITY_TOKEN_FILE=path, AWS_ROLE_ARN=FEDERATED, AWS_ROLE_SESSION_NAME="pod")
    signer, calls = first_signer(keys_for("Web Identity"))
    same((signer, calls["sts:AssumeRoleWithWebIdentity"]), ("arn:aws:sts::111122223333:assumed-role/BiFederated/pod", 1), "signer and exchanges")
    same(first_signer(keys_for("Default Credentials"))[0], "arn:aws:sts::111122223333:assumed-role/BiFederated/pod", "signer by default")
    file("token", "garbled-token")
    must_say(refusal("DSN=" + source.write(keys_for("Web Identity")))[1], "token")
    file("token", jwt())
    same(first_signer(keys_for("Web Identity"))[0], "arn:aws:sts::111122223333:assumed-role/BiFederated/pod", "signer after the file changed")


@promised("a web identity token file named by a profile")
def _():
    path = file("token", jwt())
    config(f"[profile pod]\nweb_identity_token_file = {path}\nrole_arn = {FEDERATED}\nrole_session_name = named\n")
    same(first_signer(keys_for("IAM Profile", AWSProfile="pod"))[0], "arn:aws:sts::111122223333:assumed-role/BiFederated/named", "signer")


@promised("a web identity token in the connection string or the data source (JWT)")
def _():
    signer, calls = first_signer(keys_for("JWT", web_identity_token=jwt(), preferred_role=FEDERATED))
    same((signer.rsplit("/", 1)[0], calls["sts:AssumeRoleWithWebIdentity"]), ("arn:aws:sts::111122223333:assumed-role/BiFederated", 1), "signer and exchanges")
    _, text, calls = refusal("DSN=" + source.write(keys_for("JWT", web_identity_token=jwt(seconds=-60), preferred_role=FEDERATED)))
    must_say(text, "the web identity token has expired")
    same(calls["sts:AssumeRole"], 0, "roles assumed")
    _, text, calls = refusal("DSN=" + source.write(keys_for("JWT", web_identity_token=jwt(sub="stranger"), preferred_role=FEDERATED)))
    must_say(text, "does not admit this web identity", "trust policy")


@promised("a container's credentials, with the authorization from a file that is read anew")
def _():
    os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = source.endpoint() + "/v2/credentials/sandbox"
    os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = file("authorization", "sandbox-container-token\n")
    same(first_signer(keys_for("Container Credentials"))[0], MACHINE + "container", "signer")
    same(first_signer(keys_for("Default Credentials"))[0], MACHINE + "container", "signer by default")
    file("authorization", "wrong")
    must_say(refusal("DSN=" + source.write(keys_for("Container Credentials")))[1], "answered 401")
    file("authorization", "two\nlines")
    _, text, calls = refusal("DSN=" + source.write(keys_for("Container Credentials")))
    must_say(text, "more than one line")
    same(dict(calls.made), {}, "calls")


@promised("an instance's role by metadata version 2, also as credential_source of a profile")
def _():
    del os.environ["AWS_EC2_METADATA_DISABLED"]
    os.environ["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = source.endpoint()
    same(first_signer(keys_for("Instance Profile"))[0], MACHINE + "i-0a1b2c3d4e5f60718", "signer")
    same(first_signer(keys_for("Default Credentials"))[0], MACHINE + "i-0a1b2c3d4e5f60718", "signer by default")
    config(f"[profile hop]\nrole_arn = {source.ROLE_A}\ncredential_source = Ec2InstanceMetadata\n")
    same(first_signer(keys_for("IAM Profile", CONSUMER, AWSProfile="hop"))[0], MACHINE + "i-0a1b2c3d4e5f60718", "signer of the profile's role")
    os.environ["AWS_EC2_METADATA_DISABLED"] = "TRUE"
    _, text, calls = refusal("DSN=" + source.write(keys_for("Instance Profile")))
    must_say(text, "AWS_EC2_METADATA_DISABLED")
    same(dict(calls.made), {}, "calls")


@promised("the default chain takes the environment before the profile, and a profile that the data source names before both")
def _():
    os.environ.update(AWS_ACCESS_KEY_ID="AKIASANDBOXOUTSIDER1", AWS_SECRET_ACCESS_KEY="sandbox/outsider/secret/not-for-real0000")
    file(".aws/credentials", f"[default]\n{STATIC}[bi]\n{STATIC}")
    must_say(refusal("DSN=" + source.write(keys_for("Default Credentials")))[1], "user/outsider")
    same(first_signer(keys_for("Default Credentials", AWSProfile="bi"))[0], USER, "signer")


@promised("nothing at all: the default chain names what it looked for, and nothing is sent")
def _():
    _, text, calls = refusal("DSN=" + source.write(keys_for("Default Credentials")))
    must_say(text, "Default Credentials")
    same(dict(calls.made), {}, "calls")


# What is wrong with a profile: the configuration file, and the words that say where and what. Nothing is sent for any of them.
WRONG = [
    ("half a pair of keys", f"[profile p]\naws_access_key_id = {KEY}\n", ["aws_secret_access_key is missing", 'Profile "p"', "/.aws/config"]),
    ("no settings", "[profile p]\nregion = us-east-1\n", ["no credential settings", 'Profile "p"']),
    ("no such profile", "[profile other]\n" + STATIC, ['no profile "p"', "/.aws/config", "/.aws/credentials"]),
    ("a role without a source", f"[profile p]\nrole_arn = {source.ROLE_A}\n", ["source_profile", "credential_source", 'Profile "p"', "/.aws/config"]),
    ("a role with two sources", f"[profile p]\nrole_arn = {source.ROLE_A}\nsource_profile = p\ncredential_source = Environment\n", ["must not both be set", 'Profile "p"']),
    ("a source profile that is not there", f"[profile p]\nrole_arn = {source.ROLE_A}\nsource_profile = q\n", ["source_profile names a profile that does not exist", 'Profile "p"']),
    ("a loop", f"[profile p]\nrole_arn = {source.ROLE_A}\nsource_profile = q\n[profile q]\nrole_arn = {source.ROLE_A}\nsource_profile = p\n", ["form a loop"]),
    ("a credential_source that is none", f"[profile p]\nrole_arn = {source.ROLE_A}\ncredential_source = Cloud\n", ["credential_source must be", 'Profile "p"']),
    ("a web identity without a role", "[profile p]\nweb_identity_token_file = /t\n", ["role_arn is missing", 'Profile "p"']),
    ("a web identity whose file is not there", f"[profile p]\nweb_identity_token_file = /no/such/token\nrole_arn = {FEDERATED}\n", ["/no/such/token does not exist"]),
    ("an sso_session that is not there", "[profile p]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n", ["[sso-session", 'Profile "p"']),
    ("an account without a role", "[profile p]\nsso_account_id = 111122223333\nsso_start_url = u\nsso_region = r\n", ["sso_role_name must both be set", 'Profile "p"']),
    ("a token-only sign-in", "[profile p]\nsso_session = s\n[sso-session s]\nsso_region = us-east-1\nsso_start_url = u\n", ["for a token only", 'Profile "p"']),
    ("two sso regions", "[profile p]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\nsso_region = eu-west-1\n[sso-session s]\nsso_region = us-east-1\nsso_start_url = u\n",
     ["belong into the [sso-session] section", 'Profile "p"']),
    ("an MFA device without a code", f"[profile q]\n{STATIC}[profile p]\nrole_arn = {source.ROLE_A}\nsource_profile = q\nmfa_serial = arn:aws:iam::111122223333:mfa/me\n", ["MfaToken", 'Profile "p"']),
    ("a line that cannot be read", "[profile p]\nthis line has no sign\n", ["/.aws/config, line 2", "= sign"]),
    ("a section without its end", "[profile p\n", ["/.aws/config, line 1", "closing bracket"]),
    ("a services section that is not there", f"[profile p]\n{STATIC}services = s\n", ["services"]),
    ("plain http for STS in the file", f"[profile q]\n{STATIC}[profile p]\nrole_arn = {source.ROLE_A}\nsource_profile = q\nendpoint_url = http://sts.example.com\n", ["http"]),
]
for title, text, words in WRONG:
    @promised(f"a profile with {title} stops the connect, names the place, and nothing is sent")
    def _(text=text, words=words):
        config(text)
        # The environment could help out, but a mistake is no reason to be somebody else.
        os.environ.update(AWS_ACCESS_KEY_ID="AKIASANDBOXOUTSIDER1", AWS_SECRET_ACCESS_KEY="sandbox/outsider/secret/not-for-real0000")
        changes = {name: None for name in source.OVERRIDES} if "endpoint_url" in text or "services" in text else {}
        _, said, calls = refusal("DSN=" + source.write(keys_for("IAM Profile", CONSUMER, AWSProfile="p", **changes)))
        must_say(said, *words)
        same(dict(calls.made), {}, "calls")


ENVIRONMENT = [
    ("half a pair of keys", "Environment", {"AWS_ACCESS_KEY_ID": KEY}, ["AWS_SECRET_ACCESS_KEY"]),
    ("a web identity file without a role", "Web Identity", {"AWS_WEB_IDENTITY_TOKEN_FILE": "/t"}, ["AWS_ROLE_ARN"]),
    ("a container URL on a stranger's host", "Container Credentials", {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/x"}, ["neither this machine nor", "nothing was sent"]),
    ("a container URL without a scheme", "Container Credentials", {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "localhost/x"}, ["whole URL"]),
    ("a metadata mode that is none", "Instance Profile", {"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv5", "AWS_EC2_METADATA_DISABLED": "false"}, ["IPv4 or IPv6"]),
    ("a metadata address that is none", "Instance Profile", {"AWS_EC2_METADATA_SERVICE_ENDPOINT": "nowhere", "AWS_EC2_METADATA_DISABLED": "false"}, ["not a URL"]),
]
for title, authentication, variables, words in ENVIRONMENT:
    @promised(f"an environment with {title} stops the connect and nothing is sent")
    def _(authentication=authentication, variables=variables, words=words):
        os.environ.update(variables)
        for kind in (authentication,) + (("Default Credentials",) if authentication in ("Web Identity", "Container Credentials") else ()):
            _, said, calls = refusal("DSN=" + source.write(keys_for(kind)))
            must_say(said, *words)
            same(dict(calls.made), {}, "calls")


@promised("a configuration file that may not be read is named")
def _():
    os.environ["AWS_CONFIG_FILE"] = str(HOME[0])   # a folder: unreadable as a file, for root too
    must_say(refusal("DSN=" + source.write(keys_for("IAM Profile", AWSProfile="p")))[1], str(HOME[0]))


@promised("a way of signing in that other drivers have and this one has not is refused by name, with the list of those there are")
def _():
    for kind in ("Okta", "AzureAD", "BrowserAzureAD"):
        _, text, calls = refusal("DSN=" + source.write(keys_for(kind)))
        must_say(text, kind, "There are: IAM Credentials, IAM Profile, Default Credentials, Instance Profile, JWT, Environment, Container Credentials, Web Identity, IAM Identity Center.")
        same(dict(calls.made), {}, "calls")


@promised("no log line and no record of all this shows a secret")
def _():
    with open(LOG["LogPath"], encoding="utf-8", errors="replace") as log:
        text = log.read() + "\n".join(record[2] for record in RECORDS)
    same(len(text) > 10000, True, "something was logged")
    same([secret[:12] for secret in source.SECRETS if secret in text], [], "secrets shown")


finish()
