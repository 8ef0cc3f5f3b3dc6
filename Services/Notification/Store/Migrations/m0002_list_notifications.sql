-- The list of deliveries, newest first: identifiers grow with time.
CREATE INDEX notifications_by_tenant ON notifications (tenant_id, id DESC);
