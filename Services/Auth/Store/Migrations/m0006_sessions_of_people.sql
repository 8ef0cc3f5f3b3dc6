-- What a person sees of their sessions, and how a lost answer to a refresh is repeated.

ALTER TABLE sessions
    -- When its newest refresh token was issued.
    ADD COLUMN refreshed_at timestamptz,
    ADD COLUMN address      text,
    ADD COLUMN user_agent   text;
UPDATE sessions s SET refreshed_at = COALESCE(
    (SELECT max(t.issued_at) FROM refresh_tokens t WHERE t.session_id = s.id), s.created_at
);
-- The defaults are for instances of the version before, which go on while a new version is rolled out.
ALTER TABLE sessions ALTER COLUMN refreshed_at SET DEFAULT now(), ALTER COLUMN refreshed_at SET NOT NULL;
CREATE INDEX sessions_by_user ON sessions (user_id, refreshed_at DESC) WHERE ended_at IS NULL;
CREATE INDEX sessions_by_age ON sessions (refreshed_at);

CREATE INDEX refresh_tokens_by_age ON refresh_tokens (expires_at);

-- Random bytes of a token's exchange: with the token itself they give its successor.
ALTER TABLE refresh_tokens ADD COLUMN seed bytea;

ALTER TABLE users ADD COLUMN password_changed_at timestamptz;
UPDATE users SET password_changed_at = created_at;
ALTER TABLE users ALTER COLUMN password_changed_at SET DEFAULT now(), ALTER COLUMN password_changed_at SET NOT NULL;
