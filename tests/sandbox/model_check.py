"""Every answer a test sees is held against botocore's service models: no member may be unknown or of a wrong type."""
import json
import xml.etree.ElementTree as tree

# Members that Athena is known to send although no model has them.
EXTRA = {("ResultSet", "ColumnInfos"), ("ResultSet", "ResultRows")}
KINDS = {"string": str, "integer": int, "long": int, "boolean": bool, "double": (int, float),
         "float": (int, float), "timestamp": (int, float, str), "map": dict, "list": list,
         "structure": dict}


def json_problems(shape, value, path):
    if value is None:
        return
    wanted = KINDS.get(shape.type_name)
    if wanted and (not isinstance(value, wanted) or (wanted is int and isinstance(value, bool))):
        yield f"{path}: {shape.type_name} expected, not {value!r}"
        return
    if shape.type_name == "structure":
        for name in shape.required_members:
            if name not in value:
                yield f"{path}.{name}: is missing"
        for name, item in value.items():
            if name in shape.members:
                yield from json_problems(shape.members[name], item, f"{path}.{name}")
            elif (shape.name, name) not in EXTRA and name != "__type":
                yield f"{path}.{name}: unknown member of {shape.name}"
    elif shape.type_name == "list":
        for number, item in enumerate(value[:50]):
            yield from json_problems(shape.member, item, f"{path}[{number}]")
    elif shape.type_name == "map":
        for name, item in value.items():
            yield from json_problems(shape.value, item, f"{path}.{name}")
    elif shape.type_name == "string" and getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{path}: {value!r} is not among {shape.enum}"


def xml_problems(shape, element, path):
    if shape.type_name != "structure":
        return
    names = {}
    for name, member in shape.members.items():
        location = member.serialization.get("location")
        if location in ("header", "headers", "statusCode") or shape.serialization.get("payload") == name:
            continue
        names[member.serialization.get("name", name)] = member
    for child in element:
        name = child.tag.split("}")[-1]
        member = names.get(name)
        if member is None:
            yield f"{path}.{name}: unknown element of {shape.name}"
        elif member.type_name == "structure":
            yield from xml_problems(member, child, f"{path}.{name}")
        elif member.type_name == "list" and member.member.type_name == "structure":
            flat = member.serialization.get("flattened")
            for item in [child] if flat else list(child):
                yield from xml_problems(member.member, item, f"{path}.{name}")


def problems(model, response):
    """The ways in which a raw answer departs from its operation's model."""
    shape, body = model.output_shape, response["body"]
    if response["status_code"] >= 300 or shape is None or not body:
        return []
    protocol = model.service_model.metadata["protocol"]
    try:
        if protocol == "json":
            return list(json_problems(shape, json.loads(body), model.name))
        if protocol == "query":
            root = tree.fromstring(body)
            return list(xml_problems(shape, list(root)[0], model.name))
        if protocol == "rest-xml" and not model.has_streaming_output \
                and not shape.serialization.get("payload") and body.startswith(b"<?xml"):
            if model.name == "GetBucketLocation":
                return []
            return list(xml_problems(shape, tree.fromstring(body), model.name))
    except (ValueError, tree.ParseError):
        return []                       # a fault has spoilt the body on purpose
    return []


def watch(client):
    """Makes every answer of a boto3 client go through the check."""
    def check(model=None, parsed=None, operation_model=None, response_dict=None, **_):
        found = problems(operation_model, response_dict)
        assert not found, found[:10]
    client.meta.events.register("before-parse", check)
    return client
