"""The world of the minimality test: one role for every action that can be taken out of a document, and the data source that uses it.
`minimal_world.py DOCUMENTS DEFAULT_WORLD WORLD CASES` reads the documents and writes world and cases."""
import copy
import json
import pathlib
import re
import sys

CENTRAL, RETAIL = "111122223333", "222233334444"
ROLE_A = f"arn:aws:iam::{CENTRAL}:role/AthenaRunAs"
USER = f"arn:aws:iam::{CENTRAL}:user/bi-service"
KEY = f"arn:aws:kms:us-east-1:{RETAIL}:key/5b1c6f1e-7a55-4d0a-9d55-2f5f0c1f6a11"
EXTERNAL_ID = "minimal-77d1c3"
TAGGED = {"SessionTags": "team=bi", "TransitiveTagKeys": "team", "SourceIdentity": "alice"}
CHAIN_ACTIONS = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
# Documents whose statements stand in another one too: only these are taken apart.
ONLY = {"write": ("ChangeCatalog", "WriteData"), "governed": ("GovernedData",), "keys": ("Keys",), "browse": ("Browse", "ListCatalogs")}


def as_list(value):
    return value if isinstance(value, list) else [value]


def name_of(statement):
    return statement.get("Sid") or ("DenyPuts" if "NotResource" in statement else statement["Effect"])


def cuts(document, only=None):
    """(statement, action, the document without it) for every action; the trust's condition is taken out as if it were one."""
    for n, statement in enumerate(document["Statement"]):
        if only and name_of(statement) not in only or statement.get("Action") == "*":
            continue
        for action in as_list(statement["Action"]):
            less = copy.deepcopy(document)
            kept = [a for a in as_list(statement["Action"]) if a != action]
            if kept:
                less["Statement"][n]["Action"] = kept
            else:
                del less["Statement"][n]
            yield name_of(statement), action, less
        for key in (key for test in statement.get("Condition", {}).values() for key in test):
            less = copy.deepcopy(document)
            del less["Statement"][n]["Condition"]
            yield name_of(statement), "condition " + key, less


def hcl(text, names):
    """The documents of a Terraform file: each argument of jsonencode, with its names filled in."""
    found = []
    for start in (match.end() for match in re.finditer(r"jsonencode\(", text)):
        depth, end = 1, start
        while depth:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        body = re.sub(r"\$\{([^}]+)\}", lambda m: str(names[m.group(1)]), text[start:end - 1])
        body = re.sub(r"\b(?:var|local)\.\w+", lambda m: json.dumps(names[m.group(0)]), body)
        body = re.sub(r'("?)([\w:]+)\1(\s*)=(?!=)', r'"\2"\3:', body)
        lines = [line.rstrip() for line in body.splitlines() if line.strip()]
        joined = ""
        for here, after in zip(lines, lines[1:] + ["}"]):
            joined += here + ("" if here[-1] in "{[,:" or after.strip()[0] in "]}" and here[-1] != "," else ",") + "\n"
        found.append(json.loads(re.sub(r",(\s*[\]}])", r"\1", joined.strip().rstrip(","))))
    return found


def producer_documents(root, consumers):
    """Catalog policy and bucket policy of the mesh's producer."""
    names = {"var.consumer_role_arns": consumers, "var.database": "shared", "var.data_bucket": "mesh-data", "var.data_prefix": "shared/",
             "local.glue": "arn:aws:glue:us-east-1:555566667777", "local.bucket": "arn:aws:s3:::mesh-data"}
    return hcl((root / "dsn-templates/aws/terraform/producer/main.tf").read_text(), names)


class Builder:
    def __init__(self, world):
        self.world, self.cases = world, []
        self.retail, self.central = world["accounts"][RETAIL]["roles"], world["accounts"][CENTRAL]["roles"]

    def consumer(self, name, policies, trust=None, principals=(ROLE_A,)):
        trust = trust or {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": list(principals)}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}},
            {"Effect": "Allow", "Principal": {"AWS": list(principals)}, "Action": CHAIN_ACTIONS[1:]}]}
        self.retail[name] = {"trust": trust, "policies": {f"P{n}": policy for n, policy in enumerate(policies)}}
        return {"ConsumerAccountRoleArn": f"arn:aws:iam::{RETAIL}:role/{name}", "RunAsRole": ROLE_A, "ExternalId": EXTERNAL_ID}

    def add(self, document, sid, action, **more):
        self.cases.append({"document": document, "sid": sid, "action": action, **more})

    def next(self, document, action):
        return f"Minimal-{document.replace('_', '-')}-{len(self.cases) if action else 'whole'}"

    def each(self, document, whole, only=None):
        """The whole document first, then one cut after the other."""
        yield None, None, whole
        yield from cuts(whole, only)


def build(world, documents):
    b = Builder(world)
    for document in ("read", "write", "governed", "keys", "browse", "mesh"):
        for sid, action, less in b.each(document, documents[document], ONLY.get(document, ("Nothing",) if document == "mesh" else None)):
            keys = b.consumer(b.next(document, action), [less])
            keys["Workgroup"] = "retail-sealed" if document == "keys" else "retail-bi"
            if document == "browse":
                keys |= {"MetadataRetrievalMethod": "ProxyAPI", "QueryExternalCatalogs": "1"}
            b.add(document, sid, action, keys=keys)
    chain_roles = []
    reader = [documents["read"]]
    for document in ("run_as_policy", "run_as_trust"):
        for sid, action, less in b.each(document, documents[document]):
            name = b.next(document, action)
            is_trust = document == "run_as_trust"
            b.central[name] = {"trust": less if is_trust else documents["run_as_trust"], "policies": {"P": documents["run_as_policy"] if is_trust else less}}
            chain_roles.append(f"arn:aws:iam::{CENTRAL}:role/{name}")
            b.add(document, sid, action, keys={"RunAsRole": chain_roles[-1], "ExternalId": EXTERNAL_ID, **TAGGED,
                                               "ConsumerAccountRoleArn": f"arn:aws:iam::{RETAIL}:role/MinimalChain"})
    b.consumer("MinimalChain", reader, principals=chain_roles + [ROLE_A])
    for sid, action, less in b.each("consumer_trust", documents["consumer_trust"]):
        b.add("consumer_trust", sid, action, keys=b.consumer(b.next("consumer_trust", action), reader, less) | TAGGED)
    for sid, action, less in b.each("scope_down", documents["scope_down"]):
        b.add("scope_down", sid, action, session=less, keys={"RunAsRole": f"arn:aws:iam::{RETAIL}:role/MinimalChain", "RunAsExternalId": EXTERNAL_ID, **TAGGED})
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    for sid, action, less in b.each("read_only", documents["read_only"]):
        keys = b.consumer(b.next("read_only", action), [everything])
        b.add("read_only", sid, action, keys=keys | {"SessionPolicy": json.dumps(less, separators=(",", ":")), "Workgroup": "retail-bi"})
    mesh = [case["keys"]["ConsumerAccountRoleArn"] for case in b.cases if case["document"] == "mesh"]
    root = pathlib.Path(__file__).resolve().parents[2]
    for document, policy in zip(("producer_catalog", "producer_bucket"), producer_documents(root, mesh)):
        for sid, action, less in b.each(document, policy):
            b.add(document, sid, action, policy=less)
    finish(world, b)
    return b.cases


def finish(world, b):
    """What the roles need around them."""
    retail = world["accounts"][RETAIL]
    for policy in b.central["AthenaRunAs"]["policies"].values():
        policy["Statement"][0]["Resource"].append(f"arn:aws:iam::{RETAIL}:role/Minimal*")
    b.central["AthenaRunAs"]["trust"]["Statement"].append({"Effect": "Allow", "Principal": {"AWS": USER}, "Action": CHAIN_ACTIONS})
    governed = [case["keys"]["ConsumerAccountRoleArn"] for case in b.cases if case["document"] == "governed"]
    retail["lakeformation"]["grants"] += [{"principal": role, "catalog": "666677778888", "database": "governed", "table": "stocks", "permissions": ["DESCRIBE", "SELECT"]}
                                          for role in governed]
    retail["kms_keys"] = {"results": {"id": KEY.rsplit("/", 1)[1], "policy": {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{RETAIL}:root"}, "Action": "kms:*", "Resource": "*"}]}}}
    retail["catalogs"] = {"second_catalog": {"type": "GLUE", "catalog_id": "555566667777"}}
    # The other reading hides every list of databases from a role that may not see them all.
    world.setdefault("switches", {})["glue_lists_check_children"] = False
    retail["workgroups"]["retail-sealed"] = {"output": "s3://retail-results/retail-bi/", "enforce": True, "encryption": "SSE_KMS", "kms_key": KEY}


if __name__ == "__main__":
    import yaml
    source, default, target, cases = map(pathlib.Path, sys.argv[1:])
    made = yaml.safe_load(default.read_text())
    found = build(made, json.loads(source.read_text()))
    target.write_text(json.dumps(made))
    cases.write_text(json.dumps(found))
