"""Every answer of every sandbox of the run is held against botocore's service models: no member may be unknown, missing or of a wrong type."""
import json
import xml.etree.ElementTree as tree

import botocore.session

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


def answer_problems(model, body):
    """The ways in which the body of a good answer departs from its operation's model."""
    shape = model.output_shape
    if shape is None or not body:
        return []
    protocol = model.service_model.metadata["protocol"]
    if protocol == "json":
        return list(json_problems(shape, json.loads(body), model.name))
    if protocol == "query":
        if body.startswith(b"{"):
            return []                   # the form for Accept: application/json is in no model
        root = tree.fromstring(body)
        return list(xml_problems(shape, list(root)[0], model.name))
    if protocol == "rest-xml" and not model.has_streaming_output and model.name != "GetBucketLocation":
        payload = shape.serialization.get("payload")
        found = shape.members[payload] if payload else shape
        return list(xml_problems(found, tree.fromstring(body), model.name)) if body.startswith(b"<?xml") else []
    return []


def refusal_problems(call, response):
    """The shape of a refusal: each protocol's names, and a status that is an error's."""
    if response.status < 300:
        yield f"{call.service}:{call.action}: a refusal with status {response.status}"
    body = response.body if isinstance(response.body, bytes) else b""
    if not body:
        return
    if body.startswith(b"{"):
        document = json.loads(body)
        if "__type" not in document and "Code" not in document.get("Error", {}):
            yield f"{call.service}:{call.action}: a refusal without a name: {body[:100]!r}"
    else:
        names = {element.tag.split("}")[-1] for element in tree.fromstring(body).iter()}
        # A wrong Content-Type or operation is answered with an element of this name alone.
        if not {"Code", "Message"} <= names and "UnknownOperationException" not in names:
            yield f"{call.service}:{call.action}: a refusal without Code and Message: {body[:100]!r}"


# What any sandbox of this run answered wrongly; a fixture looks after each test.
WRONG = []
COUNTED = {"answers": 0, "refusals": 0}


def watch_gate(gate):
    """Holds every answer of a sandbox against the models, whoever asked. Faults spoil answers only later, on their way out."""
    session = botocore.session.get_session()
    dispatch, refuse = gate._dispatch, gate._refusal

    def checked_dispatch(call):
        response = dispatch(call)
        COUNTED["answers"] += 1
        try:
            model = models(session, call.service)
            if call.action in model.operation_names and response.status < 300 and isinstance(response.body, (bytes, bytearray)):
                WRONG.extend(answer_problems(model.operation_model(call.action), bytes(response.body)))
        except Exception as error:      # noqa: BLE001 - an answer that cannot be read is a finding too
            WRONG.append(f"{call.service}:{call.action}: {type(error).__name__}: {error}")
        return response

    def checked_refusal(call, error, request):
        response = refuse(call, error, request)
        COUNTED["refusals"] += 1
        try:
            WRONG.extend(refusal_problems(call, response))
        except Exception as problem:    # noqa: BLE001
            WRONG.append(f"{call.service}:{call.action}: {type(problem).__name__}: {problem}")
        return response

    gate._dispatch, gate._refusal = checked_dispatch, checked_refusal


MODELS = {}


def models(session, service):
    if service not in MODELS:
        MODELS[service] = session.get_service_model(service)
    return MODELS[service]
