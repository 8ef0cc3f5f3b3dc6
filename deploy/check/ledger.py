"""Checks the ledger of the owner's specification: a done row has a test, a planned row an issue, a replaced row a decision.

Needs only Python. By hand: python3 deploy/check/ledger.py
"""

import csv
import re
import sys
from collections import Counter
from pathlib import Path

FILE = "docs/spec-ledger.csv"
COLUMNS = ["id", "kind", "document", "section", "what", "state", "by", "test", "note"]
KINDS = {
    "route", "table", "column", "index", "partition", "cache", "lifetime", "topic", "event", "audit", "transition", "error",
}
STATES = ["done", "planned", "replaced"]
# The owner's documents, in the order of the ledger.
DOCUMENTS = ["system-architecture", "flows", "data-model", "iot-monitoring-flows", "bff-cdc-reports-etl-flows"]


def main(root):
    problems = check(root)
    for problem in problems:
        print(f"dCMMS: ledger: {problem}", file=sys.stderr)
    if problems:
        sys.exit(1)
    states = Counter(row["state"] for _, row in rows(root) if row)
    counts = ", ".join(f"{states[state]} {state}" for state in STATES)
    print(f"ledger: of {states.total()} things that the specification names: {counts}")


def check(root):
    """Every problem, each with the line that it is in."""
    known = tests(root)
    decisions = {int(page.name[:4]) for page in (root / "docs/adr").glob("[0-9]*.md")}
    problems, lines, furthest = [], {}, 0
    for line, row in rows(root):
        if not row:
            problems.append(f"{FILE}:{line}: a line has the columns {','.join(COLUMNS)}")
            continue
        found = list(faults(row, known, decisions))
        if row["id"] in lines:
            found.append(f"is also in line {lines[row['id']]}")
        lines.setdefault(row["id"], line)
        if row["document"] in DOCUMENTS:
            place = DOCUMENTS.index(row["document"])
            if place < furthest:
                found.append(f"comes after rows of {DOCUMENTS[furthest]}")
            furthest = max(furthest, place)
        problems += [f"{FILE}:{line}: {row['id'] or 'the row'} {fault}" for fault in found]
    return problems


def rows(root):
    """The number of each line with its cells by column; nothing instead of the cells if there are too few or too many."""
    with open(root / FILE, newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        yield from [] if header == COLUMNS else [(1, None)]
        for cells in reader:
            yield reader.line_num, dict(zip(COLUMNS, cells)) if len(cells) == len(COLUMNS) else None


def faults(row, known, decisions):
    kind, by, named = row["kind"], row["by"], row["test"].split()
    if kind not in KINDS:
        yield f"is of an unknown kind: {kind or 'none'}"
    elif not row["id"].startswith(f"{kind}:"):
        yield f"has an id that does not begin with {kind}:"
    if row["document"] not in DOCUMENTS:
        yield f"is of an unknown document: {row['document'] or 'none'}"
    if not row["what"]:
        yield "does not say what it is"
    if row["state"] not in STATES:
        yield f"has an unknown state: {row['state'] or 'none'}"
    if row["state"] == "done" and not named:
        yield "is done and names no test"
    if row["state"] == "planned" and not re.fullmatch(r"issue [0-9]+", by):
        yield "is planned and names no issue: issue 12"
    if row["state"] == "replaced":
        number = re.fullmatch(r"ADR ([0-9]+)", by)
        if not number:
            yield "is replaced and names no decision: ADR 1"
        elif int(number[1]) not in decisions:
            yield f"is replaced by {by}, which is not in docs/adr"
    for test in named:
        if test not in known:
            yield f"names {test}, which is not a test in Tests"


def tests(root):
    """Every test as Target/Suite.function."""
    folder = root / "Tests"
    files = folder.rglob("*.swift")
    return {f"{file.relative_to(folder).parts[0]}/{test}" for file in files for test in within(file)}


def within(file):
    """The tests of one file as Suite.function. `swift format` keeps suites at the beginning of a line."""
    suite, is_test = None, False
    for line in file.read_text(encoding="utf-8").splitlines():
        if began := re.match(r"(?![\s/]).*?\b(?:struct|class|actor|enum|extension)\s+(\w+)", line):
            suite = began[1]
        is_test = is_test or line.lstrip().startswith("@Test")
        if function := re.search(r"\bfunc (\w+)", line):
            if suite and is_test:
                yield f"{suite}.{function[1]}"
            is_test = False


if __name__ == "__main__":
    main(Path(__file__).resolve().parents[2])
