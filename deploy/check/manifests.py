"""The sources of the Kubernetes objects: the kustomize base, the chart, and the example of their Secrets."""

import json
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import jsonschema
import yaml


class Unavailable(Exception):
    """A tool is missing on this machine."""


def documents(text):
    return [document for document in yaml.load_all(text, yaml.CSafeLoader) if document]


def sources(root):
    """The base's own files, before kustomize: incomplete, but valid objects."""
    base = root / "deploy/kubernetes"
    files = [base / name for name in yaml.safe_load((base / "kustomization.yaml").read_text())["resources"]]
    return [document for file in files for document in documents(file.read_text())]


def secrets(root):
    """The example's Secrets by name: their keys and values."""
    file = root / "deploy/kubernetes/secrets.example.yaml"
    return {document["metadata"]["name"]: document["stringData"] for document in documents(file.read_text())}


def kustomize(root):
    """The base, as `kubectl apply -k` would send it."""
    command = kustomizer()
    if not command:
        raise Unavailable("kubectl 1.27 or later, nor kustomize 5")
    result = subprocess.run([*command, str(root / "deploy/kubernetes")], capture_output=True, text=True, timeout=60)
    if result.returncode != 0:
        raise ValueError(f"kustomize: {result.stderr.strip()[:500]}")
    return documents(result.stdout)


@cache
def kustomizer():
    """A kustomize of version 5 or later: the one in Debian 12's kubectl 1.20 knows neither labels nor patches with targets."""
    kubectl = (["kubectl", "version", "--client"], ["kubectl", "kustomize"])
    for ask, build in (["kustomize", "version"], ["kustomize", "build"]), kubectl:
        if shutil.which(build[0]):
            told = subprocess.run(ask, capture_output=True, text=True).stdout.split("ustomize")[-1]
            found = re.search(r"v(\d+)\.\d+\.\d+", told)
            if found and int(found[1]) >= 5:
                return build
    return None


def chart(root):
    """The problems of the chart, and its objects, from Helm's own linter and engine."""
    python = shutil.which("python", path=str(Path(sys.prefix).with_name("venv-helm") / "bin"))
    if not python:
        raise Unavailable("helm-sdkpy, which needs Python 3.12 or later")
    render = Path(__file__).with_name("render_chart.py")
    result = subprocess.run([python, render, root / "helm/dcmms"], capture_output=True, text=True, timeout=60)
    if result.returncode != 0:
        return [f"chart: {result.stderr.strip()[-800:]}"], []
    answer = json.loads(result.stdout)
    return [f"chart: {problem}" for problem in answer["problems"]], documents(answer["rendered"])


def values(root, daemons):
    """Checks the chart's values against its schema and the daemons. This part needs no Helm."""
    folder = root / "helm/dcmms"
    content = yaml.safe_load((folder / "values.yaml").read_text())
    schema = json.loads((folder / "values.schema.json").read_text())
    problems = [
        f"chart: values.yaml: {'.'.join(map(str, error.path))}: {error.message}"
        for error in jsonschema.Draft7Validator(schema).iter_errors(content)
    ]
    known = {daemon.name: daemon for daemon in daemons}
    for name in sorted(set(known) ^ set(content.get("daemons", {}))):
        problems.append(f"chart: values.yaml: daemons.{name} is missing or no daemon")
    for name, block in content.get("daemons", {}).items():
        if name in known and block["port"] != known[name].port:
            problems.append(f"chart: values.yaml: daemons.{name}.port is not {known[name].port}")
        for variable in {**content["fleet"], **block.get("env", {})}:
            if name in known and variable not in known[name].variables:
                problems.append(f"chart: values.yaml: {name} does not read {variable}")
    return problems


def differences(base, other):
    """The base and the chart describe the same fleet. Names and annotations may differ."""
    base, other = ({key(thing): plain(thing) for thing in each if thing["kind"] != "Namespace"} for each in (base, other))
    problems = [f"only one of base and chart has {kind} {name}" for kind, name in sorted(set(base) ^ set(other))]
    for kind, name in sorted(set(base) & set(other)):
        for how in compare(base[kind, name], other[kind, name]):
            problems.append(f"base and chart differ in {kind} {name}: {how}")
    return problems


def key(thing):
    # kustomize appends a hash to the name of a generated ConfigMap.
    name = thing["metadata"]["name"]
    return thing["kind"], re.sub(r"-[a-z0-9]{10}$", "", name) if thing["kind"] == "ConfigMap" else name


def plain(thing):
    return {part: normal(value) for part, value in thing.items() if part not in ("metadata", "apiVersion")}


def normal(value, name=None):
    if isinstance(value, dict):
        dropped = {"annotations", "helm.sh/chart", "app.kubernetes.io/managed-by", "app.kubernetes.io/instance"}
        return {k: normal(v, k) for k, v in value.items() if k not in dropped}
    if isinstance(value, list):
        return sorted((normal(each) for each in value), key=lambda each: json.dumps(each, sort_keys=True))
    if isinstance(value, str):
        return re.sub(r"^fleet-[a-z0-9]{10}$", "fleet", value)
    return value


def compare(one, two, path=""):
    if isinstance(one, dict) and isinstance(two, dict):
        for name in sorted(set(one) | set(two)):
            yield from compare(one.get(name), two.get(name), f"{path}.{name}".lstrip("."))
    elif one != two:
        yield f"{path}: {json.dumps(one)[:200]} and {json.dumps(two)[:200]}"
