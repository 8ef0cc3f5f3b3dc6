-- Wrong passwords by address, whether somebody has it or not: a lock that only known addresses get would tell them apart.

CREATE TABLE login_failures (
    -- SHA-256 of the address in lower case.
    address_hash bytea PRIMARY KEY,
    failures     integer NOT NULL,
    locked_until timestamptz,
    last_at      timestamptz NOT NULL
);
CREATE INDEX login_failures_by_age ON login_failures (last_at);

ALTER TABLE users DROP COLUMN failed_logins, DROP COLUMN locked_until;
