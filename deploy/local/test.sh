#!/usr/bin/env bash
# Every check and every test. The whole output is shown and kept; what failed, and what could not be tested here, is told again
# at the end, where a reader looks first.
set -uo pipefail
cd "$(dirname "$0")/../.."
log=.local/test.log
{
    deploy/local/fetch-data.sh || echo "SKIPPED: the real measurements: they could not be fetched"
    deploy/check/run && LOG_LEVEL=${LOG_LEVEL:-warning} swift test --skip-build --disable-xctest \
        --experimental-maximum-parallelization-width 8
} 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
if grep -q '^SKIPPED' "$log"; then
    echo
    echo "Not proven by this run:"
    grep '^SKIPPED' "$log" | sort -u
fi
if [ "$status" -ne 0 ]; then
    {
        echo
        echo "Failed:"
        grep -E '✘|[Ff]atal error|error: |refused' "$log" | head -40
    } >&2
fi
exit "$status"
