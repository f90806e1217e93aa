"""Condition operators of IAM policies and the condition keys the sandbox knows."""
from __future__ import annotations

import base64
import binascii
import datetime
import difflib
import functools
import ipaddress
import re


class PolicyError(ValueError):
    """A policy document that AWS would refuse, or that the sandbox cannot judge."""


GLOBAL_KEYS = """
aws:CalledVia aws:CalledViaFirst aws:CalledViaLast aws:CurrentTime aws:EpochTime
aws:FederatedProvider aws:MultiFactorAuthAge aws:MultiFactorAuthPresent aws:PrincipalAccount
aws:PrincipalArn aws:PrincipalIsAWSService aws:PrincipalOrgID aws:PrincipalOrgPaths
aws:PrincipalType aws:RequestedRegion aws:ResourceAccount aws:ResourceOrgID aws:ResourceOrgPaths
aws:SecureTransport aws:SourceAccount aws:SourceArn aws:SourceIdentity aws:SourceIp
aws:SourceVpc aws:SourceVpce aws:TagKeys aws:TokenIssueTime aws:UserAgent aws:userid
aws:username aws:ViaAWSService aws:VpcSourceIp
""".split()

SERVICE_KEYS = """
sts:ExternalId sts:RoleSessionName sts:SourceIdentity sts:TransitiveTagKeys sts:AWSServiceName
s3:prefix s3:delimiter s3:max-keys s3:ResourceAccount s3:authType s3:signatureversion
s3:signatureAge s3:x-amz-acl s3:x-amz-content-sha256 s3:x-amz-server-side-encryption
s3:x-amz-server-side-encryption-aws-kms-key-id s3:x-amz-server-side-encryption-customer-algorithm
s3:x-amz-storage-class s3:if-match s3:if-none-match s3:VersionId s3:TlsVersion
saml:aud saml:iss saml:sub saml:sub_type saml:namequalifier
kms:ViaService kms:CallerAccount kms:EncryptionContextKeys kms:GrantIsForAWSResource
""".split()

PREFIXED_KEYS = ("aws:PrincipalTag/", "aws:RequestTag/", "aws:ResourceTag/",
                 "s3:ExistingObjectTag/", "s3:RequestObjectTag/", "iam:ResourceTag/",
                 "kms:EncryptionContext:")

OIDC_KEY_NAMES = {"aud", "sub", "amr", "azp", "oaud", "email", "app_id"}

KNOWN_KEYS = {key.lower(): key for key in GLOBAL_KEYS + SERVICE_KEYS}


def check_key(key, where):
    """Refuses a condition key that the sandbox cannot fill in, naming the nearest one."""
    lowered = key.lower()
    if lowered in KNOWN_KEYS:
        return
    for prefix in PREFIXED_KEYS:
        if lowered.startswith(prefix.lower()) and len(key) > len(prefix):
            return
    provider, _, name = key.rpartition(":")
    if "." in provider and name.lower() in OIDC_KEY_NAMES:
        return
    near = difflib.get_close_matches(lowered, KNOWN_KEYS, n=1, cutoff=0.0)
    hint = f" (nearest known key: {KNOWN_KEYS[near[0]]})" if near else ""
    raise PolicyError(f"{where}: unknown condition key '{key}'{hint}")


# --- values ----------------------------------------------------------------------------------------

def parse_date(text):
    """An ISO 8601 date or a number of epoch seconds, as an aware datetime."""
    text = str(text).strip()
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return datetime.datetime.fromtimestamp(float(text), datetime.timezone.utc)
    value = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)


def text_of(value):
    """The text form that a JSON value has in a condition."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    raise PolicyError(f"a condition value must be a string, a number or a boolean, not {value!r}")


VARIABLE = re.compile(r"\$\{([^}]*)\}")


@functools.lru_cache(maxsize=8192)
def glob_regex(pattern, ignore_case=False):
    """The regular expression of a pattern with * and ?."""
    out = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.compile(out, re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def variable_value(expression, context):
    """The value of ${expression} in the request, or None."""
    if expression in ("*", "?", "$"):
        return expression
    name, comma, default = expression.partition(",")
    found = context.get(name.strip().lower())
    if isinstance(found, (list, tuple)):
        return None
    if found is not None:
        return str(found)
    default = default.strip()
    if comma and len(default) >= 2 and default[0] == default[-1] == "'":
        return default[1:-1]
    return None


def expand(pattern, context, variables):
    """The pattern as [(text, is_literal)], or None when a variable has no value."""
    if not variables or "${" not in pattern:
        return [(pattern, False)]
    parts, last = [], 0
    for found in VARIABLE.finditer(pattern):
        value = variable_value(found.group(1), context)
        if value is None:
            return None
        parts.append((pattern[last:found.start()], False))
        parts.append((value, True))
        last = found.end()
    parts.append((pattern[last:], False))
    return parts


def glob_match(pattern, text, context, variables=True, ignore_case=False):
    """Whether a pattern with wildcards and variables stands for the whole text."""
    parts = expand(pattern, context, variables)
    if parts is None:
        return False
    if len(parts) == 1:
        return glob_regex(pattern, ignore_case).fullmatch(text) is not None
    out = "".join(re.escape(part) if literal else
                  "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in part)
                  for part, literal in parts)
    return re.fullmatch(out, text, re.DOTALL | (re.IGNORECASE if ignore_case else 0)) is not None


# --- operators -------------------------------------------------------------------------------------

class Operand:
    """One value of a policy's condition, with what is needed to resolve its variables."""

    def __init__(self, text, variables):
        self.text = text
        self.variables = variables

    def plain(self, context):
        parts = expand(self.text, context, self.variables)
        return None if parts is None else "".join(part for part, _ in parts)


def string_equals(have, want, context):
    return want.plain(context) == have


def string_equals_ignore_case(have, want, context):
    plain = want.plain(context)
    return plain is not None and plain.casefold() == have.casefold()


def string_like(have, want, context):
    return glob_match(want.text, have, context, want.variables)


def arn_like(have, want, context):
    wanted, had = want.text.split(":", 5), have.split(":", 5)
    if want.variables and "${" in want.text:
        plain = want.plain(context)
        if plain is None:
            return False
        wanted = plain.split(":", 5)
    if len(wanted) != 6 or len(had) != 6:
        return want.text == "*"
    return all(glob_regex(w).fullmatch(h) for w, h in zip(wanted, had))


def ordered(parse, compare):
    def operator(have, want, context):
        plain = want.plain(context)
        try:
            return plain is not None and compare(parse(have), parse(plain))
        except ValueError:
            return False
    return operator


def boolean(have, want, context):
    return have.lower() == (want.plain(context) or "").lower()


def binary(have, want, _context):
    try:
        return base64.b64decode(have, validate=True) == base64.b64decode(want.text, validate=True)
    except (binascii.Error, ValueError):
        return False


def ip_address(have, want, context):
    plain = want.plain(context)
    try:
        return ipaddress.ip_address(have) in ipaddress.ip_network(plain, strict=False)
    except ValueError:
        return False


def check_number(text):
    float(text)


def check_boolean(text):
    if text.lower() not in ("true", "false"):
        raise ValueError(text)


def check_network(text):
    ipaddress.ip_network(text, strict=False)


def check_nothing(_text):
    return None


COMPARISONS = {"Equals": lambda a, b: a == b, "LessThan": lambda a, b: a < b,
               "LessThanEquals": lambda a, b: a <= b, "GreaterThan": lambda a, b: a > b,
               "GreaterThanEquals": lambda a, b: a >= b}

# name -> (function, negated, check of the policy's value)
OPERATORS = {
    "StringEquals": (string_equals, False, check_nothing),
    "StringNotEquals": (string_equals, True, check_nothing),
    "StringEqualsIgnoreCase": (string_equals_ignore_case, False, check_nothing),
    "StringNotEqualsIgnoreCase": (string_equals_ignore_case, True, check_nothing),
    "StringLike": (string_like, False, check_nothing),
    "StringNotLike": (string_like, True, check_nothing),
    "Bool": (boolean, False, check_boolean),
    "BinaryEquals": (binary, False, check_nothing),
    "IpAddress": (ip_address, False, check_network),
    "NotIpAddress": (ip_address, True, check_network),
    "ArnEquals": (arn_like, False, check_nothing),
    "ArnLike": (arn_like, False, check_nothing),
    "ArnNotEquals": (arn_like, True, check_nothing),
    "ArnNotLike": (arn_like, True, check_nothing),
    "Null": (None, False, check_boolean),
}
for _family, _parse, _check in (("Numeric", float, check_number), ("Date", parse_date, parse_date)):
    for _name, _compare in COMPARISONS.items():
        OPERATORS[_family + _name] = (ordered(_parse, _compare), False, _check)
    OPERATORS[_family + "NotEquals"] = (ordered(_parse, COMPARISONS["Equals"]), True, _check)

OPERATOR_NAMES = {name.lower(): name for name in OPERATORS}


class Condition:
    """One operator with one key of a Condition block."""

    def __init__(self, operator, key, values, variables, where):
        self.qualifier, name = self._split(operator, where)
        self.if_exists = name.lower().endswith("ifexists")
        if self.if_exists:
            name = name[:-len("IfExists")]
        known = OPERATOR_NAMES.get(name.lower())
        if known is None or (known == "Null" and (self.if_exists or self.qualifier)):
            near = difflib.get_close_matches(operator, OPERATORS, n=1, cutoff=0.0)
            raise PolicyError(f"{where}: unknown condition operator '{operator}'"
                              f" (nearest known operator: {near[0]})")
        check_key(key, where)
        self.name = known
        self.compare, self.negated, check = OPERATORS[known]
        self.key = key.lower()
        values = values if isinstance(values, list) else [values]
        self.values = [Operand(text_of(value), variables) for value in values]
        for value in self.values:
            if "${" in value.text:
                continue
            try:
                check(value.text)
            except ValueError as error:
                raise PolicyError(f"{where}: '{value.text}' is no value for {operator}") from error

    @staticmethod
    def _split(operator, where):
        if ":" not in operator:
            return None, operator
        qualifier, _, name = operator.partition(":")
        if qualifier.lower() not in ("forallvalues", "foranyvalue"):
            raise PolicyError(f"{where}: unknown set operator '{operator}'")
        return qualifier.lower(), name

    def holds(self, context):
        """Whether the condition is met by the request's context (keys in lower case)."""
        have = context.get(self.key)
        if self.name == "Null":
            return any((value.text.lower() == "true") == (have is None) for value in self.values)
        if self.qualifier is None:
            if have is None:
                return self.if_exists or self.negated
            single = have if isinstance(have, (list, tuple)) else [have]
            hit = any(self._any_value(item, context) for item in single)
            return hit != self.negated
        items = [] if have is None else have if isinstance(have, (list, tuple)) else [have]
        if have is None and self.if_exists:
            return True
        matched = (self._any_value(item, context) != self.negated for item in items)
        return all(matched) if self.qualifier == "forallvalues" else any(matched)

    def _any_value(self, item, context):
        return any(self.compare(text_of(item), value, context) for value in self.values)
