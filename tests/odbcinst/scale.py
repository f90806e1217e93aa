#!/usr/bin/env python3
"""Two hundred spokes: generating, checking with three broken ones under 50 ms of latency, and how often STS is asked. `scale.py world` prints
the world."""
import json
import sys
import time

N, BROKEN = 200, (17, 101, 188)
ROLE_A = "arn:aws:iam::111122223333:role/AthenaRunAs"


def account(i):
    return str(300000000000 + i)


def world():
    accounts = {"111122223333": {
        "name": "central",
        "users": {"bi-service": {"access_key": "AKIASANDBOXBISERVICE", "secret": "sandbox/bi-service/secret/not-for-real00", "policies": {
            "Assume": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ROLE_A}]}}}},
        "roles": {"AthenaRunAs": {
            "trust": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/bi-service"}, "Action": "sts:AssumeRole"}]},
            "policies": {"Assume": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::*:role/AthenaConsumer"}]}}}}}}
    for i in range(N):
        accounts[account(i)] = {
            "name": f"spoke-{i:03}",
            "roles": {"AthenaConsumer": {
                "trust": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": ROLE_A}, "Action": "sts:AssumeRole",
                                                                   "Condition": {"StringEquals": {"sts:ExternalId": f"external-{i:03}"}}}]},
                "policies": {"All": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["athena:*", "glue:Get*", "s3:*"], "Resource": "*"}]}}}},
            "buckets": {f"results-{i:03}": {}},
            "workgroups": {"primary": {"output": f"s3://results-{i:03}/", "enforce": True}},
            "databases": {"default": {}},
        }
    return {"region": "us-east-1", "accounts": accounts}


if sys.argv[1:] == ["world"]:
    print(json.dumps(world()))
    sys.exit(0)

import os  # noqa: E402
from tool import athena, write  # noqa: E402
from promise import AREA, finish, promise, same  # noqa: E402
from sandbox import Calls, control  # noqa: E402

AREA[0] = "odbcinst scale"
ENDPOINT = os.environ["ATHENA_SANDBOX_ENDPOINT"]
INVENTORY = write("scale.json", json.dumps({
    "defaults": {"AwsRegion": "us-east-1", "UID": "AKIASANDBOXBISERVICE", "PWD": "sandbox/bi-service/secret/not-for-real00", "RunAsRole": ROLE_A,
                 "role": "AthenaConsumer", "EndpointOverride": ENDPOINT, "StsEndpointOverride": ENDPOINT, "GlueEndpointOverride": ENDPOINT,
                 "S3EndpointOverride": ENDPOINT, "AllowInsecureLoopback": "1"},
    "spokes": [{"name": f"spoke-{i:03}", "account": account(i), "ExternalId": "wrong" if i in BROKEN else f"external-{i:03}"} for i in range(N)]}))


@promise("200 data sources are generated in under a second")
def generate():
    target = write("scale.ini", "")
    began = time.monotonic()
    athena("dsn", "generate", INVENTORY, "--into", target).wants(0)
    assert time.monotonic() - began < 1, time.monotonic() - began
    same(open(target, encoding="utf-8").read().count("\n[spoke-"), N)


@promise("200 spokes are checked in under 25 seconds with 50 ms of latency; the three broken ones stand out; two STS calls a spoke")
def check():
    control("POST", "faults", {"latency": 0.05})
    try:
        with Calls() as calls:
            began = time.monotonic()
            answer = athena("dsn", "check", INVENTORY, "--json").wants(3).shows_no_secret().json
            took = time.monotonic() - began
    finally:
        control("DELETE", "faults")
    same([s["name"] for s in answer["spokes"] if not s["ok"]], [f"spoke-{i:03}" for i in BROKEN])
    assert took < 25, f"took {took:.1f} s"
    same(calls["sts:AssumeRole"], 2 * N)
    assert calls["sts:GetCallerIdentity"] <= len(BROKEN), calls.made
    trail = control("GET", "trail?name=AssumeRole&last=1000")
    assert took > 2 * N / 20 - 2, f"{2 * N} calls of STS in {took:.1f} s are more than 20 a second"
    assert trail


finish()
