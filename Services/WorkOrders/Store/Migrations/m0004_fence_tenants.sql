-- Each transaction sees the rows of its own tenant only.
ALTER TABLE work_order_tasks ADD COLUMN tenant_id uuid;
UPDATE work_order_tasks t SET tenant_id = w.tenant_id FROM work_orders w WHERE w.id = t.work_order_id;
ALTER TABLE work_order_tasks ALTER COLUMN tenant_id SET NOT NULL;

ALTER TABLE work_order_state_history ADD COLUMN tenant_id uuid;
UPDATE work_order_state_history h SET tenant_id = w.tenant_id FROM work_orders w WHERE w.id = h.work_order_id;
ALTER TABLE work_order_state_history ALTER COLUMN tenant_id SET NOT NULL;

SELECT fence('work_orders');
SELECT fence('work_order_numbers');
SELECT fence('work_order_tasks');
SELECT fence('work_order_state_history');
SELECT fence('assets');
SELECT fence('users');
