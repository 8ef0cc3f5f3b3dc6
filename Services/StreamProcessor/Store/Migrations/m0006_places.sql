-- Where assets stand, since grants may reach a site's or a part of its tree. What assets.events said last; it is read from its
-- beginning at every start.
ALTER TABLE assets ADD COLUMN site_id uuid, ADD COLUMN parent_id uuid, ADD COLUMN version bigint NOT NULL DEFAULT 0;
CREATE INDEX assets_by_parent ON assets (parent_id) WHERE parent_id IS NOT NULL;
