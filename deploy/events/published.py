"""The list of published schemas: their ids, and a hash of everything in them that decides how records are written."""
import hashlib
import json

from schemas import Fault

# Attributes that only document a schema, or that only our own code reads. They can be changed at any time.
DESCRIPTIVE = {"doc", "symbolDocs", "swift", "omittable", "id", "topic", "key"}


def bare(schema):
    if isinstance(schema, list):
        return [bare(item) for item in schema]
    if isinstance(schema, dict):
        return {name: bare(item) for name, item in schema.items() if name not in DESCRIPTIVE}
    return schema


def text(catalog, committed, reissued):
    """The list with the new schemas added. Refuses schemas that differ from the committed list."""
    known = {}
    for line in committed.splitlines():
        number, name, digest = line.split()
        known[name] = (int(number), digest)
    lines = []
    for schema in catalog.schemas:
        digest = hashlib.sha256(json.dumps(bare(schema.record), sort_keys=True).encode()).hexdigest()
        entry = (schema.id, digest)
        if schema.name not in reissued and known.get(schema.name, entry) != entry:
            raise Fault(
                f"{schema.file} was published and is not what it was: logs hold records of it. Take the change back, and "
                f"make it in {schema.family}.v{max(s.version for s in catalog.schemas if s.family == schema.family) + 1}.avsc "
                f"with the id {max(s.id for s in catalog.schemas) + 1}"
            )
        lines.append(f"{schema.id} {schema.name} {digest}\n")
    gone = known.keys() - {schema.name for schema in catalog.schemas} - reissued
    if gone:
        raise Fault(f"{', '.join(sorted(gone))} was published: logs hold records of it, and nobody could read them any more")
    return "".join(lines)
