ALTER TABLE users
    ADD COLUMN code       text CHECK (length(code) BETWEEN 1 AND 32),
    ADD COLUMN first_name text,
    ADD COLUMN last_name  text,
    ADD COLUMN metadata   jsonb NOT NULL DEFAULT '[]',
    -- When somebody was changed before now, nobody has noted.
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
CREATE UNIQUE INDEX users_code ON users (tenant_id, code);
