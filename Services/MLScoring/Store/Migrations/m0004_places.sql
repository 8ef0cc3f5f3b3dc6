-- Where assets stand, since grants may reach a site's or a part of its tree.
ALTER TABLE assets ADD COLUMN site_id uuid, ADD COLUMN parent_id uuid;
CREATE INDEX assets_by_parent ON assets (parent_id) WHERE parent_id IS NOT NULL;
