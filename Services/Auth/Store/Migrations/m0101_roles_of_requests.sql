-- What supervisors of the built-in role do with requests of people without an account, and with the links by which they come: as the matrix has it for
-- those that do the same.
INSERT INTO role_grants (role_id, permission, scope)
SELECT r.id, p.permission, 'tenant'
FROM roles r, LATERAL unnest(ARRAY['request-link:read', 'request-link:manage']) AS p (permission)
WHERE r.name = 'supervisor' AND r.tenant_id IS NULL
ON CONFLICT DO NOTHING;
