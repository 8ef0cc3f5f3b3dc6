-- A dry run of a rule looks at what has happened lately, whatever it was.
CREATE INDEX work_order_state_history_by_time ON work_order_state_history (tenant_id, transitioned_at);
CREATE INDEX work_order_comments_by_time ON work_order_comments (tenant_id, created_at);
