-- Files of work orders. Their bytes are in the object store, under the hash of their content.
CREATE TABLE work_order_attachments (
    id            uuid PRIMARY KEY,
    tenant_id     uuid NOT NULL,
    work_order_id uuid NOT NULL REFERENCES work_orders (id),
    task_id       uuid,
    name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
    size          bigint NOT NULL CHECK (size BETWEEN 1 AND 52428800),
    sha256        text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    kind          text NOT NULL CHECK (kind IN ('photo', 'document', 'other')),
    category      text NOT NULL CHECK (category IN ('before', 'during', 'after', 'evidence')),
    state         text NOT NULL CHECK (state IN ('uploading', 'unscanned', 'available', 'infected')),
    content_type  text,
    finding       text,
    created_at    timestamptz NOT NULL,
    created_by    uuid NOT NULL,
    expires_at    timestamptz,
    completed_at  timestamptz,
    deleted_at    timestamptz,
    deleted_by    uuid,
    -- What is served has a type, and was completed.
    CHECK ((state IN ('available', 'infected')) = (completed_at IS NOT NULL)),
    CHECK (state <> 'available' OR (content_type IS NOT NULL AND finding IS NULL)),
    CHECK (state NOT IN ('uploading', 'unscanned') OR expires_at IS NOT NULL),
    CHECK ((deleted_at IS NULL) = (deleted_by IS NULL))
);
CREATE INDEX work_order_attachments_by_order ON work_order_attachments (tenant_id, work_order_id, created_at, id);
CREATE INDEX work_order_attachments_expiring ON work_order_attachments (expires_at) WHERE expires_at IS NOT NULL;
-- The upkeep ends uploads of every tenant.
SELECT fence('work_order_attachments', true);
