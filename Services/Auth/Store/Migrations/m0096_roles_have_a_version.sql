-- Counts a role's changes, so that of two people who edit it at the same time none loses what the other has saved.
ALTER TABLE roles ADD COLUMN version bigint NOT NULL DEFAULT 1;
