"""The Dockerfile installs exactly the libraries that Package.swift names and the programs load."""

import re
import subprocess
import sys
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

from manifests import Unavailable


def check(root, daemons):
    dockerfile = (root / "deploy/Dockerfile").read_text()
    manifest = (root / "Package.swift").read_text()
    build = dockerfile.split(" AS runtime")[0]
    wanted = set(re.findall(r'\.apt\(\["([^"]+)"', manifest))
    problems = [f"Dockerfile: {name} is not installed for the build" for name in sorted(wanted - words(build))]
    if re.search(r"\.(copy|process)\(", manifest):
        problems.append("Package.swift has a resource that is not embedded: the image holds only the program")
    stages = set(re.findall(r"^FROM \S+ AS (\S+)", dockerfile, re.M))
    for image in re.findall(r"^(?:ARG \w+_IMAGE=|FROM )([^\s$]+)", dockerfile, re.M):
        problems += untagged("Dockerfile", image) if image not in stages else []
    ignored = (root / ".dockerignore").read_text().splitlines()
    lines = re.findall(r"^COPY (?!--)(.+) \S+$", dockerfile, re.M)
    copied = [str(file.relative_to(root)) for line in lines for name in line.split() for file in root.glob(name)]
    problems += [f"Dockerfile: .dockerignore keeps {source} out" for source in copied if is_out(source, ignored)]
    problems += linted(root / "deploy/Dockerfile")
    # A number, because Kubernetes must see that it is not root.
    if not re.search(r"^USER [1-9]\d*:[1-9]\d*$", dockerfile, re.M):
        problems.append("Dockerfile: USER must be a number that is not 0")
    if "ENV HTTP_HOST=0.0.0.0" not in dockerfile:
        problems.append("Dockerfile: HTTP_HOST must be set: nobody reaches a container's loopback")
    return problems


def is_out(path, patterns):
    """The last pattern that fits decides, as Docker has it."""
    out = False
    for pattern in patterns:
        folder = pattern.removeprefix("!")
        if fnmatch(path, folder) or path.startswith(f"{folder}/"):
            out = not pattern.startswith("!")
    return out


def loaded(root, daemons):
    """Whether the image has every library that the programs load."""
    runtime = (root / "deploy/Dockerfile").read_text().split(" AS runtime")[1]
    missing = libraries(tuple(daemon.program for daemon in daemons)) - words(runtime)
    return [f"Dockerfile: the daemons load a library of {name}, which the image lacks" for name in sorted(missing)]


def linted(file):
    # DL3008 wants Debian packages at fixed versions, which Debian's mirrors drop with the next security update.
    lint = [Path(sys.prefix) / "bin/hadolint", "--no-color", "--ignore", "DL3008", file]
    told = subprocess.run(lint, capture_output=True, text=True)
    return [line.removeprefix(f"{file.parent}/") for line in (told.stdout + told.stderr).splitlines()]


def words(text):
    return set(re.findall(r"[\w.+-]+", text))


def untagged(where, image):
    tag = image.rpartition("/")[2].partition(":")[2]
    return [] if tag and tag != "latest" else [f"{where}: the image {image} has no version"]


@cache
def libraries(services):
    """The packages of the libraries that programs name. Only on the image's own distribution: names differ elsewhere."""
    if "VERSION_CODENAME=bookworm" not in open("/etc/os-release").read():
        raise Unavailable("Debian 12 here, whose packages the image installs")
    output = subprocess.run(["readelf", "-d", *services], capture_output=True, text=True, check=True).stdout
    needed = set(re.findall(r"NEEDED.*\[(lib\w+(?:\+\+)?\.so\.[\d.]+)\]", output)) - {"libc.so.6", "libm.so.6", "libgcc_s.so.1"}
    found = subprocess.run(["dpkg", "-S", *(f"*/{name}" for name in needed)], capture_output=True, text=True).stdout
    return {line.split(":")[0] for line in found.splitlines() if not line.startswith("diversion")}
