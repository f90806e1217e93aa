#!/usr/bin/env python3
"""Uses every kind of secret there is under an allocator that watches the driver's blocks (tests/lib/wiped.c); memory_report.py reads what it saw."""
import ctypes
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import odbc  # noqa: E402
import source  # noqa: E402
from sandbox import control  # noqa: E402

ctypes.CDLL(os.environ["ATHENA_TEST_DRIVER"])
ctypes.CDLL(os.environ["CHECK_DIR"] + "/wiped_end.so")
ctypes.CDLL(None).wiped_watch(b"libathenaodbc.so")
HOME = pathlib.Path(tempfile.mkdtemp(dir=os.environ["CHECK_DIR"]))
os.environ["HOME"] = str(HOME)
WORKED = []


def file(path, text):
    target = HOME / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    return str(target)


def use(name, keys, fails=False):
    try:
        connection = odbc.Connection("DSN=" + source.write(keys))
        connection.query("SELECT 7 AS n")
        list(connection.blocks("SELECT id /*+ sandbox:replay=narrow:3000 */ FROM t"))
        connection.close()
    except odbc.Failure as failure:
        if not fails:
            print(f"{name}: {failure.records[:1]}", file=sys.stderr)
            return
    WORKED.append(name)


def utc(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def keys(*parts, **changes):
    return source.keys_of(source.RETAIL, *parts, RoleSessionName=f"memory-{next(source.numbers)}", **changes)


use("keys", keys(source.BASE))
use("pages", keys(source.BASE, ResultFetcher="GetQueryResults"))
use("no lock", keys(source.BASE, LockedKeys="none"))
use("a wrong external id", keys(source.BASE, ExternalId="canary-external-wrong"), fails=True)
use("a wrong secret", keys(source.BASE, PWD="canary/wrong/secret"), fails=True)
use("a proxy that is not there", keys(source.BASE, ProxyHost="127.0.0.1", ProxyPort="9", ProxyUID="me", ProxyPWD="canary-proxy-password"), fails=True)
use("a refused value", keys(source.BASE, MaxBytesScanned="x"), fails=True)
use("a misspelt key", keys(source.BASE, ExternalIdd="canary-external-wrong"), fails=True)
text = source.text_of({name: value for name, value in keys(source.BASE).items() if name != "AllowInsecureLoopback"})
try:
    odbc.Connection(text).close()
except odbc.Failure:
    WORKED.append("a connection string")   # plain http needs a data source
token = control("POST", "web_identity", {"account": "111122223333", "provider": "idp.sandbox.example", "sub": "user:canary"})["token"]
federated = {"AuthenticationType": "JWT", "preferred_role": "arn:aws:iam::111122223333:role/BiFederated", "web_identity_token": token}
use("a web identity token", keys(federated))
os.environ.update(AWS_WEB_IDENTITY_TOKEN_FILE=file("token", token), AWS_ROLE_ARN="arn:aws:iam::111122223333:role/BiFederated")
use("a web identity token file", keys(AuthenticationType="Web Identity"))
os.environ.update(AWS_CONTAINER_CREDENTIALS_FULL_URI=source.endpoint() + "/v2/credentials/sandbox", AWS_CONTAINER_AUTHORIZATION_TOKEN="sandbox-container-token")
use("a container", keys(AuthenticationType="Container Credentials"))
os.environ.update(AWS_EC2_METADATA_DISABLED="false", AWS_EC2_METADATA_SERVICE_ENDPOINT=source.endpoint())
use("an instance", keys(AuthenticationType="Instance Profile"))
os.environ.update(AWS_ACCESS_KEY_ID=source.BASE["UID"], AWS_SECRET_ACCESS_KEY=source.BASE["PWD"])
use("the environment", keys(AuthenticationType="Environment"))
login = "arn:aws:sts::111122223333:assumed-role/BiWorkstation/login-user"
file(".aws/config", f"""[profile static]
aws_access_key_id = {source.BASE['UID']}
aws_secret_access_key = {source.BASE['PWD']}
[profile sso]
sso_session = s
sso_account_id = 111122223333
sso_role_name = BiWorkstation
[sso-session s]
sso_region = us-east-1
sso_start_url = https://company.awsapps.com/start
[profile login]
login_session = {login}
[profile process]
credential_process = cat {HOME}/process.json
""")
file("process.json", json.dumps({"Version": 1, "AccessKeyId": source.BASE["UID"], "SecretAccessKey": source.BASE["PWD"]}))
file(f".aws/sso/cache/{hashlib.sha1(b's').hexdigest()}.json", json.dumps({
    "accessToken": "canary-old-sso-token", "expiresAt": utc(10), "refreshToken": "sandbox-sso-refresh", "clientId": "sandbox-client",
    "clientSecret": "sandbox-client-secret", "registrationExpiresAt": utc(9999)}))
pem = subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout"], check=True, capture_output=True, text=True,
                     env={name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}).stdout
file(f".aws/login/cache/{hashlib.sha256(login.encode()).hexdigest()}.json", json.dumps({
    "accessToken": {"accessKeyId": "A", "secretAccessKey": "canary-login-secret", "sessionToken": "canary-login-session", "expiresAt": utc(-5)},
    "refreshToken": "sandbox-login-refresh", "clientId": "sandbox-login-client", "dpopKey": pem}))
use("a profile", keys(AuthenticationType="IAM Profile", AWSProfile="static"))
use("a process", keys(AuthenticationType="IAM Profile", AWSProfile="process"))
use("Identity Center", keys(AuthenticationType="IAM Profile", AWSProfile="sso", SSOEndpointOverride=source.endpoint(), SSOOIDCEndpointOverride=source.endpoint()))
use("aws login", keys(AuthenticationType="IAM Profile", AWSProfile="login", SigninEndpointOverride=source.endpoint()))
print(f"used {len(WORKED)} ways")
