"""A sandbox of the default world for the whole run, and clients that have gone through the role chain."""
import copy
import json
import os
import pathlib
import sys
import urllib.error
import urllib.request

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "sandbox"))

for name in list(os.environ):
    if name.startswith("AWS_") or name.lower().endswith("_proxy"):
        del os.environ[name]
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull

import boto3                                                   # noqa: E402
from botocore.config import Config                             # noqa: E402

from athena_sandbox.process import RunningSandbox              # noqa: E402
from model_check import COUNTED, WRONG, watch_gate             # noqa: E402

WORLD = ROOT / "sandbox" / "worlds" / "default.yaml"
REGION = "us-east-1"
CENTRAL, RETAIL, INVESTMENT, RISK, MESH = ("111122223333", "222233334444", "333344445555",
                                           "444455556666", "555566667777")
BASE_KEYS = ("AKIASANDBOXBISERVICE", "sandbox/bi-service/secret/not-for-real00", None)
ROLE_A = f"arn:aws:iam::{CENTRAL}:role/AthenaRunAs"
EXTERNAL_IDS = {CENTRAL: "bi-central-7c1e", RETAIL: "bi-retail-7c1e",
                INVESTMENT: "bi-investment-2ab9", RISK: "bi-risk-91f3"}


def role_b(account):
    return f"arn:aws:iam::{account}:role/AthenaConsumer"


# The chain as AWS's own tools read it from a configuration file. It ends inside [profile retail].
CHAIN_BY_PROFILE = f"""[profile base]
aws_access_key_id = {BASE_KEYS[0]}
aws_secret_access_key = {BASE_KEYS[1]}
[profile hub]
role_arn = {ROLE_A}
source_profile = base
role_session_name = by-profile
[profile retail]
role_arn = {role_b(RETAIL)}
source_profile = hub
external_id = {EXTERNAL_IDS[RETAIL]}
role_session_name = by-profile
"""


class Handle:
    """A running sandbox with what tests ask of it."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.endpoint = sandbox.endpoint

    def control(self, path, method="GET", body=None):
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.endpoint}/_sandbox/{path}", data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return json.loads(error.read())

    def client(self, service, keys=BASE_KEYS, region=REGION, **config):
        """A boto3 client with these keys: (access key, secret, token)."""
        options = {"retries": {"total_max_attempts": 1, "mode": "standard"}, "s3": {"addressing_style":
                   "path"}, **config}
        return boto3.client(service, endpoint_url=self.endpoint, region_name=region,
                            aws_access_key_id=keys[0], aws_secret_access_key=keys[1],
                            aws_session_token=keys[2], config=Config(**options))

    def assume(self, keys, role, session="tester", region=REGION, **more):
        answer = self.client("sts", keys, region).assume_role(RoleArn=role, RoleSessionName=session,
                                                              **more)
        found = answer["Credentials"]
        return found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"]

    def role_a(self, **more):
        return self.assume(BASE_KEYS, ROLE_A, **more)

    def chain(self, account, **more):
        """The keys of the account's Role B, reached through Role A."""
        return self.assume(self.role_a(), role_b(account), ExternalId=EXTERNAL_IDS[account], **more)

    def clients(self, account, *services):
        keys = self.chain(account)
        found = [self.client(service, keys) for service in services]
        return found[0] if len(found) == 1 else found


ASKED = set()     # (action, resource) of every decision of the run


def watch_decisions(sandbox):
    decide = sandbox.authorize

    def authorize(caller, action, resource, *arguments, **named):
        ASKED.add((action, resource))
        return decide(caller, action, resource, *arguments, **named)
    sandbox.authorize = authorize


def start(world, state, tls=False):
    sandbox = RunningSandbox(world, state)
    watch_decisions(sandbox)
    watch_gate(sandbox.gate)
    sandbox.listen(0, tls)
    return Handle(sandbox)


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory):
    """The default world, shared by the run: tests leave it as they found it."""
    handle = start(WORLD, tmp_path_factory.mktemp("state"), tls=True)
    yield handle
    handle.sandbox.stop()


@pytest.fixture
def clients(sandbox):
    """clients(account, "athena", "s3") -> boto3 clients of the account's Role B."""
    return sandbox.clients


@pytest.fixture(autouse=True)
def no_faults_left(request):
    yield
    if "sandbox" in request.fixturenames:
        handle = request.getfixturevalue("sandbox")
        handle.sandbox.faults.clear()
        handle.sandbox.clock.set_offset(0)


BARE = yaml.safe_load(WORLD.read_text(encoding="utf-8"))
for _account in BARE["accounts"].values():
    for _database in (_account.get("databases") or {}).values():
        _database.pop("tables", None)


def bare_world():
    """A copy of the default world without table data, for tests that change it."""
    return copy.deepcopy(BARE)


@pytest.fixture(autouse=True)
def answers_fit_the_models():
    """Fails the test during which a sandbox answered in a shape that no service model knows."""
    WRONG.clear()
    yield
    assert WRONG[:10] == []


def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line(f"held against the service models: {COUNTED['answers']} answers, {COUNTED['refusals']} refusals")


@pytest.fixture
def small(tmp_path):
    """small(world) -> a sandbox of its own for a changed world."""
    made = []

    def make(world, tls=False):
        path = tmp_path / f"world{len(made)}.yaml"
        path.write_text(yaml.safe_dump(world), encoding="utf-8")
        handle = start(path, tmp_path / f"state{len(made)}", tls)
        made.append(handle)
        return handle

    yield make
    for handle in made:
        handle.sandbox.stop()
