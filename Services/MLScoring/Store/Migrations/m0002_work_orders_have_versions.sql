-- A work order's latest state stands: its type may be corrected after it was created.
ALTER TABLE work_order_history ADD COLUMN version bigint NOT NULL DEFAULT 0;
ALTER TABLE work_order_history ALTER COLUMN version DROP DEFAULT;
