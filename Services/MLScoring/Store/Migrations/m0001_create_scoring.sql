-- What features are computed from, and what was predicted.

CREATE TABLE assets (
    id             uuid PRIMARY KEY,
    tenant_id      uuid NOT NULL,
    type           text NOT NULL,
    rated_power_kw double precision,
    version        bigint NOT NULL
);

CREATE TABLE hours (
    asset_id uuid NOT NULL,
    role     text NOT NULL CHECK (role IN ('power', 'temperature', 'ambient', 'auxiliary')),
    start    timestamptz NOT NULL,
    average  double precision NOT NULL,
    maximum  double precision NOT NULL,
    count    bigint NOT NULL,
    doubtful bigint NOT NULL,
    PRIMARY KEY (asset_id, role, start)
);

CREATE TABLE work_order_history (
    work_order_id uuid PRIMARY KEY,
    asset_id      uuid NOT NULL,
    is_failure    boolean NOT NULL,
    created_at    timestamptz NOT NULL,
    completed_at  timestamptz
);
CREATE INDEX work_order_history_by_asset ON work_order_history (asset_id, created_at);

CREATE TABLE predictions (
    id                  uuid PRIMARY KEY,
    tenant_id           uuid NOT NULL,
    asset_id            uuid NOT NULL,
    model               text NOT NULL,
    failure_probability double precision NOT NULL CHECK (failure_probability BETWEEN 0 AND 1),
    confidence          double precision NOT NULL,
    features            jsonb NOT NULL,
    predicted_at        timestamptz NOT NULL
);
CREATE INDEX predictions_by_asset ON predictions (asset_id, predicted_at DESC);
