#!/usr/bin/env bash
# Checks the rules that the compiler does not check.
set -euo pipefail
cd "$(dirname "$0")/../.."
swift format lint --strict --recursive Package.swift Services Shared Tests

# The committed files that are generated from the event schemas are up to date.
deploy/events/run --check

# Services communicate only over topics: none imports another.
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
# The broker's log knows nothing about the network or the rest of the broker: it compiles without them.
if ! swiftc -typecheck -swift-version 6 -enable-upcoming-feature NonisolatedNonsendingByDefault -I Shared/CCRC32C \
    Services/Broker/Log/*.swift Services/Broker/ErrorCode.swift; then
    echo "dCMMS: Services/Broker/Log must compile without the rest of the broker" >&2
    exit 1
fi
# The web apps: their types, and every text in every language.
python3 deploy/web/build.py --generate
tsc -p Services/Gateway/Web/tsconfig.json
python3 deploy/web/codes.py --test
python3 deploy/web/check.py
echo "lint: clean"
