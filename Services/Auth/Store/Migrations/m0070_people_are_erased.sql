-- When a person's data were erased. What is left is an id: what they did, and what was done to their records, still names it.
ALTER TABLE users
    ADD COLUMN erased_at timestamptz,
    ADD CONSTRAINT users_erased_are_nobody CHECK (
        erased_at IS NULL OR (
            NOT is_active AND password_hash IS NULL AND phone IS NULL AND invited_at IS NULL AND idp_user_id IS NULL
            AND roles = '{}' AND site_ids = '{}' AND asset_ids = '{}' AND team_id IS NULL
        )
    );
