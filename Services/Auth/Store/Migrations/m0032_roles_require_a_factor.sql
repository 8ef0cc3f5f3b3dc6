-- Whether nobody with this role gets in without a second factor.
ALTER TABLE roles ADD COLUMN requires_mfa boolean NOT NULL DEFAULT false;
-- Those who can change what others may do. The other roles are as the matrix says.
UPDATE roles SET requires_mfa = true WHERE tenant_id IS NULL AND name IN ('admin', 'platform-admin');
