"""Golden bytes: two samples of every schema, as our own encoder here writes them (Avro 1.11, "Binary Encoding").

The samples are derived only from the schema. "full" has a value in every field. "bare" has null or nothing wherever the schema allows it.
"""
import json
import struct
import uuid

from schemas import UNKNOWN, is_named

NOON = 1_780_315_200_000_000


def long(value):
    value = (value << 1) ^ (value >> 63)
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def counted(data):
    return long(len(data)) + data


class Sample:
    def __init__(self, schema, is_full):
        self.schema, self.is_full, self.count = schema, is_full, 0

    def bytes(self, schema, path):
        schema = self.schema.resolved(schema)
        self.count += 1
        if isinstance(schema, list):
            return long(1) + self.bytes(schema[1], path) if self.is_full else long(0)
        if is_named(schema, "record"):
            return b"".join(self.bytes(field["type"], f"{path}.{field['name']}") for field in schema["fields"])
        if is_named(schema, "enum"):
            symbols = [index for index, symbol in enumerate(schema["symbols"]) if symbol != UNKNOWN]
            return long(symbols[self.count % len(symbols)])
        kind, logical = (schema, None) if isinstance(schema, str) else (schema["type"], schema.get("logicalType"))
        if kind == "array":
            items = [self.bytes(schema["items"], f"{path}[{index}]") for index in range(2)] if self.is_full else []
            return (long(len(items)) if items else b"") + b"".join(items) + long(0)
        if kind == "map":
            values = counted("é".encode()) + self.bytes(schema["values"], f"{path}[é]") if self.is_full else b""
            return (long(1) if values else b"") + values + long(0)
        if logical == "uuid":
            return counted(str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.schema.name}{path}")).encode())
        if logical == "timestamp-micros":
            return long(NOON + self.count * 1_001)
        if logical == "decimal":
            return counted(struct.pack(">h", -self.count))
        if kind == "boolean":
            return b"\1" if self.count % 2 else b"\0"
        if kind == "int":
            return long((1 << 31) - self.count)
        if kind == "long":
            return long(-(1 << 62) + self.count)
        if kind == "double":
            return struct.pack("<d", self.count / 7)
        if kind == "bytes":
            return counted(bytes([0, 255, self.count % 256]))
        return counted(f"{path.lstrip('.')} é {self.count}".encode() if self.is_full else b"")


def framed(schema, is_full):
    return (b"\0" + struct.pack(">i", schema.id) + Sample(schema, is_full).bytes(schema.record, "")).hex()


def text(catalog):
    samples = {
        schema.name: {"full": framed(schema, True), "bare": framed(schema, False)} for schema in catalog.schemas
    }
    return json.dumps(samples, indent=2, sort_keys=True) + "\n"
