-- Some people see only what batteries measure. What assets.events said last; it is read from its beginning at every start.
ALTER TABLE assets ADD COLUMN type text;
