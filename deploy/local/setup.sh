#!/usr/bin/env bash
# Everything that `make demo` and `make test` need: the system's packages, the Python tools, and one debug build for both.
# Safe to repeat; what is there already is left alone.
set -euo pipefail
cd "$(dirname "$0")/../.."

fail() {
    echo "dCMMS: $*" >&2
    exit 1
}

# --- the compiler
command -v swift >/dev/null || fail "no Swift compiler on the PATH: install a Swift 6.2 toolchain or later (https://swift.org/install)"
version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -1)
[ "$(printf '%s\n6.2\n' "$version" | sort -V | head -1)" = 6.2 ] || fail "Swift $version is too old: 6.2 or later is needed"

# --- room for the build
free=$(df -Pk . | awk 'NR == 2 {print int($4 / 1024)}')
if [ ! -d .build ] && [ "$free" -lt 5000 ]; then fail "$free MB of disk are free here: the build needs 5000"; fi

# --- the system's packages
packages=(
    librdkafka-dev libpq-dev libssl-dev libmosquitto-dev libhiredis-dev libcurl4-openssl-dev pkg-config
    postgresql redis-server mosquitto openssl curl python3 python3-venv python3-pip python3-aiosmtpd
)
missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
    command -v apt-get >/dev/null || fail "these packages are missing and there is no apt-get: ${missing[*]}"
    sudo=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "run as root, or install: ${missing[*]}"
        sudo=(sudo)
    fi
    echo "Installing what the build and the servers need: ${missing[*]}"
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
    # Debian starts servers as it installs them; ours are private processes, so those are left alone.
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null \
        || fail "apt-get could not install: ${missing[*]}"
fi

# --- the Python tools of the tests
mkdir -p .local
stamp=.local/venv/requirements.txt
if ! cmp -s deploy/local/requirements.txt "$stamp" 2>/dev/null; then
    echo "Installing the tests' Python tools into .local/venv"
    rm -rf .local/venv
    if python3 -m venv .local/venv && .local/venv/bin/pip install --quiet --disable-pip-version-check -r deploy/local/requirements.txt; then
        cp deploy/local/requirements.txt "$stamp"
    else
        echo "dCMMS: WARNING: no Python tools (no network?): the tests that need them will say that they are skipped" >&2
    fi
fi

# --- the build
echo "Building (the first time takes about five minutes on two cores)"
log=.local/build.log
swift build --build-tests >"$log" 2>&1 &
build=$!
trap 'kill $build 2>/dev/null || true' INT TERM
while kill -0 "$build" 2>/dev/null; do
    for _ in $(seq 20); do
        kill -0 "$build" 2>/dev/null || break
        sleep 1
    done
    tail -n 1 "$log" | cut -c 1-100
done
wait "$build" || {
    grep -E 'error:' "$log" | sort -u | head -20 >&2
    fail "the build failed; the whole output is in $log"
}
