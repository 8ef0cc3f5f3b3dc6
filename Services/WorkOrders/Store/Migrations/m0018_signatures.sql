-- Signatures under work orders: of what it was then, by its hash. None is ever changed or deleted.
CREATE TABLE work_order_signatures (
    id            uuid PRIMARY KEY,
    tenant_id     uuid NOT NULL,
    work_order_id uuid NOT NULL REFERENCES work_orders (id),
    meaning       text NOT NULL CHECK (meaning IN ('performed', 'verified', 'accepted')),
    version       bigint NOT NULL CHECK (version > 0),
    form          integer NOT NULL CHECK (form > 0),
    sha256        text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    signed_by     uuid NOT NULL,
    signed_at     timestamptz NOT NULL,
    UNIQUE (work_order_id, signed_by, meaning, sha256)
);
CREATE INDEX work_order_signatures_by_order ON work_order_signatures (tenant_id, work_order_id, signed_at, id);
SELECT fence('work_order_signatures');
