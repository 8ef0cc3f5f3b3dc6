-- What people write about work orders. One that was deleted keeps its place, without its text.
CREATE TABLE work_order_comments (
    id            uuid PRIMARY KEY,
    tenant_id     uuid NOT NULL,
    work_order_id uuid NOT NULL REFERENCES work_orders (id) ON DELETE CASCADE,
    text          text CHECK (length(text) BETWEEN 1 AND 4000),
    mentions      uuid[] NOT NULL CHECK (cardinality(mentions) <= 20),
    created_at    timestamptz NOT NULL,
    created_by    uuid NOT NULL,
    updated_at    timestamptz NOT NULL,
    version       bigint NOT NULL CHECK (version > 0),
    deleted_at    timestamptz,
    CHECK ((deleted_at IS NULL) = (text IS NOT NULL))
);
CREATE INDEX work_order_comments_by_order ON work_order_comments (tenant_id, work_order_id, created_at, id);
SELECT fence('work_order_comments');

-- Drafts can be deleted. Their files' rows stay, as those of all deleted files do.
ALTER TABLE work_order_attachments DROP CONSTRAINT work_order_attachments_work_order_id_fkey;
