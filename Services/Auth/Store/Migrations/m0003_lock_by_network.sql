-- Wrong passwords by address and network: a count by address alone lets anybody keep its owner out.

-- Counts of one day: nothing in them is worth carrying over.
DROP TABLE login_failures;
CREATE TABLE login_failures (
    -- SHA-256 of the address in lower case.
    address_hash bytea NOT NULL,
    -- Empty for the count over all networks that the address has not logged in from.
    network      text NOT NULL,
    failures     integer NOT NULL,
    locked_until timestamptz,
    last_at      timestamptz NOT NULL,
    PRIMARY KEY (address_hash, network)
);
CREATE INDEX login_failures_by_age ON login_failures (last_at);

-- Where logins of an address have succeeded from.
CREATE TABLE login_networks (
    address_hash bytea NOT NULL,
    network      text NOT NULL,
    last_at      timestamptz NOT NULL,
    PRIMARY KEY (address_hash, network)
);
CREATE INDEX login_networks_by_age ON login_networks (last_at);
