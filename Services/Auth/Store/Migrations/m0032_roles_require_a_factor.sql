-- Whether nobody with this role gets in without a second factor.
ALTER TABLE roles ADD COLUMN requires_mfa boolean NOT NULL DEFAULT false;
-- Those who can change what others may do. Roles that approve work, and those of contractors, come here with the roles themselves.
UPDATE roles SET requires_mfa = true WHERE tenant_id IS NULL AND name IN ('admin', 'platform-admin');
