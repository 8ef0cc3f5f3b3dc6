-- Why an alert or a prediction asked for a work order: what was measured, and what it was judged by. It is written with the work order and never changed.
CREATE TABLE work_order_evidence (
    work_order_id uuid PRIMARY KEY REFERENCES work_orders (id) ON DELETE CASCADE,
    tenant_id     uuid NOT NULL,
    evidence      jsonb NOT NULL,
    created_at    timestamptz NOT NULL
);
SELECT fence('work_order_evidence');
