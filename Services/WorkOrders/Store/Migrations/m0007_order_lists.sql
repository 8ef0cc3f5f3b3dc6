-- What lists are ordered and filtered by, as columns: behind a row policy, PostgreSQL uses an index only for operators that it knows to tell
-- nothing of other rows, and COALESCE is none of them.
ALTER TABLE work_orders
    ADD COLUMN urgency integer NOT NULL
        GENERATED ALWAYS AS (array_position(ARRAY['low', 'medium', 'high', 'critical'], priority)) STORED,
    -- Work without a plan comes last.
    ADD COLUMN planned_from timestamptz NOT NULL
        GENERATED ALWAYS AS (COALESCE(scheduled_start, scheduled_end, 'infinity')) STORED,
    ADD COLUMN planned_until timestamptz GENERATED ALWAYS AS (COALESCE(scheduled_end, scheduled_start)) STORED;

-- The orders of a list besides that by age; the list by number has an index in its key.
CREATE INDEX work_orders_by_change ON work_orders (tenant_id, updated_at, id);
CREATE INDEX work_orders_by_plan ON work_orders (tenant_id, planned_from, id);
CREATE INDEX work_orders_by_urgency ON work_orders (tenant_id, urgency, id);
-- What is overdue, and the counts of what is not closed: few of all that there ever were.
CREATE INDEX work_orders_unclosed ON work_orders (tenant_id, scheduled_end) WHERE status NOT IN ('completed', 'cancelled');
