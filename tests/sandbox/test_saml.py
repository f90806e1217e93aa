"""SAML sign-in: an assertion that openssl has signed becomes a role session; an altered one does not."""
import base64
import datetime
import hashlib
import subprocess

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from conftest import CENTRAL, bare_world

ROLE = f"arn:aws:iam::{CENTRAL}:role/SamlRole"
PROVIDER = f"arn:aws:iam::{CENTRAL}:saml-provider/corp"

# Typed in the exclusive canonical form already, so that the test needs no canonicaliser of its own.
ASSERTION = (
    '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_1" IssueInstant="{now}" '
    'Version="2.0"><saml:Issuer>https://idp.example.com</saml:Issuer>{signature}<saml:Subject>'
    '<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">ann</saml:NameID>'
    '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
    '<saml:SubjectConfirmationData NotOnOrAfter="{end}" Recipient="{aud}">'
    '</saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>'
    '<saml:Conditions NotBefore="{start}" NotOnOrAfter="{end}"><saml:AudienceRestriction>'
    '<saml:Audience>{aud}</saml:Audience></saml:AudienceRestriction></saml:Conditions>'
    '<saml:AttributeStatement><saml:Attribute Name="https://aws.amazon.com/SAML/Attributes/Role">'
    '<saml:AttributeValue>{role},{provider}</saml:AttributeValue></saml:Attribute><saml:Attribute '
    'Name="https://aws.amazon.com/SAML/Attributes/RoleSessionName"><saml:AttributeValue>{session}'
    '</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>')
INFO = (
    '<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:CanonicalizationMethod '
    'Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:CanonicalizationMethod><ds:SignatureMethod '
    'Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod><ds:Reference '
    'URI="#_1"><ds:Transforms><ds:Transform '
    'Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform><ds:Transform '
    'Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:Transform></ds:Transforms><ds:DigestMethod '
    'Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>{digest}'
    '</ds:DigestValue></ds:Reference></ds:SignedInfo>')


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("idp")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                    "/CN=idp", "-keyout", "key.pem", "-out", "cert.pem"], cwd=folder, check=True,
                   capture_output=True)
    return folder


@pytest.fixture
def saml(small, keys):
    world = bare_world()
    account = world["accounts"][CENTRAL]
    account["saml_providers"] = {"corp": {"certificate": (keys / "cert.pem").read_text()}}
    account["roles"]["SamlRole"] = {"trust": {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Federated": PROVIDER}, "Action": "sts:AssumeRoleWithSAML",
        "Condition": {"StringEquals": {"saml:aud": "https://signin.aws.amazon.com/saml",
                                       "saml:sub": "ann"}}}]}}
    return small(world)


def assertion(keys, minutes=5, **changes):
    now = datetime.datetime.now(datetime.timezone.utc)
    values = {"now": now, "start": now - datetime.timedelta(minutes=1),
              "end": now + datetime.timedelta(minutes=minutes)}
    values = {name: moment.strftime("%Y-%m-%dT%H:%M:%SZ") for name, moment in values.items()}
    values.update(aud="https://signin.aws.amazon.com/saml", role=ROLE, provider=PROVIDER,
                  session="ann@corp")
    values.update(changes)
    bare = ASSERTION.format(signature="", **values)
    digest = base64.b64encode(hashlib.sha256(bare.encode()).digest()).decode()
    info = INFO.format(digest=digest)
    mac = subprocess.run(["openssl", "dgst", "-sha256", "-sign", keys / "key.pem"], check=True,
                         input=info.encode(), capture_output=True).stdout
    # On the wire the namespace is declared on the Signature, as signers do, and empty elements are short.
    inner = info.replace(' xmlns:ds="http://www.w3.org/2000/09/xmldsig#"', "", 1)
    signature = (f'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">{inner}<ds:SignatureValue>'
                 f'{base64.b64encode(mac).decode()}</ds:SignatureValue></ds:Signature>')
    return ASSERTION.format(signature=signature, **values).replace(
        "></saml:SubjectConfirmationData>", "/>")


def sign_in(handle, text, role=ROLE, provider=PROVIDER):
    client = boto3.client("sts", endpoint_url=handle.endpoint, region_name="us-east-1", config=Config(
        signature_version=UNSIGNED, retries={"total_max_attempts": 1}))
    return client.assume_role_with_saml(RoleArn=role, PrincipalArn=provider, SAMLAssertion=base64.b64encode(
        text.encode()).decode())


def test_a_signed_assertion_becomes_a_session(saml, keys):
    found = sign_in(saml, assertion(keys))
    assert found["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{CENTRAL}:assumed-role/SamlRole/ann@corp"
    assert (found["Subject"], found["SubjectType"], found["Issuer"]) == (
        "ann", "persistent", "https://idp.example.com")


@pytest.mark.parametrize("change, code", [
    (lambda text: text.replace(">ann<", ">eve<"), "InvalidIdentityToken"),
    (lambda text: text.replace("ann@corp", "eve@corp"), "InvalidIdentityToken"),
    (lambda text: text.replace('ID="_1"', 'ID="_2"'), "InvalidIdentityToken"),
    (lambda text: text[:text.index("<ds:Signature ")] + text[text.index("</ds:Signature>") + 15:],
     "InvalidIdentityToken"),
    (lambda text: "no xml", "InvalidIdentityToken"),
    (lambda text: '<!DOCTYPE x [<!ENTITY a "b">]>' + text, "InvalidIdentityToken")])
def test_an_altered_assertion_is_refused(saml, keys, change, code):
    with pytest.raises(ClientError) as caught:
        sign_in(saml, change(assertion(keys)))
    assert caught.value.response["Error"]["Code"] == code


@pytest.mark.parametrize("changes, code", [
    ({"minutes": -0.5}, "ExpiredTokenException"), ({"aud": "https://other"}, "InvalidIdentityToken"),
    ({"role": "arn:aws:iam::111122223333:role/Other"}, "AccessDenied"),
    ({"session": "x y"}, "InvalidIdentityToken")])
def test_a_signed_assertion_with_wrong_facts_is_refused(saml, keys, changes, code):
    with pytest.raises(ClientError) as caught:
        sign_in(saml, assertion(keys, **changes))
    assert caught.value.response["Error"]["Code"] == code
