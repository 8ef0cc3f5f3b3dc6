-- What paused work waits for, where somebody said it.
ALTER TABLE work_order_state_history
    ADD COLUMN hold_reason text CHECK (hold_reason IN ('waiting_for_parts', 'weather', 'access', 'safety', 'other'));

-- In what time each tenant's work begins and is completed. A tenant without a row promises nothing.
CREATE TABLE service_levels (
    tenant_id       uuid PRIMARY KEY,
    levels          jsonb NOT NULL,
    hours           jsonb,
    sites           jsonb NOT NULL,
    paused_by       text[] NOT NULL,
    updated_at      timestamptz NOT NULL,
    version         bigint NOT NULL CHECK (version >= 0),
    -- Whether the clocks of all work follow these levels, and how far they do until then.
    is_settled      boolean NOT NULL,
    settled_to      uuid
);
CREATE INDEX service_levels_unsettled ON service_levels (tenant_id) WHERE NOT is_settled;

-- The clocks of work orders, worked out from the history of their moves; and what was told of each, which is told once, whatever happens to
-- the levels and to the work order. So a row stays when nothing is promised any more: then it has no state.
CREATE TABLE service_clocks (
    work_order_id     uuid NOT NULL REFERENCES work_orders (id) ON DELETE CASCADE,
    tenant_id         uuid NOT NULL,
    kind              text NOT NULL CHECK (kind IN ('respond', 'restore')),
    state             text CHECK (state IN ('running', 'paused', 'stopped', 'cancelled')),
    limit_minutes     bigint CHECK (limit_minutes > 0),
    at_risk_at        timestamptz,
    due_at            timestamptz,
    ended_at          timestamptz,
    remaining         bigint CHECK (remaining >= 0),
    at_risk_told_at   timestamptz,
    breached_told_at  timestamptz,
    -- When there is something to tell.
    next_at           timestamptz GENERATED ALWAYS AS (LEAST(
        CASE WHEN at_risk_told_at IS NULL THEN at_risk_at END,
        CASE WHEN breached_told_at IS NULL THEN due_at END
    )) STORED,
    PRIMARY KEY (work_order_id, kind),
    CHECK ((state IS NULL) = (limit_minutes IS NULL)),
    CHECK (state IS NOT NULL OR (at_risk_at IS NULL AND due_at IS NULL)),
    CHECK ((state IN ('stopped', 'cancelled')) = (ended_at IS NOT NULL)),
    CHECK ((state = 'paused') = (remaining IS NOT NULL))
);
CREATE INDEX service_clocks_due ON service_clocks (next_at) WHERE next_at IS NOT NULL;
-- Lists of what is late, and of what will be.
CREATE INDEX service_clocks_late ON service_clocks (tenant_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX service_clocks_at_risk ON service_clocks (tenant_id, at_risk_at) WHERE state IN ('running', 'paused');
-- The watch looks for what is due in every tenant.
SELECT fence('service_levels', true);
SELECT fence('service_clocks', true);
