-- SHA-256 of what was pushed: another change with an id that was used is refused. NULL for what was pushed before this column existed.
ALTER TABLE pushes ADD COLUMN digest bytea;

-- Old rows are deleted for all tenants at once.
CREATE INDEX pushes_by_age ON pushes (pushed_at);
CREATE POLICY of_every_tenant ON pushes USING ((SELECT current_setting('dcmms.every_tenant', true)) = 'on');
