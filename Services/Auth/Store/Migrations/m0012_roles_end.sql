-- Who gave a person each of their roles, and until when. `users.roles` has the names of those that count now.
CREATE TABLE user_roles (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id   uuid NOT NULL,
    user_id     uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role        text NOT NULL,
    -- NULL for what the service itself gave.
    assigned_by uuid,
    assigned_at timestamptz NOT NULL,
    -- NULL: until it is taken away.
    expires_at  timestamptz,
    UNIQUE (user_id, role)
);
CREATE INDEX user_roles_by_end ON user_roles (expires_at) WHERE expires_at IS NOT NULL;
SELECT fence('user_roles', true);
INSERT INTO user_roles (tenant_id, user_id, role, assigned_at)
SELECT u.tenant_id, u.id, r, u.created_at FROM users u, unnest(u.roles) AS r ON CONFLICT DO NOTHING;

INSERT INTO role_grants (role_id, permission, scope)
SELECT id, 'role:delegate', 'tenant' FROM roles WHERE name = 'supervisor' AND tenant_id IS NULL;
