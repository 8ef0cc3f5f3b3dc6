#!/usr/bin/env bash
# The long form of the broker's tests: 200 rounds of kill -9, and everything else that takes minutes.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
# shellcheck source=deploy/local/progress.sh
. deploy/local/progress.sh
deploy/local/java-client.sh || echo "the Java client can't be installed here: its tests are skipped"
export LOG_LEVEL=${LOG_LEVEL:-warning} DCMMS_TEST_SCALE=full
# Not all at once: a test that waits behind a hundred others times out.
with_verdict .local/test-broker.log by_line swift test --skip-build --disable-xctest \
    --experimental-maximum-parallelization-width 4 --filter BrokerTests
