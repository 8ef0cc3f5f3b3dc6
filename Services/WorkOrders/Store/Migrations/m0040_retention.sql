-- One table in each of these migrations: people go on working, and a transaction that waits for two tables would get in their way.
-- How long work orders stay: in the lists, and at all. NULL is for ever.
ALTER TABLE work_policies
    ADD COLUMN archive_after_months bigint DEFAULT 24 CHECK (archive_after_months BETWEEN 1 AND 120),
    ADD COLUMN keep_years bigint DEFAULT 7 CHECK (keep_years BETWEEN 1 AND 50),
    -- Only what is in the archive ends.
    ADD CHECK (keep_years IS NULL OR archive_after_months IS NOT NULL);
