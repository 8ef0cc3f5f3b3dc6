-- Links in mails, by their hashes: to accept an invitation, to choose a new password, to unlock an account.
CREATE TABLE account_links (
    hash       bytea PRIMARY KEY,
    tenant_id  uuid NOT NULL,
    user_id    uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose    text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX account_links_by_user ON account_links (user_id, purpose, created_at);
CREATE INDEX account_links_by_age ON account_links (expires_at);
SELECT fence('account_links', true);

-- An invited person has no password until they accept.
ALTER TABLE users ALTER COLUMN password_hash DROP NOT NULL, ADD COLUMN invited_at timestamptz;
