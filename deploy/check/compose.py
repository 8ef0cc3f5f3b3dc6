"""compose.yaml is valid by the Compose specification, and each daemon gets exactly the variables that it reads."""

import json
import re
from urllib.parse import urlsplit

import compose_spec
import yaml

from image import untagged

VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(?:(:-|:\?)([^}]*))?\}")


def check(root, daemons):
    text = (root / "deploy/compose.yaml").read_text()
    example = dict(
        line.split("=", 1) for line in (root / "deploy/env.example").read_text().splitlines() if line[:1].isalpha()
    )
    # As new-env.sh does.
    example = {name: "c" * 32 if value == "change-me" else value for name, value in example.items()}
    used = {name for name, kind, _ in VARIABLE.findall(text) if kind != ":-"}
    problems = [f"compose: ${name} is not in env.example" for name in sorted(used - set(example))]
    mentioned = {name for name, *_ in VARIABLE.findall(text)}
    problems += [f"env.example: compose.yaml does not use {name}" for name in sorted(set(example) - mentioned)]

    resolved = VARIABLE.sub(lambda match: example.get(match[1], match[3] or ""), text)
    raw, file = (merged(yaml.load(each, yaml.CSafeLoader)) for each in (text, resolved))
    try:
        # Passed as JSON, because this parser does not know YAML's merge keys; JSON is also YAML.
        compose_spec.PyCompose.from_yaml(json.dumps(file)).validate()
    except ValueError as error:
        return problems + [f"compose: {error}"]

    services = file["services"]
    for name, service in services.items():
        problems += settled(name, service, services, file["volumes"])
    for daemon in daemons:
        if daemon.name not in services:
            problems.append(f"compose: {daemon.name} is missing")
            continue
        problems += given(daemon, services, raw["services"][daemon.name]["environment"])
    return problems


def merged(file):
    return {key: value for key, value in file.items() if not key.startswith("x-")}


def settled(name, service, services, volumes):
    """The rules for every container."""
    where = f"compose: {name}"
    problems = untagged(where, service["image"]) if "build" not in service else []
    for port in service.get("ports", []):
        if not port.startswith("127.0.0.1:"):
            problems.append(f"{where}: {port} is published beyond loopback")
    for mount in service.get("volumes", []):
        source = mount.split(":")[0]
        if not source.startswith(".") and source not in volumes:
            problems.append(f"{where}: there is no volume {source}")
    for other, how in service.get("depends_on", {}).items():
        if how["condition"] == "service_healthy" and "healthcheck" not in services[other]:
            problems.append(f"{where} waits for the health of {other}, which has no health check")
    if service.get("restart") == "unless-stopped" and "healthcheck" not in service:
        problems.append(f"{where} has no health check")
    return problems


def given(daemon, services, raw):
    """The rules for a daemon's container."""
    where = f"compose: {daemon.name}"
    service = services[daemon.name]
    variables = {key: str(value) for key, value in service["environment"].items()}
    problems = [f"compose: {problem}" for problem in daemon.judge(variables)]
    if service["build"]["args"]["DAEMON"] != f"dcmms-{daemon.name}":
        problems.append(f"{where} is built from another program")
    if variables.get("HTTP_PORT") != str(daemon.port):
        problems.append(f"{where}: HTTP_PORT is not {daemon.port}")
    for port in service.get("ports", []):
        if not port.endswith(f":{daemon.port}"):
            problems.append(f"{where}: {port} does not lead to its port {daemon.port}")
    for name in daemon.secret & set(raw):
        if "${" not in raw[name]:
            problems.append(f"{where}: {name} is a secret, but its value is in the file")
    for name, value in variables.items():
        if not name.endswith("_URL") or name == "PUBLIC_URL":  # That one is for browsers.
            continue
        target = urlsplit(value)
        if target.hostname not in services:
            problems.append(f"{where}: {name} points to {target.hostname}, which is not a service")
        elif name.startswith("GATEWAY_"):
            port = services[target.hostname].get("environment", {}).get("HTTP_PORT")
            if target.port != port:
                problems.append(f"{where}: {name} leads to port {target.port}, but {target.hostname} listens on {port}")
        elif target.hostname not in service["depends_on"]:
            problems.append(f"{where} does not wait for {target.hostname}")
    return problems
