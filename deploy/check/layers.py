"""Checks the layers of a service, which are its folders; a service of several capabilities has them in the folder of each. And checks who
speaks HTTP with others.

Domain     decides: pure functions, no I/O
Store      SQL; knows nothing about HTTP
HTTP       routes; no SQL, and knows nothing about PostgreSQL
Consumers  handle events; no SQL

    python3 deploy/check/layers.py         the repository
    python3 deploy/check/layers.py --test  tests this check with faults that it has to find
"""
import pathlib
import re
import sys
import tempfile

# Localization is texts that are compiled in.
DOMAIN = {"Access", "Commands", "EventSchema", "Foundation", "HTTPTypes", "Identifiers", "Localization", "Money"}
WEB = {"Hummingbird", "HummingbirdCore", "HTTPTypes", "ServiceKit"}
IMPORT = re.compile(r"^\s*(?:@\w+ )?(?:(?:public|internal|package) )?import (?:\w+ )?(\w+)")
SQL = re.compile(r'(?:^|")\s*(?:SELECT\b.*\bFROM\b|SELECT \d|INSERT INTO\b|UPDATE \w+ SET\b|DELETE FROM\b|WITH \w+ AS\b)')
COMMENT = re.compile(r"^\s*//")
LAYERS = {"Domain", "Store", "HTTP", "Consumers"}

# Services never call one another (ADR 0001): these are the places that call somebody else, and whom.
CLIENTS = {
    "Services/Gateway": "the service that a request is for",
    "Services/Auth/Provider": "identity providers of tenants",
    "Services/Bench": "the system that it measures",
    "Shared/LocalFleet": "the system that it starts",
    "Shared/ObjectStore": "a bucket of S3, a store like a database (ADR 0050)",
    "Shared/ServiceKit": "the schema registry, the collector of traces",
}

RULES = [
    ("Domain", lambda name: name not in DOMAIN, "Domain decides and does no I/O: it must not import"),
    ("Store", lambda name: name in WEB, "Store knows nothing about HTTP: it must not import"),
    ("HTTP", lambda name: name == "Postgres", "HTTP knows nothing about PostgreSQL: it must not import"),
]


def faults(root):
    for folder in sorted((root / "Services").iterdir()):
        for file in sorted(folder.rglob("*.swift")):
            layer = next((part for part in file.relative_to(folder).parts[:-1] if part in LAYERS), "")
            yield from faults_of(file, file.relative_to(root), layer)
    for file in sorted(path for top in ("Services", "Shared") for path in (root / top).rglob("*.swift")):
        name = file.relative_to(root)
        if any(name.is_relative_to(place) for place in CLIENTS):
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            found = IMPORT.match(line)
            if found and found[1] == "AsyncHTTPClient":
                yield f"{name}:{number}: services talk over topics only (ADR 0001): it must not import AsyncHTTPClient"


def faults_of(file, name, layer):
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if COMMENT.match(line):
            continue
        found = IMPORT.match(line)
        for rule_layer, is_wrong, rule in RULES:
            if found and layer == rule_layer and is_wrong(found[1]):
                yield f"{name}:{number}: {rule} {found[1]}"
        if layer in ("HTTP", "Consumers", "Domain") and SQL.search(line):
            yield f"{name}:{number}: SQL belongs into Store"


def test():
    cases = [
        ("Domain/A.swift", "import Postgres\n", "must not import Postgres"),
        ("Domain/A.swift", "internal import ServiceKit\n", "must not import ServiceKit"),
        ("Costs/Domain/A.swift", "import Postgres\n", "must not import Postgres"),
        ("Costs/HTTP/Bodies/A.swift", "import Postgres\n", "must not import Postgres"),
        ("Domain/A.swift", "import Foundation\nimport Identifiers\n", None),
        ("Store/A.swift", "import ServiceKit\n", "must not import ServiceKit"),
        ("Store/A.swift", "import HTTPTypes\n", "must not import HTTPTypes"),
        ("Store/A.swift", 'let a: SQL = "SELECT 1 FROM a"\n', None),
        ("HTTP/A.swift", "public import Postgres\n", "must not import Postgres"),
        ("HTTP/A.swift", 'let a = "DELETE FROM a"\n', "SQL belongs into Store"),
        ("Consumers/A.swift", '    """\n    INSERT INTO a (b)\n', "SQL belongs into Store"),
        ("Consumers/A.swift", '    """\n    UPDATE a SET b = 1\n', "SQL belongs into Store"),
        ("Consumers/A.swift", "// SELECT what FROM where\n", None),
        ("Client.swift", "internal import AsyncHTTPClient\n", "must not import AsyncHTTPClient"),
        ("../Gateway/Client.swift", "import AsyncHTTPClient\n", None),
        ("../../Shared/ObjectStore/Client.swift", "import AsyncHTTPClient\n", None),
        ("../../Shared/Messaging/Client.swift", "import AsyncHTTPClient\n", "must not import AsyncHTTPClient"),
    ]
    wrong = []
    for path, text, expected in cases:
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "Services" / "Some").mkdir(parents=True)
            file = (pathlib.Path(folder) / "Services" / "Some" / path).resolve()
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            found = list(faults(pathlib.Path(folder).resolve()))
        is_right = not found if expected is None else len(found) == 1 and found[0].endswith(expected)
        if not is_right:
            wrong.append(f"{path} with {text!r}: {found}, expected {expected}")
    return wrong, len(cases)


def main():
    if sys.argv[1:] == ["--test"]:
        wrong, count = test()
        print("\n".join(wrong) or f"layers: the check works on all {count} samples")
        return 1 if wrong else 0
    found = list(faults(pathlib.Path(__file__).resolve().parents[2]))
    for fault in found:
        print(f"dCMMS: {fault}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
