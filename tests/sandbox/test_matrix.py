"""The generated negative matrix, decided here and by an independent simulator where it is installed.

`./check iam-simulator` installs it below .check and runs this; ATHENA_IAM_SIMULATOR names another node_modules directory. It is used as a
separate program, for comparison only.
"""
import collections
import json
import os
import pathlib
import shutil
import subprocess

import pytest

import matrix
from conftest import bare_world

SIMULATOR = os.environ.get("ATHENA_IAM_SIMULATOR", "")


@pytest.fixture(scope="module")
def world():
    return bare_world()


@pytest.fixture(scope="module")
def cases(world):
    return matrix.mutated_cases(world)


def test_the_world_allows_every_probe_as_it_stands(world):
    refused = [case.name for case in matrix.base_cases(world) if matrix.decided(case) != "Allowed"]
    assert refused == []


def test_the_matrix_has_at_least_three_hundred_cases(cases):
    assert len({case.name for case in cases}) == len(cases) >= 300


ALWAYS_REFUSED = ("made a Deny", "statement removed", "action misspelt", "another principal",
                  "NotPrincipal", "altered", "only if Bool aws:SecureTransport false",
                  "only if StringEquals aws:RequestedRegion eu-west-1",
                  "only if IpAddress aws:SourceIp 10.0.0.0/8", "only if Null aws:PrincipalOrgID true")
STILL_ALLOWED = ("only if StringNotEquals aws:RequestedRegion eu-west-1", "everybody",
                 "only if StringLike aws:PrincipalOrgID o-acme*",
                 "only if StringEqualsIfExists aws:SourceVpc vpc-1", "condition dropped")


def test_every_change_has_the_effect_it_must_have(cases):
    """Removing or breaking a right refuses the call, unless a second statement grants the same."""
    wrong, counted = [], collections.Counter()
    for case in cases:
        change = case.name.split(" statement ", 1)[1].split(" ", 1)[1]
        outcome = matrix.decided(case)
        counted[outcome] += 1
        if ": own statement" in case.name and case.trust and case.owner == case.caller.account:
            # One account, and the trust policy names the caller: no identity policy is needed.
            if outcome != ("ExplicitlyDenied" if change == "made a Deny" else "Allowed"):
                wrong.append((case.name, outcome))
            continue
        if change.endswith(STILL_ALLOWED) and outcome != "Allowed":
            wrong.append((case.name, outcome))
        if change.endswith(ALWAYS_REFUSED) and outcome == "Allowed" and not again(case):
            wrong.append((case.name, outcome))
        if change == "made a Deny" and outcome != "ExplicitlyDenied":
            wrong.append((case.name, outcome))
    assert wrong == []
    assert counted["Allowed"] > 50 and counted["ImplicitlyDenied"] > 100 \
        and counted["ExplicitlyDenied"] > 20, counted


def again(case):
    """Whether another statement grants the same action on the same resource."""
    import fnmatch
    count = 0
    for document in case.identity + ([case.resource_policy] if case.resource_policy else []):
        for statement in matrix.listed(document["Statement"]):
            if statement["Effect"] == "Allow" and "Condition" not in statement \
                    and case.action in matrix.listed(statement["Action"]) \
                    and any(fnmatch.fnmatchcase(case.resource, r)
                            for r in matrix.listed(statement.get("Resource", "*"))):
                count += 1
    return count > 0


# Differences from the independent simulator that are known: (test of the case, reason).
KNOWN_DIFFERENCES = [
    (lambda case: case.name.endswith("NotPrincipal") and case.caller.kind == "assumed-role",
     "a Deny with NotPrincipal spares a session only if the session's own ARN is listed beside the "
     "role's (IAM guide, reference_policies_elements_notprincipal); the simulator is content with the "
     "role's ARN, and the sandbox takes the stricter reading"),
]


@pytest.mark.skipif(not SIMULATOR or not shutil.which("node"),
                    reason="the independent simulator runs by name: ./check iam-simulator")
def test_an_independent_simulator_decides_alike(cases):
    script = pathlib.Path(__file__).with_name("iam_simulate.mjs")
    done = subprocess.run(["node", script, SIMULATOR], capture_output=True, text=True, check=True,
                          input=json.dumps([matrix.simulation(case) for case in cases]))
    answers = json.loads(done.stdout)
    compared, unable, different = 0, collections.Counter(), []
    for case, answer in zip(cases, answers):
        if answer["result"] in (None, "error"):
            unable[str(answer["errors"])[:80]] += 1
            continue
        compared += 1
        ours = matrix.decided(case)
        if ours != answer["result"] and not any(test(case) for test, _ in KNOWN_DIFFERENCES):
            different.append((case.name, ours, answer["result"]))
    print(f"compared {compared}, not expressible {sum(unable.values())}: {dict(unable)}")
    assert different == []
    assert compared >= 300, unable
