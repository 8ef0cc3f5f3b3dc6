-- What supervisors and technicians of the built-in roles do with the hours, files, parts, costs and procedures of work orders. Without these grants the
-- pages of a tenant that has only these roles would offer none of it.
INSERT INTO role_grants (role_id, permission, scope)
SELECT r.id, p.permission, 'tenant'
FROM (VALUES
    ('supervisor', ARRAY[
        'workorder:bulk', 'workorder:delete', 'workorder:comment', 'workorder-cost:read', 'labor:record',
        'attachment:add', 'procedure:read', 'procedure:manage', 'stock:reserve', 'stock:issue', 'stock:consume', 'stock:return'
    ]),
    ('technician', ARRAY['workorder:comment', 'labor:record', 'attachment:add', 'procedure:read', 'stock:consume', 'stock:return']),
    ('viewer', ARRAY['procedure:read'])
) AS seed (role, permissions)
JOIN roles r ON r.name = seed.role AND r.tenant_id IS NULL,
LATERAL unnest(seed.permissions) AS p (permission)
ON CONFLICT DO NOTHING;
