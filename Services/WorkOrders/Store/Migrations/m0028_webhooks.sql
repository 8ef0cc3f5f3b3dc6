-- Where a tenant wants facts posted to.
CREATE TABLE webhooks (
    id               uuid PRIMARY KEY,
    tenant_id        uuid NOT NULL,
    name             text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    url              text NOT NULL CHECK (length(url) BETWEEN 1 AND 1000),
    events           text[] NOT NULL CHECK (cardinality(events) > 0),
    is_active        boolean NOT NULL,
    disabled_because text CHECK (disabled_because IN ('failing', 'gone')),
    failing_since    timestamptz,
    failures         bigint NOT NULL CHECK (failures >= 0),
    last_error       text,
    created_at       timestamptz NOT NULL,
    created_by       uuid NOT NULL,
    updated_at       timestamptz NOT NULL,
    version          bigint NOT NULL CHECK (version > 0),
    -- Sealed with WEBHOOK_KEYS.
    secret           bytea NOT NULL,
    former_secret    bytea,
    former_until     timestamptz,
    -- Until then an instance is at work for it, or it is left alone because it does not answer.
    busy_until       timestamptz NOT NULL,
    CHECK ((failures = 0) = (failing_since IS NULL)),
    CHECK (disabled_because IS NULL OR NOT is_active),
    CHECK ((former_secret IS NULL) = (former_until IS NULL)),
    UNIQUE (tenant_id, name)
);
CREATE INDEX webhooks_by_turn ON webhooks (busy_until);

-- What was filed for them. The body is kept as it was posted.
CREATE TABLE webhook_deliveries (
    id           uuid PRIMARY KEY,
    tenant_id    uuid NOT NULL,
    webhook_id   uuid NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    message      uuid NOT NULL,
    event        text NOT NULL,
    body         text NOT NULL,
    state        text NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts     bigint NOT NULL CHECK (attempts >= 0),
    next_at      timestamptz,
    status       bigint,
    error        text,
    answer       text,
    milliseconds bigint,
    created_at   timestamptz NOT NULL,
    tried_at     timestamptz,
    CHECK ((state = 'pending') = (next_at IS NOT NULL)),
    -- A fact is filed once, however often it is delivered to us.
    UNIQUE (webhook_id, message)
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, next_at) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (tenant_id, webhook_id, created_at DESC, id DESC);
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at);
-- One dispatcher posts those of every tenant, and old ones are removed.
SELECT fence('webhooks', true);
SELECT fence('webhook_deliveries', true);
