#!/usr/bin/env bash
# Trains the failure model on the data of the running local stack, and restarts ml-scoring with it.
set -euo pipefail
cd "$(dirname "$0")/../.."
gateway=http://127.0.0.1:${DCMMS_GATEWAY_PORT:-8080}
token=$(curl -sf "$gateway/api/v1/auth/login" -d '{"email":"admin@demo.example","password":"local-demo-admin"}' |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["accessToken"])') || {
    echo "dCMMS: the local stack does not answer at $gateway: run make demo first" >&2
    exit 1
}
mkdir -p .local/models
curl -sf -H "Authorization: Bearer $token" "$gateway/api/v1/predictions/training-set?horizonDays=${HORIZON_DAYS:-1}" >.local/models/features.csv
.local/venv/bin/python Services/MLScoring/Training/train.py .local/models/features.csv -o .local/models/failure.json
kill "$(cut -d' ' -f1 .local/run/ml-scoring.run)"
sleep 2
.build/debug/dcmms-local up
