#!/usr/bin/env bash
# Runs in a PostgreSQL container when its volume is new. For each name in $DATABASES it creates a database, the role that owns it and
# migrates (`work_orders_owner`), and the role that the service runs as, which owns nothing (`work_orders`). Their passwords come from
# WORK_ORDERS_OWNER_DB_PASSWORD and WORK_ORDERS_DB_PASSWORD.
set -euo pipefail
for name in $DATABASES; do
    password=${name^^}_DB_PASSWORD
    owners=${name^^}_OWNER_DB_PASSWORD
    psql -v ON_ERROR_STOP=1 -v name="$name" -v owner="${name}_owner" \
        -v password="${!password:?$password is not set}" -v owners="${!owners:?$owners is not set}" \
        -U "$POSTGRES_USER" -d postgres <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
-- What a service asks for in each session, and can't ask for through PgBouncer.
ALTER ROLE :"name" SET timezone = 'UTC';
ALTER ROLE :"name" SET statement_timeout = '30s';
ALTER ROLE :"name" SET client_connection_check_interval = '2s';
CREATE ROLE :"owner" LOGIN PASSWORD :'owners';
CREATE DATABASE :"name" OWNER :"owner";
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"name" TO :"name";
SQL
done
