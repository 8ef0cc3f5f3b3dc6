-- A key is published before it signs, and stays published until its last token has expired. Then it is deleted.
ALTER TABLE signing_keys ADD COLUMN algorithm text NOT NULL DEFAULT 'rs256', ADD COLUMN active_from timestamptz;
UPDATE signing_keys SET active_from = created_at;
DELETE FROM signing_keys WHERE retired_at IS NOT NULL;
-- An instance of the version before, which goes on while this one is rolled out, signs with the newest key at once.
ALTER TABLE signing_keys ALTER COLUMN active_from SET DEFAULT now(), ALTER COLUMN active_from SET NOT NULL;
