#!/usr/bin/env python3
"""Compares the driver with botocore on generated inputs: signatures, bodies of STS, the grammar of the configuration files, endpoints.

usage: differential.py PATH_OF_vectors_answer [SEED]

Needs nothing but botocore. The intended differences are listed in INTENDED and are counted apart.
"""
import datetime
import json
import os
import random
import subprocess
import sys
import tempfile
import urllib.parse

import botocore
import botocore.auth
import botocore.awsrequest
import botocore.configloader
import botocore.credentials
import botocore.endpoint_provider
import botocore.exceptions
import botocore.loaders
import botocore.serialize
import botocore.session

INTENDED = {
    "inline comment": "the SDKs cut ` # ...` off a value, botocore keeps it",
    "name with other characters": "the SDKs ignore a profile whose name has characters outside A-Z a-z 0-9 - _ / . % @ : +, botocore accepts it",
    "duplicate section": "the SDKs merge sections of one name, botocore refuses the file",
    "duplicate key": "the SDKs take the last of two equal keys, botocore refuses the file",
    "colon separator": "the SDKs refuse `key : value`, botocore accepts it",
    "path that ends in a dot segment": "`/a/.` is signed as `/a/` (RFC 3986), by botocore as `/a`; no path of the driver ends so",
    "profile in credentials file": "the SDKs ignore [profile x] there, botocore takes it for a profile of that whole name",
}

WORDS = ["alpha", "Beta-2", "x_y", "a b", "~tilde", "100%", "plus+plus", "semi;colon", "eq=eq", "ünïcode", "日本", "a/b", "", "q?q", "amp&amp"]
REGIONS = ["us-east-1", "eu-west-1", "eu-central-1", "ap-southeast-2", "us-gov-west-1", "cn-north-1"]


class Driver:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def ask(self, kind, **question):
        self.process.stdin.write(json.dumps({"ask": kind, **question}, ensure_ascii=False) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


class Tally:
    def __init__(self):
        self.passed = self.failed = self.intended = 0

    def case(self, ok, what, *detail):
        if ok:
            self.passed += 1
            return
        self.failed += 1
        if self.failed <= 20:
            print("FAIL", what, *[str(part)[:1500] for part in detail], sep="\n   ")

    def difference(self, name, differs, *detail):
        if differs:
            self.intended += 1
        else:
            self.case(False, "no longer a difference: " + name, *detail)


def set_clock(moment):
    """botocore reads the time in one of two ways, by version."""
    class Frozen(datetime.datetime):
        @classmethod
        def utcnow(cls):
            return moment

    if hasattr(botocore.auth, "get_current_datetime"):
        botocore.auth.get_current_datetime = lambda *a, **k: moment
    else:
        botocore.auth.datetime = type("M", (), {"datetime": Frozen, "timezone": datetime.timezone, "timedelta": datetime.timedelta})


def random_text(rng, longest=3):
    return "".join(rng.choice(WORDS) for _ in range(rng.randint(0, longest)))


def sign_cases(driver, tally, rng, count):
    for _ in range(count):
        is_s3 = rng.random() < 0.4
        ends_in_dots = False
        segments = [urllib.parse.quote(random_text(rng, 2), safe="-_.~") for _ in range(rng.randint(0, 4))]
        if not is_s3:
            segments = [rng.choice([s, s, s, ".", "..", ""]) for s in segments]
            ends_in_dots = bool(segments) and segments[-1] in (".", "..")
        path = "/" + "/".join(segments)
        pairs = [(random_text(rng, 1) or "k", random_text(rng, 2)) for _ in range(rng.randint(0, 4))]
        query = urllib.parse.urlencode(pairs, quote_via=urllib.parse.quote, safe="-_.~")
        host = rng.choice(["athena.eu-west-1.amazonaws.com", "bucket.s3.amazonaws.com", "127.0.0.1:4566", "localhost:8080", "[::1]:9000"])
        scheme = rng.choice(["https", "http"])
        headers = {"Content-Type": rng.choice(["application/x-amz-json-1.1", "text/plain;  charset=utf-8"])} if rng.random() < 0.7 else {}
        if rng.random() < 0.5:
            headers["X-Amz-Target"] = "AmazonAthena." + rng.choice(["StartQueryExecution", "GetWorkGroup"])
        if rng.random() < 0.3:
            headers["Range"] = "bytes=%d-%d" % (rng.randint(0, 9), rng.randint(10, 99))
        if rng.random() < 0.3:
            headers["X-Amz-Expected-Bucket-Owner"] = "  111122223333   "
        body = random_text(rng, 6) if rng.random() < 0.7 else ""
        method = rng.choice(["GET", "POST", "PUT", "HEAD"])
        region, service = rng.choice(REGIONS), "s3" if is_s3 else rng.choice(["athena", "glue", "sts"])
        token = rng.choice([None, "IQoJb3JpZ2luX2VjE//token+with/chars=="])
        moment = datetime.datetime(2026, 1, 1, tzinfo=None) + datetime.timedelta(seconds=rng.randint(0, 3 * 10**7))
        set_clock(moment)
        credentials = botocore.credentials.Credentials("AKIDEXAMPLE", "wJalr/secret+" + random_text(rng, 1).replace(" ", ""), token)
        request = botocore.awsrequest.AWSRequest(method=method, url=f"{scheme}://{host}{path}{'?' + query if query else ''}",
                                                 headers=dict(headers), data=body.encode())
        request.context["payload_signing_enabled"] = True
        request.context["client_config"] = None
        signer = botocore.auth.S3SigV4Auth if is_s3 else botocore.auth.SigV4Auth
        signer(credentials, service, region).add_auth(request)
        got = driver.ask("sign", method=method, path=path, query=query, headers={"Host": host, **headers}, body=body, key="AKIDEXAMPLE",
                         secret=credentials.secret_key, token=token, region=region, service=service, s3=is_s3,
                         ms=int((moment - datetime.datetime(1970, 1, 1)).total_seconds()) * 1000)
        want = request.headers["Authorization"]
        if ends_in_dots and got.get("authorization") != want:
            tally.intended += 1
            continue
        tally.case(got.get("authorization") == want, f"sign {method} {request.url}", want, got)


def sts_cases(driver, tally, rng, count):
    session = botocore.session.Session()
    model = session.get_service_model("sts")
    serializer = botocore.serialize.create_serializer("query")
    letters = "abcXYZ019"
    for _ in range(count):
        is_web = rng.random() < 0.2
        params = {"RoleArn": f"arn:aws:iam::{rng.randint(10**11, 10**12 - 1)}:role/{rng.choice(['', 'path/', 'a/b/'])}Role{rng.randint(0, 99)}",
                  "RoleSessionName": "".join(rng.choice(letters + "_=,.@-+") for _ in range(rng.randint(2, 64)))}
        if rng.random() < 0.5:
            params["Policy"] = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": random_text(rng)}]},
                                          ensure_ascii=False)
        if rng.random() < 0.5:
            params["DurationSeconds"] = rng.randint(900, 43200)
        if rng.random() < 0.3:
            params["PolicyArns"] = [{"arn": f"arn:aws:iam::aws:policy/P{i}"} for i in range(rng.randint(1, 10))]
        if is_web:
            params["WebIdentityToken"] = "eyJ" + "".join(rng.choice(letters + "-_.") for _ in range(rng.randint(10, 2000)))
        else:
            if rng.random() < 0.6:
                params["ExternalId"] = "".join(rng.choice(letters + "_+=,.@:/-") for _ in range(rng.randint(2, 200)))
            if rng.random() < 0.3:
                params["SourceIdentity"] = "".join(rng.choice(letters + "_+=,.@-") for _ in range(rng.randint(2, 64)))
            if rng.random() < 0.3:
                params["SerialNumber"], params["TokenCode"] = "arn:aws:iam::111122223333:mfa/u", "%06d" % rng.randint(0, 999999)
            if rng.random() < 0.4:
                params["Tags"] = [{"Key": f"Key {i}/é", "Value": rng.choice(["", "a b", "x=y+z", "日本"])} for i in range(rng.randint(1, 50))]
                params["TransitiveTagKeys"] = [tag["Key"] for tag in params["Tags"] if rng.random() < 0.5] or [params["Tags"][0]["Key"]]
        name = "AssumeRoleWithWebIdentity" if is_web else "AssumeRole"
        body = serializer.serialize_to_request(params, model.operation_model(name))["body"]
        want = sorted((key, str(value)) for key, value in body.items())
        got = driver.ask("sts", params=params)
        have = sorted(urllib.parse.parse_qsl(got.get("body", ""), keep_blank_values=True))
        tally.case(have == want, f"sts {name}", want, got)


def reference_profiles(config, credentials):
    """What botocore makes of both files, merged per property as the SDKs do; None when it refuses one."""
    merged = {}
    for text, is_config in ((config, True), (credentials, False)):
        with tempfile.NamedTemporaryFile("w", suffix=".ini", delete=False, encoding="utf-8", newline="") as file:
            file.write(text)
        try:
            raw = botocore.configloader.raw_config_parse(file.name, parse_subsections=False)
        except botocore.exceptions.ConfigParseError:
            return None
        finally:
            os.unlink(file.name)
        profiles = botocore.configloader.build_profile_map(raw)["profiles"] if is_config else raw
        for name, values in profiles.items():
            merged.setdefault(name, {}).update(values)
    return merged


def profile_cases(driver, tally, rng, count):
    names = ["default", "dev", "prod-1", "a_b", "a.b", "team/x", "u@h", "p+q", "A"]
    keys = ["region", "role_arn", "source_profile", "aws_access_key_id", "output", "sso_session", "Mixed_Case"]
    values = ["eu-west-1", "arn:aws:iam::1:role/R", "a=b", "with blanks inside", "x#y", "x;y", "", "ünïcode", "a:b"]
    for _ in range(count):
        end = rng.choice(["\n", "\r\n"])

        def section(header, lines):
            out = [header]
            for key in lines:
                out.append(rng.choice(["", " " * 0]) + f"{key}{rng.choice(['', ' '])}={rng.choice(['', ' ', '  '])}{rng.choice(values)}")
                if rng.random() < 0.15:
                    out.append(rng.choice(["# comment", "; comment", ""]))
            return end.join(out) + end

        config = credentials = ""
        for name in rng.sample(names, rng.randint(0, 5)):
            header = "[default]" if name == "default" else f"[profile {name}]"
            config += section(header, rng.sample(keys, rng.randint(0, 4)))
        for name in rng.sample(names, rng.randint(0, 3)):
            credentials += section(f"[{name}]", rng.sample(keys, rng.randint(0, 3)))
        if rng.random() < 0.1:
            config += rng.choice(["[broken" + end, "= no name" + end])
        want = reference_profiles(config, credentials)
        got = driver.ask("profile", config=config, credentials=credentials)
        if want is None:
            tally.case("refused" in got, "profile: botocore refuses", config, got)
        else:
            tally.case(got.get("profiles") == want, "profile", config, credentials, want, got)


def intended_cases(driver, tally):
    texts = {
        "inline comment": ("[profile a]\nk = v # c\n", ""),
        "name with other characters": ("[profile a!b]\nk = v\n", ""),
        "duplicate section": ("[profile a]\nk = v\n[profile a]\nl = w\n", ""),
        "duplicate key": ("[profile a]\nk = v\nk = w\n", ""),
        "colon separator": ("[profile a]\nk : v\n", ""),
        "profile in credentials file": ("", "[profile a]\nk = v\n"),
    }
    for name in texts:
        want = reference_profiles(*texts[name])
        got = driver.ask("profile", config=texts[name][0], credentials=texts[name][1])
        have = None if "refused" in got else got["profiles"]
        tally.difference(name, have != want, want, got)


def endpoint_cases(driver, tally):
    loader = botocore.loaders.Loader()
    partitions = loader.load_data("partitions")
    regions = sorted({region for part in partitions["partitions"] for region in part["regions"]} | {"us-new-9", "eu-isoe-west-1", "mars-1"})
    for service in ("athena", "glue", "sts", "sso", "sso-oidc", "s3"):
        rules = loader.load_service_model(service, "endpoint-rule-set-1")
        for region in regions:
            for fips in (False, True):
                for dualstack in (False, True):
                    for bucket in (("results-1", "with.dots", "Upper") if service == "s3" else (None,)):
                        if region.endswith("-global") and (service != "sts" or fips or dualstack):
                            continue  # not a region in which these services are asked
                        params = {"Region": region, "UseFIPS": fips, "UseDualStack": dualstack}
                        if bucket:
                            params.update(Bucket=bucket, ForcePathStyle=False, Accelerate=False, DisableMultiRegionAccessPoints=False,
                                          UseGlobalEndpoint=False)
                        if service == "sts":
                            params["UseGlobalEndpoint"] = False
                        try:
                            provider = botocore.endpoint_provider.EndpointProvider(rules, partitions)
                            want = provider.resolve_endpoint(**params).url
                        except botocore.exceptions.EndpointProviderError:
                            want = None
                        got = driver.ask("endpoint", service=service, region=region, fips=fips, dualstack=dualstack, bucket=bucket)
                        tally.case(got.get("url") == want, f"endpoint {service} {region} fips={fips} dualstack={dualstack} {bucket}", want, got)


def main():
    driver = Driver(sys.argv[1])
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 20261123)
    total = Tally()
    for name, run in (("signatures", lambda t: sign_cases(driver, t, rng, 1200)), ("sts bodies", lambda t: sts_cases(driver, t, rng, 500)),
                      ("profiles", lambda t: profile_cases(driver, t, rng, 600)), ("intended differences", lambda t: intended_cases(driver, t)),
                      ("endpoints", lambda t: endpoint_cases(driver, t))):
        tally = Tally()
        run(tally)
        extra = f", {tally.intended} intended differences" if tally.intended else ""
        print(f"{name}: {tally.passed} passed, {tally.failed} failed{extra}")
        total.passed += tally.passed
        total.failed += tally.failed
        total.intended += tally.intended
    for name, reason in INTENDED.items():
        print(f"intended: {name}: {reason}")
    print(f"differential against botocore {botocore.__version__}: {total.passed} passed, {total.failed} failed")
    return 1 if total.failed or total.passed < 2000 else 0


if __name__ == "__main__":
    sys.exit(main())
