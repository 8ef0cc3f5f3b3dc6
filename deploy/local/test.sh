#!/usr/bin/env bash
# Every check and every test.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
# shellcheck source=deploy/local/progress.sh
. deploy/local/progress.sh
all() {
    deploy/local/fetch-data.sh || echo "SKIPPED: the real measurements: they could not be fetched"
    deploy/local/browser.sh || echo "SKIPPED: the login in a browser: Chromium could not be installed"
    deploy/check/run && swift_test --skip FleetTests.ConsoleTests || return
    echo "The API's tests once more, through PgBouncer in transaction mode"
    TEST_POOLER=on swift_test --filter '(Contract|Route|Scope|Reference)Tests' || return
    echo "What people do with the console, in a browser"
    swift_test --filter FleetTests.ConsoleTests
}
swift_test() {
    LOG_LEVEL=${LOG_LEVEL:-warning} by_line swift test --skip-build --disable-xctest \
        --experimental-maximum-parallelization-width 8 "$@"
}
with_verdict .local/test.log all
