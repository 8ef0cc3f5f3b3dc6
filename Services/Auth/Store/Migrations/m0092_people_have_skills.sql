ALTER TABLE users ADD COLUMN skills text[] NOT NULL DEFAULT '{}';
-- Whether work is given only to people with the skills that it requires.
ALTER TABLE tenants ADD COLUMN requires_skills boolean NOT NULL DEFAULT false;
