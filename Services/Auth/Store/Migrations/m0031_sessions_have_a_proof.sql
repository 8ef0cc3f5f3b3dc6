-- How and when the person of a session has last proved who they are. NULL: with the password, when the session began; that is also what
-- instances of the version before write.
ALTER TABLE sessions ADD COLUMN proof_methods text[], ADD COLUMN proved_at timestamptz;
