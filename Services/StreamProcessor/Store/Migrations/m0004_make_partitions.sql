-- The service makes partitions as it needs them, as a role that owns no table: this does it for that role, and nothing else.
CREATE FUNCTION make_partition(parent text, begins date, ends date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF parent NOT IN ('readings', 'aggregates') THEN
        RAISE EXCEPTION '% has no partitions', parent;
    END IF;
    -- Instances that make it together: one waits for the other.
    PERFORM pg_advisory_xact_lock(x'70617274'::bigint);
    EXECUTE format(
        'CREATE TABLE IF NOT EXISTS public.%I PARTITION OF public.%I FOR VALUES FROM (%L) TO (%L)',
        parent || '_' || to_char(begins, 'YYYYMMDD'), parent, begins, ends
    );
END
$$;
