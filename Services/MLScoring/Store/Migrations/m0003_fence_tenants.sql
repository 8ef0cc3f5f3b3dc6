-- Each transaction sees the rows of its own tenant only.
ALTER TABLE hours ADD COLUMN tenant_id uuid;
UPDATE hours h SET tenant_id = a.tenant_id FROM assets a WHERE a.id = h.asset_id;
DELETE FROM hours WHERE tenant_id IS NULL;
ALTER TABLE hours ALTER COLUMN tenant_id SET NOT NULL;

-- Those of assets that are gone come again with the work orders' states.
ALTER TABLE work_order_history ADD COLUMN tenant_id uuid;
UPDATE work_order_history w SET tenant_id = a.tenant_id FROM assets a WHERE a.id = w.asset_id;
DELETE FROM work_order_history WHERE tenant_id IS NULL;
ALTER TABLE work_order_history ALTER COLUMN tenant_id SET NOT NULL;

SELECT fence('assets');
SELECT fence('hours');
SELECT fence('work_order_history');
SELECT fence('predictions');
