-- The audit log as evidence: each tenant's entries are a chain of hashes, and the log has a partition for each month.

ALTER TABLE audit_log RENAME TO audit_log_unchained;
DROP INDEX audit_log_by_tenant, audit_log_by_user, audit_log_by_resource;

-- The end of each chain. Who appends to a chain locks its row, so that no two entries have the same place.
CREATE TABLE audit_chains (
    -- NULL: what concerns no tenant, such as a login with an unknown address.
    tenant_id   uuid,
    chain       uuid PRIMARY KEY
        GENERATED ALWAYS AS (COALESCE(tenant_id, '00000000-0000-0000-0000-000000000000')) STORED,
    entries     bigint NOT NULL DEFAULT 0,
    hash        bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex') CHECK (length(hash) = 32),
    recorded_at timestamptz
);
ALTER TABLE audit_chains ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON audit_chains USING (tenant_id IS NOT DISTINCT FROM (SELECT current_tenant()));
CREATE POLICY of_every_tenant ON audit_chains
    FOR SELECT USING ((SELECT current_setting('dcmms.every_tenant', true)) = 'on');

CREATE TABLE audit_log (
    tenant_id     uuid,
    -- The entry's place in its chain: 1, 2, 3, …
    id            bigint NOT NULL,
    -- When the log took it; in a chain it never goes back, so that the oldest partition holds the beginning of each chain.
    recorded_at   timestamptz NOT NULL,
    event_id      uuid NOT NULL,
    user_id       uuid,
    service       text NOT NULL,
    action        text NOT NULL,
    resource_type text NOT NULL,
    resource_id   text,
    cause         text,
    address       text,
    user_agent    text,
    -- Not jsonb: the hash covers the text.
    changes       json,
    at            timestamptz NOT NULL,
    hash          bytea NOT NULL CHECK (length(hash) = 32)
) PARTITION BY RANGE (recorded_at);
CREATE INDEX audit_log_by_tenant ON audit_log (tenant_id, id DESC);
CREATE INDEX audit_log_by_user ON audit_log (tenant_id, user_id, id DESC);
CREATE INDEX audit_log_by_resource ON audit_log (tenant_id, resource_type, resource_id, id DESC);
CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON audit_log FOR SELECT USING (tenant_id IS NOT DISTINCT FROM (SELECT current_tenant()));
CREATE POLICY written ON audit_log FOR INSERT WITH CHECK (tenant_id IS NOT DISTINCT FROM (SELECT current_tenant()));

-- The service makes partitions ahead, as a role that owns no table: this does it for that role, and nothing else.
CREATE FUNCTION make_audit_partition(month date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    begins date := date_trunc('month', month);
    partition text := 'audit_log_' || to_char(begins, 'YYYYMM');
BEGIN
    -- The role could fill the disk with empty tables.
    IF begins NOT BETWEEN now() - interval '10 years' AND now() + interval '1 year' THEN
        RAISE EXCEPTION 'the audit log has no partition for %', begins;
    END IF;
    -- Instances that make it together: one waits for the other.
    PERFORM pg_advisory_xact_lock(x'61756474'::bigint);
    IF to_regclass('public.' || partition) IS NOT NULL THEN RETURN; END IF;
    EXECUTE format(
        'CREATE TABLE public.%I PARTITION OF public.audit_log FOR VALUES FROM (%L) TO (%L)',
        partition, begins, begins + interval '1 month'
    );
    -- The table can't have this index: it would have to contain the time. What has been recorded in another month is known by the inbox.
    EXECUTE format('CREATE UNIQUE INDEX ON public.%I (event_id)', partition);
    -- A table's trigger for statements does not apply to a statement that names the partition.
    EXECUTE format(
        'CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON public.%I
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()', partition);
    PERFORM fence(partition::regclass);
END
$$;
SELECT make_audit_partition((now() + make_interval(months => n))::date) FROM generate_series(0, 2) AS n;

-- Entries of the versions before belong to no chain yet. The service chains them at its start, the oldest first; then their table goes.
CREATE FUNCTION unchained_audit_entries(after_id bigint, how_many bigint) RETURNS SETOF audit_log_unchained
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT * FROM audit_log_unchained old
    WHERE id > after_id AND NOT EXISTS (SELECT FROM audit_log new WHERE new.event_id = old.event_id)
    ORDER BY id LIMIT how_many
$$;
CREATE FUNCTION forget_unchained_audit_log() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM audit_log_unchained old WHERE NOT EXISTS (
            SELECT FROM audit_log new WHERE new.event_id = old.event_id
                AND (new.tenant_id, new.user_id, new.action, new.resource_id, new.at)
                    IS NOT DISTINCT FROM (old.tenant_id, old.user_id, old.action, old.resource_id, old.at)
        )
    ) THEN
        RAISE EXCEPTION 'entries of the old audit log are not chained yet';
    END IF;
    DROP TABLE audit_log_unchained CASCADE;
END
$$;
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM audit_log_unchained) THEN PERFORM forget_unchained_audit_log(); END IF;
END
$$;
