-- What people of the built-in roles see and do of plans, crews, shifts, time off and certificates.
INSERT INTO role_grants (role_id, permission, scope)
SELECT r.id, p.permission, 'tenant'
FROM (VALUES
    ('supervisor', ARRAY[
        'schedule:read', 'utilization:read', 'crew:manage', 'skill:manage', 'time-off:request', 'time-off:approve'
    ]),
    ('technician', ARRAY['schedule:read', 'time-off:request']),
    ('viewer', ARRAY['schedule:read'])
) AS seed (role, permissions)
JOIN roles r ON r.name = seed.role AND r.tenant_id IS NULL,
LATERAL unnest(seed.permissions) AS p (permission)
ON CONFLICT DO NOTHING;
