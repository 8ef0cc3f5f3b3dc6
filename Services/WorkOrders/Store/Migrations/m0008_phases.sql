-- Phases within the seven states. What waits is said, so that rows of an instance of the version before wait for nothing.
ALTER TABLE work_orders
    ADD COLUMN awaits text CHECK (awaits IN ('approval', 'verification', 'closing')),
    ADD COLUMN submitted_by uuid,
    ADD COLUMN worked_by uuid[] NOT NULL DEFAULT '{}';
UPDATE work_orders SET worked_by = ARRAY[assigned_to]
    WHERE actual_start IS NOT NULL AND assigned_to IS NOT NULL AND status IN ('in_progress', 'on_hold');
CREATE INDEX work_orders_waiting ON work_orders (tenant_id, awaits, created_at DESC, id DESC) WHERE awaits IS NOT NULL;

ALTER TABLE work_order_state_history ADD COLUMN from_phase text, ADD COLUMN to_phase text;

-- What each tenant asks for. A tenant without a row asks for nothing.
CREATE TABLE work_policies (
    tenant_id          uuid PRIMARY KEY,
    approval           text NOT NULL CHECK (approval IN ('never', 'types', 'always')),
    approval_types     text[] CHECK ((approval = 'types') = (approval_types IS NOT NULL)),
    verification       text NOT NULL CHECK (verification IN ('never', 'types', 'always')),
    verification_types text[] CHECK ((verification = 'types') = (verification_types IS NOT NULL)),
    updated_at         timestamptz NOT NULL,
    version            bigint NOT NULL CHECK (version >= 0)
);
SELECT fence('work_policies');
