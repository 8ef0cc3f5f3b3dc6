"""Texts between two lines of a file, and the README's table of daemons."""


def between(text, begin, end, new):
    """`text`, with `new` in place of the lines after the line `begin` and before the line that begins with `end`."""
    head, found, rest = text.partition(begin + "\n")
    if not found or f"\n{end}" not in "\n" + rest:
        raise SystemExit(f"dCMMS: fleet: a file has no {begin!r} that is followed by {end!r}")
    return head + found + new + rest[("\n" + rest).index(f"\n{end}"):]


def variable(name):
    """A daemon's name as part of a variable: WORK_ORDERS for `work-orders`."""
    return name.upper().replace("-", "_")


def database(name):
    """The name of its database and of the role that it runs as."""
    return name.replace("-", "_")


def operations(port):
    """Where a daemon that listens on `port` has /healthz, /readyz and /metrics, unless OPERATIONS_PORT is set."""
    return port + 1000


def files(root, catalogue):
    rows = "".join(f"| `dcmms-{each['name']}` | {each['port']} | {each['owns']} |\n" for each in catalogue)
    text = (root / "README.md").read_text()
    return {"README.md": between(text, "| daemon | port | owns |\n|---|---|---|", "| `dcmms-edge`", rows)}
