-- How often a site's tree of assets has changed: part of the key of what is cached of it. It changes with the tree in one
-- transaction, so that no crash and no cache that is away leaves an old tree to be read.

ALTER TABLE sites ADD COLUMN tree_changes bigint NOT NULL DEFAULT 0;
