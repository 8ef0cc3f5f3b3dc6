-- Where a record stands and whose it is, since grants may reach a part of the records. A deleted one keeps what it had, so that
-- those who had it hear of its end.
ALTER TABLE feed
    ADD COLUMN site_id     uuid,
    ADD COLUMN asset_id    uuid,
    ADD COLUMN parent_id   uuid,
    ADD COLUMN created_by  uuid,
    ADD COLUMN assigned_to uuid;
UPDATE feed SET
    site_id = CASE entity WHEN 'site' THEN entity_id ELSE COALESCE(body ->> 'siteId', body ->> 'site')::uuid END,
    asset_id = CASE entity
        WHEN 'asset' THEN entity_id
        WHEN 'work_order' THEN COALESCE(body ->> 'assetId', body ->> 'asset')::uuid
    END,
    parent_id = CASE entity WHEN 'asset' THEN COALESCE(body ->> 'parentId', body ->> 'parent')::uuid END,
    created_by = CASE entity WHEN 'work_order' THEN (body ->> 'createdBy')::uuid END,
    assigned_to = CASE entity WHEN 'work_order' THEN (body ->> 'assignedTo')::uuid END;
CREATE INDEX feed_by_parent ON feed (parent_id) WHERE parent_id IS NOT NULL;

-- The tree of the assets, and people's teams: what grants of a scope refer to.
-- With the rights of who asks, row policies included.
CREATE VIEW assets WITH (security_invoker = true) AS SELECT entity_id AS id, parent_id FROM feed WHERE entity = 'asset';
CREATE TABLE users (
    id        uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    team_id   uuid,
    version   bigint NOT NULL
);
CREATE INDEX users_by_team ON users (team_id) WHERE team_id IS NOT NULL;
