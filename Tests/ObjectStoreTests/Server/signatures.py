"""Compares signatures with those of botocore: each line of the file has a request and what we signed it with."""
import json
import sys
import urllib.parse

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

KEYS = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


def signed(case):
    headers = dict(case["headers"])
    path = urllib.parse.quote(case["path"], safe="/-_.~")
    request = AWSRequest(
        case["method"],
        f"https://{headers['host']}{path}",
        headers={name: value for name, value in headers.items()},
        params=[tuple(pair) for pair in case["query"]],
    )
    request.context["timestamp"] = case["time"]
    auth = S3SigV4Auth(KEYS, "s3", "us-east-1")
    canonical = auth.canonical_request(request)
    return auth.signature(auth.string_to_sign(request, canonical), request), canonical


wrong = 0
for line in open(sys.argv[1], encoding="utf-8"):
    case = json.loads(line)
    signature, canonical = signed(case)
    if not case["authorization"].endswith("Signature=" + signature):
        wrong += 1
        print("not alike:", case, canonical)
sys.exit(1 if wrong else 0)
