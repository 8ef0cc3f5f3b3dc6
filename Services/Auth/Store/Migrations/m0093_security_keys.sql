-- A second factor is an authenticator app, security keys, or both. The row says that a person has one; without an app it has no secret. A daemon of the
-- version before finds the row of somebody who has only a key, and does not let them in with their password.
ALTER TABLE second_factors ALTER COLUMN secret DROP NOT NULL, ALTER COLUMN last_step DROP NOT NULL,
    ADD CONSTRAINT second_factors_app CHECK ((secret IS NULL) = (last_step IS NULL));

CREATE TABLE security_keys (
    id            uuid PRIMARY KEY,
    tenant_id     uuid NOT NULL,
    user_id       uuid NOT NULL REFERENCES second_factors (user_id) ON DELETE CASCADE,
    name          text NOT NULL,
    -- By which the key finds its private half. Nobody else registers the same one.
    credential_id bytea NOT NULL UNIQUE,
    -- As COSE writes it (RFC 9052).
    public_key    bytea NOT NULL,
    -- How often it has signed, if it counts: a copy falls behind.
    counter       bigint NOT NULL,
    -- How browsers reach it: hints, as they gave them.
    transports    text[] NOT NULL,
    -- Whether it can be copied to the person's other devices.
    is_synced     boolean NOT NULL,
    added_at      timestamptz NOT NULL,
    last_used_at  timestamptz
);
CREATE INDEX security_keys_by_user ON security_keys (user_id);
SELECT fence('security_keys');
