#!/usr/bin/env bash
# Every test. The whole output is shown and kept; what failed is told again at the end, where a reader looks first.
set -uo pipefail
cd "$(dirname "$0")/../.."
log=.local/test.log
LOG_LEVEL=${LOG_LEVEL:-warning} swift test --skip-build --disable-xctest 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
skipped=$(grep -c '^SKIPPED' "$log")
[ "$skipped" -eq 0 ] || { echo; echo "Skipped, and therefore not proven by this run:"; grep '^SKIPPED' "$log"; }
if [ "$status" -ne 0 ]; then
    { echo; echo "Failed:"; grep -E '✘|[Ff]atal error|error: ' "$log" | head -40; } >&2
fi
exit "$status"
