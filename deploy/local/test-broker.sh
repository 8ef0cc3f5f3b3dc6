#!/usr/bin/env bash
# The broker's tests in their long form: 200 rounds of kill -9, and whatever else of them takes minutes. The whole output is
# shown and kept; what failed, and what could not be tested here, is told again at the end.
set -uo pipefail
cd "$(dirname "$0")/../.."
log=.local/test-broker.log
LOG_LEVEL=${LOG_LEVEL:-warning} DCMMS_TEST_SCALE=full \
    swift test --skip-build --disable-xctest --filter BrokerTests 2>&1 | tee "$log"
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
        grep -E '✘|[Ff]atal error|error: |^crash round with' "$log" | head -40
    } >&2
fi
exit "$status"
