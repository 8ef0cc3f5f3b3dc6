"""Tests a schema registry with Confluent's own client, in the usual order of requests.

schema_registry.py URL: ends with a traceback at the first answer that the client does not accept or that is wrong.
"""
import json
import sys

# Without this, `import avro` would load avro.py from this folder instead of the package.
sys.path.pop(0)
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.serialization import MessageField, SerializationContext

client = SchemaRegistryClient({"url": sys.argv[1], "max.retries": 0})


def record(*fields):
    return Schema(json.dumps({"type": "record", "name": "R", "fields": list(fields)}), "AVRO")


def refused(code, call, *arguments, **options):
    try:
        answer = call(*arguments, **options)
    except SchemaRegistryError as error:
        assert error.error_code == code, f"{error} instead of {code}"
        return str(error)
    raise AssertionError(f"{answer} instead of {code}")


A = {"name": "a", "type": "int"}
B = {"name": "b", "type": ["null", "string"], "default": None}
first, second, strict = record(A), record(A, B), record(A, {"name": "b", "type": "string"})

# Registering and looking up
assert client.get_subjects() == []
one = client.register_schema("s", first)
assert client.register_schema("s", first) == one
assert client.register_schema("other/with%stränge name", first) == one, "the same schema has one id"
two = client.register_schema("s", second)
assert two != one
assert client.get_subjects() == ["other/with%stränge name", "s"]
assert client.get_versions("s") == [1, 2]
assert json.loads(client.get_schema(one).schema_str) == json.loads(first.schema_str)
assert client.lookup_schema("s", second).version == 2
assert client.get_version("s", 1).schema_id == one
assert client.get_latest_version("s").schema_id == two

# Compatibility
assert client.get_compatibility() == "BACKWARD"
assert client.test_compatibility("s", second)
assert not client.test_compatibility("s", strict)
message = refused(409, client.register_schema, "s", strict)
assert "b: " in message and "string" in message, message
client.set_compatibility("s", "NONE")
assert client.get_compatibility("s") == "NONE"
assert client.test_compatibility("s", strict)
client.set_compatibility("s", "FULL_TRANSITIVE")
assert not client.test_compatibility("s", strict)
client.set_compatibility(level="FORWARD")
assert client.get_compatibility() == "FORWARD"
client.set_compatibility(level="BACKWARD")

# Encoding and decoding a value
context = SerializationContext("t", MessageField.VALUE)
options = {"auto.register.schemas": False, "subject.name.strategy": lambda *_: "s"}
written = AvroSerializer(client, second.schema_str, conf=options)({"a": 7, "b": "x"}, context)
assert AvroDeserializer(client)(written, context) == {"a": 7, "b": "x"}

# Unknown subjects and invalid schemas
refused(40401, client.get_versions, "nobody")
refused(40401, client.lookup_schema, "nobody", first)
refused(40402, client.get_version, "s", 9)
refused(40403, client.get_schema, 999_999)
refused(40403, client.lookup_schema, "s", strict)
refused(40408, client.get_compatibility, "nobody")
refused(42201, client.register_schema, "s", Schema('{"type":"record"}', "AVRO"))
refused(42201, client.register_schema, "s", Schema("syntax = ...", "PROTOBUF"))
refused(42202, client.get_version, "s", 0)
refused(42203, client.set_compatibility, "s", "SIDEWAYS")

# Soft deletion, after which old records can still be read, and then permanent deletion
refused(40407, client.delete_version, "s", 1, permanent=True)
assert client.delete_version("s", 1) == 1
assert client.get_versions("s") == [2]
assert client.get_schema(one)
refused(40406, client.delete_version, "s", 1)
assert client.delete_version("s", 1, permanent=True) == 1
refused(40405, client.delete_subject, "s", permanent=True)
assert client.delete_subject("s") == [2]
assert client.get_subjects() == ["other/with%stränge name"]
refused(40404, client.delete_subject, "s")
refused(40401, client.get_versions, "s")
assert client.delete_subject("s", permanent=True) == [2]
refused(40401, client.delete_subject, "s", permanent=True)
assert SchemaRegistryClient({"url": sys.argv[1]}).get_schema(one), "another subject has it still"
refused(40403, SchemaRegistryClient({"url": sys.argv[1]}).get_schema, two)
