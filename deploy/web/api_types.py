"""Writes TypeScript types of the API from its documents (docs/api).

    api_types.py DOCUMENT… > api.ts

`Operations` has one entry for each operation, by method and path, with what it takes and what it answers.
"""
import json
import pathlib
import re
import sys

HEADER = """// Written by deploy/web/api_types.py from docs/api: changes here are lost.

/** A point in time as RFC 3339 has it, in UTC. */
export type Instant = string;
"""


def name(schema):
    return re.sub(r"\W", "", schema)


def member(key):
    return key if re.fullmatch(r"[A-Za-z_]\w*", key) else json.dumps(key)


def fields(properties, required, render):
    return "{ " + "".join(f"{member(k)}{'' if k in required else '?'}: {render(v)}; " for k, v in properties.items()) + "}"


def written(schema):
    """The type of a schema."""
    if not schema:
        return "unknown"
    if "$ref" in schema:
        return name(schema["$ref"].split("/")[-1])
    for choice in ("oneOf", "anyOf"):
        if choice in schema:
            return " | ".join(dict.fromkeys(written(s) for s in schema[choice]))
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    if "const" in schema:
        return json.dumps(schema["const"])
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return " | ".join(dict.fromkeys(of_kind(kind, schema) for kind in kinds)) or "unknown"


def of_kind(kind, schema):
    if kind in ("integer", "number"):
        return "number"
    if kind == "array":
        inner = written(schema.get("items", {}))
        return f"({inner})[]" if " " in inner else f"{inner}[]"
    if kind == "object":
        if "properties" in schema:
            return fields(schema["properties"], schema.get("required", []), written)
        return f"Record<string, {written(schema.get('additionalProperties') or {})}>"
    if kind == "string" and schema.get("format") == "date-time":
        return "Instant"
    if kind == "string" and schema.get("format") == "binary":
        return "Blob"
    return kind


def parameters(operation, place):
    found = [p for p in operation.get("parameters", []) if p.get("in") == place]
    required = [p["name"] for p in found if p.get("required")]
    return fields({p["name"]: p.get("schema", {}) for p in found}, required, written)


def content(body):
    types = list((body or {}).get("content", {}).values())
    return written(types[0].get("schema", {})) if types else "undefined"


def operation_type(operation):
    answers = [answer for status, answer in sorted(operation["responses"].items()) if status.startswith("2")]
    return (
        "{ "
        f"path: {parameters(operation, 'path')}; query: {parameters(operation, 'query')}; "
        f"body: {content(operation.get('requestBody'))}; answer: {content(answers[0] if answers else None)} "
        "}"
    )


def main(files):
    schemas, operations, permissions = {}, {}, set()
    for file in files:
        document = json.loads(pathlib.Path(file).read_text(encoding="utf-8"))
        for key, schema in document.get("components", {}).get("schemas", {}).items():
            known = schemas.setdefault(name(key), schema)
            if known != schema:
                sys.exit(f"types: two documents have different schemas {key}")
        for path, methods in document["paths"].items():
            if not path.startswith("/api/"):
                continue
            for method, operation in methods.items():
                operations[f"{method.upper()} {path}"] = operation
                permissions.update(operation.get("x-one-of-permissions", []), operation.get("x-further-permissions", []))
                permissions.update([operation["x-permission"]] if "x-permission" in operation else [])
    print(HEADER)
    for key, schema in sorted(schemas.items()):
        print(f"export type {key} = {written(schema)};\n")
    print("export interface Operations {")
    for key, operation in sorted(operations.items()):
        print(f"  {json.dumps(key)}: {operation_type(operation)};")
    print("}\n\n/** What routes ask for. */\nexport type Permission =")
    print("\n".join(f"  | {json.dumps(permission)}" for permission in sorted(permissions)) + ";")


if __name__ == "__main__":
    main(sys.argv[1:])
