"""Decodes with fastavro what Swift encoded, compares it with the JSON of the same value, and encodes it again.

avro.py SCHEMA_FOLDER FILE: FILE has {event/sample: {"bytes": hex, "json": value}}. The script adds "rewritten" to each entry: the
bytes that fastavro encodes for the decoded value.
"""
import base64
import datetime
import decimal
import io
import json
import sys
import uuid

import fastavro

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def plain(value):
    """The value as in the JSON: times as microseconds, null fields left out."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, datetime.datetime):
        return (value - EPOCH) // datetime.timedelta(microseconds=1)
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, decimal.Decimal):
        return float(value)
    return value


def same(ours, theirs, path):
    if isinstance(ours, dict) and isinstance(theirs, dict):
        if ours.keys() != theirs.keys():
            sys.exit(f"{path}: fields {sorted(ours)} against fastavro's {sorted(theirs)}")
        for key in ours:
            same(ours[key], theirs[key], f"{path}.{key}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, pair in enumerate(zip(ours, theirs)):
            same(*pair, f"{path}[{index}]")
    elif isinstance(ours, str) and isinstance(theirs, str):
        # Foundation writes UUIDs in upper case.
        if ours != theirs and ours.lower() != theirs:
            sys.exit(f"{path}: {ours!r} against fastavro's {theirs!r}")
    elif ours != theirs:
        sys.exit(f"{path}: {ours!r} against fastavro's {theirs!r}")


folder, path = sys.argv[1:]
with open(path) as file:
    samples = json.load(file)
for name, sample in samples.items():
    with open(f"{folder}/{name.split('/')[0]}.avsc") as file:
        schema = fastavro.parse_schema(json.load(file))
    framed = bytes.fromhex(sample["bytes"])
    if framed[0] != 0:
        sys.exit(f"{name}: no Confluent frame")
    body = io.BytesIO(framed[5:])
    value = fastavro.schemaless_reader(body, schema)
    if body.read():
        sys.exit(f"{name}: bytes are left over")
    same(sample["json"], plain(value), name)
    out = io.BytesIO()
    fastavro.schemaless_writer(out, schema, value)
    sample["rewritten"] = (framed[:5] + out.getvalue()).hex()
with open(path, "w") as file:
    json.dump(samples, file)
