-- The audit log is kept for seven years, and longer where a legal hold covers it. Neither the service nor its role decides that: they ask the
-- functions below, which are the owner's.

CREATE TABLE legal_holds (
    id        uuid PRIMARY KEY,
    -- NULL: of every tenant.
    tenant_id uuid REFERENCES tenants (id),
    reason    text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    placed_by uuid,
    placed_at timestamptz NOT NULL
);
CREATE INDEX legal_holds_by_tenant ON legal_holds (tenant_id, placed_at DESC);

-- A table of its own: whoever lifts a hold only adds, and nobody can make it unseen that there was one.
CREATE TABLE legal_hold_releases (
    hold_id     uuid PRIMARY KEY REFERENCES legal_holds (id),
    tenant_id   uuid,
    reason      text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    released_by uuid,
    released_at timestamptz NOT NULL
);

-- Where a chain begins whose older entries were dropped: signed, and not to be taken for a checkpoint.
CREATE TABLE audit_cuts (
    tenant_id   uuid,
    -- The last entry that was dropped, with its hash and time.
    entries     bigint NOT NULL,
    hash        bytea NOT NULL CHECK (length(hash) = 32),
    recorded_at timestamptz NOT NULL,
    at          timestamptz NOT NULL,
    kid         text NOT NULL REFERENCES audit_keys (kid),
    signature   bytea NOT NULL,
    UNIQUE NULLS NOT DISTINCT (tenant_id, entries)
);

DO $$
DECLARE
    added text;
BEGIN
    FOREACH added IN ARRAY ARRAY['legal_holds', 'legal_hold_releases', 'audit_cuts'] LOOP
        EXECUTE format(
            'CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()', added || '_are_append_only', added);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', added);
        EXECUTE format(
            'CREATE POLICY written ON %I FOR INSERT WITH CHECK (tenant_id IS NOT DISTINCT FROM (SELECT current_tenant()))',
            added);
    END LOOP;
END
$$;
CREATE POLICY of_tenant ON audit_cuts FOR SELECT USING (tenant_id IS NOT DISTINCT FROM (SELECT current_tenant()));
-- What holds everybody's entries, everybody sees.
CREATE POLICY of_tenant ON legal_holds FOR SELECT USING (tenant_id IS NULL OR tenant_id = (SELECT current_tenant()));
CREATE POLICY of_tenant ON legal_hold_releases
    FOR SELECT USING (tenant_id IS NULL OR tenant_id = (SELECT current_tenant()));

CREATE FUNCTION audit_retention() RETURNS interval LANGUAGE sql IMMUTABLE AS $$ SELECT interval '7 years' $$;

-- Whether a legal hold that was not released covers an entry of the partition.
CREATE FUNCTION is_held_audit_partition(partition text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    is_held boolean;
BEGIN
    EXECUTE format(
        'SELECT EXISTS (
            SELECT FROM legal_holds h WHERE NOT EXISTS (SELECT FROM legal_hold_releases r WHERE r.hold_id = h.id)
                AND EXISTS (SELECT FROM %I e WHERE h.tenant_id IS NULL OR e.tenant_id = h.tenant_id)
        )', partition) INTO is_held;
    RETURN is_held;
END
$$;

-- The months whose time is over, the oldest first.
CREATE FUNCTION expired_audit_months() RETURNS TABLE (month date, is_held boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    partition text;
BEGIN
    -- Another instance may drop a month at this moment.
    PERFORM pg_advisory_xact_lock(x'61756474'::bigint);
    FOR partition IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'audit_log'::regclass ORDER BY c.relname
    LOOP
        month := to_date(right(partition, 6), 'YYYYMM');
        EXIT WHEN month + interval '1 month' > now() - audit_retention();
        is_held := is_held_audit_partition(partition);
        RETURN NEXT;
    END LOOP;
END
$$;

-- Drops one month. The service's role owns no table: this does it for that role, and refuses everything but the oldest month, when its time is
-- over, no hold covers it, and each chain's end in it was signed.
CREATE FUNCTION drop_audit_partition(month date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
-- An export that runs for long must not make the whole log wait behind this.
SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '5s' AS $$
DECLARE
    begins date := date_trunc('month', month);
    partition text := 'audit_log_' || to_char(begins, 'YYYYMM');
    is_unsigned boolean;
BEGIN
    IF begins + interval '1 month' > now() - audit_retention() THEN
        RAISE EXCEPTION 'the audit log keeps the entries of % until % have passed', begins, audit_retention()
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- Instances that do it together: one waits for the other.
    PERFORM pg_advisory_xact_lock(x'61756474'::bigint);
    IF to_regclass('public.' || partition) IS NULL THEN RETURN false; END IF;
    IF EXISTS (
        SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'audit_log'::regclass AND c.relname < partition
    ) THEN
        RAISE EXCEPTION 'the audit log has older entries than those of %', begins USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- A hold that is placed at this moment comes first, or waits until the month is gone.
    LOCK TABLE legal_holds IN SHARE MODE;
    IF is_held_audit_partition(partition) THEN
        RAISE EXCEPTION 'a legal hold covers entries of %', begins USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format(
        'SELECT EXISTS (
            SELECT FROM (
                SELECT DISTINCT ON (tenant_id) tenant_id, id, hash, recorded_at FROM %I ORDER BY tenant_id, id DESC
            ) e WHERE NOT EXISTS (
                SELECT FROM audit_cuts c WHERE c.tenant_id IS NOT DISTINCT FROM e.tenant_id
                    AND c.entries = e.id AND c.hash = e.hash AND c.recorded_at = e.recorded_at
            )
        )', partition) INTO is_unsigned;
    IF is_unsigned THEN
        RAISE EXCEPTION 'the chains were not signed where those of % end', begins USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('DROP TABLE %I', partition);
    -- What confirmed only entries that are gone: otherwise these tables would be the ones that grow for ever.
    ALTER TABLE audit_checkpoints DISABLE TRIGGER audit_checkpoints_are_append_only;
    ALTER TABLE audit_cuts DISABLE TRIGGER audit_cuts_are_append_only;
    DELETE FROM audit_checkpoints p USING audit_cuts c
        WHERE c.tenant_id IS NOT DISTINCT FROM p.tenant_id AND p.entries < c.entries;
    DELETE FROM audit_cuts o USING audit_cuts c
        WHERE c.tenant_id IS NOT DISTINCT FROM o.tenant_id AND o.entries < c.entries;
    ALTER TABLE audit_checkpoints ENABLE TRIGGER audit_checkpoints_are_append_only;
    ALTER TABLE audit_cuts ENABLE TRIGGER audit_cuts_are_append_only;
    RETURN true;
END
$$;

-- The audit log is asked how often something was done: logins that failed, roles that were given.
CREATE INDEX audit_log_by_action ON audit_log (tenant_id, action, id DESC);
