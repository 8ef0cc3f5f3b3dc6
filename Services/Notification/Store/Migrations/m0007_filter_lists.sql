-- The lists of alerts by what they are filtered by, and the counts of those that have not ended.
CREATE INDEX alerts_by_status ON alerts (tenant_id, status, last_at DESC, id DESC);
CREATE INDEX alerts_by_site ON alerts (tenant_id, site_id, last_at DESC, id DESC);
CREATE INDEX alerts_by_asset_and_age ON alerts (tenant_id, asset_id, last_at DESC, id DESC);
CREATE INDEX alerts_by_rule ON alerts (tenant_id, rule_id, last_at DESC, id DESC);
CREATE INDEX alerts_standing ON alerts (tenant_id, site_id, severity, status) WHERE status <> 'resolved';
CREATE INDEX notifications_by_user ON notifications (tenant_id, user_id, id DESC);
