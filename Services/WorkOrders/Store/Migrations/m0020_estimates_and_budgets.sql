-- What work is expected to cost. It is no column of the work order, which is published and copied to devices: not everybody sees costs.
CREATE TABLE work_order_estimates (
    work_order_id uuid NOT NULL REFERENCES work_orders (id) ON DELETE CASCADE,
    tenant_id     uuid NOT NULL,
    category      text NOT NULL CHECK (category IN ('labor', 'parts', 'services', 'overhead', 'other')),
    amount        numeric(19, 4) NOT NULL CHECK (amount >= 0),
    set_at        timestamptz NOT NULL,
    set_by        uuid NOT NULL,
    PRIMARY KEY (work_order_id, category)
);
SELECT fence('work_order_estimates');

-- Approval and verification above an amount, and how far those reach whose permission has a limit.
ALTER TABLE work_policies
    DROP CONSTRAINT work_policies_approval_check,
    DROP CONSTRAINT work_policies_verification_check,
    ADD CONSTRAINT work_policies_approval_check CHECK (approval IN ('never', 'above', 'types', 'always')),
    ADD CONSTRAINT work_policies_verification_check CHECK (verification IN ('never', 'above', 'types', 'always')),
    ADD COLUMN approval_amount numeric(19, 4) CHECK (approval_amount >= 0),
    ADD COLUMN verification_amount numeric(19, 4) CHECK (verification_amount >= 0),
    ADD COLUMN approval_limit numeric(19, 4) NOT NULL DEFAULT 25000 CHECK (approval_limit >= 0),
    ADD CHECK ((approval = 'above') = (approval_amount IS NOT NULL)),
    ADD CHECK ((verification = 'above') = (verification_amount IS NOT NULL));

-- What may be spent in a year: at a site or at all of them, on a category or on all.
CREATE TABLE budgets (
    id         uuid PRIMARY KEY,
    tenant_id  uuid NOT NULL,
    site_id    uuid,
    year       bigint NOT NULL CHECK (year BETWEEN 2000 AND 2100),
    category   text CHECK (category IN ('labor', 'parts', 'services', 'overhead', 'other')),
    amount     numeric(19, 4) NOT NULL CHECK (amount > 0),
    note       text,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    version    bigint NOT NULL CHECK (version > 0)
);
CREATE UNIQUE INDEX budgets_once ON budgets (tenant_id, year, COALESCE(site_id, '00000000-0000-0000-0000-000000000000'), COALESCE(category, ''));
SELECT fence('budgets');

-- The thresholds that a budget is beyond now. One that it comes below again can be crossed once more.
CREATE TABLE budget_crossings (
    budget_id  uuid NOT NULL REFERENCES budgets (id) ON DELETE CASCADE,
    tenant_id  uuid NOT NULL,
    threshold  bigint NOT NULL CHECK (threshold > 0),
    crossed_at timestamptz NOT NULL,
    PRIMARY KEY (budget_id, threshold)
);
SELECT fence('budget_crossings');

-- Sites whose budgets have to be looked at again, because something was booked there; null: all budgets. A row for each booking, so that none is lost
-- between the look and the next booking. The watch takes those of every tenant.
CREATE TABLE budget_marks (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id uuid NOT NULL,
    site_id   uuid
);
SELECT fence('budget_marks', true);

CREATE INDEX cost_entries_by_site ON cost_entries (tenant_id, site_id, incurred_at);
