#!/usr/bin/env python3
"""Documents and templates before linters that know nothing of this project: policies before parliament, CloudFormation before cfn-lint, Terraform
before an HCL parser. Each linter is given something broken first, and has to say so. `lint.py DOCUMENTS SCRATCH` with `template` outputs in SCRATCH."""
import json
import pathlib
import re
import subprocess
import sys
import warnings

import hcl2
import yaml

warnings.simplefilter("ignore")  # pkg_resources
import parliament  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "lib"))
sys.path.insert(0, str(HERE))
from promise import AREA, finish, promise, same  # noqa: E402
from minimal_world import CHAIN_ACTIONS, as_list, hcl, producer_documents  # noqa: E402

AREA[0] = "onboarding"
DOCUMENTS, SCRATCH = json.loads(pathlib.Path(sys.argv[1]).read_text()), pathlib.Path(sys.argv[2])
CFN, TERRAFORM = ROOT / "dsn-templates/aws/cloudformation", ROOT / "dsn-templates/aws/terraform"
# A session policy takes away; what it leaves is still only what the role has. So "could change the bucket's policy" is no finding there.
ONLY_NARROWS = {"read_only": {"RESOURCE_POLICY_PRIVILEGE_ESCALATION"}}


def policy_findings(document):
    """What parliament says, trust documents as resource policies of a role."""
    found = parliament.analyze_policy_string(json.dumps(document))
    return sorted({f"{f.issue}: {f.detail or ''}"[:160] for f in found.findings})


def identity(document):
    """A trust or resource policy as parliament reads policies: it has no resource type for the principal's side, so principal goes, the role comes."""
    statements = [{k: v for k, v in s.items() if k not in ("Principal", "Condition")} | {"Resource": s.get("Resource", "arn:aws:iam::222233334444:role/X")}
                  for s in document["Statement"]]
    return dict(document, Statement=statements)


def cfn_findings(path):
    done = subprocess.run([pathlib.Path(sys.executable).with_name("cfn-lint"), "--format", "parseable", str(path)], capture_output=True, text=True, timeout=170)
    return done.stdout.splitlines() + (done.stderr.splitlines()[-3:] if done.returncode and not done.stdout else [])


def broken_policy(document, change):
    return policy_findings(json.loads(change(json.dumps(document))))


@promise("the policy linter sees an action that does not exist")
def sees_action():
    assert broken_policy(DOCUMENTS["read"], lambda t: t.replace("athena:GetWorkGroup", "athena:GetWorkGruop"))


@promise("the policy linter sees a resource that does not fit the action")
def sees_resource():
    assert broken_policy(DOCUMENTS["read"], lambda t: t.replace(":workgroup/", ":datacatalog/"))


@promise("the policy linter sees a condition that the action does not know")
def sees_condition():
    text = json.dumps(DOCUMENTS["governed"])
    assert policy_findings(json.loads(text.replace('"Resource": "*"', '"Resource": "*", "Condition": {"StringEquals": {"s3:prefix": "x"}}')))


for name, document in DOCUMENTS.items():
    @promise(f"the policy linter has nothing to say about {name}")
    def linted(name=name, document=document):
        shown = identity(document) if "trust" in name else document
        same([f for f in policy_findings(shown) if f.split(":")[0] not in ONLY_NARROWS.get(name, ())], [])


for name, document in zip(("catalog", "bucket"), producer_documents(ROOT, ["arn:aws:iam::222233334444:role/X"])):
    @promise(f"the policy linter has nothing to say about the producer's {name} policy")
    def produced(document=document):
        same(policy_findings(identity(document)), [])


def broken_template(name, old, new):
    text = (CFN / name).read_text()
    assert old in text, f"{name} no longer says {old!r}"
    path = SCRATCH / f"broken-{name}"
    path.write_text(text.replace(old, new))
    return cfn_findings(path)


for name, old, new in (("consumer.yaml", "BytesScannedCutoffPerQuery", "BytesScannedCutOffPerQuery"), ("producer.yaml", "TableWildcard", "TableWildCard"),
                       ("run-as-role.yaml", "!GetAtt RunAsRole.Arn", "!GetAtt RunAsRole.ARN")):
    @promise(f"cfn-lint sees {name} broken")
    def sees_template(name=name, old=old, new=new):
        assert any(re.search(r":E\d{4}:", line) for line in broken_template(name, old, new))

TEMPLATES = sorted(CFN.glob("*.yaml")) + sorted(SCRATCH.glob("template-*.json"))
for path in TEMPLATES:
    @promise(f"cfn-lint has nothing to say about {path.name}")
    def template(path=path):
        same(cfn_findings(path), [])


@promise("the printed templates were looked at too")
def printed():
    assert len([p for p in TEMPLATES if p.suffix == ".json"]) >= 4, TEMPLATES


def terraform(path):
    with path.open(encoding="utf-8") as text:
        return hcl2.load(text)


def undeclared(text):
    """References of a module to what it does not declare."""
    made = {f"var.{name}" for name in re.findall(r'^variable "(\w+)"', text, re.M)}
    made |= {f"data.{kind}.{name}" for kind, name in re.findall(r'^data "(\w+)" "(\w+)"', text, re.M)}
    made |= {f"{kind}.{name}" for kind, name in re.findall(r'^resource "(\w+)" "(\w+)"', text, re.M)}
    for block in re.findall(r"^locals \{\n(.*?)^\}", text, re.M | re.S):
        made |= {f"local.{name}" for name in re.findall(r"^  (\w+) +=", block, re.M)}
    code = re.sub(r'"(?:[^"$]|\$\{[^}]*\}|\$)*"', lambda m: " ".join(re.findall(r"\$\{([^}]*)\}", m.group(0))), re.sub(r"#.*", "", text))
    used = set(re.findall(r"\b((?:var|local)\.\w+|data\.\w+\.\w+|aws_\w+\.\w+)", code))
    return sorted(used - made)


for path in sorted(TERRAFORM.glob("*/main.tf")):
    @promise(f"Terraform module {path.parent.name} is HCL, and refers to nothing that it does not declare")
    def module(path=path):
        parsed = terraform(path)
        assert parsed["resource"] and parsed["output"] and parsed["variable"]
        same(undeclared(path.read_text()), [])

    @promise(f"the parser sees module {path.parent.name} broken")
    def sees_module(path=path):
        broken = SCRATCH / "broken.tf"
        broken.write_text(path.read_text().replace("{\n", "\n", 1))
        try:
            terraform(broken)
        except Exception:  # noqa: BLE001 - any refusal is one
            pass
        else:
            raise AssertionError("it was taken")
        assert undeclared(path.read_text().replace('variable "', 'variable "not_', 1))


# --- three ways to the same rights ------------------------------------------------------------------------------------------------

class Loader(yaml.SafeLoader):
    """CloudFormation's short forms."""


Loader.add_multi_constructor("!", lambda loader, name, node: "<function>")


def actions_of(value):
    """Every action of every Allow statement inside a value."""
    if isinstance(value, list):
        return set().union(*map(actions_of, value)) if value else set()
    if not isinstance(value, dict):
        return set()
    if value.get("Effect") == "Allow":
        return set(as_list(value["Action"]))
    return set().union(*map(actions_of, value.values())) if value else set()


def of_terraform(name):
    text = re.sub(r"#.*", "", (TERRAFORM / name / "main.tf").read_text()).replace("local.actions", json.dumps(CHAIN_ACTIONS))
    lists = re.findall(r"\bAction\s*=\s*(\[[^\]]*\]|\"[^\"]*\")", text)
    return set().union(*({a} if isinstance(a, str) else set(a) for a in map(json.loads, lists))) - {"s3:*"}


@promise("policy, CloudFormation and Terraform give a consumer's role the same actions")
def same_consumer():
    printed = set().union(*(actions_of(DOCUMENTS[name]) for name in ("write", "governed", "keys", "consumer_trust")))
    template = yaml.load((CFN / "consumer.yaml").read_text(), Loader)["Resources"]
    same(sorted(actions_of(template)), sorted(printed))
    same(sorted(of_terraform("consumer")), sorted(printed))


@promise("policy, CloudFormation and Terraform give the central role the same actions")
def same_central():
    template = yaml.load((CFN / "run-as-role.yaml").read_text(), Loader)["Resources"]
    same((sorted(actions_of(template)), sorted(of_terraform("run-as-role")), sorted(actions_of(DOCUMENTS["run_as_policy"]))), (sorted(CHAIN_ACTIONS),) * 3)


finish()
