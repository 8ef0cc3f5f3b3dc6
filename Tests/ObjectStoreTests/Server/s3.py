"""An S3 service for tests: moto, which checks signatures (with botocore), and fails when it is told to.

    s3.py PORT READY    READY gets a line with the access key and the secret key, when the service answers

`POST /-/faults?bucket=B&count=2&kind=KIND` makes the next two answers about the bucket (path style) go wrong:

slow-down   503 SlowDown
internal    500 InternalError
cut         the answer ends after half of its body
flip        a bit of the body is another one
late-error  a completed upload is answered with 200 and an error, as Amazon documents it
lost        the request is carried out, and answered with 500

`GET /-/count?bucket=B` says how many requests about the bucket there were.
"""
import collections
import os
import sys
import threading
import urllib.parse

# The first three actions need no signature: they make the user.
os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "3"
os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")

import boto3
from moto.backends import get_backend
from moto.core import DEFAULT_ACCOUNT_ID
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server


def error(code):
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>as told</Message></Error>'.encode()


def has_upload(bucket, upload):
    found = get_backend("s3")[DEFAULT_ACCOUNT_ID]["aws"].buckets.get(bucket)
    return found is not None and upload in found.multiparts


class Faulty:
    def __init__(self, app):
        self.app = app
        self.faults = collections.defaultdict(list)
        self.counts = collections.Counter()
        self.lock = threading.Lock()

    def __call__(self, environ, start):
        path = environ["PATH_INFO"]
        query = dict(urllib.parse.parse_qsl(environ["QUERY_STRING"]))
        if path.startswith("/-/"):
            return self.control(path, query, start)
        bucket = path.split("/")[1]
        with self.lock:
            self.counts[bucket] += 1
            kind = self.faults[bucket].pop(0) if self.faults[bucket] else None
        if kind in ("slow-down", "internal"):
            self.drain(environ)
            status, code = ("503 Slow Down", "SlowDown") if kind == "slow-down" else ("500 Internal", "InternalError")
            return self.answer(start, status, error(code))
        if environ["REQUEST_METHOD"] in ("PUT", "POST") and "uploadId" in query and not has_upload(bucket, query["uploadId"]):
            # moto fails here with an error of its own.
            self.drain(environ)
            return self.answer(start, "404 Not Found", error("NoSuchUpload"))
        if kind is None:
            return self.app(environ, start)
        return self.spoil(kind, environ, start)

    def spoil(self, kind, environ, start):
        told = {}

        def remember(status, headers, info=None):
            told.update(status=status, headers=headers)

        body = b"".join(self.app(environ, remember))
        if kind == "lost":
            return self.answer(start, "500 Internal", error("InternalError"))
        if kind == "late-error":
            return self.answer(start, "200 OK", error("InternalError"))
        start(told["status"], told["headers"])
        if kind == "flip":
            return [body[:-1] + bytes([body[-1] ^ 1])]
        return [body[: len(body) // 2]]

    def control(self, path, query, start):
        with self.lock:
            if path == "/-/faults":
                self.faults[query["bucket"]] += [query["kind"]] * int(query["count"])
                return self.answer(start, "200 OK", b"")
            return self.answer(start, "200 OK", str(self.counts[query["bucket"]]).encode())

    @staticmethod
    def drain(environ):
        rest = int(environ.get("CONTENT_LENGTH") or 0)
        while rest > 0:
            piece = environ["wsgi.input"].read(min(rest, 1 << 16))
            if not piece:
                return
            rest -= len(piece)

    @staticmethod
    def answer(start, status, body):
        start(status, [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
        return [body]


def main():
    port, ready = int(sys.argv[1]), sys.argv[2]
    app = Faulty(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", port, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    iam = boto3.client(
        "iam",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        aws_access_key_id="nobody",
        aws_secret_access_key="nobody",
    )
    iam.create_user(UserName="dcmms")
    key = iam.create_access_key(UserName="dcmms")["AccessKey"]
    iam.put_user_policy(
        UserName="dcmms",
        PolicyName="objects",
        PolicyDocument='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}',
    )
    with open(ready + ".new", "w", encoding="ascii") as file:
        file.write(f"{key['AccessKeyId']} {key['SecretAccessKey']}")
    os.rename(ready + ".new", ready)
    threading.Event().wait()


main()
