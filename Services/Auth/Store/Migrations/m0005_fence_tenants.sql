-- Each transaction sees the rows of its own tenant only. Who logs in has no tenant yet: what a login and a refresh look up is open to
-- every tenant's transactions.

ALTER TABLE sessions ADD COLUMN tenant_id uuid;
UPDATE sessions s SET tenant_id = u.tenant_id FROM users u WHERE u.id = s.user_id;
ALTER TABLE sessions ALTER COLUMN tenant_id SET NOT NULL;

ALTER TABLE refresh_tokens ADD COLUMN tenant_id uuid;
UPDATE refresh_tokens t SET tenant_id = s.tenant_id FROM sessions s WHERE s.id = t.session_id;
ALTER TABLE refresh_tokens ALTER COLUMN tenant_id SET NOT NULL;

SELECT fence('users', true);
SELECT fence('sessions', true);
SELECT fence('refresh_tokens', true);

-- A tenant is its own.
ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON tenants USING (id = (SELECT current_tenant()));
CREATE POLICY of_every_tenant ON tenants USING ((SELECT current_setting('dcmms.every_tenant', true)) = 'on');

-- The roles of every tenant are read by each and changed by none.
ALTER TABLE roles ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON roles USING (tenant_id = (SELECT current_tenant()));
CREATE POLICY of_all ON roles FOR SELECT USING (tenant_id IS NULL);
CREATE POLICY of_every_tenant ON roles USING ((SELECT current_setting('dcmms.every_tenant', true)) = 'on');
ALTER TABLE role_grants ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON role_grants
    USING (EXISTS (SELECT FROM roles r WHERE r.id = role_id AND r.tenant_id = (SELECT current_tenant())));
CREATE POLICY of_all ON role_grants FOR SELECT
    USING (EXISTS (SELECT FROM roles r WHERE r.id = role_id AND r.tenant_id IS NULL));
CREATE POLICY of_every_tenant ON role_grants USING ((SELECT current_setting('dcmms.every_tenant', true)) = 'on');

-- What concerns nobody's tenant, such as a login with an unknown address, is written by a transaction without one, and read by none.
ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON audit_log FOR SELECT USING (tenant_id = (SELECT current_tenant()));
CREATE POLICY written ON audit_log FOR INSERT WITH CHECK (tenant_id IS NOT DISTINCT FROM (SELECT current_tenant()));
