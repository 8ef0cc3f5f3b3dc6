-- The open work orders of a site. Without this index, the list reads those of all sites, or of all states, until a page is full: with ten times
-- the rows it took six times as long.
CREATE INDEX work_orders_by_site_and_status ON work_orders (tenant_id, site_id, status, created_at DESC, id DESC);
