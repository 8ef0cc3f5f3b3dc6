#!/usr/bin/env bash
# Runs the benchmarks with an optimized build in a separate folder. Prints the report and writes it to .local/bench.md.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=deploy/local/progress.sh
. deploy/local/progress.sh
[ -d .build/optimized ] && echo "Building, optimized" || echo "Building, optimized (the first time takes about eight minutes on two cores)"
patiently .local/optimized.log swift build -c release --scratch-path .build/optimized || {
    grep -E 'error:' .local/optimized.log | sort -u | head -n 20 >&2
    fail "the build failed; the whole output is in .local/optimized.log"
}
# `make bench ONLY=log` measures one part.
for part in ${ONLY:-log readings}; do
    .build/optimized/release/dcmms-bench "$part"
    echo
done | tee .local/bench.md
