-- The change feed that devices pull, and the ledger of what they pushed.

-- One row for each record, with the number of its latest change: a device that asks for what came after a number gets each
-- record once, in its latest form, deletions included.
CREATE TABLE feed (
    entity    text NOT NULL,
    entity_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    -- The number of the change; drawn while the lock of the tenant's row in feed_positions is held, so that numbers become
    -- visible in their order and no commit that comes late hides behind a cursor.
    position  bigint NOT NULL,
    version   bigint NOT NULL,
    -- NULL: deleted.
    body      jsonb,
    PRIMARY KEY (entity, entity_id)
);
CREATE UNIQUE INDEX feed_by_position ON feed (tenant_id, position);

CREATE TABLE feed_positions (
    tenant_id uuid PRIMARY KEY,
    last      bigint NOT NULL
);

CREATE TABLE pushes (
    change_id  uuid NOT NULL,
    tenant_id  uuid NOT NULL,
    user_id    uuid NOT NULL,
    device_id  uuid NOT NULL,
    entity     text NOT NULL,
    entity_id  text NOT NULL,
    pushed_at  timestamptz NOT NULL,
    -- NULL until the owner has decided.
    verdict    text CHECK (verdict IN ('accepted', 'merged', 'conflict', 'refused')),
    version    bigint,
    reason     text,
    server     jsonb,
    decided_at timestamptz,
    PRIMARY KEY (tenant_id, change_id)
);
CREATE INDEX pushes_by_device ON pushes (tenant_id, device_id, pushed_at);
