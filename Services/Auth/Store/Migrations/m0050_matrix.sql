-- The roles of the matrix (Policies/matrix.csv), which is taken over at the service's start.
CREATE TABLE role_matrix (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    version integer NOT NULL
);

ALTER TABLE role_grants DROP CONSTRAINT role_grants_scope_check,
    ADD CONSTRAINT role_grants_scope_check CHECK (scope IN ('tenant', 'sites', 'assets', 'own', 'assigned', 'team'));

-- Apart from role_grants: an instance of the version before must not take them for grants without a condition.
CREATE TABLE role_conditional_grants (
    role_id    uuid NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    permission text NOT NULL,
    scope      text NOT NULL CHECK (scope IN ('tenant', 'sites', 'assets', 'own', 'assigned', 'team')),
    condition  text NOT NULL,
    PRIMARY KEY (role_id, permission, scope, condition)
);

-- The moves of a work order have permissions of their own now. Instances of the version before still ask for workorder:transition.
INSERT INTO role_grants (role_id, permission, scope)
SELECT g.role_id, p, g.scope FROM role_grants g,
    unnest(ARRAY['workorder:execute', 'workorder:schedule', 'workorder:reschedule', 'workorder:cancel']) AS p
WHERE g.permission = 'workorder:transition' ON CONFLICT DO NOTHING;
-- What could be changed with an asset's other fields.
INSERT INTO role_grants (role_id, permission, scope)
SELECT g.role_id, p, g.scope FROM role_grants g, unnest(ARRAY['asset:status', 'asset:decommission']) AS p
WHERE g.permission = 'asset:update' ON CONFLICT DO NOTHING;
-- A change of the schedule was a change like others.
INSERT INTO role_grants (role_id, permission, scope)
SELECT g.role_id, 'workorder:reschedule', g.scope FROM role_grants g
WHERE g.permission = 'workorder:update' ON CONFLICT DO NOTHING;

ALTER TABLE role_conditional_grants ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON role_conditional_grants
    USING (EXISTS (SELECT FROM roles r WHERE r.id = role_id AND r.tenant_id = (SELECT current_tenant())));
CREATE POLICY of_all ON role_conditional_grants FOR SELECT
    USING (EXISTS (SELECT FROM roles r WHERE r.id = role_id AND r.tenant_id IS NULL));
CREATE POLICY of_every_tenant ON role_conditional_grants
    USING ((SELECT current_setting('dcmms.every_tenant', true)) = 'on');
