"""Reads the fleet's catalogue from standard input and writes the files that have a part for each daemon. `make fleet` runs it."""

import json
import sys
from pathlib import Path

import cluster
import compose
import kafka
import texts


def main(root, catalogue, is_check):
    stale = []
    parts = [compose, cluster, texts, kafka]
    made = {name: text for part in parts for name, text in part.files(root, catalogue).items()}
    folder = root / "deploy/kubernetes/daemons"
    gone = [file for file in folder.glob("*.yaml") if file.relative_to(root).as_posix() not in made]
    for name, text in made.items():
        file = root / name
        if not file.exists() or file.read_text() != text:
            stale.append(name)
            if not is_check:
                file.parent.mkdir(exist_ok=True)
                file.write_text(text)
    for file in gone:
        stale.append(file.relative_to(root).as_posix())
        if not is_check:
            file.unlink()
    for name in stale:
        print(f"dCMMS: fleet: {name} {'is stale: run make fleet' if is_check else 'was written'}", file=sys.stderr)
    return 1 if is_check and stale else 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parents[2], json.load(sys.stdin), "--check" in sys.argv))
