"""Every hand-typed case of policy_cases.yaml, each decided as the cited page says."""
import pathlib

import pytest
import yaml

from athena_sandbox.contract import Caller
from athena_sandbox.identity.conditions import PolicyError
from athena_sandbox.identity.policy import Policy, PolicySet, decide

FILE = yaml.safe_load((pathlib.Path(__file__).parent / "policy_cases.yaml").read_text())

CALLERS = {
    "user": Caller("111111111111", "arn:aws:iam::111111111111:user/ann", "AK", "user"),
    "session": Caller("111111111111", "arn:aws:sts::111111111111:assumed-role/Reader/s1", "AS",
                      "assumed-role", role_arn="arn:aws:iam::111111111111:role/Reader"),
    "foreign": Caller("222222222222", "arn:aws:iam::222222222222:user/bob", "AK", "user"),
    "foreign-session": Caller("222222222222", "arn:aws:sts::222222222222:assumed-role/Hub/h1", "AS",
                              "assumed-role", role_arn="arn:aws:iam::222222222222:role/Hub"),
}


def documents(case, name, kind):
    raw = case.get(name)
    if raw is None:
        return None
    if raw and isinstance(raw[0], dict) and "Statement" in raw[0]:
        return [Policy(document, kind) for document in raw]
    return [Policy(raw, kind)] if raw else []


def outcome(case):
    must = case.get("must", False)
    try:
        policies = PolicySet(documents(case, "identity", "identity") or [],
                             documents(case, "boundary", "identity"),
                             documents(case, "session", "identity"),
                             [documents(case, "scp", "identity")] if "scp" in case else None,
                             documents(case, "resource", "trust" if must else "resource"))
    except PolicyError:
        return "error"
    action = case.get("action", FILE["defaults"]["action"])
    resource = case.get("target", FILE["defaults"]["target"])
    decision = decide(policies, CALLERS[case.get("caller", "user")], action, resource,
                      case.get("context", {}), case.get("owner", "111111111111"), must)
    if decision.allowed:
        return "allow"
    return "explicit" if decision.explicit else "deny"


@pytest.mark.parametrize("case", FILE["cases"], ids=lambda case: case["name"])
def test_the_decision_is_the_documented_one(case):
    assert case["page"].split("/")[0] in ("IAM", "AmazonS3", "organizations"), case["page"]
    assert outcome(case) == case["expect"]


def test_there_are_at_least_eighty_cases_with_different_names():
    names = [case["name"] for case in FILE["cases"]]
    assert len(set(names)) == len(names) >= 80
