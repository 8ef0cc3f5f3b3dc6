#!/usr/bin/env bash
# Runs the benchmarks with an optimized build in a separate folder. Prints the report and writes it to .local/bench.md.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=deploy/local/progress.sh
. deploy/local/progress.sh
# The console is measured against the stack of `make demo`, which the browser sees no difference to.
if [ "${ONLY:-}" = console ]; then
    .build/debug/dcmms-local demo >&2
    exec .local/venv/bin/python Tests/Console/bench.py
fi
[ -d .build/optimized ] && echo "Building, optimized" || echo "Building, optimized (the first time takes about eight minutes on two cores)"
patiently .local/optimized.log swift build -c release --scratch-path .build/optimized || {
    grep -E 'error:' .local/optimized.log | sort -u | head -n 20 >&2
    fail "the build failed; the whole output is in .local/optimized.log"
}
# The API's load generator and its peers. Without them their lines are missing.
case ${ONLY:-api} in *api* | *identity*)
    missing=()
    for package in wrk nginx-light nghttp2-client; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    if [ "${#missing[@]}" -gt 0 ]; then
        root=()
        [ "$(id -u)" -eq 0 ] || root=(sudo)
        echo "Installing ${missing[*]}"
        patiently .local/apt.log "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y --no-install-recommends "${missing[@]}" || fail "apt-get can't install ${missing[*]}"
    fi
    requirements=Services/Bench/API/Peer/requirements.txt
    if ! cmp -s "$requirements" .local/venv-bench/requirements.txt; then
        echo "Installing FastAPI into .local/venv-bench"
        rm -rf .local/venv-bench
        if /usr/bin/python3 -m venv .local/venv-bench &&
            patiently .local/pip.log .local/venv-bench/bin/pip install --progress-bar off -r "$requirements"; then
            cp "$requirements" .local/venv-bench/requirements.txt
        else
            rm -rf .local/venv-bench
        fi
    fi
    ;;
esac
# `make bench ONLY=log` measures one part.
for part in ${ONLY:-log readings api live identity}; do
    .build/optimized/release/dcmms-bench "$part"
    echo
done | tee .local/bench.md
