-- Files that nothing may have any more: their bytes go when that is sure.
CREATE TABLE forgotten_files (
    tenant_id uuid NOT NULL,
    sha256    text NOT NULL,
    PRIMARY KEY (tenant_id, sha256)
);
SELECT fence('forgotten_files', true);

-- Every tenant that has work orders, one probe of an index each.
CREATE FUNCTION tenants_with_work() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE found AS (
        (SELECT tenant_id FROM work_orders ORDER BY tenant_id LIMIT 1)
        UNION ALL
        SELECT (SELECT w.tenant_id FROM work_orders w WHERE w.tenant_id > found.tenant_id ORDER BY w.tenant_id LIMIT 1)
        FROM found WHERE found.tenant_id IS NOT NULL
    )
    SELECT tenant_id FROM found WHERE tenant_id IS NOT NULL AND current_setting('dcmms.every_tenant', true) = 'on'
$$;

-- Ledgers lose nothing but what belongs to the one work order that is being forgotten, by the function below.
CREATE FUNCTION is_forgotten(work_order uuid, ledger oid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT current_setting('dcmms.forgotten', true) = work_order::text
        AND current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = ledger)
$$;

CREATE OR REPLACE FUNCTION keep_cost_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF is_forgotten(OLD.work_order_id, TG_RELID) THEN RETURN OLD; END IF;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'entries of the ledger are never changed or deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.reverses IS NOT NULL AND NOT EXISTS (
        SELECT FROM cost_entries e WHERE e.id = NEW.reverses AND e.reverses IS NULL AND e.tenant_id = NEW.tenant_id
            AND e.work_order_id = NEW.work_order_id AND e.category = NEW.category AND e.total = -NEW.total
            AND e.amount = -NEW.amount AND e.base_currency = NEW.base_currency
    ) THEN
        RAISE EXCEPTION 'a reversal is the opposite of an entry that is none itself' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION keep_part_movements() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF is_forgotten(OLD.work_order_id, TG_RELID) THEN RETURN OLD; END IF;
    END IF;
    RAISE EXCEPTION 'movements of parts are never changed or deleted' USING ERRCODE = 'restrict_violation';
END $$;

-- Deletes a work order that has been in the archive since before a moment, with all that belongs to it. Incidents stay: they are not of the
-- work order. Says whether there was one.
CREATE FUNCTION forget_work_order(work_order uuid, archived_before timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    tenant uuid := current_tenant();
BEGIN
    PERFORM FROM work_orders w WHERE w.id = work_order AND w.tenant_id = tenant AND w.archived_at < archived_before FOR UPDATE;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM set_config('dcmms.forgotten', work_order::text, true);
    INSERT INTO forgotten_files
        SELECT DISTINCT a.tenant_id, a.sha256 FROM work_order_attachments a WHERE a.work_order_id = work_order AND a.tenant_id = tenant
        ON CONFLICT DO NOTHING;
    DELETE FROM work_order_attachments a WHERE a.work_order_id = work_order AND a.tenant_id = tenant;
    DELETE FROM work_order_signatures s WHERE s.work_order_id = work_order AND s.tenant_id = tenant;
    DELETE FROM permit_isolations i WHERE i.work_order_id = work_order AND i.tenant_id = tenant;
    DELETE FROM permits p WHERE p.work_order_id = work_order AND p.tenant_id = tenant;
    DELETE FROM cost_entries e WHERE e.work_order_id = work_order AND e.tenant_id = tenant;
    DELETE FROM part_movements m WHERE m.work_order_id = work_order AND m.tenant_id = tenant;
    DELETE FROM service_requests r WHERE r.work_order_id = work_order AND r.tenant_id = tenant;
    UPDATE incidents i SET work_order_id = NULL WHERE i.work_order_id = work_order AND i.tenant_id = tenant;
    DELETE FROM work_orders w WHERE w.id = work_order AND w.tenant_id = tenant;
    PERFORM set_config('dcmms.forgotten', '', true);
    RETURN true;
END $$;
