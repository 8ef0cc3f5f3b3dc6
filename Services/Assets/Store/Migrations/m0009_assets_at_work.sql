-- The work orders that people are at, and what their assets were before: an asset is in maintenance while somebody works on it.
CREATE TABLE work_under_way (
    work_order_id uuid PRIMARY KEY,
    tenant_id     uuid NOT NULL,
    asset_id      uuid NOT NULL
);
CREATE INDEX work_under_way_by_asset ON work_under_way (asset_id);
SELECT fence('work_under_way');

CREATE TABLE assets_at_work (
    asset_id      uuid PRIMARY KEY REFERENCES assets (id) ON DELETE CASCADE,
    tenant_id     uuid NOT NULL,
    status_before text NOT NULL,
    is_repaired   boolean NOT NULL
);
SELECT fence('assets_at_work');
