-- A provider's name for the login there with which a session here began, by its hash: when it ends there, it ends here.
ALTER TABLE authorization_codes ADD COLUMN provider_session bytea;
ALTER TABLE sessions ADD COLUMN provider_session bytea;
CREATE INDEX sessions_by_provider ON sessions (tenant_id, provider_session) WHERE provider_session IS NOT NULL AND ended_at IS NULL;
