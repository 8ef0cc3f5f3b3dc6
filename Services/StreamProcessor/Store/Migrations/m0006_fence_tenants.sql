-- Each transaction sees the telemetry of its own tenant's assets only. The pipeline writes for every tenant at once: windows through
-- their table, readings by COPY into the day's own table, which it may fill but not read.
SELECT fence('assets');

ALTER TABLE aggregates ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON aggregates FOR SELECT USING (EXISTS (SELECT FROM assets a WHERE a.id = asset_id));
CREATE POLICY of_every_tenant ON aggregates USING ((SELECT current_setting('dcmms.every_tenant', true)) = 'on');

ALTER TABLE readings ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON readings FOR SELECT USING (EXISTS (SELECT FROM assets a WHERE a.id = asset_id));

CREATE OR REPLACE FUNCTION make_partition(parent text, begins date, ends date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    name text := parent || '_' || to_char(begins, 'YYYYMMDD');
BEGIN
    IF parent NOT IN ('readings', 'aggregates') THEN
        RAISE EXCEPTION '% has no partitions', parent;
    END IF;
    -- Instances that make it together: one waits for the other.
    PERFORM pg_advisory_xact_lock(x'70617274'::bigint);
    EXECUTE format(
        'CREATE TABLE IF NOT EXISTS public.%I PARTITION OF public.%I FOR VALUES FROM (%L) TO (%L)',
        name, parent, begins, ends
    );
    EXECUTE format('GRANT INSERT ON public.%I TO %I', name, session_user);
END
$$;
