"""The event schemas, as in their files, and the rules for them.

Besides Avro's attributes, a schema has some of our own (which Avro ignores):
* the record of an event: `id` in the catalog, `topic`, and `key`, the path of the field that is the partition key, or a
  template such as "{tenant|system}/{role}"; the text after the bar is used for null. A payload outside of Kafka only has an id.
* a UUID: `swift`, the type of the identifier;
* a field: `omittable`, if Swift's initialiser can be called without it;
* an enumeration: `symbolDocs`.
"""
import json
import re

NAMESPACE = "com.dcmms.events"
UNKNOWN = "unknown"
PRIMITIVES = {"null", "boolean", "int", "long", "double", "bytes", "string"}
LOGICAL = {("string", "uuid"), ("long", "timestamp-micros"), ("bytes", "decimal")}


class Fault(Exception):
    pass


def is_named(schema, kind=None):
    return isinstance(schema, dict) and schema.get("type") in ((kind,) if kind else ("record", "enum"))


class Schema:
    """One version of an event or payload."""

    def __init__(self, path):
        self.file = path.name
        match = re.fullmatch(r"([a-z]+(?:\.[a-z][a-z-]*)+)\.v([1-9][0-9]*)\.avsc", path.name)
        if not match:
            raise Fault(f"{path.name}: a schema is called <context>.<what>.v<number>.avsc")
        self.family, self.version = match[1], int(match[2])
        self.name = f"{self.family}.v{self.version}"
        try:
            self.record = json.loads(path.read_text())
        except ValueError as error:
            raise Fault(f"{path.name}: {error}") from None
        self.types = {}
        self.checked(self.record, "")
        for attribute, kind in (("id", int), ("doc", str)):
            if not isinstance(self.record.get(attribute), kind):
                raise Fault(f"{self.file}: has no {attribute}")
        if self.record.get("namespace") != NAMESPACE:
            raise Fault(f"{self.file}: the namespace is not {NAMESPACE}")
        self.id = self.record["id"]
        self.topic, self.key = self.record.get("topic"), self.record.get("key")
        if (self.topic is None) != (self.key is None):
            raise Fault(f"{self.file}: topic and key belong together")

    def checked(self, schema, path):
        """Checks a schema and everything in it, and records the types that it defines."""
        def fault(what):
            return Fault(f"{self.file}: {path or 'the record'}: {what}")
        if isinstance(schema, str):
            if schema not in PRIMITIVES and schema not in self.types:
                raise fault(f"{schema} is not a type")
        elif isinstance(schema, list):
            if len(schema) != 2 or schema[0] != "null":
                raise fault("the only union is of null and one type")
            self.checked(schema[1], path)
        elif schema.get("type") == "record":
            self.note(schema, fault)
            for field in schema["fields"]:
                inner = f"{path}.{field['name']}".lstrip(".")
                self.checked(field["type"], inner)
                if isinstance(field["type"], list) and field.get("default", 0) is not None:
                    raise Fault(f"{self.file}: {inner}: a field that can be null must have null as its default")
        elif schema.get("type") == "enum":
            self.note(schema, fault)
            if schema["symbols"].count(UNKNOWN) != 1 or schema.get("default") != UNKNOWN:
                raise fault(f"an enumeration has the symbol and the default {UNKNOWN}, or no symbol could ever be added")
            if not set(schema.get("symbolDocs", {})) <= set(schema["symbols"]):
                raise fault("symbolDocs names a symbol that is none")
        elif schema.get("type") in ("array", "map"):
            self.checked(schema["items" if schema["type"] == "array" else "values"], path)
        elif (schema.get("type"), schema.get("logicalType")) not in LOGICAL:
            raise fault(f"{schema.get('type')}, {schema.get('logicalType')} is not a type that we use")

    def note(self, schema, fault):
        if not schema.get("doc"):
            raise fault(f"{schema.get('name')} has no doc")
        if self.types.setdefault(schema["name"], schema) is not schema:
            raise fault(f"{schema['name']} is defined twice: mention it by its name")

    def resolved(self, schema):
        """The definition of a type, also if only its name is given."""
        return self.types.get(schema, schema) if isinstance(schema, str) else schema


class Catalog:
    """All schemas, and the Swift types that are generated from the newest version of each."""

    def __init__(self, folder):
        self.schemas = sorted((Schema(path) for path in (folder / "Schemas").iterdir()), key=lambda schema: schema.id)
        # `public static let assetEvents = Topic("assets.events", …`
        source = (folder / "Topic.swift").read_text()
        self.topics = {name: member for member, name in re.findall(r'static let (\w+) = Topic\(\s*"([^"]+)"', source)}
        families = {}
        for schema in self.schemas:
            families.setdefault(schema.family, []).append(schema)
        for versions in families.values():
            versions.sort(key=lambda schema: schema.version)
            for schema in versions:
                self.check(schema, versions[0])
        ids = [schema.id for schema in self.schemas]
        for schema in self.schemas:
            if ids.count(schema.id) > 1:
                raise Fault(f"{schema.file}: another schema has the id {schema.id} too; the next free one is {max(ids) + 1}")
        self.newest = sorted((versions[-1] for versions in families.values()), key=lambda schema: schema.id)
        self.types = {}
        for schema in self.newest:
            for name, definition in schema.types.items():
                known, first = self.types.setdefault(name, (definition, schema))
                if known != definition:
                    raise Fault(f"{name} is one thing in {first.file} and another one in {schema.file}")

    def check(self, schema, first):
        schema.member = self.topics.get(schema.topic)
        if schema.topic and not schema.member:
            raise Fault(f"{schema.file}: {schema.topic} is not a topic of Topic.swift")
        if (schema.record["name"], schema.topic, schema.key) != (first.record["name"], first.topic, first.key):
            raise Fault(f"{schema.file}: name, topic and key are not those of {first.file}")
