-- Who has pushed from which device, for those who look after people: also when, after the pushes themselves are gone.
CREATE TABLE devices (
    tenant_id  uuid NOT NULL,
    device_id  uuid NOT NULL,
    user_id    uuid NOT NULL,
    first_push timestamptz NOT NULL,
    last_push  timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, device_id, user_id)
);
CREATE INDEX devices_by_push ON devices (tenant_id, last_push, device_id, user_id);
CREATE INDEX devices_by_user ON devices (user_id);
-- Old rows are deleted for all tenants at once.
CREATE INDEX devices_by_age ON devices (last_push);
SELECT fence('devices');
CREATE POLICY of_every_tenant ON devices USING ((SELECT current_setting('dcmms.every_tenant', true)) = 'on');
INSERT INTO devices (tenant_id, device_id, user_id, first_push, last_push)
SELECT tenant_id, device_id, user_id, min(pushed_at), max(pushed_at) FROM pushes GROUP BY tenant_id, device_id, user_id;

-- What a device has pushed, the newest first.
DROP INDEX pushes_by_device;
CREATE INDEX pushes_by_device ON pushes (tenant_id, device_id, pushed_at, change_id);

-- Where people belong: their devices are seen where they are.
ALTER TABLE users ADD COLUMN site_ids uuid[] NOT NULL DEFAULT '{}';
