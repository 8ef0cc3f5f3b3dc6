-- What workorders.events said last of the work that is open: an asset with open work is not deleted.
CREATE TABLE open_work (
    work_order_id uuid PRIMARY KEY,
    tenant_id     uuid NOT NULL,
    asset_id      uuid NOT NULL,
    number        text NOT NULL
);
CREATE INDEX open_work_by_asset ON open_work (asset_id);

-- A sensor that went with its asset unseen would leave its state in assets.sensors for ever.
ALTER TABLE sensors DROP CONSTRAINT sensors_asset_id_fkey, ADD FOREIGN KEY (asset_id) REFERENCES assets (id);
