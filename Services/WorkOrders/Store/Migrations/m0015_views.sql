-- Lists of work orders that people keep under a name.
CREATE TABLE work_order_views (
    id         uuid PRIMARY KEY,
    tenant_id  uuid NOT NULL,
    owner_id   uuid NOT NULL,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    query      text NOT NULL CHECK (length(query) <= 2000),
    is_shared  boolean NOT NULL,
    updated_at timestamptz NOT NULL,
    version    bigint NOT NULL CHECK (version > 0),
    CONSTRAINT work_order_views_name UNIQUE (tenant_id, owner_id, name)
);
CREATE INDEX work_order_views_shared ON work_order_views (tenant_id) WHERE is_shared;
SELECT fence('work_order_views');
