"""The daemons, as they describe themselves. Every deployment file is compared with this."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

@dataclass(frozen=True)
class Daemon:
    name: str
    program: Path
    required: frozenset[str]
    optional: frozenset[str]
    secret: frozenset[str]
    port: int

    @property
    def variables(self):
        return self.required | self.optional

    def judge(self, given):
        """The problems with the variables that a file would give it: unknown, missing, or malformed according to its own parser."""
        unknown = sorted(set(given) - self.variables)
        problems = [f"{self.name} does not read {name}" for name in unknown]
        refused = refusal(self.name, self.program, tuple(sorted(given.items())))
        return problems + ([f"{self.name} refuses: {refused}"] if refused else [])


@cache
def refusal(name, program, given):
    """The problems that the daemon reports about its variables at its start. It reports all at once, before it opens anything."""
    # An invalid log level makes sure that it always refuses to start.
    environment = {key: str(value) for key, value in given} | {"LOG_LEVEL": "none"}
    end = subprocess.run([program], env=environment, capture_output=True, text=True, timeout=20)
    expected = f"{name}: LOG_LEVEL must be one of trace, debug, info, notice, warning, error, critical"
    if end.returncode != 78 or not end.stderr.startswith(expected):
        return f"to judge them: {end.stderr.strip()[:200]}"
    return end.stderr.removeprefix(expected).strip().removeprefix("; ")


def read(root, programs):
    """Asks every daemon of the catalogue for its variables. The programs must be built."""
    local = programs / "dcmms-local"
    if not local.exists():
        sys.exit(f"dCMMS: deployment: {local} is not built: run make build first")
    catalogue = subprocess.run([local, "catalogue"], capture_output=True, text=True, timeout=20, check=True).stdout
    daemons = []
    for each in json.loads(catalogue):
        program = programs / f"dcmms-{each['name']}"
        if not program.exists():
            sys.exit(f"dCMMS: deployment: {program} is not built: run make build first")
        daemons.append(ask(program))
        if daemons[-1].port != each["port"]:
            sys.exit(f"dCMMS: deployment: {program.name} listens on {daemons[-1].port}, not as the catalogue says")
    return daemons


def ask(program, name=None):
    # Some variables are read only when this one is set.
    environment = {"PATH": os.environ["PATH"], "KAFKA_SASL_MECHANISM": "PLAIN"}
    answer = subprocess.run(
        [program, "--print-configuration"], env=environment, capture_output=True, text=True, timeout=20, check=True
    )
    keys = {key["name"]: key for key in json.loads(answer.stdout)}
    required = frozenset(name for name, key in keys.items() if key.get("fallback") is None)
    return Daemon(
        name=name or program.name.removeprefix("dcmms-"),
        program=program,
        required=required,
        optional=frozenset(keys) - required,
        secret=frozenset(name for name, key in keys.items() if key["isSecret"]),
        port=int(keys["HTTP_PORT"]["fallback"]),
    )
