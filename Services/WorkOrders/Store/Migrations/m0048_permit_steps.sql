-- Who asked for a permit, took that back, let the work begin, or cancelled it, and when.
ALTER TABLE permits
    ADD COLUMN steps jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(steps) = 'array');
