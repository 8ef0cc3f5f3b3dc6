-- Tasks ask for something, wait for one another, and open work orders when their checks fail.
ALTER TABLE work_order_tasks
    ADD COLUMN description text,
    ADD COLUMN is_mandatory boolean NOT NULL DEFAULT false,
    ADD COLUMN depends_on uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN check_rule jsonb,
    ADD COLUMN opens_follow_up boolean NOT NULL DEFAULT false,
    ADD COLUMN answer jsonb,
    ADD COLUMN outcome text CHECK (outcome IN ('passed', 'failed')),
    ADD COLUMN follow_up uuid,
    ADD CHECK (answer IS NULL OR check_rule IS NOT NULL),
    ADD CHECK (outcome IS NULL OR answer IS NOT NULL),
    -- Tasks change places one by one within a transaction.
    DROP CONSTRAINT work_order_tasks_work_order_id_position_key,
    ADD UNIQUE (work_order_id, position) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE work_orders
    ADD COLUMN template_id uuid,
    ADD COLUMN template_version bigint,
    ADD CHECK ((template_id IS NULL) = (template_version IS NULL)),
    DROP CONSTRAINT work_orders_origin_check,
    ADD CONSTRAINT work_orders_origin_check CHECK (origin IN ('person', 'alert', 'prediction', 'follow_up'));

-- What the meters of assets showed. The value is a decimal in plain digits, as it was written.
CREATE TABLE meter_readings (
    work_order_id uuid NOT NULL,
    task_id       uuid NOT NULL,
    tenant_id     uuid NOT NULL,
    asset_id      uuid NOT NULL,
    meter         text NOT NULL CHECK (length(meter) BETWEEN 1 AND 64),
    unit          text NOT NULL CHECK (length(unit) BETWEEN 1 AND 20),
    value         text NOT NULL,
    read_at       timestamptz NOT NULL,
    PRIMARY KEY (work_order_id, task_id),
    FOREIGN KEY (work_order_id, task_id) REFERENCES work_order_tasks (work_order_id, id) ON DELETE CASCADE
);
CREATE INDEX meter_readings_latest ON meter_readings (tenant_id, asset_id, meter, unit, read_at DESC);
SELECT fence('meter_readings');
