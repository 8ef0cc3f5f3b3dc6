-- Questions to security keys that wait for their answer, by their hashes. Each serves one purpose of one person, once.
CREATE TABLE key_challenges (
    hash       bytea PRIMARY KEY,
    tenant_id  uuid NOT NULL,
    user_id    uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose    text NOT NULL CHECK (purpose IN ('registration', 'enrolment', 'login', 'step-up')),
    -- The login that it belongs to.
    login      bytea REFERENCES login_challenges (hash) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CHECK ((login IS NOT NULL) = (purpose IN ('enrolment', 'login')))
);
CREATE INDEX key_challenges_by_user ON key_challenges (user_id, purpose, created_at);
CREATE INDEX key_challenges_by_login ON key_challenges (login);
CREATE INDEX key_challenges_by_age ON key_challenges (expires_at);
SELECT fence('key_challenges', true);
