"""Writes everything that is generated from the event schemas in Shared/EventSchema/Schemas.

run                  writes the Swift types, the catalog, the golden bytes and the list of published schemas
run --check          writes nothing; fails if a committed file is not what the schemas say
run --reissue NAME   like run, but also publishes the schema again in its present form: only if no log contains it
"""
import pathlib
import sys

import golden
import published
import swift
from schemas import Catalog, Fault

ROOT = pathlib.Path(__file__).resolve().parents[2]
GENERATED = "Shared/EventSchema/Generated"


def products(catalog, reissued):
    """The files that should exist: {path: text}."""
    files = {f"{GENERATED}/{name}.swift": text for name, text in swift.files(catalog).items()}
    files["Tests/Golden/events.json"] = golden.text(catalog)
    path = "Tests/Golden/schemas.txt"
    file = ROOT / path
    files[path] = published.text(catalog, file.read_text() if file.exists() else "", reissued)
    return files


def main(arguments):
    reissued = set(arguments[1:]) if arguments[:1] == ["--reissue"] else set()
    try:
        catalog = Catalog(ROOT / "Shared/EventSchema")
        files = products(catalog, reissued)
    except Fault as fault:
        return f"dCMMS: {fault}"
    there = {str(path.relative_to(ROOT)) for path in (ROOT / GENERATED).glob("*")}
    stale = sorted(
        [path for path, text in files.items() if not (ROOT / path).exists() or (ROOT / path).read_text() != text]
        + list(there - files.keys())
    )
    if arguments == ["--check"]:
        return f"dCMMS: not what the event schemas say, run `make events`: {', '.join(stale)}" if stale else None
    for path in stale:
        if path in files:
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_text(files[path])
        else:
            (ROOT / path).unlink()
        print(path)
    return None


if __name__ == "__main__":
    if sys.argv[1:2] not in ([], ["--check"], ["--reissue"]):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
