"""Results and refusals as bytes, in each service's own shape."""
from __future__ import annotations

import json
from xml.sax.saxutils import escape

from .http import Response

STS_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
JSON_TYPE = "application/x-amz-json-1.1"


def xml_members(value):
    if isinstance(value, dict):
        out = []
        for name, item in value.items():
            for one in item if isinstance(item, list) else [item]:
                out.append(f"<{name}>{xml_members(one)}</{name}>")
        return "".join(out)
    return escape("" if value is None else str(value), {'"': "&quot;", "\r": "&#13;"})


def xml_document(root, value, namespace=None):
    attribute = f' xmlns="{namespace}"' if namespace else ""
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}{attribute}>{xml_members(value)}'
            f"</{root}>").encode("utf-8", "surrogateescape")


def sts_result(action, result, request_id):
    body = {f"{action}Result": result, "ResponseMetadata": {"RequestId": request_id}}
    text = f'<{action}Response xmlns="{STS_NAMESPACE}">{xml_members(body)}</{action}Response>'
    return Response(200, [("x-amzn-RequestId", request_id)], text.encode(), "text/xml")


def sts_result_json(action, result, request_id, epoch):
    """The undocumented JSON answer to Accept: application/json."""
    if "Credentials" in result:
        result = {**result, "Credentials": {**result["Credentials"], "Expiration": epoch}}
    body = {f"{action}Response": {f"{action}Result": result,
                                  "ResponseMetadata": {"RequestId": request_id}}}
    return Response(200, [("x-amzn-RequestId", request_id)], json.dumps(body).encode(),
                    "application/json")


def sts_error(error, request_id, as_json=False):
    kind = "Receiver" if error.status >= 500 else "Sender"
    headers = [("x-amzn-RequestId", request_id), *error.headers.items()]
    if as_json:
        body = {"Error": {"Code": error.code, "Message": error.message, "Type": kind},
                "RequestId": request_id}
        return Response(error.status, headers, json.dumps(body).encode(), "application/json")
    inner = {"Error": {"Type": kind, "Code": error.code, "Message": error.message},
             "RequestId": request_id}
    text = f'<ErrorResponse xmlns="{STS_NAMESPACE}">{xml_members(inner)}</ErrorResponse>'
    return Response(error.status, headers, text.encode(), "text/xml")


def s3_error(error, request_id, host_id, head=False):
    headers = [("x-amz-request-id", request_id), ("x-amz-id-2", host_id), *error.headers.items()]
    if head or error.status == 304:
        return Response(error.status, headers, b"", "application/xml")
    body = {"Code": error.code, "Message": error.message, **error.members,
            "RequestId": request_id, "HostId": host_id}
    return Response(error.status, headers, xml_document("Error", body), "application/xml")


def json_result(result, request_id):
    """A dict, or bytes that are JSON already."""
    body = result if isinstance(result, (bytes, bytearray)) \
        else json.dumps(result, ensure_ascii=False, separators=(",", ":")).encode("utf-8",
                                                                                "surrogatepass")
    return Response(200, [("x-amzn-RequestId", request_id)], body, JSON_TYPE)


def json_error(error, request_id, service, world):
    """Athena: Message, AthenaErrorCode, no error-type header; Glue and others: message."""
    headers = [("x-amzn-RequestId", request_id), *error.headers.items()]
    name = error.code
    if service == "athena":
        members = dict(error.members)
        if "AthenaErrorCode" in members:
            members.setdefault("ErrorCode", members["AthenaErrorCode"])
        body = {"__type": name, **members}
        if error.message or name != "SerializationException":
            body["Message" if world.switch("json_message_capital") else "message"] = error.message
    else:
        if service == "glue" and world.switch("glue_errors_namespaced"):
            name = "com.amazonaws.glue#" + name
        if service == "glue" and world.switch("glue_error_type_header"):
            headers.append(("x-amzn-ErrorType", error.code))
        member = "Message" if service == "glue" else "message"
        body = {"__type": name, **error.members, member: error.message}
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(error.status, headers, text, JSON_TYPE)
