"""The world file: every mistake is a start-up error that names its path."""
import copy
import subprocess
import sys

import pytest
import yaml

from athena_sandbox.world.loader import World, load_world
from athena_sandbox.world.schema import WorldError
from conftest import CENTRAL, RETAIL, ROOT, WORLD, bare_world


def change(world, path, value):
    place = world
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value


A, B = ["accounts", CENTRAL], ["accounts", RETAIL]
STATEMENT = {"Effect": "Allow", "Action": "*", "Resource": "*"}

MISTAKES = [
    (["regoin"], "x", "world.regoin: unknown key; did you mean 'region'?"),
    ([*A, "role"], {}, f"world.accounts.{CENTRAL}.role: unknown key; did you mean 'roles'?"),
    ([*A, "users", "bi-service", "acess_key"], "x", "acess_key: unknown key; did you mean 'access_key'?"),
    ([*A, "roles", "AthenaRunAs", "max_sesion"], 1, "did you mean 'max_session'?"),
    ([*A, "roles", "AthenaRunAs", "max_session"], 60, "max_session: 3600 to 43200"),
    ([*B, "buckets", "retail-data"], {"polcy": {}}, "did you mean 'policy'?"),
    ([*B, "workgroups", "primary"], {"enforced": True}, "did you mean 'enforce'?"),
    ([*B, "databases", "flights", "table"], {}, "did you mean 'tables'?"),
    ([*B, "glue"], {"polices": {}}, "did you mean 'policy'?"),
    (["faults"], [{"servise": "s3"}], "did you mean 'service'?"),
    (["switches"], {"sts_becuase_clause": True}, "did you mean 'sts_because_clause'?"),
    ([*A, "organization"], "other", "no organization is called 'other'"),
    ([*A, "enabled_regions"], ["mars-1"], "'mars-1' is not among the world's regions"),
    ([*A, "users", "outsider", "access_key"], "AKIASANDBOXBISERVICE", "access_key: used twice"),
    ([*A, "users", "outsider", "secret"], "", "secret: is missing"),
    ([*A, "roles", "AthenaRunAs", "trust"], {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{CENTRAL}:user/nobody"}, "Action": "sts:AssumeRole"}]},
     "Invalid principal in policy"),
    ([*A, "roles", "AthenaRunAs", "policies"], [{"Version": "2012-10-17", "Statement": [
        {**STATEMENT, "Condition": {"StringEqual": {"aws:userid": "x"}}}]}],
     "unknown condition operator 'StringEqual' (nearest known operator: StringEquals)"),
    ([*A, "roles", "AthenaRunAs", "policies"], [{"Version": "2012-10-17", "Statement": [
        {**STATEMENT, "Condition": {"StringEquals": {"aws:PrincipalOrgId2": "x"}}}]}],
     "unknown condition key 'aws:PrincipalOrgId2' (nearest known key: aws:PrincipalOrgID)"),
    ([*A, "roles", "AthenaRunAs", "policies"], [{"Version": "2012-10-17", "Statement": [
        {**STATEMENT, "Condition": {"IpAddress": {"aws:SourceIp": "300.1.1.1"}}}]}], "is no value for IpAddress"),
    ([*A, "roles", "AthenaRunAs", "policies"], [{"Version": "2012-10-17", "Statement": [
        {**STATEMENT, "Resource": ["arn:aws:s3:::" + "x" * 11_000]}]}], "characters, the limit is 10240"),
    ([*B, "buckets", "retail-data"], {"kms_key": "arn:aws:kms:us-east-1:222233334444:key/none"}, "no such key"),
]


def test_the_default_world_is_right():
    assert len(load_world(WORLD).accounts) == 6


@pytest.mark.parametrize("path, value, text", MISTAKES, ids=[m[2][:40] for m in MISTAKES])
def test_a_mistake_names_its_place(tmp_path, path, value, text):
    from athena_sandbox.process import RunningSandbox
    world = bare_world()
    change(world, path, value)
    file = tmp_path / "world.yaml"
    file.write_text(yaml.safe_dump(world))
    with pytest.raises(WorldError) as caught:
        RunningSandbox(file, tmp_path / "state")
    assert text in str(caught.value)


def test_two_accounts_cannot_own_one_bucket(tmp_path):
    from athena_sandbox.process import RunningSandbox
    world = bare_world()
    world["accounts"][CENTRAL]["buckets"]["retail-data"] = {}
    file = tmp_path / "world.yaml"
    file.write_text(yaml.safe_dump(world))
    with pytest.raises(WorldError, match="belongs to another account"):
        RunningSandbox(file, tmp_path / "state")


def test_the_command_prints_one_line_and_fails(tmp_path):
    file = tmp_path / "world.yaml"
    file.write_text("accounts: {'1': {}}\n")
    done = subprocess.run([sys.executable, "-m", "athena_sandbox", "up", "--world", file, "--state",
                           tmp_path / "state"], capture_output=True, text=True,
                          cwd=ROOT / "sandbox")
    assert done.returncode != 0
    assert "world.accounts.1: an account id has 12 digits" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_short_form_of_trust_and_allow():
    world = World({"accounts": {"111111111111": {"users": {"u": {"access_key": "AKIA1", "secret": "s"}}, "roles": {
        "R": {"trust": [{"principal": "arn:aws:iam::111111111111:user/u", "external_id": "e-1", "require_mfa": True}],
              "allow": [{"action": "s3:*", "resource": "arn:aws:s3:::b/*"}]}}}}})
    role = world.find_role("arn:aws:iam::111111111111:role/R")
    statement = role.trust.document["Statement"][0]
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "e-1"},
                                      "Bool": {"aws:MultiFactorAuthPresent": "true"}}
    assert role.policies[0].document["Statement"][0]["Resource"] == "arn:aws:s3:::b/*"


def test_loading_does_not_change_the_document():
    document = yaml.safe_load(WORLD.read_text())
    before = copy.deepcopy(document)
    World(document)
    assert document == before


def test_up_status_trail_and_down_work_as_commands(tmp_path):
    file = tmp_path / "world.yaml"
    file.write_text(yaml.safe_dump(bare_world()))
    state = tmp_path / "state"

    def run(*words):
        return subprocess.run([sys.executable, "-m", "athena_sandbox", *words, "--state", str(state)],
                              capture_output=True, text=True, cwd=ROOT / "sandbox", timeout=60)
    assert run("status").returncode == 3
    first = run("up", "--world", str(file))
    assert first.returncode == 0, first.stderr
    assert "export ATHENA_SANDBOX_ENDPOINT=http://127.0.0.1:" in first.stdout
    try:
        assert run("up", "--world", str(file)).stdout == first.stdout
        assert "central-bi" in run("status").stdout
        assert run("trail").stdout.startswith("TIME")
        assert run("ledger").stdout.startswith("ACCOUNT")
        assert run("logs").returncode == 0
    finally:
        stopped = run("down")
    assert "stopped" in stopped.stdout
    assert run("status").returncode == 3


def test_two_starts_at_once_share_one_sandbox(tmp_path):
    file = tmp_path / "world.yaml"
    file.write_text(yaml.safe_dump(bare_world()))
    words = [sys.executable, "-m", "athena_sandbox", "up", "--world", str(file), "--state",
             str(tmp_path / "state")]
    both = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT / "sandbox")
            for _ in range(2)]
    answers = [process.communicate(timeout=60)[0] for process in both]
    subprocess.run([*words[:3], "down", "--state", str(tmp_path / "state")], cwd=ROOT / "sandbox",
                   check=True, capture_output=True)
    assert answers[0] == answers[1] and "ATHENA_SANDBOX_ENDPOINT" in answers[0]
