#!/usr/bin/env python3
"""Runs tests/api/refusals.txt: every way to be refused, and what the records say of it."""
import datetime
import hashlib
import hmac
import os
import pathlib
import re
import sys
import time
import urllib.request
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import odbc  # noqa: E402
from sandbox import control  # noqa: E402

GOOD = {
    "Driver": "Athena", "AwsRegion": "us-east-1", "AllowInsecureLoopback": "1", "Workgroup": "primary",
    "AuthenticationType": "IAM Credentials", "UID": "AKIASANDBOXBISERVICE", "PWD": "sandbox/bi-service/secret/not-for-real00",
    "RunAsRole": "arn:aws:iam::111122223333:role/RunAs", "ConsumerAccountRoleArn": "arn:aws:iam::222233334444:role/Consumer",
    "ExternalId": "the-right-one",
}
SECRETS = ["the-right-one", "the-wrong-one", "not-for-real", "this-is-wrong"]


def read_cases(path):
    blocks = re.split(r"\n\s*\n", "\n".join(line for line in path.read_text().splitlines() if not line.startswith("#")).strip())
    for block in blocks:
        lines = block.strip().splitlines()
        name, _, keys = lines[0].partition(":")
        state, first, others = (part.strip() for part in lines[-1].split("|"))
        yield name.strip(), dict(re.findall(r"(\w+)=((?:\{.*\})|\S*)", keys)), lines[1] if len(lines) == 3 else None, state, first, others


def words(text):
    return [word.strip() for word in text.split(";") if word.strip()]


def write_dsn(name, changes):
    endpoint = os.environ["ATHENA_SANDBOX_ENDPOINT"]
    keys = dict(GOOD, **{f"{service}EndpointOverride": endpoint for service in ("", "Sts", "Glue", "S3")})
    keys.update(changes)
    with open(os.path.join(os.environ["ODBCSYSINI"], "odbc.ini"), "a", encoding="utf-8") as ini:
        ini.write(f"\n[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items() if value))


def session_token(seconds):
    """Temporary credentials of the base user, by sts:GetSessionToken: (key id, secret, token)."""
    endpoint = os.environ["ATHENA_SANDBOX_ENDPOINT"]
    body = f"Action=GetSessionToken&Version=2011-06-15&DurationSeconds={seconds}"
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    host = endpoint.split("//")[1]
    scope = f"{now[:8]}/us-east-1/sts/aws4_request"
    canonical = f"POST\n/\n\nhost:{host}\nx-amz-date:{now}\n\nhost;x-amz-date\n{hashlib.sha256(body.encode()).hexdigest()}"
    key = ("AWS4" + GOOD["PWD"]).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    request = urllib.request.Request(endpoint + "/", body.encode(), {
        "X-Amz-Date": now, "Authorization": f"AWS4-HMAC-SHA256 Credential={GOOD['UID']}/{scope}, SignedHeaders=host;x-amz-date, Signature={signature}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        tree = xml.etree.ElementTree.parse(answer)
    found = {element.tag.split("}")[1]: element.text for element in tree.iter()}
    return found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"]


def expired_base_credentials():
    """The one refusal that needs time to pass: a session of 15 minutes, two hours later by the service's clock."""
    key, secret, token = session_token(900)
    write_dsn("expired", {"UID": key, "PWD": secret, "SessionToken": token})
    control("POST", "clock", {"offset": 7200})
    try:
        stage, records = outcome("expired", None)
    finally:
        control("POST", "clock", {"offset": 0})
    case = ("expired base credentials", {}, None, "28000", "base ; expired", "ExpiredToken ; request id ; SessionToken")
    problems = problems_of(case, stage, records)
    if secret in str(records) or token in str(records):
        problems.append("a record shows a secret")
    return case, problems, records


def outcome(dsn, sql):
    """The records of the failure, or None when nothing failed."""
    try:
        connection = odbc.Connection(f"DSN={dsn}")
    except odbc.Failure as failure:
        return "connect", failure.records
    try:
        connection.query(sql or "SELECT 1")
        return "success", None
    except odbc.Failure as failure:
        return "query", failure.records
    finally:
        connection.close()


def problems_of(case, stage, records):
    name, _, sql, state, first, others = case
    if records is None:
        return ["it succeeded"]
    if not records:
        return ["no record"]
    found = []
    wanted_stage = "query" if sql else "connect"
    if stage != wanted_stage and name != "unknown workgroup":
        found.append(f"failed at the {stage}, not at the {wanted_stage}")
    got_state, _, text = records[0]
    whole = "\n".join(record[2] for record in records)
    if got_state != state:
        found.append(f"state {got_state}, not {state}")
    found += [f"record 1 does not say {word!r}" for word in words(first) if word.lower() not in text.lower()]
    found += [f"no record says {word!r}" for word in words(others) if word.lower() not in whole.lower()]
    found += [f"record {n} has {len(record[2].encode())} bytes" for n, record in enumerate(records, 1) if len(record[2].encode()) > 512]
    found += [f"a record shows the secret {secret!r}" for secret in SECRETS if secret in whole]
    found += ["a record shows a table's own text"] if "|" in whole else []
    return found


def main():
    passed = failed = 0
    results = []
    for number, case in enumerate(read_cases(pathlib.Path(__file__).with_suffix(".txt"))):
        dsn = f"refusal{number}"
        write_dsn(dsn, case[1])
        started = time.monotonic()
        stage, records = outcome(dsn, case[2])
        problems = problems_of(case, stage, records)
        if time.monotonic() - started > 20:
            problems.append(f"took {time.monotonic() - started:.0f} s")
        results.append((case, problems, records))
    results.append(expired_base_credentials())
    for case, problems, records in results:
        if problems:
            failed += 1
            print(f"FAIL refusal: {case[0]}")
            for problem in problems:
                print(f"     {problem}")
            for record in records or []:
                print(f"     record: {record[0]} {record[1]} {record[2]}")
        else:
            passed += 1
            print(f"ok   refusal: {case[0]}")
            if "-v" in sys.argv:
                for record in records:
                    print(f"     {record[0]} {record[2]}")
    good = "the good data source connects"
    write_dsn("good", {})
    stage, records = outcome("good", "SELECT 1")
    passed, failed = (passed + 1, failed) if stage == "success" else (passed, failed + 1)
    print(f"{'ok  ' if stage == 'success' else 'FAIL'} refusal: {good} {records or ''}")
    print(f"refusals: {passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
