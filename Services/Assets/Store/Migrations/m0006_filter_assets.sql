-- The assets of a site, page by page; and how many of each status it has.
CREATE INDEX assets_by_site ON assets (tenant_id, site_id, id);
CREATE INDEX assets_by_site_and_status ON assets (tenant_id, site_id, status);
