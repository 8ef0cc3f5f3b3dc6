-- The foreign keys that the years have made anew. Nobody waits for this: it reads while others write.
DO $$
DECLARE
    unchecked record;
BEGIN
    FOR unchecked IN
        SELECT conrelid::regclass AS holder, conname FROM pg_constraint
        WHERE contype = 'f' AND NOT convalidated AND conparentid = 0 AND connamespace = 'public'::regnamespace
    LOOP
        EXECUTE format('ALTER TABLE %s VALIDATE CONSTRAINT %I', unchecked.holder, unchecked.conname);
    END LOOP;
END
$$;
