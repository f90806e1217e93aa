#!/usr/bin/env python3
"""Sessions that end while they are used, clocks that are wrong or jump, and who may use whose session."""
import collections
import ctypes
import json
import os
import pathlib
import sys
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import odbc  # noqa: E402
import source  # noqa: E402
from promise import AREA, finish, promise, same  # noqa: E402
from sandbox import Calls, control  # noqa: E402

AREA[0] = "renewal"
FIRST, ROUND = 100000000000, 65536   # of the sandbox's rendered results: the first number, and after how many rows it comes again
ROLE_B = source.RETAIL["ConsumerAccountRoleArn"]
HOUR = 3600
CLOCK = ctypes.CDLL(None).test_clock_set
CLOCK.argtypes = [ctypes.c_int64]
LOG = {"LogLevel": "TRACE", "LogPath": os.environ["ATHENA_TEST_LOG"]}
RECORDS = []           # every diagnostic of the run, for the last promise


def connect(text):
    try:
        connection = odbc.Connection(text)
    except odbc.Failure as failure:
        RECORDS.extend(failure.records)
        raise
    RECORDS.extend(connection.warnings)
    return connection


def opened(*parts, **changes):
    """A connection by a data source of its own; the session name makes its chain new."""
    name = f"renewal-{next(source.numbers)}"
    return connect("DSN=" + source.write(source.keys_of(source.BASE, source.RETAIL, LOG, *parts, **{"RoleSessionName": name, **changes})))


def lifetimes(a=None, b=None):
    control("POST", "session_seconds", {"role": source.ROLE_A, "seconds": a})
    control("POST", "session_seconds", {"role": ROLE_B, "seconds": b})


def restore():
    CLOCK(0)
    control("DELETE", "faults")
    control("POST", "clock", {"offset": 0})
    lifetimes()


def promised(sentence):
    def run(function):
        restore()
        return promise(sentence)(function)
    return run


def assumed(since):
    """How often each role was assumed after so many records of the trail, both accounts' copies of a call counted once."""
    calls = {record["requestID"]: record for record in control("GET", "trail?name=AssumeRole")[since:] if not record.get("errorCode")}
    return collections.Counter(record["requestParameters"]["roleArn"] for record in calls.values())


def mark():
    return len(control("GET", "trail?name=AssumeRole"))


def in_order(got, rows):
    same(len(got), rows, "rows")
    wrong = next((n for n, number in enumerate(got) if number != FIRST + n % ROUND), None)
    same(wrong, None, "the first row that is not the one it should be")


def fetched(connection, rows, pause=0.0, at=None, keep=None, block=1000):
    """All first columns of a rendered result, a pause after each block; at = {block number: what to do before the next}."""
    got = keep if keep is not None else []
    for number, some in enumerate(connection.blocks(f"SELECT id, value /*+ sandbox:replay=narrow:{rows} */ FROM t", block)):
        got += some
        if at and number in at:
            at[number]()
        time.sleep(pause)
    in_order(got, rows)


def at_least(count, low, what):
    if count < low:
        raise AssertionError(f"{what}: {count}, fewer than {low}")


PAGES = {"ResultFetcher": "GetQueryResults"}


@promised("pages go on without a gap while both hops are renewed three times and more")
def _():
    lifetimes(62, 62)   # renewed a minute before they end: every second or two
    since, connection = mark(), opened(PAGES)
    fetched(connection, 14000, pause=0.6)
    connection.close()
    at_least(assumed(since)[source.ROLE_A], 4, "sessions of Role A")
    at_least(assumed(since)[ROLE_B], 4, "sessions of Role B")


@promised("the ranges of a result object go on without a gap while both hops are renewed three times and more")
def _():
    lifetimes(62, 62)
    since, connection = mark(), opened(S3ResultBlockSize="65536", MemoryCeiling="1048576")
    fetched(connection, 400000, pause=0.2, block=10000)
    connection.close()
    at_least(assumed(since)[source.ROLE_A], 4, "sessions of Role A")
    at_least(assumed(since)[ROLE_B], 4, "sessions of Role B")


@promised("Role A is not assumed again while it is valid")
def _():
    lifetimes(HOUR, 62)
    since, connection = mark(), opened(PAGES)
    fetched(connection, 8000, pause=0.7)
    connection.close()
    same(assumed(since)[source.ROLE_A], 1, "sessions of Role A")
    at_least(assumed(since)[ROLE_B], 3, "sessions of Role B")


@promised("base credentials of a container are renewed along with both hops")
def _():
    lifetimes(4, 4)
    os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = source.endpoint() + "/v2/credentials/sandbox"
    os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "sandbox-container-token"
    try:
        with Calls() as calls:
            connection = opened(PAGES, AuthenticationType="Container Credentials", UID=None, PWD=None)
            fetched(connection, 8000, pause=0.9)
            connection.close()
        at_least(calls["credentials:container"], 4, "credentials of the container")
    finally:
        del os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"], os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"]


@promised("a session that the service calls expired is replaced and the call repeated, once")
def _():
    since, connection = mark(), opened(PAGES)
    control("POST", "faults", {"service": "athena", "operation": "GetQueryResults", "nth": 3, "expire": True})
    with Calls() as calls:
        fetched(connection, 5000)
    connection.close()
    same(assumed(since), collections.Counter({source.ROLE_A: 1, ROLE_B: 2}), "sessions")
    same(calls["athena:StartQueryExecution"], 1, "queries")


@promised("a service that calls every session expired is believed after one replacement")
def _():
    since, connection = mark(), opened(PAGES)
    control("POST", "faults", {"service": "athena", "operation": "GetQueryResults", "from": 2, "expire": True})
    got = []
    try:
        fetched(connection, 5000, keep=got)
    except odbc.Failure as failure:
        RECORDS.extend(failure.records)
        same(failure.records[0][0], "28000", f"state of {failure.records}")
        in_order(got, len(got))
    else:
        raise AssertionError("the fetch succeeded")
    connection.close()
    at_least(4, assumed(since)[ROLE_B], "limit of sessions of Role B")


def worked(connection):
    same(connection.query("SELECT 7 AS n"), [["7"]], "rows")


for title, hours in (("two hours behind", 2), ("two hours ahead of", -2)):
    @promised(f"a machine whose clock is {title} the servers' connects, queries and fetches")
    def _(hours=hours):
        CLOCK(-hours * HOUR * 1000)
        since, connection = mark(), opened(PAGES)
        fetched(connection, 3000)
        worked(connection)
        connection.close()
        same(assumed(since), collections.Counter({source.ROLE_A: 1, ROLE_B: 1}), "sessions")

    @promised(f"short sessions are renewed in time by a machine whose clock is {title} the servers'")
    def _(hours=hours):
        CLOCK(-hours * HOUR * 1000)
        lifetimes(None, 302)   # renewed ahead, five minutes before they end
        since, connection = mark(), opened(PAGES)
        fetched(connection, 5000, pause=1.2)
        connection.close()
        at_least(assumed(since)[ROLE_B], 2, "sessions of Role B")
        at_least(6, assumed(since)[ROLE_B], "limit of sessions of Role B, which is not renewed for every call")
        same(assumed(since)[source.ROLE_A], 1, "sessions of Role A")


@promised("both sessions end while Role A cannot be had: the record names that hop, and a few seconds later all is well")
def _():
    lifetimes(3, 3)
    connection = opened()
    time.sleep(3.5)
    control("POST", "faults", {"service": "sts", "operation": "AssumeRole", "from": 1, "to": 3, "error": "ServiceUnavailable", "status": 503})
    try:
        connection.query("SELECT 7 AS n")
    except odbc.Failure as failure:
        RECORDS.extend(failure.records)
        whole = "\n".join(text for _, _, text in failure.records)
        same("The session of RunAsRole (hop 1) could not be renewed" in whole, True, whole)
    else:
        raise AssertionError("the query succeeded")
    lifetimes()
    time.sleep(6)
    worked(connection)
    connection.close()


@promised("a clock that jumps two hours either way in the middle of a fetch costs no row and no session")
def _():
    since, connection = mark(), opened(PAGES)
    jumps = {1: lambda: CLOCK(2 * HOUR * 1000), 3: lambda: CLOCK(-2 * HOUR * 1000), 5: lambda: CLOCK(0), 7: lambda: CLOCK(10 * 60 * 1000)}
    fetched(connection, 10000, at=jumps)
    worked(connection)
    connection.close()
    same(assumed(since), collections.Counter({source.ROLE_A: 1, ROLE_B: 1}), "sessions")


@promised("a clock that jumps between the ranges of a result object costs no row")
def _():
    connection = opened(S3ResultBlockSize="65536", MemoryCeiling="1048576")
    fetched(connection, 200000, pause=0.05, block=10000, at={5: lambda: CLOCK(2 * HOUR * 1000), 10: lambda: CLOCK(-2 * HOUR * 1000), 15: lambda: CLOCK(0)})
    connection.close()


@promised("the servers' clock may jump as well: both hops are made anew and no row is lost")
def _():
    connection = opened(PAGES)
    moves = {1: lambda: control("POST", "clock", {"move": 2 * HOUR}), 4: lambda: control("POST", "clock", {"move": -2 * HOUR})}
    fetched(connection, 8000, at=moves)
    connection.close()


@promised("sessions that end long before they should by our clock are replaced when they are refused, and no row is lost")
def _():
    since, connection = mark(), opened(PAGES)
    control("POST", "clock", {"rate": 1800})
    fetched(connection, 11000, pause=0.85)
    connection.close()
    at_least(assumed(since)[source.ROLE_A], 4, "sessions of Role A")
    at_least(assumed(since)[ROLE_B], 4, "sessions of Role B")


@promised("a given SessionToken that ends: the fetch ends with a record that names it and the time, and the rows so far are right")
def _():
    lifetimes(4, 4)
    request = urllib.request.Request(source.endpoint() + "/v2/credentials/sandbox", headers={"Authorization": "sandbox-container-token"})
    with urllib.request.urlopen(request) as answer:
        found = json.load(answer)
    connection = opened(PAGES, UID=found["AccessKeyId"], PWD=found["SecretAccessKey"], SessionToken=found["Token"])
    source.SECRETS.extend([found["SecretAccessKey"], found["Token"]])
    got, ended = [], time.strftime("%Y-%m-%dT%H:")
    try:
        fetched(connection, 30000, pause=0.7, keep=got)
    except odbc.Failure as failure:
        RECORDS.extend(failure.records)
        whole = "\n".join(text for _, _, text in failure.records)
        same(failure.records[0][0], "28000", f"state of {failure.records}")
        for word in ("SessionToken", "UID and PWD", ended):
            same(word in whole, True, f"{word!r} in {whole}")
    else:
        raise AssertionError("the fetch succeeded")
    at_least(len(got), 5000, "rows before the end")
    in_order(got, len(got))
    connection.close()


@promised("a second connection with the same chain makes no call to STS")
def _():
    name = source.write(source.keys_of(source.BASE, source.RETAIL, LOG, RoleSessionName="second"))
    first = connect("DSN=" + name)
    with Calls() as calls:
        second = connect("DSN=" + name)
        worked(second)
    same({call for call in calls.made if call.startswith("sts:")}, set(), "calls to STS")
    second.close()
    first.close()
    with Calls() as calls:
        connect("DSN=" + name).close()
    same({call for call in calls.made if call.startswith("sts:")}, set(), "calls to STS after both were closed")


def refused(text):
    try:
        connect(text).close()
    except odbc.Failure as failure:
        same(failure.records[0][0], "28000", f"state of {failure.records}")
        return "\n".join(record[2] for record in failure.records)
    raise AssertionError("it connected")


@promised("the right user with a wrong PWD never finds the warm session")
def _():
    good = source.keys_of(source.BASE, source.RETAIL, LOG, RoleSessionName="warm")
    warm = connect("DSN=" + source.write(good))
    with Calls() as calls:
        refused("DSN=" + source.write(dict(good, PWD="sandbox/bi-service/secret/not-for-real01")))
    same(calls["athena:GetWorkGroup"], 0, "calls to Athena")
    with Calls() as calls:
        connect("DSN=" + source.write(good)).close()
    same(calls["sts:AssumeRole"], 0, "calls to STS by the right one")
    warm.close()


@promised("the right chain with a wrong ExternalId never finds the warm session")
def _():
    good = source.keys_of(source.BASE, source.RETAIL, LOG, RoleSessionName="warm2")
    warm = connect("DSN=" + source.write(good))
    refused("DSN=" + source.write(dict(good, ExternalId="bi-retail-7c1f")))
    warm.close()


def token(who, **more):
    got = control("POST", "web_identity", {"account": "111122223333", "provider": "idp.sandbox.example", "sub": who, **more})["token"]
    source.SECRETS.append(got)
    return got


@promised("the same role with another web identity token never finds the warm session")
def _():
    def keys(jwt):
        return source.keys_of(source.RETAIL, LOG, AuthenticationType="JWT", web_identity_token=jwt, preferred_role="arn:aws:iam::111122223333:role/BiFederated")
    first, second = token("user:anna"), token("user:bert")
    warm = connect("DSN=" + source.write(keys(first)))
    with Calls() as calls:
        connect("DSN=" + source.write(keys(first))).close()
    same(calls["sts:AssumeRoleWithWebIdentity"], 0, "exchanges of the same token")
    with Calls() as calls:
        connect("DSN=" + source.write(keys(second))).close()
    same(calls["sts:AssumeRoleWithWebIdentity"], 1, "exchanges of the other token")
    same(calls["sts:AssumeRole"], 2, "roles assumed for the other token")
    refused("DSN=" + source.write(keys(token("stranger"))))
    refused("DSN=" + source.write(keys(first[:-6] + "AAAAAA")))
    warm.close()


@promised("two data sources of one process never cross")
def _():
    retail = connect("DSN=" + source.write(source.keys_of(source.BASE, source.RETAIL, LOG)))
    investment = connect("DSN=" + source.write(source.keys_of(source.BASE, source.INVESTMENT, LOG)))
    for connection in (retail, investment, retail, investment):
        worked(connection)
    started = control("GET", "trail?name=StartQueryExecution")[-4:]
    same([record["recipientAccountId"] for record in started], ["222233334444", "333344445555"] * 2, "accounts")
    same([record["userIdentity"]["arn"].split(":")[4] for record in started], ["222233334444", "333344445555"] * 2, "principals")
    refused("DSN=" + source.write(source.keys_of(source.BASE, source.INVESTMENT, LOG, ExternalId=source.RETAIL["ExternalId"])))
    retail.close()
    investment.close()


@promised("no log line and no record of all this shows a secret")
def _():
    with open(LOG["LogPath"], encoding="utf-8", errors="replace") as log:
        text = log.read() + "\n".join(record[2] for record in RECORDS)
    at_least(len(text), 10000, "bytes logged")
    same([secret[:12] for secret in source.SECRETS if secret in text], [], "secrets shown")


finish()
