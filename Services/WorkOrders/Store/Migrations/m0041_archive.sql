-- When a work order went into the archive.
ALTER TABLE work_orders ADD COLUMN archived_at timestamptz;
CREATE INDEX work_orders_to_archive ON work_orders (tenant_id, updated_at)
    WHERE archived_at IS NULL AND status IN ('completed', 'cancelled');
CREATE INDEX work_orders_in_archive ON work_orders (tenant_id, archived_at) WHERE archived_at IS NOT NULL;
