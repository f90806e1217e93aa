"""AssumeRole for people of other identity providers: web identity tokens and SAML assertions."""
from __future__ import annotations

import base64
import hashlib
import hmac
import json

from ..contract import Caller, ServiceError
from .authorize import policy_set, request_context
from .policy import decide
from .saml import LARGEST, SMALLEST, read_assertion
from .validation import invalid, check_text


class Federation:
    """The part of the STS service whose callers have no AWS keys; mixed into StsService."""

    def _federated(self, call, action, provider_arn, context, subject):
        """Authorises a federated caller by the trust policy alone."""
        arn = call.params["RoleArn"]
        role = self.sandbox.world.find_role(arn)
        account = arn.split(":")[4]
        guest = Caller(account, subject, "", "federated", federated=provider_arn)
        full = request_context(self.sandbox, guest, call, False, account)
        full.update(context)
        allowed = role is not None and decide(
            policy_set(self.sandbox, guest, [role.trust]), guest, f"sts:{action}", arn, full,
            account, must=True).allowed
        if not allowed:
            reason = "no such role" if role is None else "the trust policy does not allow the token"
            self.sandbox.trail.refusal(f"sts:{action} on {arn}: {reason}")
            raise ServiceError("AccessDenied", f"Not authorized to perform sts:{action}", 403,
                               reason=reason)
        return role

    def assume_with_web_identity(self, call):
        params = call.params
        duration, _ = self._validate(params, external=False,
                                     need=("RoleArn", "RoleSessionName", "WebIdentityToken"))
        found = []
        check_text(found, params["WebIdentityToken"], "webIdentityToken", 4, 20000)
        if found:
            raise invalid(found)
        arn = params["RoleArn"]
        account = arn.split(":")[4]
        self._check_region(call, account)
        claims, host, provider = self._claims(params["WebIdentityToken"], account)
        audience = claims.get("aud")
        audience = audience[0] if isinstance(audience, list) and audience else audience
        context = {f"{host}:aud": str(audience), f"{host}:sub": str(claims.get("sub", "")),
                   "sts:RoleSessionName": params["RoleSessionName"]}
        provider_arn = f"arn:aws:iam::{account}:oidc-provider/{host}"
        role = self._federated(call, "AssumeRoleWithWebIdentity", provider_arn, context,
                               str(claims.get("sub", "")))
        if (duration or 0) > role.max_session:
            raise ServiceError("ValidationError", "The requested DurationSeconds exceeds the "
                               "MaxSessionDuration set for this role.", 400)
        session = self._new_session(role, params["RoleSessionName"], duration or 3600)
        session.session_policies, session.packed = self._session_policies(params, account, {})
        session.federated = provider_arn
        self.sessions.add(session)
        return {**self._answer(session), "SubjectFromWebIdentityToken": str(claims.get("sub", "")),
                "Audience": str(audience), "Provider": provider_arn}

    def _claims(self, token, account):
        """The claims of a JSON web token (HS256 with the provider's secret of the world file)."""
        bad = ServiceError("InvalidIdentityToken", "The ID Token provided is not a valid JWT. "
                           "(You may see this error if you sent an Access Token)", 400)
        parts = token.split(".")
        if len(parts) != 3:
            raise bad
        try:
            head, claims = (json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
                            for part in parts[:2])
            signature = base64.urlsafe_b64decode(parts[2] + "=" * (-len(parts[2]) % 4))
        except ValueError as error:
            raise bad from error
        if not isinstance(claims, dict) or not isinstance(head, dict):
            raise bad
        host = str(claims.get("iss", "")).removeprefix("https://")
        owner = self.sandbox.world.accounts.get(account)
        provider = owner.oidc_providers.get(host) if owner else None
        if provider is None:
            raise ServiceError("InvalidIdentityToken", "No OpenIDConnect provider found in your "
                               f"account for {claims.get('iss', '')}", 400)
        expected = hmac.new(str(provider.get("secret", "")).encode(),
                            ".".join(parts[:2]).encode(), hashlib.sha256).digest()
        if head.get("alg") != "HS256" or not hmac.compare_digest(expected, signature):
            raise ServiceError("InvalidIdentityToken", "Couldn't retrieve verification key from your "
                               "identity provider,  please reference "
                               "AssumeRoleWithWebIdentity documentation for requirements", 400)
        now = self.sandbox.clock.epoch()
        if float(claims.get("exp", 0)) <= now:
            raise ServiceError("ExpiredTokenException", "Token expired: current date/time "
                               f"{int(now)} must be before the expiration date/time"
                               f"{int(claims.get('exp', 0))}", 400)
        audiences = claims.get("aud")
        audiences = audiences if isinstance(audiences, list) else [audiences]
        if not set(audiences) & set(provider.get("client_ids", [])):
            raise ServiceError("InvalidIdentityToken", "Incorrect token audience", 400)
        return claims, host, provider

    def assume_with_saml(self, call):
        params = call.params
        found = []
        for name in ("RoleArn", "PrincipalArn", "SAMLAssertion"):
            if params.get(name) is None:
                found.append((None, name[0].lower() + name[1:], "Member must not be null"))
        check_text(found, params.get("PrincipalArn"), "principalArn", 20, 2048)
        check_text(found, params.get("SAMLAssertion"), "sAMLAssertion", SMALLEST, LARGEST)
        if found:
            raise invalid(found)
        duration, _ = self._validate(params, external=False, need=("RoleArn",))
        arn, provider_arn = params["RoleArn"], params["PrincipalArn"]
        account = arn.split(":")[4]
        self._check_region(call, account)
        facts = read_assertion(self.sandbox, params["SAMLAssertion"], account, arn, provider_arn)
        context = {"saml:aud": facts["audience"], "saml:iss": facts["issuer"],
                   "saml:sub": facts["subject"], "saml:sub_type": facts["subject_type"],
                   "sts:RoleSessionName": facts["session_name"]}
        role = self._federated(call, "AssumeRoleWithSAML", provider_arn, context, facts["subject"])
        if (duration or 0) > role.max_session:
            raise ServiceError("ValidationError", "The requested DurationSeconds exceeds the "
                               "MaxSessionDuration set for this role.", 400)
        session = self._new_session(role, facts["session_name"], duration or 3600)
        session.session_policies, session.packed = self._session_policies(params, account, {})
        session.federated = provider_arn
        self.sessions.add(session)
        name = f"{facts['issuer']}{account}/{provider_arn.rsplit('/', 1)[1]}"
        return {**self._answer(session), "Subject": facts["subject"],
                "SubjectType": facts["subject_type"], "Issuer": facts["issuer"],
                "Audience": facts["audience"], "NameQualifier": base64.b64encode(
                    hashlib.sha1(name.encode()).digest()).decode()}
