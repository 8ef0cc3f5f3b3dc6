#!/usr/bin/env bash
# Runs in a PostgreSQL container when its volume is new: a role and a database of the same name for each of $DATABASES. The
# password of `work_orders` comes from WORK_ORDERS_DB_PASSWORD.
set -euo pipefail
for name in $DATABASES; do
    password=${name^^}_DB_PASSWORD
    psql -v ON_ERROR_STOP=1 -v name="$name" -v password="${!password:?$password is not set}" \
        -U "$POSTGRES_USER" -d postgres <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
SQL
done
