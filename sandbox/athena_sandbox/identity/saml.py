"""SAML assertions: exclusive canonical form, the signature, and what AWS wants to find inside."""
from __future__ import annotations

import base64
import binascii
import hashlib
import re
import subprocess
import tempfile
import xml.dom.minidom
import xml.parsers.expat

from ..contract import ServiceError
from .conditions import parse_date

DSIG = "http://www.w3.org/2000/09/xmldsig#"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
ATTRIBUTES = "https://aws.amazon.com/SAML/Attributes/"
AUDIENCE = "https://signin.aws.amazon.com/saml"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
DEEPEST = 60
SMALLEST, LARGEST = 4, 100_000


def invalid(text):
    return ServiceError("InvalidIdentityToken", text, 400)


def escape_text(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#xD;")


def escape_attribute(text):
    for plain, entity in (("&", "&amp;"), ("<", "&lt;"), ('"', "&quot;"), ("\t", "&#x9;"),
                          ("\n", "&#xA;"), ("\r", "&#xD;")):
        text = text.replace(plain, entity)
    return text


def canonical(node, leave_out=None, rendered=None, depth=0):
    """The exclusive canonical form of an element, without comments and without `leave_out`."""
    if depth > DEEPEST:
        raise invalid("The assertion is nested too deeply")
    rendered = dict(rendered or {})
    attributes = [node.attributes.item(n) for n in range(node.attributes.length)]
    plain = [a for a in attributes if not (a.name == "xmlns" or a.name.startswith("xmlns:"))]
    prefixes = {node.prefix or ""} | {a.prefix for a in plain if a.prefix and a.prefix != "xml"}
    declared = []
    for prefix in sorted(prefixes):
        uri = node.namespaceURI if prefix == (node.prefix or "") else next(
            a.namespaceURI for a in plain if a.prefix == prefix)
        if rendered.get(prefix, "") != (uri or ""):
            declared.append(f' xmlns{":" + prefix if prefix else ""}="{escape_attribute(uri or "")}"')
            rendered[prefix] = uri or ""
    plain.sort(key=lambda a: (a.namespaceURI or "", a.localName or a.name))
    text = "".join(f' {a.name}="{escape_attribute(a.value)}"' for a in plain)
    out = [f"<{node.tagName}{''.join(declared)}{text}>"]
    for child in node.childNodes:
        if child is leave_out:
            continue
        if child.nodeType == child.ELEMENT_NODE:
            out.append(canonical(child, leave_out, rendered, depth + 1))
        elif child.nodeType in (child.TEXT_NODE, child.CDATA_SECTION_NODE):
            out.append(escape_text(child.data))
    return "".join(out) + f"</{node.tagName}>"


def children(node, uri, name):
    return [c for c in node.childNodes if c.nodeType == c.ELEMENT_NODE
            and (c.namespaceURI, c.localName) == (uri, name)]


def one(node, uri, name):
    found = children(node, uri, name)
    if len(found) != 1:
        raise invalid(f"The assertion must contain one {name}")
    return found[0]


def text_of(node):
    return "".join(c.data for c in node.childNodes if c.nodeType == c.TEXT_NODE).strip()


def verify_rsa(certificate, message, signature):
    """Whether an RSA SHA-256 signature is good for the certificate's key (by openssl)."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in (("cert", certificate.encode()), ("sig", signature), ("msg", message)):
            with open(f"{folder}/{name}", "wb") as out:
                out.write(data)
        key = subprocess.run(["openssl", "x509", "-in", f"{folder}/cert", "-pubkey", "-noout"],
                             capture_output=True)
        with open(f"{folder}/key", "wb") as out:
            out.write(key.stdout)
        done = subprocess.run(["openssl", "dgst", "-sha256", "-verify", f"{folder}/key", "-signature",
                               f"{folder}/sig", f"{folder}/msg"], capture_output=True)
    return key.returncode == 0 and done.returncode == 0


def check_signature(element, certificate):
    """The enveloped signature of an element: its digest and the signature over it."""
    signature = one(element, DSIG, "Signature")
    info = one(signature, DSIG, "SignedInfo")
    reference = one(info, DSIG, "Reference")
    methods = (one(info, DSIG, "CanonicalizationMethod").getAttribute("Algorithm"),
               one(info, DSIG, "SignatureMethod").getAttribute("Algorithm"),
               one(reference, DSIG, "DigestMethod").getAttribute("Algorithm"))
    if methods != (EXCLUSIVE, RSA_SHA256, SHA256):
        raise invalid("The assertion's signature uses an unsupported algorithm")
    if reference.getAttribute("URI") != "#" + element.getAttribute("ID"):
        raise invalid("The assertion's signature is for another element")
    digest = hashlib.sha256(canonical(element, signature).encode()).digest()
    stated = base64.b64decode(text_of(one(reference, DSIG, "DigestValue")))
    value = base64.b64decode(text_of(one(signature, DSIG, "SignatureValue")))
    if digest != stated or not verify_rsa(certificate, canonical(info).encode(), value):
        raise invalid("Response signature invalid")


def read_assertion(sandbox, text, account, role_arn, provider_arn):
    """The facts of a good assertion: subject, issuer, session name; a ServiceError otherwise."""
    owner = sandbox.world.accounts.get(account)
    found = re.fullmatch(rf"arn:aws:iam::{account}:saml-provider/(.+)", provider_arn)
    provider = owner.saml_providers.get(found.group(1)) if owner and found else None
    if provider is None:
        raise invalid("The specified provider doesn't exist")
    try:
        raw = base64.b64decode(text, validate=True)
        if b"<!DOCTYPE" in raw:
            raise ValueError("document type")
        document = xml.dom.minidom.parseString(raw)
    except (ValueError, binascii.Error, xml.parsers.expat.ExpatError) as error:
        raise invalid("Invalid base64 SAMLResponse or not a SAML document") from error
    root = document.documentElement
    assertion = root if root.localName == "Assertion" else one(root, SAML, "Assertion")
    try:
        check_signature(assertion, provider["certificate"])
    except (ValueError, binascii.Error) as error:
        raise invalid("Response signature invalid") from error
    return facts_of(sandbox, assertion, role_arn, provider_arn)


def check_times(sandbox, node):
    now = sandbox.clock.now()
    before, after = node.getAttribute("NotBefore"), node.getAttribute("NotOnOrAfter")
    if (before and now < parse_date(before)) or (after and now >= parse_date(after)):
        raise ServiceError("ExpiredTokenException", "Token must be redeemed within 5 minutes of "
                           "issuance", 400)


def facts_of(sandbox, assertion, role_arn, provider_arn):
    conditions = one(assertion, SAML, "Conditions")
    check_times(sandbox, conditions)
    audience = text_of(one(one(conditions, SAML, "AudienceRestriction"), SAML, "Audience"))
    if audience not in (AUDIENCE, "urn:amazon:webservices"):
        raise invalid("Audience is not urn:amazon:webservices")
    subject = one(assertion, SAML, "Subject")
    name = one(subject, SAML, "NameID")
    confirmation = one(one(subject, SAML, "SubjectConfirmation"), SAML, "SubjectConfirmationData")
    check_times(sandbox, confirmation)
    values = {}
    for statement in children(assertion, SAML, "AttributeStatement"):
        for attribute in children(statement, SAML, "Attribute"):
            values.setdefault(attribute.getAttribute("Name"), []).extend(
                text_of(v) for v in children(attribute, SAML, "AttributeValue"))
    pairs = {frozenset(part.strip() for part in value.split(","))
             for value in values.get(ATTRIBUTES + "Role", [])}
    if frozenset((role_arn, provider_arn)) not in pairs:
        raise ServiceError("AccessDenied", "Not authorized to perform sts:AssumeRoleWithSAML", 403,
                           reason="the assertion does not name this role and provider")
    session = (values.get(ATTRIBUTES + "RoleSessionName") or [""])[0]
    if not re.fullmatch(r"[\w+=,.@-]{2,64}", session, re.ASCII):
        raise invalid("RoleSessionName is required in AuthnResponse")
    kind = name.getAttribute("Format").rpartition(":")[2] or "unspecified"
    return {"subject": text_of(name), "subject_type": kind, "session_name": session,
            "audience": confirmation.getAttribute("Recipient") or audience,
            "issuer": text_of(one(assertion, SAML, "Issuer"))}
