"""The Security Token Service: sessions are handed out only if both sides' policies say so."""
from __future__ import annotations

import datetime
import zlib

from ..contract import ServiceError
from .authorize import expiry_text, policy_set, request_context
from .conditions import PolicyError
from .federation import Federation
from .policy import Policy, decide
from .sessions import Session, Sessions
from .validation import (CHAIN_LIMIT, NAME_PATTERN, EXTERNAL_PATTERN, TAG_PATTERN,
                         TAG_CHARACTERS, POLICY_CHARACTERS, ROLE_ARN, PLAIN_POLICY_LIMIT,
                         PACKED_UNITS, invalid, check_text, check_number, members)


class StsService(Federation):
    """handle(call) -> the result members of the operation."""

    def __init__(self, sandbox, sessions):
        self.sandbox = sandbox
        self.sessions = sessions
        self.operations = {
            "AssumeRole": self.assume_role,
            "AssumeRoleWithWebIdentity": self.assume_with_web_identity,
            "AssumeRoleWithSAML": self.assume_with_saml,
            "GetCallerIdentity": self.get_caller_identity,
            "GetSessionToken": self.get_session_token,
            "GetAccessKeyInfo": self.get_access_key_info,
            "DecodeAuthorizationMessage": self.decode_message,
        }

    def handle(self, call):
        operation = self.operations.get(call.action)
        if operation is None or call.params.get("Version", "2011-06-15") != "2011-06-15":
            raise ServiceError("InvalidAction", f"Could not find operation {call.action} for version "
                               f"{call.params.get('Version', 'NO_VERSION_SPECIFIED')}", 400)
        return operation(call)

    # --- who am I ---------------------------------------------------------------------------------

    def get_caller_identity(self, call):
        caller = call.caller
        return {"UserId": caller.user_id, "Account": caller.account, "Arn": caller.arn}

    def get_access_key_info(self, call):
        key = call.params.get("AccessKeyId")
        found = []
        if key is None:
            found.append((None, "accessKeyId", "Member must not be null"))
        check_text(found, key, "accessKeyId", 16, 128, r"[\w]*")
        if found:
            raise invalid(found)
        user = self.sandbox.world.users_by_key.get(key)
        account = user.account if user else next(
            (s.account for s in self.sessions.all() if s.access_key == key), None)
        if account is None:
            raise ServiceError("ValidationError", "Access key is not valid", 400)
        return {"Account": account}

    def decode_message(self, call):
        message = call.params.get("EncodedMessage")
        found = []
        if message is None:
            found.append((None, "encodedMessage", "Member must not be null"))
        check_text(found, message, "encodedMessage", 1, 10240)
        if found:
            raise invalid(found)
        self.sandbox.authorize(call.caller, "sts:DecodeAuthorizationMessage", "*", call=call)
        text = self.sandbox.trail.decode_message(message)
        if text is None:
            raise ServiceError("InvalidAuthorizationMessageException", "Message is not valid", 400)
        return {"DecodedMessage": text}

    def get_session_token(self, call):
        found = []
        duration = check_number(found, call.params.get("DurationSeconds"), "durationSeconds", 900,
                                129600)
        if found:
            raise invalid(found)
        if not call.caller.access_key_id.startswith("AKIA"):
            raise ServiceError("AccessDenied",
                               "Cannot call GetSessionToken with session credentials", 403)
        mfa = self._check_mfa(call)
        key, secret, token = Sessions.new_credentials()
        now = self.sandbox.clock.now()
        self.sessions.add(Session(key, secret, token, "user", call.caller.account, now,
                                  now + datetime.timedelta(seconds=duration or 43200),
                                  call.caller.arn, user_arn=call.caller.arn, mfa=mfa))
        return {"Credentials": self._credentials(key)}

    def _check_mfa(self, call):
        serial, code = call.params.get("SerialNumber"), call.params.get("TokenCode")
        if serial is None and code is None:
            return False
        found = []
        check_text(found, serial, "serialNumber", 9, 256, r"[\w+=/:,.@-]*")
        check_text(found, code, "tokenCode", 6, 6, r"[\d]*")
        if found:
            raise invalid(found)
        user = self.sandbox.world.users_by_key.get(call.caller.access_key_id)
        if user is None or not code or user.mfa_serial != serial or user.mfa_code != code:
            raise ServiceError("AccessDenied", "MultiFactorAuthentication failed with invalid MFA "
                               "one time pass code. ", 403, reason="serial number or code is wrong")
        return True

    def _credentials(self, access_key):
        session = next(s for s in self.sessions.all() if s.access_key == access_key)
        fraction = self.sandbox.world.switch("sts_fractional_expiration")
        return {"AccessKeyId": session.access_key, "SecretAccessKey": session.secret,
                "SessionToken": session.token, "Expiration": expiry_text(session.expires, fraction)}

    # --- assuming a role --------------------------------------------------------------------------

    def _validate(self, params, external=True, need=("RoleArn", "RoleSessionName")):
        found = []
        for name in need:
            if params.get(name) is None:
                found.append((None, name[0].lower() + name[1:], "Member must not be null"))
        check_text(found, params.get("RoleArn"), "roleArn", 20, 2048)
        check_text(found, params.get("RoleSessionName"), "roleSessionName", 2, 64, NAME_PATTERN)
        if external:
            check_text(found, params.get("ExternalId"), "externalId", 2, 1224, EXTERNAL_PATTERN)
            check_text(found, params.get("SourceIdentity"), "sourceIdentity", 2, 64, NAME_PATTERN)
        duration = check_number(found, params.get("DurationSeconds"), "durationSeconds", 900, 43200)
        policy = params.get("Policy")
        if policy is not None:
            check_text(found, policy, "policy", 1, PLAIN_POLICY_LIMIT)
            if policy and not POLICY_CHARACTERS.fullmatch(policy):
                found.append((policy, "policy", "Member must satisfy regular expression pattern: "
                              "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+"))
        tags = self._tags(params, found) if external else {}
        if found:
            raise invalid(found)
        if not ROLE_ARN.fullmatch(params["RoleArn"]):
            raise ServiceError("ValidationError", f"{params['RoleArn']} is invalid", 400)
        if (params.get("SourceIdentity") or "").lower().startswith("aws:"):
            raise ServiceError("ValidationError", "SourceIdentity must not begin with aws:", 400)
        return duration, tags

    @staticmethod
    def _tags(params, found):
        tags = {}
        given = members(params, "Tags", ("Key", "Value"))
        if len(given) > 50:
            found.append(("[...]", "tags", "Member must have length less than or equal to 50"))
        for number, tag in enumerate(given, 1):
            key, value = tag.get("Key", ""), tag.get("Value", "")
            check_text(found, key, f"tags.{number}.member.key", 1, 128)
            check_text(found, value, f"tags.{number}.member.value", 0, 256)
            for text, part in ((key, "key"), (value, "value")):
                if not TAG_CHARACTERS.fullmatch(text):
                    found.append((text, f"tags.{number}.member.{part}", "Member must satisfy "
                                  f"regular expression pattern: {TAG_PATTERN}"))
            if key.lower().startswith("aws:"):
                raise ServiceError("ValidationError",
                                   "Tag keys beginning with aws: are reserved", 400)
            if key.lower() in (have.lower() for have in tags):
                raise ServiceError("InvalidParameterValue", "Duplicate tag keys found. Please note "
                                   "that Tag keys are case insensitive.", 400)
            tags[key] = value
        return tags

    def _session_policies(self, params, account, tags):
        """The session policies (None: none given) and the packed size in percent."""
        policy, arns = params.get("Policy"), members(params, "PolicyArns", ("arn",))
        policies, plain = [], len(policy or "")
        if len(arns) > 10:
            raise invalid([("[...]", "policyArns",
                            "Member must have length less than or equal to 10")])
        try:
            if policy is not None:
                policies.append(Policy(policy, "identity", "session policy"))
        except PolicyError as error:
            raise ServiceError("MalformedPolicyDocument", "Syntax errors in policy.", 400,
                               reason=str(error)) from error
        for item in arns:
            owner = self.sandbox.world.accounts.get(account)
            found = owner.managed.get(item.get("arn")) if owner else None
            if found is None:
                raise ServiceError("InvalidParameterValue", "PolicyArns: a policy of the role's "
                                   f"account is needed, not {item.get('arn')}", 400)
            policies.append(found)
            plain += len(found.text())
        packed_text = "".join([policy or ""] + [found.text() for found in policies[bool(policy):]]
                              + [f"{k}\0{v}\0" for k, v in tags.items()])
        packed = -(-100 * len(zlib.compress(packed_text.encode(), 9)) // PACKED_UNITS) \
            if packed_text else 0
        if plain > PLAIN_POLICY_LIMIT or packed > 100:
            percent = max(packed, 100 * plain // PLAIN_POLICY_LIMIT)
            raise ServiceError("PackedPolicyTooLarge", "Packed size of session tags consumes "
                               f"{percent}% of allotted space.", 400)
        return (policies if policy is not None or arns else None), packed

    def _inherit(self, caller, tags, params):
        """Session tags of the new session: passed ones and the transitive ones of the caller's."""
        inherited = {key: value for key, value in caller.session_tags.items()
                     if key.lower() in caller.transitive_tags}
        lowered = {key.lower() for key in inherited}
        for key in tags:
            if key.lower() in lowered:
                raise ServiceError("InvalidParameterValue", "One of the specified transitive tag "
                                   "keys can't be set because it conflicts with a transitive tag "
                                   "key from the calling session.", 400)
        asked = members(params, "TransitiveTagKeys")
        if len(asked) > 50:
            raise invalid([("[...]", "transitiveTagKeys",
                            "Member must have length less than or equal to 50")])
        have = {key.lower() for key in tags}
        for key in asked:
            if key.lower() not in have:
                raise ServiceError("InvalidParameterValue", "The specified transitive tag key must "
                                   "be included in the requested tags.", 400)
        transitive = tuple(sorted(lowered | {key.lower() for key in asked}))
        return {**inherited, **tags}, transitive, asked

    def assume_role(self, call):
        params, caller = call.params, call.caller
        duration, tags = self._validate(params)
        arn = params["RoleArn"]
        account = arn.split(":")[4]
        chained = caller.access_key_id.startswith("ASIA")
        if chained and (duration or 0) > CHAIN_LIMIT:
            raise ServiceError("ValidationError", "The requested DurationSeconds exceeds the 1 hour "
                               "session limit for roles assumed by role chaining.", 400)
        self._check_region(call, account)
        mfa = self._check_mfa(call)
        all_tags, transitive, asked = self._inherit(caller, tags, params)
        identity = params.get("SourceIdentity")
        if caller.source_identity and identity not in (None, caller.source_identity):
            raise self._denied(call, "sts:SetSourceIdentity", arn, None,
                               "the source identity of a session cannot be changed")
        identity = identity or caller.source_identity
        context = self._assume_context(params, all_tags, asked, identity, mfa)
        self._authorize_assume(call, "sts:AssumeRole", arn, context)
        if all_tags:
            self._authorize_assume(call, "sts:TagSession", arn, context)
        if identity:
            self._authorize_assume(call, "sts:SetSourceIdentity", arn, context)
        role = self.sandbox.world.find_role(arn)
        if (duration or 0) > role.max_session:
            raise ServiceError("ValidationError", "The requested DurationSeconds exceeds the "
                               "MaxSessionDuration set for this role.", 400)
        policies, packed = self._session_policies(params, account, all_tags)
        session = self._new_session(role, params["RoleSessionName"], duration or 3600)
        session.session_policies = policies
        session.session_tags, session.transitive = all_tags, transitive
        session.source_identity, session.chained, session.packed = identity, chained, packed
        self.sessions.add(session)
        return self._answer(session)

    def _new_session(self, role, name, seconds):
        key, secret, token = Sessions.new_credentials()
        now = self.sandbox.clock.now().replace(microsecond=0)
        arn = f"arn:aws:sts::{role.account}:assumed-role/{role.name}/{name}"
        return Session(key, secret, token, "assumed-role", role.account, now,
                       now + datetime.timedelta(seconds=seconds), arn, role.arn, role.role_id,
                       session_name=name)

    def _answer(self, session):
        result = {"AssumedRoleUser": {"AssumedRoleId": f"{session.role_id}:{session.session_name}",
                                      "Arn": session.arn},
                  "Credentials": self._credentials(session.access_key)}
        if session.packed:
            result["PackedPolicySize"] = session.packed
        if session.source_identity:
            result["SourceIdentity"] = session.source_identity
        return result

    def _check_region(self, call, account):
        known = self.sandbox.world.accounts.get(account)
        if known is not None and call.region not in known.enabled_regions:
            raise ServiceError("RegionDisabledException", "STS is not activated in this region for "
                               f"account:{account}. Your account administrator can activate STS in "
                               "this region using the IAM Console.", 403)

    @staticmethod
    def _assume_context(params, tags, transitive, identity, mfa):
        context = {"sts:RoleSessionName": params["RoleSessionName"]}
        if params.get("ExternalId") is not None:
            context["sts:ExternalId"] = params["ExternalId"]
        if identity:
            context["sts:SourceIdentity"] = identity
        for key, value in tags.items():
            context[f"aws:RequestTag/{key}"] = value
        if tags:
            context["aws:TagKeys"] = list(tags)
        if transitive:
            context["sts:TransitiveTagKeys"] = list(transitive)
        if mfa:
            context["aws:MultiFactorAuthPresent"] = "true"
            context["aws:MultiFactorAuthAge"] = "0"
        return context

    def _authorize_assume(self, call, action, arn, extra):
        """Caller's policies and the role's trust policy. The trust side never explains itself."""
        sandbox, caller = self.sandbox, call.caller
        account = arn.split(":")[4]
        role = sandbox.world.find_role(arn)
        context = request_context(sandbox, caller, call, False, account)
        context.update(extra)
        for key, value in (role.tags if role else {}).items():
            context[f"aws:ResourceTag/{key}"] = value
            context[f"iam:ResourceTag/{key}"] = value
        trust = [role.trust] if role else []
        decision = decide(policy_set(sandbox, caller, trust), caller, action, arn, context, account,
                          must=True)
        if decision.allowed:
            return
        reason = "no such role" if role is None else self._why(decision, trust, caller, action,
                                                                arn, context)
        raise self._denied(call, action, arn, decision, reason)

    def _why(self, decision, trust, caller, action, arn, context):
        """For the sandbox's own log: what the trust policy lacked."""
        if decision.policy_type != "resource-based policy":
            return decision.clause(action)
        lowered = {key.lower(): value for key, value in context.items()}
        for policy in trust:
            for statement in policy.statements:
                if statement.principal_match(caller) is None:
                    continue
                failed = [c.key for c in statement.conditions if not c.holds(lowered)]
                if failed:
                    return f"the trust policy's conditions are not met: {', '.join(failed)}"
                if decision.explicit:
                    return "the trust policy denies it"
                return f"the trust policy does not allow {action}"
        return f"the trust policy does not name {caller.role_arn or caller.arn}" \
               " (or names an entity that was deleted)"

    def _denied(self, call, action, arn, decision, reason):
        message = (f"User: {call.caller.arn} is not authorized to perform: {action} on resource: "
                   f"{arn}")
        own = ("identity-based policy", "permissions boundary", "session policy",
               "service control policy")
        if decision is not None and decision.policy_type in own \
                and self.sandbox.world.switch("sts_because_clause"):
            message += " " + decision.clause(action)
        error = ServiceError("AccessDenied", message, 403, reason=f"{action} on {arn}: {reason}")
        self.sandbox.trail.refusal(error.reason)
        return error
