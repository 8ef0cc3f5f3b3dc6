-- What supervisors and technicians of the built-in roles do with permits to work, isolations and incidents: as the matrix has it for those that do the same.
INSERT INTO role_grants (role_id, permission, scope)
SELECT r.id, p.permission, 'tenant'
FROM (VALUES
    ('supervisor', ARRAY['permit:request', 'checklist:complete', 'incident:report']),
    ('technician', ARRAY['checklist:complete', 'incident:report'])
) AS seed (role, permissions)
JOIN roles r ON r.name = seed.role AND r.tenant_id IS NULL,
LATERAL unnest(seed.permissions) AS p (permission)
ON CONFLICT DO NOTHING;

INSERT INTO role_conditional_grants (role_id, permission, scope, condition)
SELECT r.id, seed.permission, 'tenant', seed.condition
FROM (VALUES
    ('supervisor', 'permit:approve', 'loto-only'), ('supervisor', 'incident:read', 'minor'),
    ('supervisor', 'incident:investigate', 'minor'), ('technician', 'permit:request', 'request')
) AS seed (role, permission, condition)
JOIN roles r ON r.name = seed.role AND r.tenant_id IS NULL
ON CONFLICT DO NOTHING;
