-- Roles and what they permit, and where people belong: what a grant's scope means for them.

CREATE TABLE roles (
    id        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    -- NULL: every tenant has it.
    tenant_id uuid REFERENCES tenants (id),
    name      text NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    UNIQUE NULLS NOT DISTINCT (tenant_id, name)
);

CREATE TABLE role_grants (
    role_id    uuid NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    -- '*' stands for every permission that there is, also for those that a later version adds.
    permission text NOT NULL,
    scope      text NOT NULL CHECK (scope IN ('tenant', 'sites', 'assets', 'own', 'team')),
    PRIMARY KEY (role_id, permission, scope)
);

INSERT INTO roles (name) VALUES ('admin'), ('supervisor'), ('technician'), ('viewer');

INSERT INTO role_grants (role_id, permission, scope)
SELECT r.id, p.permission, 'tenant'
FROM (VALUES
    ('admin', ARRAY['*']),
    ('supervisor', ARRAY[
        'workorder:create', 'workorder:read', 'workorder:update', 'workorder:assign', 'workorder:transition',
        'site:read', 'asset:create', 'asset:read', 'asset:update', 'sensor:create', 'sensor:read',
        'telemetry:read', 'alert:read', 'alert:acknowledge', 'alert-rule:create', 'alert-rule:read',
        'notification:read', 'prediction:read', 'sync:use', 'user:read', 'role:read'
    ]),
    ('technician', ARRAY[
        'workorder:read', 'workorder:update', 'workorder:transition', 'site:read', 'asset:read', 'sensor:read',
        'telemetry:read', 'alert:read', 'alert:acknowledge', 'prediction:read', 'sync:use'
    ]),
    ('viewer', ARRAY[
        'workorder:read', 'site:read', 'asset:read', 'sensor:read', 'telemetry:read', 'alert:read',
        'alert-rule:read', 'prediction:read'
    ])
) AS seed (role, permissions)
JOIN roles r ON r.name = seed.role AND r.tenant_id IS NULL,
LATERAL unnest(seed.permissions) AS p (permission);

ALTER TABLE users
    ADD COLUMN site_ids  uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN asset_ids uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN team_id   uuid;
CREATE INDEX users_by_team ON users (team_id) WHERE team_id IS NOT NULL;
