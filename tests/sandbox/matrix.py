"""The negative matrix: every permission, trust statement and condition of a world taken away or altered once.

A probe is a request that the world allows because of one statement; a mutation changes that statement.
Each (mutation, probe) pair is decided by the sandbox's evaluator and, where it is installed, by an independent one.
"""
import copy
from dataclasses import dataclass

from athena_sandbox.contract import Caller
from athena_sandbox.identity.policy import Policy, PolicySet, decide

BASE_CONTEXT = {"aws:PrincipalOrgID": "o-acme1sandbx", "aws:SecureTransport": "true",
                "aws:RequestedRegion": "us-east-1", "aws:SourceIp": "127.0.0.1",
                "aws:ViaAWSService": "false"}


@dataclass
class Case:
    name: str
    caller: Caller
    action: str
    resource: str
    owner: str
    context: dict
    identity: list
    resource_policy: object
    trust: bool
    scp: list


def listed(value):
    return value if isinstance(value, list) else [value]


def documents(raw):
    source = raw.get("policies") or []
    return list(source.values()) if isinstance(source, dict) else list(source)


def sample(resource):
    return resource.replace("*", "x1")


def owner_of(resource, world, fallback):
    parts = resource.split(":", 5)
    if len(parts) == 6 and parts[2] == "s3":
        for number, account in world["accounts"].items():
            if parts[5].split("/")[0] in (account.get("buckets") or {}):
                return number
    return parts[4] if len(parts) == 6 and parts[4] else fallback


def resource_document(world, owner, resource):
    """(policy document of the resource or None, whether it is a trust policy)."""
    parts = resource.split(":", 5)
    account = world["accounts"].get(owner, {})
    if len(parts) == 6 and parts[2] == "iam":
        role = account.get("roles", {}).get(parts[5].split("/")[-1])
        return (role or {}).get("trust"), True
    if len(parts) == 6 and parts[2] == "glue":
        return (account.get("glue") or {}).get("policy"), False
    if len(parts) == 6 and parts[2] == "s3":
        return ((account.get("buckets") or {}).get(parts[5].split("/")[0]) or {}).get("policy"), False
    return None, False


def callers(world):
    """(caller, raw user or role) of every principal with policies."""
    for number, account in world["accounts"].items():
        for name, raw in (account.get("users") or {}).items():
            yield Caller(number, f"arn:aws:iam::{number}:user/{name}", "AKIA", "user"), raw
        for name, raw in (account.get("roles") or {}).items():
            yield Caller(number, f"arn:aws:sts::{number}:assumed-role/{name}/s", "ASIA", "assumed-role",
                         role_arn=f"arn:aws:iam::{number}:role/{name}"), raw


def external_id(document):
    for statement in listed((document or {}).get("Statement", [])):
        for block in (statement.get("Condition") or {}).values():
            if "sts:ExternalId" in block:
                return block["sts:ExternalId"]
    return None


def shared_by_lake_formation(world, resource):
    """Shares add statements to a catalog's policy that the world file does not spell out."""
    owner = world["accounts"].get(resource.split(":", 5)[4] if resource.startswith("arn:") else "", {})
    return "shares" in (owner.get("lakeformation") or {})


def probes(world):
    """[(caller, raw, document number, statement number, action, resource)] that the world allows."""
    found = []
    for caller, raw in callers(world):
        for d, document in enumerate(documents(raw)):
            for s, statement in enumerate(listed(document["Statement"])):
                for action in listed(statement["Action"]):
                    for resource in listed(statement["Resource"]):
                        if shared_by_lake_formation(world, resource):
                            continue
                        found.append((caller, raw, d, s, action, sample(resource)))
    return found


def case_of(world, name, caller, action, resource, identity, changed=None):
    """`changed`: the resource's policy after a mutation, if that is what was mutated."""
    owner = owner_of(resource, world, caller.account)
    document, trust = resource_document(world, owner, resource)
    context = dict(BASE_CONTEXT)
    number = external_id(document) if trust else None
    if number:
        context["sts:ExternalId"] = number
    scp = world.get("organizations", {}).get("acme", {}).get("scp", [])
    return Case(name, caller, action, resource, owner, context, identity,
                changed if changed is not None else document, trust, scp)


def statement_changes(statement, action, resource):
    """(name, changed statement or None for a removed one) for one statement and the probe it carries."""
    yield "statement removed", None
    without = [a for a in listed(statement["Action"]) if a != action]
    if without:
        yield f"without {action}", {**statement, "Action": without}
    yield "made a Deny", {**statement, "Effect": "Deny"}
    yield "action misspelt", {**statement, "Action": [a + "x" if a == action else a
                                                      for a in listed(statement["Action"])]}
    if "Resource" in statement:
        left = [r for r in listed(statement["Resource"]) if sample(r) != resource]
        if left:
            yield f"without {resource}", {**statement, "Resource": left}
        yield "of another account", {**statement, "Resource": [
            r.replace("222233334444", "999900001111").replace("retail-", "other-")
            for r in listed(statement["Resource"])]}
    if "Principal" in statement:
        yield "another principal", {**statement, "Principal": {
            "AWS": "arn:aws:iam::999900001111:role/Other"}}
        yield "everybody", {**statement, "Principal": "*"}
        yield "NotPrincipal", {**{k: v for k, v in statement.items() if k != "Principal"},
                               "Effect": "Deny", "NotPrincipal": statement["Principal"]}
    for operator, block in (statement.get("Condition") or {}).items():
        for key in block:
            yield f"{key} altered", {**statement, "Condition": {operator: {**block, key: "altered"}}}
    yield "condition dropped", {k: v for k, v in statement.items() if k != "Condition"}
    for operator, key, value in (("StringEquals", "aws:RequestedRegion", "eu-west-1"),
                                 ("StringNotEquals", "aws:RequestedRegion", "eu-west-1"),
                                 ("Bool", "aws:SecureTransport", "false"),
                                 ("IpAddress", "aws:SourceIp", "10.0.0.0/8"),
                                 ("Null", "aws:PrincipalOrgID", "true"),
                                 ("StringLike", "aws:PrincipalOrgID", "o-acme*"),
                                 ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/Athena*"),
                                 ("StringEqualsIfExists", "aws:SourceVpc", "vpc-1")):
        yield f"only if {operator} {key} {value}", {**statement, "Condition": {
            **(statement.get("Condition") or {}), operator: {
                **(statement.get("Condition") or {}).get(operator, {}), key: value}}}


def replaced(document, number, statement):
    document = copy.deepcopy(document)
    statements = listed(document["Statement"])
    if statement is None:
        statements.pop(number)
    else:
        statements[number] = statement
    return {**document, "Statement": statements}


def base_cases(world):
    return [case_of(world, f"{c.arn.split(':', 4)[4]} {action} {resource}", c, action, resource,
                    documents(raw)) for c, raw, _, _, action, resource in probes(world)]


def mutated_cases(world):
    """The whole matrix, one probe for each statement and change (every action once for removal)."""
    cases, seen = [], set()
    for caller, raw, d, s, action, resource in probes(world):
        document = documents(raw)[d]
        statement = listed(document["Statement"])[s]
        for change, value in statement_changes(statement, action, resource):
            key = (caller.arn, d, s, change if "without" in change else change + resource[:20])
            if key in seen:
                continue
            seen.add(key)
            identity = documents(raw)
            identity[d] = replaced(document, s, value)
            cases.append(case_of(world, f"{caller.arn.split(':', 4)[4]} {action} {resource}: own "
                                 f"statement {d}.{s} {change}", caller, action, resource, identity))
        target, _ = resource_document(world, owner_of(resource, world, caller.account), resource)
        for n, statement in enumerate(listed((target or {}).get("Statement", []))):
            if action not in listed(statement["Action"]):
                continue
            for change, value in statement_changes(statement, action, resource):
                key = (caller.arn, action, resource, n, change)
                if key in seen:
                    continue
                seen.add(key)
                cases.append(case_of(world, f"{caller.arn.split(':', 4)[4]} {action} {resource}: the "
                                     f"resource's statement {n} {change}", caller, action, resource,
                                     documents(raw), replaced(target, n, value)))
    return cases


def decided(case):
    """The sandbox's decision: 'Allowed', 'ImplicitlyDenied' or 'ExplicitlyDenied'."""
    kind = "trust" if case.trust else "resource"
    resource = [Policy(case.resource_policy, kind)] if case.resource_policy and \
        case.resource_policy["Statement"] else []
    policies = PolicySet([Policy(d) for d in case.identity if d["Statement"]], None, None,
                         [[Policy(d) for d in case.scp]] if case.scp else None, resource)
    decision = decide(policies, case.caller, case.action, case.resource, case.context, case.owner,
                      case.trust)
    if decision.allowed:
        return "Allowed"
    return "ExplicitlyDenied" if decision.explicit else "ImplicitlyDenied"


def simulation(case):
    """The same question in the independent simulator's form."""
    context = {**case.context, "aws:PrincipalArn": case.caller.role_arn or case.caller.arn,
               "aws:PrincipalAccount": case.caller.account}
    out = {"request": {"principal": case.caller.arn, "action": case.action,
                       "resource": {"resource": case.resource, "accountId": case.owner},
                       "contextVariables": context},
           "identityPolicies": [{"name": f"p{n}", "policy": d} for n, d in enumerate(case.identity)
                                if d["Statement"]],
           "serviceControlPolicies": [{"orgIdentifier": "root", "policies": [
               {"name": f"s{n}", "policy": d} for n, d in enumerate(case.scp)]}] if case.scp else [],
           "resourceControlPolicies": []}
    if case.resource_policy and (case.trust or case.resource_policy["Statement"]):
        out["resourcePolicy"] = case.resource_policy
    return out
