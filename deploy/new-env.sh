#!/usr/bin/env bash
# Creates deploy/.env from env.example, with a random secret for every change-me. It never changes an existing file.
set -euo pipefail
cd "$(dirname "$0")"
[ ! -e .env ] || { echo "deploy/.env exists already: delete it to create a new one (the databases keep their old passwords)" >&2; exit 1; }
umask 077
while IFS= read -r line; do
    if [[ $line == *=change-me ]]; then line=${line%change-me}$(openssl rand -hex 16); fi
    printf '%s\n' "$line"
done <env.example >.env
echo "made deploy/.env"
