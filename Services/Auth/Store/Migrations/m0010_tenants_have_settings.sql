ALTER TABLE tenants
    ADD COLUMN is_suspended      boolean NOT NULL DEFAULT false,
    ADD COLUMN suspension_reason text,
    ADD COLUMN time_zone         text NOT NULL DEFAULT 'UTC',
    ADD COLUMN currency          text NOT NULL DEFAULT 'EUR',
    ADD COLUMN language          text NOT NULL DEFAULT 'en',
    ADD COLUMN version           bigint NOT NULL DEFAULT 1;

-- Whoever runs the installation. A role of every tenant, but only its holders can give it to somebody.
WITH r AS (INSERT INTO roles (name) VALUES ('platform-admin') RETURNING id)
INSERT INTO role_grants (role_id, permission, scope)
SELECT r.id, p, 'tenant' FROM r, unnest(ARRAY['platform:read', 'platform:manage']) AS p;
