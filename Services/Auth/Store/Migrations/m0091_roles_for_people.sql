-- What people read of a role, and how long a session of its holders lasts that nobody uses. NULL: as long as any.
ALTER TABLE roles
    ADD COLUMN display_name         text,
    ADD COLUMN description          text,
    ADD COLUMN created_at           timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN session_idle_minutes integer CHECK (session_idle_minutes BETWEEN 20 AND 10080);
UPDATE roles SET display_name = names.display_name, description = names.description
FROM (VALUES
    ('admin', 'Administrator', 'Manages people and all records of the tenant'),
    ('platform-admin', 'Platform administrator', 'Runs the installation: creates and suspends tenants'),
    ('supervisor', 'Supervisor', 'Plans, assigns and closes work'),
    ('technician', 'Technician', 'Does the work that is assigned'),
    ('viewer', 'Viewer', 'Sees everything and changes nothing')
) AS names (name, display_name, description)
WHERE roles.tenant_id IS NULL AND roles.name = names.name;
