"""Readings of facts that could not be measured, the chain by profiles, renewal, and a world of many accounts."""
import json
import time

import boto3
import pytest
from botocore.exceptions import ClientError

from athena_sandbox.identity.conditions import GLOBAL_KEYS, SERVICE_KEYS, PolicyError, check_key
from conftest import CENTRAL, CHAIN_BY_PROFILE, EXTERNAL_IDS, REGION, RETAIL, ROLE_A, role_b


def code_of(call, *arguments, **named):
    try:
        call(*arguments, **named)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "ok"


def test_an_unknown_condition_key_is_refused_and_the_nearest_named():
    for key in ("sts:ExternalID2", "aws:SourceIP4", "s3:prefixes", "aws:PrincipalTag/", "made:up"):
        with pytest.raises(PolicyError, match="nearest known key"):
            check_key(key, "here")


def test_the_chain_by_profiles_of_a_configuration_file(sandbox, tmp_path, monkeypatch):
    """The usual way with AWS's tools: source_profile, role_arn, external_id."""
    config = tmp_path / "config"
    config.write_text(f"""{CHAIN_BY_PROFILE}region = {REGION}
endpoint_url = {sandbox.endpoint}
""")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_ENDPOINT_URL", sandbox.endpoint)
    session = boto3.Session(profile_name="retail")
    found = session.client("sts").get_caller_identity()["Arn"]
    assert found == f"arn:aws:sts::{RETAIL}:assumed-role/AthenaConsumer/by-profile"
    names = session.client("athena").list_work_groups()["WorkGroups"]
    assert "retail-bi" in {group["Name"] for group in names}


# --- readings of facts that could not be measured: each switch changes the wire ------------------------------------

@pytest.fixture
def switched(sandbox):
    before = {}

    def turn(**values):
        before.update(sandbox.control("switches", "POST", values)["before"])
    yield turn
    sandbox.control("switches", "POST", before)


def test_the_sts_clause_can_be_switched_off(sandbox, switched):
    def text():
        with pytest.raises(ClientError) as caught:
            sandbox.assume(("AKIASANDBOXOUTSIDER1", "sandbox/outsider/secret/not-for-real0000", None),
                           role_b(RETAIL))
        return caught.value.response["Error"]["Message"]
    assert "because no identity-based policy" in text()
    switched(sts_because_clause=False)
    assert "because" not in text()


def test_expirations_may_have_fractions(sandbox, switched):
    seen = []
    client = sandbox.client("sts")
    client.meta.events.register("before-parse", lambda response_dict, **_: seen.append(
        response_dict["body"]))
    client.assume_role(RoleArn=ROLE_A, RoleSessionName="tester")
    switched(sts_fractional_expiration=True)
    client.assume_role(RoleArn=ROLE_A, RoleSessionName="tester")
    plain, fraction = (body.split(b"<Expiration>")[1].split(b"<")[0] for body in seen)
    assert (len(plain), len(fraction)) == (20, 24)


def test_error_names_of_glue_and_athena_in_their_other_forms(sandbox, switched):
    bodies = []
    glue, athena = sandbox.clients(RETAIL, "glue", "athena")
    for client in (glue, athena):
        client.meta.events.register("before-parse", lambda response_dict, **_: bodies.append(
            (dict(response_dict["headers"]), json.loads(response_dict["body"]))))

    def both():
        bodies.clear()
        code_of(glue.get_database, Name="nope")
        code_of(athena.get_work_group, WorkGroup="nope")
        return bodies
    (headers, plain), (_, athenas) = both()
    assert plain["__type"] == "EntityNotFoundException" and "x-amzn-errortype" not in {
        name.lower() for name in headers}
    assert "Message" in athenas
    switched(glue_errors_namespaced=True, glue_error_type_header=True, json_message_capital=False)
    (headers, named), (_, athenas) = both()
    assert named["__type"] == "com.amazonaws.glue#EntityNotFoundException"
    assert "x-amzn-errortype" in {name.lower() for name in headers}
    assert "message" in athenas and "Message" not in athenas


def test_s3_may_explain_nothing(sandbox, switched):
    s3 = sandbox.client("s3", sandbox.role_a())

    def text():
        with pytest.raises(ClientError) as caught:
            s3.list_objects_v2(Bucket="central-data")
        return caught.value.response["Error"]["Message"]
    assert "because no identity-based policy" in text()
    switched(s3_because_clause=False)
    assert text() == "Access Denied"


# --- for tests of renewal ------------------------------------------------------------------------------------------

def test_sessions_can_be_made_very_short(sandbox):
    sandbox.control("session_seconds", "POST", {"role": role_b(RETAIL), "seconds": 1})
    try:
        keys = sandbox.chain(RETAIL)
        client = sandbox.client("glue", keys)
        assert code_of(client.get_databases) == "ok"
        time.sleep(1.1)
        assert code_of(client.get_databases) == "ExpiredTokenException"
    finally:
        sandbox.control("session_seconds", "POST", {"role": role_b(RETAIL), "seconds": None})


def test_the_clock_can_run_faster(sandbox):
    before = sandbox.control("clock")["epoch"]
    sandbox.control("clock", "POST", {"rate": 100})
    time.sleep(0.2)
    moved = sandbox.control("clock")["epoch"] - before
    assert 15 < moved < 100
    assert sandbox.control("clock", "POST", {"offset": 0})["rate"] == 1.0
    assert abs(sandbox.control("clock")["epoch"] - time.time()) < 1


def test_requests_in_flight_are_counted(sandbox):
    import threading
    sandbox.control("connections", "DELETE")
    sandbox.control("faults", "POST", {"service": "sts", "latency": 0.3})
    clients = [sandbox.client("sts", retries={"total_max_attempts": 1}) for _ in range(9)]
    threads = [threading.Thread(target=client.get_caller_identity) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sandbox.control("connections")["peak"] >= 8


def test_one_hundred_clients_at_once_are_served(sandbox):
    import concurrent.futures
    keys = sandbox.chain(RETAIL)
    client = sandbox.client("glue", keys, max_pool_connections=100)
    with concurrent.futures.ThreadPoolExecutor(100) as pool:
        outcomes = list(pool.map(lambda _: code_of(client.get_databases), range(300)))
    assert set(outcomes) == {"ok"}


def test_the_lists_of_keys_have_no_doubles():
    assert len(set(GLOBAL_KEYS + SERVICE_KEYS)) == len(GLOBAL_KEYS + SERVICE_KEYS)


def test_lists_may_ask_for_the_container_alone(sandbox, switched):
    keys = sandbox.assume(sandbox.role_a(), role_b(RETAIL), ExternalId=EXTERNAL_IDS[RETAIL],
                          Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
                              "Effect": "Allow", "Action": "glue:Get*", "Resource": [
                                  f"arn:aws:glue:us-east-1:{RETAIL}:catalog",
                                  f"arn:aws:glue:us-east-1:{RETAIL}:database/flights"]}]}))
    glue = sandbox.client("glue", keys)
    lists = [lambda: glue.get_databases(), lambda: glue.get_tables(DatabaseName="flights")]
    assert [code_of(call) for call in lists] == ["AccessDeniedException"] * 2
    switched(glue_lists_check_children=False)
    assert [code_of(call) for call in lists] == ["ok", "ok"]


def test_other_names_for_garbled_tokens_and_stale_dates(sandbox, switched):
    keys = sandbox.chain(RETAIL)
    garbled = (keys[0], keys[1], "x" + keys[2][1:] + "==")
    assert code_of(sandbox.client("glue", garbled).get_databases) == "UnrecognizedClientException"
    switched(garbled_token_is_invalid_token=True, sts_clock_is_request_expired=True,
             clock_window_seconds=900)
    assert code_of(sandbox.client("glue", garbled).get_databases) == "InvalidToken"
    sandbox.control("clock", "POST", {"offset": 600})
    assert code_of(sandbox.client("sts").get_caller_identity) == "ok"
    sandbox.control("clock", "POST", {"offset": 1000})
    assert code_of(sandbox.client("sts").get_caller_identity) == "RequestExpired"


def test_two_hundred_spokes_load_and_answer(tmp_path):
    """The size an inventory has: one central account and two hundred consumers."""
    import yaml
    from conftest import bare_world, start
    world = bare_world()
    spoke = world["accounts"]["444455556666"]
    for n in range(200):
        text = json.dumps(spoke).replace("444455556666", f"{700000000000 + n}")
        account = json.loads(text.replace("risk-", f"spoke{n}-"))
        account.pop("organization")
        world["accounts"][f"{700000000000 + n}"] = account
    world["accounts"][CENTRAL]["roles"]["AthenaRunAs"]["policies"]["AssumeConsumers"]["Statement"][0][
        "Resource"] = "arn:aws:iam::*:role/AthenaConsumer"
    path = tmp_path / "world.yaml"
    path.write_text(yaml.safe_dump(world))
    began = time.monotonic()
    handle = start(path, tmp_path / "state")
    try:
        assert time.monotonic() - began < 15
        keys = handle.role_a()
        for n in range(0, 200, 10):
            handle.assume(keys, f"arn:aws:iam::{700000000000 + n}:role/AthenaConsumer",
                          ExternalId=f"bi-spoke{n}-91f3")
    finally:
        handle.sandbox.stop()
