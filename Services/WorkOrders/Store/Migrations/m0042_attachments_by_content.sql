-- The same bytes are kept once, whichever work orders have them.
CREATE INDEX work_order_attachments_by_content ON work_order_attachments (tenant_id, sha256);
CREATE INDEX work_order_attachments_removed ON work_order_attachments (tenant_id, deleted_at) WHERE deleted_at IS NOT NULL;
