"""Everything that follows from the event schemas in Shared/EventSchema/Schemas.

run                  writes the Swift types, the catalog, the golden bytes and the list of published schemas
run --check          writes nothing; fails when something that is committed is not what the schemas say
run --reissue NAME   as without, and takes the schema as it is now for the one that was published: only while no log holds it
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
    """What there should be: {path: text}."""
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
