"""Checks the committed API documents (docs/api) against OpenAPI's rules and against the documents released before.

A change that can affect a client fails, unless docs/api/CHANGES.md names it with exactly the words that are printed here.

    python deploy/check/api.py             # checks; `make test` runs it
    python deploy/check/api.py --release   # makes the committed documents the released ones (`make api-release`)
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RELEASED = "docs/api/released.json"


def committed(root):
    """The documents by service."""
    files = sorted((root / "docs/api").glob("*.json"))
    return {file.stem: json.loads(file.read_text()) for file in files if file.name != "released.json"}


def invalid(documents):
    """The problems that OpenAPI's own validator finds; None if it is not installed."""
    try:
        from openapi_spec_validator import OpenAPIV31SpecValidator
    except ImportError:
        return None
    problems = []
    for service, document in documents.items():
        for error in OpenAPIV31SpecValidator(document).iter_errors():
            problems.append(f"docs/api/{service}.json is not an OpenAPI 3.1 document: {error.message}")
        ids = [operation["operationId"] for _, _, operation in operations(document)]
        problems += [f"docs/api/{service}.json: {name} is the id of two operations" for name in ids if ids.count(name) > 1]
    return problems


def operations(document):
    for path, methods in sorted(document.get("paths", {}).items()):
        for method, operation in sorted(methods.items()):
            yield path, method.upper(), operation


# --- changes that can affect a client


def breaking(old, new):
    """A description of every breaking change between two versions of all documents."""
    changes = []
    for service, before in sorted(old.items()):
        after = new.get(service, {})
        known = {(path, method): operation for path, method, operation in operations(after)}
        for path, method, operation in operations(before):
            where = f"{service}: {method} {path}"
            if (path, method) not in known:
                changes.append(f"{where}: is gone")
            else:
                changes += [f"{where}: {change}" for change in of_operation(operation, known[path, method], before, after)]
    return changes


def permission(operation):
    """The permission that it needs, or those of which it needs one; empty if it needs none."""
    several = operation.get("x-one-of-permissions")
    return f"one of {', '.join(several)}" if several else operation.get("x-permission", "")


def of_operation(old, new, before, after):
    if permission(old) != permission(new):
        yield f"needs {permission(new) or 'no permission'}, was {permission(old) or 'none'}"
    if old.get("security") == [] and new.get("security") != []:
        yield "needs a token"
    parameters = {(each["in"], each["name"]): each for each in old.get("parameters", [])}
    current = {(each["in"], each["name"]): each for each in new.get("parameters", [])}
    for key, parameter in current.items():
        if key not in parameters and parameter.get("required"):
            yield f"the {key[0]} parameter {key[1]} is new and required"
    for key, parameter in parameters.items():
        name = f"the {key[0]} parameter {key[1]}"
        if key not in current:
            yield f"{name} is gone"
            continue
        if current[key].get("required") and not parameter.get("required"):
            yield f"{name} is required now"
        yield from of_input(parameter["schema"], current[key]["schema"], name, before, after)
    body, changed = content(old.get("requestBody")), content(new.get("requestBody"))
    if changed is not None and new["requestBody"].get("required") and (body is None or not old["requestBody"].get("required")):
        yield "a body is required now"
    if body is not None and changed is None:
        yield "takes no body any more"
    elif body is not None:
        yield from of_input(body, changed, "the body", before, after)
    for status, answer in old["responses"].items():
        if not status.startswith("2"):
            continue
        if status not in new["responses"]:
            yield f"does not answer {status} any more"
            continue
        given, gives = content(answer), content(new["responses"][status])
        if given is not None and gives is None:
            yield f"the answer {status} has no JSON any more"
        elif given is not None:
            yield from of_answer(given, gives, "the answer", before, after)


def content(body):
    return (body or {}).get("content", {}).get("application/json", {}).get("schema")


def resolved(schema, document):
    while "$ref" in schema:
        found = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def types(schema, document):
    """The types of a schema, and the schema without null."""
    schema = resolved(schema, document)
    if "anyOf" in schema:
        choices = [resolved(choice, document) for choice in schema["anyOf"]]
        kinds = set().union(*(types(choice, document)[0] for choice in choices))
        rest = [choice for choice in choices if choice.get("type") != "null"]
        return kinds, rest[0] if len(rest) == 1 else schema
    kinds = schema.get("type", [])
    return set(kinds if isinstance(kinds, list) else [kinds]), schema


def of_input(old, new, name, before, after, depth=0):
    was, old = types(old, before)
    now, new = types(new, after)
    if now and not was <= now:
        yield f"{name} must be {' or '.join(sorted(now))}, was {' or '.join(sorted(was)) or 'anything'}"
        return
    for word in old.get("enum", []):
        if "enum" in new and word not in new["enum"]:
            yield f"{name} does not take {word} any more"
    for limit, is_narrower in (
        ("maxLength", lambda a, b: b < a), ("maximum", lambda a, b: b < a), ("maxItems", lambda a, b: b < a),
        ("minLength", lambda a, b: b > a), ("minimum", lambda a, b: b > a), ("minItems", lambda a, b: b > a),
        ("pattern", lambda a, b: a != b), ("format", lambda a, b: a != b),
    ):
        if limit in new and new[limit] != old.get(limit) and (limit not in old or is_narrower(old[limit], new[limit])):
            if not (limit.startswith("min") and limit not in old and new[limit] == 0):
                yield f"{name} has the {limit} {new[limit]}, was {old.get(limit, 'none')}"
    if depth > 8:
        return
    if "items" in old and "items" in new:
        yield from of_input(old["items"], new["items"], f"{name}[]", before, after, depth + 1)
    fields = new.get("properties", {})
    for field in set(new.get("required", [])) - set(old.get("required", [])):
        yield f"{name}: {field} is required now"
    for field, schema in old.get("properties", {}).items():
        if field not in fields:
            yield f"{name}: {field} is gone"
        else:
            yield from of_input(schema, fields[field], f"{name}: {field}", before, after, depth + 1)


def of_answer(old, new, name, before, after, depth=0):
    was, old = types(old, before)
    now, new = types(new, after)
    if was and not now <= was:
        yield f"{name} is {' or '.join(sorted(now)) or 'anything'}, was {' or '.join(sorted(was))}"
        return
    if depth > 8:
        return
    if "items" in old and "items" in new:
        yield from of_answer(old["items"], new["items"], f"{name}[]", before, after, depth + 1)
    fields = new.get("properties", {})
    for field, schema in old.get("properties", {}).items():
        if field not in fields:
            yield f"{name}: {field} is gone"
            continue
        if field in old.get("required", []) and field not in new.get("required", []):
            yield f"{name}: {field} may be absent now"
        yield from of_answer(schema, fields[field], f"{name}: {field}", before, after, depth + 1)


def check(root, documents):
    """Every problem with the documents of a checkout, and whether OpenAPI's validator is installed."""
    problems = invalid(documents)
    named = (root / "docs/api/CHANGES.md").read_text()
    released = json.loads((root / RELEASED).read_text())
    unnamed = [change for change in breaking(released, documents) if change not in named]
    wrong = [f"docs/api/CHANGES.md does not name this breaking change: {change}" for change in unnamed]
    return (problems or []) + wrong, problems is not None


def main():
    documents = committed(ROOT)
    if sys.argv[1:] == ["--release"]:
        (ROOT / RELEASED).write_text(json.dumps(documents, sort_keys=True, separators=(",", ":")) + "\n")
        return
    problems, was_validated = check(ROOT, documents)
    if not was_validated:
        print("SKIPPED: dCMMS: api: openapi-spec-validator is not installed in .local/venv", file=sys.stderr)
    for problem in problems:
        print(f"dCMMS: api: {problem}", file=sys.stderr)
    if problems:
        sys.exit(1)
    routes = sum(1 for document in documents.values() for _ in operations(document))
    print(f"api: {len(documents)} documents with {routes} routes, valid and without a breaking change that is not named")


if __name__ == "__main__":
    main()
