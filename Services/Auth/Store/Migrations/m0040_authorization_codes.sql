-- Codes that a browser brings from a login to the gateway (RFC 6749, section 4.1.2), by their hashes. A used one is kept for a day, since
-- somebody who brings it again has stolen it, or was stolen from.
CREATE TABLE authorization_codes (
    hash          bytea PRIMARY KEY,
    tenant_id     uuid NOT NULL,
    user_id       uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client        text NOT NULL,
    redirect_uri  text NOT NULL,
    challenge     text NOT NULL,
    -- Where the browser goes after a logout, sealed: it names the person.
    logout_uri    bytea,
    -- How and when the person proved who they are: the session's proof.
    proof_methods text[] NOT NULL,
    proved_at     timestamptz NOT NULL,
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    used_at       timestamptz,
    -- What it gave.
    session_id    uuid
);
CREATE INDEX authorization_codes_by_age ON authorization_codes (expires_at);
SELECT fence('authorization_codes', true);
