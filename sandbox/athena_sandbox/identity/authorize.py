"""Decides a call by every policy that bears on it and says no in the called service's own words."""
from __future__ import annotations

import datetime

from ..contract import ServiceError
from .policy import PolicySet, decide

DENIED = {"s3": ("AccessDenied", 403), "sts": ("AccessDenied", 403)}


def owner_of(sandbox, resource, caller):
    """The account that owns the resource an ARN names."""
    parts = resource.split(":", 5)
    if len(parts) == 6 and parts[2] == "s3":
        bucket = sandbox.store.bucket(parts[5].split("/", 1)[0])
        return bucket.owner_account if bucket else caller.account
    if len(parts) == 6 and len(parts[4]) == 12 and parts[4].isdigit():
        return parts[4]
    return caller.account


def resource_policies(sandbox, resource, owner):
    """The resource-based policies of a resource, and whether one of them has to allow."""
    parts = resource.split(":", 5)
    if len(parts) != 6:
        return None, False
    if parts[2] == "s3":
        bucket = sandbox.store.bucket(parts[5].split("/", 1)[0])
        return ([bucket.policy] if bucket and bucket.policy else []), False
    if parts[2] == "glue":
        account = sandbox.world.accounts.get(owner)
        lake = sandbox.lakeformation
        documents = [account.glue_policy] if account and account.glue_policy else []
        return documents + (lake.share_policies(owner) if lake else []), False
    if parts[2] == "kms":
        key = sandbox.world.find_key(resource)
        return ([key.policy] if key else []), True
    return None, False


def request_context(sandbox, caller, call=None, via_athena=False, resource_account=None,
                    region=None):
    """The global condition keys of a request."""
    now = sandbox.clock.now()
    world = sandbox.world
    context = {
        "aws:PrincipalArn": caller.role_arn or caller.arn,
        "aws:PrincipalAccount": caller.account,
        "aws:PrincipalType": "AssumedRole" if caller.kind == "assumed-role" else "User",
        "aws:PrincipalIsAWSService": "false",
        "aws:userid": caller.user_id,
        "aws:CurrentTime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:EpochTime": str(int(now.timestamp())),
        "aws:ViaAWSService": "true" if via_athena else "false",
        "aws:RequestedRegion": region or (call.region if call else world.region),
    }
    membership = {"Principal": caller.account, "Resource": resource_account}
    for side, number in membership.items():
        account = world.accounts.get(number)
        if account is not None and account.organization:
            context[f"aws:{side}OrgID"] = account.organization
            context[f"aws:{side}OrgPaths"] = [account.organization_path]
    if resource_account:
        context["aws:ResourceAccount"] = resource_account
        context["s3:ResourceAccount"] = resource_account
    for name, value in caller.tags.items():
        context[f"aws:PrincipalTag/{name}"] = value
    if caller.kind == "user" and ":user/" in caller.arn:
        context["aws:username"] = caller.arn.rsplit("/", 1)[1]
    if caller.source_identity:
        context["aws:SourceIdentity"] = caller.source_identity
    if caller.federated:
        context["aws:FederatedProvider"] = caller.federated
    if caller.mfa is not None:
        context["aws:MultiFactorAuthPresent"] = "true" if caller.mfa else "false"
    if caller.mfa_age is not None:
        context["aws:MultiFactorAuthAge"] = str(caller.mfa_age)
    if caller.issued is not None:
        context["aws:TokenIssueTime"] = caller.issued.strftime("%Y-%m-%dT%H:%M:%SZ")
    if via_athena:
        context["aws:CalledVia"] = ["athena.amazonaws.com"]
        context["aws:CalledViaFirst"] = context["aws:CalledViaLast"] = "athena.amazonaws.com"
    else:
        context["aws:SourceIp"] = call.source_ip if call else "127.0.0.1"
        context["aws:SecureTransport"] = "true" if call and call.secure else "false"
        if call and call.headers.get("user-agent"):
            context["aws:UserAgent"] = call.headers["user-agent"]
    if via_athena:
        context["aws:SecureTransport"] = "true"
    return context


def policy_set(sandbox, caller, resource_documents):
    account = sandbox.world.accounts.get(caller.account)
    return PolicySet(caller.identity_policies, caller.boundary_policies, caller.session_policies,
                     account.scp if account else None, resource_documents)


def evaluate(sandbox, caller, action, resource, context=None, via_athena=False, call=None):
    """The Decision, the owner of the resource and the context it was judged in."""
    owner = owner_of(sandbox, resource, caller)
    documents, must = resource_policies(sandbox, resource, owner)
    parts = resource.split(":", 5)
    region = parts[3] if len(parts) == 6 and parts[3] else None
    full = request_context(sandbox, caller, call, via_athena, owner, region)
    full.update(context or {})
    policies = policy_set(sandbox, caller, documents)
    return decide(policies, caller, action, resource, full, owner, must), owner, full


def denial(sandbox, caller, action, resource, decision, owner):
    """The ServiceError of the service that owns the action."""
    service = action.split(":")[0]
    code, status = DENIED.get(service, ("AccessDeniedException", 400))
    shown = f'"{resource}"' if service == "s3" else resource
    message = f"User: {caller.arn} is not authorized to perform: {action} on resource: {shown}"
    clause = decision.clause(action) if decision.policy_type else ""
    if service == "s3" and (owner != caller.account or not sandbox.world.switch("s3_because_clause")):
        message = "Access Denied"
    elif clause:
        message += " " + clause
    reason = f"{action} on {resource} by {caller.arn}: " + (clause or "refused")
    return ServiceError(code, message, status, reason=reason)


def authorize(sandbox, caller, action, resource, context=None, via_athena=False, call=None):
    if caller.kind == "engine":        # what it reads was authorised as the query's own caller before
        return
    decision, owner, _ = evaluate(sandbox, caller, action, resource, context, via_athena, call)
    if not decision.allowed:
        error = denial(sandbox, caller, action, resource, decision, owner)
        if via_athena:
            sandbox.trail.log(f"refused inside a query: {error.reason}")
        else:
            sandbox.trail.refusal(error.reason)
        raise error


def may(sandbox, caller, action, resource, context=None, via_athena=False):
    """The same decision as a yes or no; nothing is logged."""
    return caller.kind == "engine" or \
        evaluate(sandbox, caller, action, resource, context, via_athena)[0].allowed


def expiry_text(moment, fractional=False):
    moment = moment.astimezone(datetime.timezone.utc)
    text = moment.strftime("%Y-%m-%dT%H:%M:%S")
    return text + (f".{moment.microsecond // 1000:03d}Z" if fractional else "Z")
