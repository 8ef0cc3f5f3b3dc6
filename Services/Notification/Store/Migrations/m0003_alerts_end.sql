-- An alert is one episode of its condition, and ends with it.
ALTER TABLE alerts
    ADD COLUMN streak_at timestamptz,
    ADD COLUMN resolved_at timestamptz,
    ADD COLUMN resolved_by uuid,
    ADD COLUMN resolution text CHECK (resolution IN ('cleared', 'closed', 'work_order_closed', 'asset_deleted')),
    -- The alert of the same condition that asked for the work order which is this one's too.
    ADD COLUMN work_request uuid,
    ADD COLUMN work_asked_at timestamptz,
    ADD COLUMN work_closed_at timestamptz,
    ADD COLUMN work_refusal text;
UPDATE alerts SET streak_at = first_at;
UPDATE alerts SET work_request = id, work_asked_at = first_at WHERE work_order_id IS NOT NULL;
UPDATE alerts SET resolution = 'work_order_closed', resolved_at = last_at, work_closed_at = last_at WHERE status = 'resolved';
ALTER TABLE alerts
    -- When the streak began that was told of last.
    ALTER COLUMN streak_at SET NOT NULL,
    ADD CHECK ((status = 'resolved') = (resolved_at IS NOT NULL)),
    ADD CHECK ((status = 'resolved') = (resolution IS NOT NULL)),
    ADD CHECK ((work_request IS NULL) = (work_asked_at IS NULL));
CREATE INDEX alerts_by_asset ON alerts (asset_id) WHERE status <> 'resolved';
CREATE INDEX alerts_by_request ON alerts (work_request) WHERE work_request IS NOT NULL;
CREATE INDEX alerts_by_work_order ON alerts (work_order_id) WHERE work_order_id IS NOT NULL;
CREATE INDEX alerts_by_condition ON alerts (rule_id, asset_id, tag) WHERE work_request IS NOT NULL AND work_closed_at IS NULL;

-- What assets.events said last: rules refer to it.
CREATE TABLE sites (
    id        uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    version   bigint NOT NULL
);
CREATE TABLE assets (
    id        uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    site_id   uuid NOT NULL,
    status    text NOT NULL,
    version   bigint NOT NULL
);
CREATE INDEX alert_rules_by_asset ON alert_rules (asset_id) WHERE asset_id IS NOT NULL;
