"""Data sources of the sandbox's default world, made by tests as they go."""
import itertools
import os

BASE = {"AuthenticationType": "IAM Credentials", "UID": "AKIASANDBOXBISERVICE", "PWD": "sandbox/bi-service/secret/not-for-real00"}
ROLE_A = "arn:aws:iam::111122223333:role/AthenaRunAs"
RETAIL = {"RunAsRole": ROLE_A, "ConsumerAccountRoleArn": "arn:aws:iam::222233334444:role/AthenaConsumer", "ExternalId": "bi-retail-7c1e",
          "Workgroup": "retail-bi", "Schema": "flights"}
INVESTMENT = {"RunAsRole": ROLE_A, "ConsumerAccountRoleArn": "arn:aws:iam::333344445555:role/AthenaConsumer", "ExternalId": "bi-investment-2ab9",
              "Workgroup": "investment-bi"}
OVERRIDES = ("EndpointOverride", "StsEndpointOverride", "GlueEndpointOverride", "S3EndpointOverride")
# Whatever of this is seen in a log, a record or a trace is a leak.
SECRETS = ["sandbox/bi-service/secret", "sandbox/outsider/secret", "bi-retail-7c1e", "bi-investment-2ab9", "bi-risk-91f3", "sandbox-container-token",
           "sandbox-sso-token", "sandbox-sso-refresh", "sandbox-client-secret", "sandbox-login-refresh"]
numbers = itertools.count(1)


def endpoint():
    return os.environ["ATHENA_SANDBOX_ENDPOINT"]


def keys_of(*parts, at=None, **changes):
    """The keys of a data source of the sandbox; a change to None takes a key away."""
    keys = {"AwsRegion": os.environ["ATHENA_SANDBOX_REGION"], "AllowInsecureLoopback": "1"}
    keys.update((name, at or endpoint()) for name in OVERRIDES)
    for part in parts:
        keys.update(part)
    keys.update(changes)
    return {name: value for name, value in keys.items() if value is not None}


def write(keys, name=None, path=None):
    """Adds a section to the system's odbc.ini (or to the file given) and gives its name."""
    name = name or f"source{os.getpid()}x{next(numbers)}"
    with open(path or os.path.join(os.environ["ODBCSYSINI"], "odbc.ini"), "a", encoding="utf-8") as ini:
        ini.write(f"\n[{name}]\nDriver = Athena\n" + "".join(f"{key} = {value}\n" for key, value in keys.items()))
    return name


def text_of(keys):
    """The same as a connection string without a data source."""
    return "Driver=Athena;" + "".join(f"{key}={{{str(value).replace('}', '}}')}}};" for key, value in keys.items())
