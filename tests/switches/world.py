#!/usr/bin/env python3
"""world.py FROM TO: the default world with what the switches need beyond it: a result bucket in another region, one that lets requesters pay."""
import pathlib
import sys

POLICY = ('{Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: "arn:aws:iam::222233334444:role/AthenaConsumer"}, '
          'Action: ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:GetBucketLocation"], '
          'Resource: ["arn:aws:s3:::payer-results", "arn:aws:s3:::payer-results/*"]}]}')
CHANGES = [
    ("              - arn:aws:s3:::retail-results\n",
     "              - arn:aws:s3:::retail-results\n              - arn:aws:s3:::retail-west\n              - arn:aws:s3:::payer-results\n"),
    ('              - "arn:aws:s3:::retail-results/*"\n',
     '              - "arn:aws:s3:::retail-results/*"\n              - "arn:aws:s3:::retail-west/*"\n              - "arn:aws:s3:::payer-results/*"\n'),
    ("      retail-results: {}\n", "      retail-results: {}\n      retail-west: {region: us-west-2}\n"),
    ("      central-results: {}\n", f"      central-results: {{}}\n      payer-results: {{requester_pays: true, policy: {POLICY}}}\n"),
    ("      retail-managed: {", '      retail-west: {output: "s3://retail-west/", enforce: true}\n'
     '      retail-payer: {output: "s3://payer-results/retail/", enforce: true, requester_pays: true}\n      retail-managed: {'),
]

text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
for old, new in CHANGES:
    if old not in text:
        sys.exit(f"world.py: the default world has no line {old.strip()!r}")
    text = text.replace(old, new, 1)
pathlib.Path(sys.argv[2]).write_text(text, encoding="utf-8")
