#!/usr/bin/env python3
"""The IAM documents that `policy` prints and the templates hold: loaded into the sandbox, everything the profile promises works with them, and
without any one statement or action something named does not."""
import json
import os
import re

import yaml

from tool import ROOT, athena
from promise import AREA, finish, promise, same
from sandbox import control

AREA[0] = "odbcinst documents"
ROLE_A, ROLE_B = "arn:aws:iam::111122223333:role/AthenaRunAs", "arn:aws:iam::222233334444:role/AthenaConsumer"
OPTIONS = ["--database", "flights", "--data", "s3://retail-data/flights"]
BEFORE = control("POST", "role_policies", {"role": ROLE_B, "policies": []})["before"]
TRUST_B = control("POST", "trust", {"role": ROLE_B})["before"]


def load(documents):
    control("POST", "role_policies", {"role": ROLE_B, "policies": documents})


def restore():
    control("POST", "role_policies", {"role": ROLE_B, "policies": BEFORE})
    control("POST", "trust", {"role": ROLE_B, "policy": TRUST_B})


def reads():
    """What a reader does: a table, a partitioned one, a view's base, the list of tables; by the result object and by pages."""
    for dsn in ("retail", "retail_pages"):
        for sql in ("SELECT count(*) FROM flights", "SELECT name FROM airlines ORDER BY 1 LIMIT 1", "SELECT count(*) FROM flights_by_month WHERE month = 1",
                    "SHOW TABLES"):
            if athena("query", dsn, "--csv", sql).status != 0:
                return False
    return True


def writes():
    name = "made_here"
    athena("query", "retail", f"DROP TABLE IF EXISTS {name}")
    made = athena("query", "retail", f"CREATE TABLE {name} WITH (format = 'PARQUET', external_location = 's3://retail-data/flights/{name}/') AS SELECT 1 AS x")
    put = athena("query", "retail", f"INSERT INTO {name} VALUES (2)")
    changed = athena("query", "retail", "UPDATE notes SET note = 'x' WHERE id = 1")
    dropped = athena("query", "retail", f"DROP TABLE {name}")
    return all(answer.status == 0 for answer in (made, put, changed, dropped))


READ = athena("policy", "retail", "--json", *OPTIONS, "--results", "s3://retail-results/retail-bi/", "--offline").wants(0).json["consumer_policy"]
WRITE = athena("policy", "retail", "--json", "--write", *OPTIONS, "--results", "s3://retail-results/retail-bi/", "--offline").wants(0).json["consumer_policy"]


@promise("the documents for reading are enough for everything a reader does")
def enough():
    load([READ])
    assert reads()


@promise("the documents for reading are not enough for writing")
def not_more():
    load([READ])
    assert not writes()


@promise("the documents for writing are enough for a table made, filled, changed and dropped")
def enough_to_write():
    load([WRITE])
    assert reads() and writes()


@promise("no statement of the documents for reading can be left out")
def each_statement():
    idle = []
    for n, statement in enumerate(READ["Statement"]):
        load([dict(READ, Statement=READ["Statement"][:n] + READ["Statement"][n + 1:])])
        if reads() and statement["Sid"] not in ("DataBuckets", "ResultBucket"):
            idle.append(statement["Sid"])
    same(idle, [])


# Action by action: tests/onboarding/minimal.py.

@promise("the trust documents let the chain pass, and only with the external id")
def trust():
    restore()
    documents = athena("policy", "retail", "--json", "--with-external-id", *OPTIONS).wants(0).json
    control("POST", "trust", {"role": ROLE_B, "policy": documents["consumer_trust"]})
    before = control("POST", "trust", {"role": ROLE_A, "policy": documents["run_as_trust"]})["before"]
    before_a = control("POST", "role_policies", {"role": ROLE_A, "policies": [documents["run_as_policy"]]})["before"]
    try:
        control("POST", "trust", {"role": ROLE_B})  # principals are bound again to the role of now
        athena("whoami", "retail").wants(0)
        same([f["verdict"] for f in athena("doctor", "retail", "--probe-external-id", "--json").wants(0).json["findings"] if f["check"] == "external id"], ["OK"])
        athena("whoami", "risk").wants(1)  # Role A may assume this one role and no other
    finally:
        control("POST", "trust", {"role": ROLE_A, "policy": before})
        control("POST", "role_policies", {"role": ROLE_A, "policies": before_a})
        restore()


@promise("without --with-external-id no document shows it")
def hidden():
    athena("policy", "retail", *OPTIONS).wants(0).shows_no_secret()
    athena("template", "retail", *OPTIONS).wants(0).shows_no_secret()


@promise("the session policies that policy prints are those the driver sends")
def sent():
    trail = control("GET", "trail?name=AssumeRole")
    records = trail["records"] if isinstance(trail, dict) else trail
    printed = athena("policy", "retail", "--json", *OPTIONS).wants(0).json["run_as_session_policy"]
    policies = [r.get("requestParameters", {}).get("policy") for r in records if r.get("requestParameters", {}).get("roleArn") == ROLE_A]
    same(json.loads([p for p in policies if p][-1]), printed)


class Loader(yaml.SafeLoader):
    """CloudFormation's short forms."""


Loader.add_multi_constructor("!", lambda loader, name, node: {name: loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode)
                                                              else loader.construct_sequence(node, True) if isinstance(node, yaml.SequenceNode)
                                                              else loader.construct_mapping(node, True)})


def resolve(value, names, conditions):
    if isinstance(value, list):
        return [resolve(item, names, conditions) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (function, argument), = value.items()
        if function == "Ref":
            return names[argument]
        if function in ("Sub", "Fn::Sub"):
            return re.sub(r"\$\{([^}]+)\}", lambda m: names[m.group(1)], argument)
        if function in ("GetAtt", "Fn::GetAtt"):
            return names[argument if isinstance(argument, str) else ".".join(argument)]
        if function == "If":
            return resolve(argument[1] if conditions[argument[0]] else argument[2], names, conditions)
    return {key: resolve(item, names, conditions) for key, item in value.items()}


NAMES = {"AWS::Partition": "aws", "AWS::Region": "us-east-1", "AWS::AccountId": "222233334444", "RunAsRoleArn": ROLE_A, "ExternalId": "bi-retail-7c1e",
         "WorkgroupName": "retail-bi", "Database": "flights", "DataBucket": "retail-data", "DataPrefix": "flights/", "ResultBucket": "retail-results",
         "KmsKeyArn": "", "ConsumerRole": "AthenaConsumer", "RoleName": "AthenaConsumer", "RolePath": "/", "ResultDays": 7, "ScanLimitBytes": 10000000, "SharedAccount": "555566667777", "SharedDatabase": "shared",
         "SharedBucket": "mesh-data", "SharedPrefix": "shared/"}


def documents_of(template, *conditions):
    text = json.dumps(resolve({k: v for k, v in template["Resources"].items() if v["Type"] in ("AWS::IAM::Role", "AWS::IAM::ManagedPolicy")
                               and v.get("Condition") in (None, *conditions)}, NAMES, {}))
    resources = json.loads(text.replace("retail-results/results/", "retail-results/retail-bi/"))
    policies = [p["PolicyDocument"] for r in resources.values() for p in r["Properties"].get("Policies", [])]
    policies += [r["Properties"]["PolicyDocument"] for r in resources.values() if "PolicyDocument" in r["Properties"]]
    return resources["ConsumerRole"]["Properties"]["AssumeRolePolicyDocument"], policies


@promise("the CloudFormation template for a consumer account lets a reader read and nobody write")
def cloudformation_read():
    template = yaml.load((ROOT / "dsn-templates/aws/cloudformation/consumer.yaml").read_text(), Loader)
    trusted, policies = documents_of(template)
    control("POST", "trust", {"role": ROLE_B, "policy": trusted})
    load(policies)
    assert reads() and not writes()


@promise("with Access=read-write it lets a writer write")
def cloudformation_write():
    template = yaml.load((ROOT / "dsn-templates/aws/cloudformation/consumer.yaml").read_text(), Loader)
    trusted, policies = documents_of(template, "MayWrite")
    control("POST", "trust", {"role": ROLE_B, "policy": trusted})
    load(policies)
    assert reads() and writes()
    restore()


@promise("with SharedAccount it lets a reader read a producer's database through its link, and without it does not")
def cloudformation_shared():
    template = yaml.load((ROOT / "dsn-templates/aws/cloudformation/consumer.yaml").read_text(), Loader)
    ask = ("query", "retail", "--csv", "SELECT count(*) > 1000 AS many FROM mesh.airports")
    try:
        load(documents_of(template)[1])
        athena(*ask).wants(1)
        # The sandbox's link has another name than its target.
        text = json.dumps(documents_of(template, "HasShared", "HasSharedBucket")[1])
        load(json.loads(re.sub(r"222233334444:(database|table)/shared", r"222233334444:\1/mesh", text)))
        same(athena(*ask).wants(0).out, "many\ntrue\n")
    finally:
        restore()


@promise("the outputs of the templates are keys of the data source")
def outputs():
    keys = set(re.findall(r'^KEYWORD\(\w+, "(\w+)"', (ROOT / "driver/config/keyword.def").read_text(), re.M))
    found = []
    for path in sorted((ROOT / "dsn-templates/aws/cloudformation").glob("*.yaml")):
        found += list(yaml.load(path.read_text(), Loader)["Outputs"])
    for path in sorted((ROOT / "dsn-templates/aws/terraform").glob("*/main.tf")):
        found += re.findall(r'^output "(\w+)"', path.read_text(), re.M)
    found += list(athena("template", "retail", *OPTIONS).wants(0).json["Outputs"])
    same(sorted(set(found) - keys), [])
    assert len(found) >= 14, found


@promise("template prints the consumer's stack: the same policy as policy, and a place that is enforced")
def template():
    made = athena("template", "retail", *OPTIONS).wants(0).json["Resources"]
    same(made["ConsumerRole"]["Properties"]["Policies"][0]["PolicyDocument"], athena("policy", "retail", "--json", *OPTIONS).wants(0).json["consumer_policy"])
    same(made["QueryWorkgroup"]["Properties"]["WorkGroupConfiguration"]["EnforceWorkGroupConfiguration"], True)
    same(made["ConsumerRole"]["Properties"]["RoleName"], "AthenaConsumer")


@promise("a wildcard in a name is refused: it would widen the policy")
def wildcard():
    athena("policy", "retail", "--database", "fli*", "--offline").wants(2)
    athena("policy", "retail", "--data", "s3://retail-data/*", "--offline").wants(2)


def inventory(n):
    from tool import write
    rows = "".join(f"spoke-{i:04},{100000000000 + i},AthenaConsumer,{ROLE_A},id-{i:05}-x,eu-central-1,bi\n" for i in range(n))
    return write(f"many-{n}.csv", "name,account,role,RunAsRole,ExternalId,AwsRegion,Workgroup\n" + rows)


for count in (200, 500):
    @promise(f"the central template for {count} spokes fits into managed policies, each role once")
    def central(count=count):
        resources = athena("template", "--inventory", inventory(count)).wants(0).json["Resources"]
        shards = [r["Properties"]["PolicyDocument"] for r in resources.values() if r["Type"] == "AWS::IAM::ManagedPolicy"]
        roles = [arn for shard in shards for statement in shard["Statement"] for arn in statement["Resource"]]
        same((len(roles), len(set(roles))), (count, count))
        assert len(shards) <= 10 and all(len(re.sub(r"\s", "", json.dumps(s))) <= 6144 for s in shards), [len(json.dumps(s)) for s in shards]


@promise("more roles than fit are refused with the count, and --organization covers them by one statement")
def too_many():
    path = inventory(1500)
    answer = athena("template", "--inventory", path)
    assert answer.status != 0 and "1500 roles" in answer.err and "--organization" in answer.err, answer.err
    resources = athena("template", "--inventory", path, "--organization", "o-abc").wants(0).json["Resources"]
    statement = resources["AssumeConsumers"]["Properties"]["PolicyDocument"]["Statement"][0]
    same(statement["Condition"], {"StringEquals": {"aws:ResourceOrgID": "o-abc"}})


restore()
finish()
