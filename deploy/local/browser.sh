#!/usr/bin/env bash
# Installs the browser of the tests, if it can be done without a password. Without it, the test that needs it is skipped.
set -euo pipefail
[ ! -x /usr/bin/chromium ] || exit 0
root=()
[ "$(id -u)" -eq 0 ] || root=(sudo -n)
get=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120)
echo "Installing Chromium for the test of the login page"
"${get[@]}" install -y --no-install-recommends chromium >/dev/null 2>&1 ||
    { "${get[@]}" update && "${get[@]}" install -y --no-install-recommends chromium; } >/dev/null 2>&1
