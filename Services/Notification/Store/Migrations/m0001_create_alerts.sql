-- Alert rules, alerts, who is to be told, and what was delivered.

CREATE TABLE alert_rules (
    id                 uuid PRIMARY KEY,
    tenant_id          uuid NOT NULL,
    name               text NOT NULL,
    type               text NOT NULL,
    site_id            uuid,
    asset_id           uuid,
    tag                text NOT NULL,
    comparison         text NOT NULL CHECK (comparison IN ('above', 'below')),
    threshold          double precision NOT NULL,
    consecutive        integer NOT NULL CHECK (consecutive BETWEEN 1 AND 1000),
    severity           text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
    is_enabled         boolean NOT NULL,
    creates_work_order boolean NOT NULL,
    created_at         timestamptz NOT NULL,
    version            bigint NOT NULL
);
CREATE INDEX alert_rules_by_tenant ON alert_rules (tenant_id, id);

CREATE TABLE alerts (
    id            uuid PRIMARY KEY,
    tenant_id     uuid NOT NULL,
    rule_id       uuid NOT NULL,
    type          text NOT NULL,
    severity      text NOT NULL,
    site_id       uuid NOT NULL,
    asset_id      uuid NOT NULL,
    asset_code    text NOT NULL,
    site_code     text NOT NULL,
    tag           text NOT NULL,
    value         double precision NOT NULL,
    unit          text NOT NULL,
    threshold     double precision NOT NULL,
    status        text NOT NULL CHECK (status IN ('open', 'acknowledged', 'resolved')),
    -- How often the pattern was found while the alert stood open.
    occurrences   integer NOT NULL,
    first_at      timestamptz NOT NULL,
    last_at       timestamptz NOT NULL,
    work_order_id uuid,
    work_order_number text,
    acknowledged_by uuid,
    version       bigint NOT NULL
);
-- One open alert for a rule and an asset, whatever happens at the same time.
CREATE UNIQUE INDEX alerts_open ON alerts (rule_id, asset_id, tag) WHERE status <> 'resolved';
CREATE INDEX alerts_by_tenant ON alerts (tenant_id, last_at DESC, id DESC);

CREATE TABLE users (
    id           uuid PRIMARY KEY,
    tenant_id    uuid NOT NULL,
    email        text NOT NULL,
    display_name text NOT NULL,
    roles        text[] NOT NULL,
    is_active    boolean NOT NULL,
    version      bigint NOT NULL
);
CREATE INDEX users_by_tenant ON users (tenant_id);

CREATE TABLE notifications (
    id          uuid PRIMARY KEY,
    tenant_id   uuid NOT NULL,
    alert_id    uuid NOT NULL REFERENCES alerts (id),
    user_id     uuid NOT NULL,
    channel     text NOT NULL,
    recipient   text NOT NULL,
    subject     text NOT NULL,
    body        text NOT NULL,
    status      text NOT NULL CHECK (status IN ('pending', 'sent', 'failed')),
    attempts    integer NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL,
    error       text,
    created_at  timestamptz NOT NULL,
    sent_at     timestamptz,
    -- Nobody is told twice of one thing over one channel.
    UNIQUE (alert_id, user_id, channel)
);
CREATE INDEX notifications_due ON notifications (next_try_at) WHERE status = 'pending';
