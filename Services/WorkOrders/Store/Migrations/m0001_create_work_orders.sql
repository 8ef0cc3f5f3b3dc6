-- Work orders, their tasks and their history; replicas of what they refer to.

CREATE TABLE work_orders (
    id              uuid PRIMARY KEY,
    tenant_id       uuid NOT NULL,
    number          text NOT NULL,
    title           text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    description     text,
    type            text NOT NULL CHECK (type IN ('corrective', 'preventive', 'predictive', 'inspection', 'emergency')),
    priority        text NOT NULL CHECK (priority IN ('low', 'medium', 'high', 'critical')),
    status          text NOT NULL
        CHECK (status IN ('draft', 'open', 'scheduled', 'in_progress', 'on_hold', 'completed', 'cancelled')),
    site_id         uuid NOT NULL,
    asset_id        uuid NOT NULL,
    assigned_to     uuid,
    scheduled_start timestamptz,
    scheduled_end   timestamptz,
    actual_start    timestamptz,
    actual_end      timestamptz,
    origin          text NOT NULL CHECK (origin IN ('person', 'alert', 'prediction')),
    origin_id       text,
    created_at      timestamptz NOT NULL,
    created_by      uuid,
    updated_at      timestamptz NOT NULL,
    version         bigint NOT NULL CHECK (version > 0),
    UNIQUE (tenant_id, number),
    -- The state machine's invariants once more, so that no statement can write an impossible work order.
    CHECK (status <> 'scheduled' OR scheduled_start IS NOT NULL),
    CHECK (status NOT IN ('in_progress', 'on_hold', 'completed') OR actual_start IS NOT NULL),
    CHECK (status <> 'in_progress' OR assigned_to IS NOT NULL),
    CHECK ((status = 'completed') = (actual_end IS NOT NULL)),
    CHECK (scheduled_end IS NULL OR scheduled_start IS NULL OR scheduled_end > scheduled_start),
    CHECK ((origin = 'person') = (origin_id IS NULL))
);

-- Lists are newest first within a tenant; the id makes the order total, and the cursor is (created_at, id).
CREATE INDEX work_orders_by_age ON work_orders (tenant_id, created_at DESC, id DESC);
CREATE INDEX work_orders_by_status ON work_orders (tenant_id, status, created_at DESC, id DESC);
CREATE INDEX work_orders_by_asset ON work_orders (tenant_id, asset_id, created_at DESC, id DESC);
CREATE INDEX work_orders_by_site ON work_orders (tenant_id, site_id, created_at DESC, id DESC);
CREATE INDEX work_orders_by_assignee ON work_orders (tenant_id, assigned_to, created_at DESC, id DESC);
-- One work order for one alert or prediction, whatever happens to the request that asks for it.
CREATE UNIQUE INDEX work_orders_by_origin ON work_orders (origin, origin_id) WHERE origin_id IS NOT NULL;

CREATE TABLE work_order_numbers (
    tenant_id uuid NOT NULL,
    year      integer NOT NULL,
    last      bigint NOT NULL,
    PRIMARY KEY (tenant_id, year)
);

CREATE TABLE work_order_tasks (
    id            uuid PRIMARY KEY,
    work_order_id uuid NOT NULL REFERENCES work_orders (id) ON DELETE CASCADE,
    title         text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    position      integer NOT NULL CHECK (position > 0),
    status        text NOT NULL CHECK (status IN ('pending', 'completed', 'skipped')),
    completed_at  timestamptz,
    completed_by  uuid,
    notes         text,
    UNIQUE (work_order_id, position),
    CHECK ((status = 'pending') = (completed_at IS NULL))
);

CREATE TABLE work_order_state_history (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    work_order_id   uuid NOT NULL REFERENCES work_orders (id) ON DELETE CASCADE,
    from_status     text,
    to_status       text NOT NULL,
    transition      text NOT NULL,
    reason          text,
    transitioned_by uuid,
    transitioned_at timestamptz NOT NULL,
    version         bigint NOT NULL,
    UNIQUE (work_order_id, version)
);

-- What assets.events and auth.users said last.
CREATE TABLE assets (
    id        uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    site_id   uuid NOT NULL,
    code      text NOT NULL,
    status    text NOT NULL,
    version   bigint NOT NULL
);

CREATE TABLE users (
    id        uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    is_active boolean NOT NULL,
    version   bigint NOT NULL
);
