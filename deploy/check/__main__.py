"""Compares the deployment files with what the daemons really read. `make test` runs it; by hand: deploy/check/run

All checks work offline. If a tool is missing, a line always says which check did not run.
"""

import sys
import time
from pathlib import Path

import compose
import fleet
import image
import manifests
import objects
import readme


def main(root, programs):
    began = time.monotonic()
    daemons = fleet.read(root, programs)
    problems, skipped = check(root, daemons)
    for what in skipped:
        print(f"SKIPPED: dCMMS: deployment: not checked: {what}", file=sys.stderr)
    for problem in problems:
        print(f"dCMMS: deployment: {problem}", file=sys.stderr)
    if problems:
        sys.exit(1)
    limits = f", but for {len(skipped)} skipped" if skipped else ""
    print(f"deployment: {len(daemons)} daemons agree with their files{limits} ({time.monotonic() - began:.0f} s)")


def check(root, daemons):
    """Every problem, and what could not be checked."""
    problems = image.check(root, daemons) + compose.check(root, daemons)
    problems += manifests.values(root, daemons) + readme.check(root, daemons)
    kustomized, charted = None, None
    skipped = []
    try:
        problems += image.loaded(root, daemons)
    except manifests.Unavailable as system:
        skipped.append(f"the libraries in the image: there is no {system}")
    try:
        kustomized = manifests.kustomize(root)
        problems += of_objects("base", kustomized, root, daemons)
    except ValueError as error:
        problems.append(str(error))
    except manifests.Unavailable as tool:
        skipped.append(f"the kustomize base as a whole, only its files one by one: there is no {tool}")
        problems += [f"base: {problem}" for problem in objects.valid(manifests.sources(root), objects.RELEASES)]
    try:
        wrong, charted = manifests.chart(root)
        problems += wrong or of_objects("chart", charted, root, daemons)
    except manifests.Unavailable as tool:
        skipped.append(f"the chart's templates, only its values: there is no {tool}")
    if kustomized and charted:
        problems += manifests.differences(kustomized, charted)
    return problems, skipped


def of_objects(where, things, root, daemons):
    found = objects.valid(things, objects.RELEASES) + objects.check(things, daemons, manifests.secrets(root))
    return [f"{where}: {problem}" for problem in found]


if __name__ == "__main__":
    root = Path(__file__).resolve().parents[2]
    main(root, root / ".build/debug")
