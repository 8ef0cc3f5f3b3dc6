-- The second factor of a person: the secret that their authenticator app shares with us.
CREATE TABLE second_factors (
    user_id   uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    tenant_id uuid NOT NULL,
    -- Sealed with AUTH_SECRET_KEYS.
    secret    bytea NOT NULL,
    added_at  timestamptz NOT NULL,
    -- Of the newest code that was accepted: it and all before it are not accepted again.
    last_step bigint NOT NULL
);
SELECT fence('second_factors', true);

-- What a person has begun to add. It does not count until they have typed a first code.
CREATE TABLE factor_enrolments (
    user_id    uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    tenant_id  uuid NOT NULL,
    secret     bytea NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX factor_enrolments_by_age ON factor_enrolments (expires_at);
SELECT fence('factor_enrolments', true);

-- Codes for somebody whose phone is gone, by their hashes. A used one is deleted.
CREATE TABLE recovery_codes (
    user_id   uuid NOT NULL REFERENCES second_factors (user_id) ON DELETE CASCADE,
    tenant_id uuid NOT NULL,
    hash      bytea NOT NULL,
    PRIMARY KEY (user_id, hash)
);
SELECT fence('recovery_codes', true);

-- Logins whose password was right, and that wait for their second step, by the hashes of their challenges.
CREATE TABLE login_challenges (
    hash       bytea PRIMARY KEY,
    tenant_id  uuid NOT NULL,
    user_id    uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose    text NOT NULL CHECK (purpose IN ('login', 'enrolment')),
    -- How many wrong codes were typed.
    wrong      integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX login_challenges_by_user ON login_challenges (user_id, created_at);
CREATE INDEX login_challenges_by_age ON login_challenges (expires_at);
SELECT fence('login_challenges', true);
