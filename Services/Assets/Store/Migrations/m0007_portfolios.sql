-- The group that a site belongs to, by its name. It is a label: it gives nobody any rights.
ALTER TABLE sites ADD COLUMN portfolio text CHECK (portfolio <> '');
