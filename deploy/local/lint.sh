#!/usr/bin/env bash
# The rules that the compiler does not know.
set -euo pipefail
cd "$(dirname "$0")/../.."
swift format lint --strict --recursive Package.swift Services Shared Tests

# What follows from the event schemas is committed as it follows.
deploy/events/run --check

# Services meet on topics only: none imports another.
services=$(find Services -mindepth 1 -maxdepth 1 -type d -printf '%f\n')
for service in $services; do
    others=$(echo "$services" | grep -v "^$service$" | paste -sd '|')
    if grep -rnE "^((public|internal|@testable) )?import ($others)$" "Services/$service" --include='*.swift'; then
        echo "dCMMS: Services/$service imports another service" >&2
        exit 1
    fi
done
if grep -rnE '^((public|internal) )?import ' Shared --include='*.swift' | grep -wE "import ($(echo "$services" | paste -sd '|'))$"; then
    echo "dCMMS: a shared library imports a service" >&2
    exit 1
fi
# The layers within a service.
python3 deploy/check/layers.py --test
python3 deploy/check/layers.py
# The broker's log knows nothing of the network, nor of the rest of the broker: it compiles without them.
if ! swiftc -typecheck -swift-version 6 -enable-upcoming-feature NonisolatedNonsendingByDefault -I Shared/CCRC32C \
    Services/Broker/Log/*.swift Services/Broker/ErrorCode.swift; then
    echo "dCMMS: Services/Broker/Log needs more than itself" >&2
    exit 1
fi
echo "lint: clean"
