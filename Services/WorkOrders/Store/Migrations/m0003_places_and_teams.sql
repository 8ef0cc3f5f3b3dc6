-- What grants of a scope refer to: the tree of the assets, and people's teams.
ALTER TABLE assets ADD COLUMN parent_id uuid;
CREATE INDEX assets_by_parent ON assets (parent_id) WHERE parent_id IS NOT NULL;
ALTER TABLE users ADD COLUMN team_id uuid;
CREATE INDEX users_by_team ON users (team_id) WHERE team_id IS NOT NULL;
