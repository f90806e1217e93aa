"""The decisions of the tests that ran before, held against AWS's service authorization data: every action exists, and is asked for on a
resource of a type that it has. ./check iam-simulator runs this after the tests of the services."""
import json
import pathlib
import re
import shutil
import subprocess

import pytest

from conftest import ASKED
from test_authorisation_promises import LEGACY
from test_matrix import SIMULATOR

def pattern(arn):
    """The regular expression of a pattern with ${Names}."""
    return re.compile("".join("[^:]*" if part in ("${Partition}", "${Region}", "${Account}") else ".+" if part.startswith("${")
                              else re.escape(part) for part in re.split(r"(\$\{[^}]*\})", arn)))


@pytest.fixture(scope="module")
def data():
    if not SIMULATOR or not shutil.which("node"):
        pytest.skip("the service authorization data comes with the independent simulator: ./check iam-simulator")
    script = pathlib.Path(__file__).with_name("iam_data.mjs")
    names = sorted({action for action, _ in ASKED} | set(LEGACY))
    done = subprocess.run(["node", script, SIMULATOR], capture_output=True, text=True, check=True, input=json.dumps(names))
    return json.loads(done.stdout)


def test_every_action_that_is_asked_for_exists(data):
    assert len({action for action, _ in ASKED}) > 40
    assert sorted(name for name, types in data.items() if types is None) == []


def test_every_action_is_asked_for_on_a_resource_of_its_own_types(data):
    wrong = set()
    for action, resource in ASKED:
        types = data[action] or []
        fits = any(pattern(arn).fullmatch(resource) for arn in types) if types else resource == "*"
        if not fits:
            wrong.add((action, resource if types else f"{resource} instead of *"))
    print(f"held against the service authorization data: {len(ASKED)} decisions on {len({a for a, _ in ASKED})} actions")
    assert sorted(wrong)[:20] == []
