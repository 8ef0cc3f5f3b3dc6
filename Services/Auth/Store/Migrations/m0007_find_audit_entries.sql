-- The audit log is asked what a person did, and what happened to a record.

CREATE INDEX audit_log_by_user ON audit_log (tenant_id, user_id, id DESC);
CREATE INDEX audit_log_by_resource ON audit_log (tenant_id, resource_type, resource_id, id DESC);
