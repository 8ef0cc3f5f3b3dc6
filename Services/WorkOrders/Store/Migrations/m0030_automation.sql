-- What is done by itself when something happens to work orders.
CREATE TABLE automation_rules (
    id          uuid PRIMARY KEY,
    tenant_id   uuid NOT NULL,
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    "when"      text NOT NULL CHECK ("when" IN ('created', 'state_changed', 'assigned', 'completed', 'service_level', 'commented')),
    condition   jsonb,
    actions     jsonb NOT NULL,
    position    bigint NOT NULL CHECK (position > 0),
    stops       boolean NOT NULL,
    is_active   boolean NOT NULL,
    failures    bigint NOT NULL CHECK (failures >= 0),
    last_error  text,
    is_disabled boolean NOT NULL,
    created_at  timestamptz NOT NULL,
    created_by  uuid NOT NULL,
    updated_at  timestamptz NOT NULL,
    updated_by  uuid NOT NULL,
    version     bigint NOT NULL CHECK (version > 0),
    CHECK (NOT (is_active AND is_disabled)),
    UNIQUE (tenant_id, name)
);
SELECT fence('automation_rules');

-- What became of them. By these it is also known which rules have led to an event, so that none goes round in circles.
CREATE TABLE automation_runs (
    id            uuid PRIMARY KEY,
    tenant_id     uuid NOT NULL,
    rule_id       uuid NOT NULL REFERENCES automation_rules (id) ON DELETE CASCADE,
    event_id      uuid NOT NULL,
    work_order_id uuid NOT NULL,
    number        text NOT NULL,
    outcome       text NOT NULL CHECK (outcome IN ('done', 'failed', 'stopped')),
    actions       bigint NOT NULL CHECK (actions >= 0),
    error         text,
    depth         bigint NOT NULL CHECK (depth > 0),
    chain         uuid[] NOT NULL,
    at            timestamptz NOT NULL,
    CHECK ((outcome = 'failed') = (error IS NOT NULL)),
    UNIQUE (rule_id, event_id)
);
CREATE INDEX automation_runs_by_rule ON automation_runs (tenant_id, rule_id, at DESC, id DESC);
CREATE INDEX automation_runs_by_event ON automation_runs (tenant_id, event_id);
CREATE INDEX automation_runs_by_age ON automation_runs (at);
-- Old ones are removed in every tenant.
SELECT fence('automation_runs', true);
