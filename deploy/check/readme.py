"""The README's table of variables has each one that a daemon reads, and no other."""

import re


def check(root, daemons):
    table = (root / "README.md").read_text().partition("## Configuration")[2].partition("\n## ")[0]
    told = {name for row in table.splitlines() for name in names(row)}
    known = {variable for daemon in daemons for variable in daemon.variables}
    problems = []
    for name in sorted(told):
        # One row can describe one variable per service: GATEWAY_<SERVICE>_URL.
        covered = {each for each in known if re.fullmatch(re.sub("<[A-Z]+>", "[A-Z_]+", name), each)}
        if not covered:
            problems.append(f"README.md: no daemon reads {name}")
        known -= covered
    return problems + [f"README.md: the table of variables lacks {name}" for name in sorted(known)]


def names(row):
    """The names in a row's first column; `_EMAIL` after `AUTH_BOOTSTRAP_TENANT` is short for AUTH_BOOTSTRAP_EMAIL."""
    last = ""
    for name in re.findall(r"`([A-Z<>_]+)`", row.split("|")[1] if row.startswith("|") else ""):
        last = last.rpartition("_")[0] + name if name.startswith("_") else name
        yield last
