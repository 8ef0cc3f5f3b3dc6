-- Nothing is expected of a decommissioned asset. What assets.events said last; it is read from its beginning at every start.
ALTER TABLE assets ADD COLUMN is_decommissioned boolean NOT NULL DEFAULT false;
