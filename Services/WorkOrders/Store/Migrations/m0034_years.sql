-- Work orders and what belongs to them, by year. The year is that of the work order's id, which begins with the time of its creation (RFC 9562,
-- version 7), so that a work order and all that belongs to it are in one year for good, and whoever knows the id reads that year only.

-- The first id of a moment.
CREATE FUNCTION first_id(moment timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- One work order for one alert, prediction or check, whatever happens to the request that asks for it: an index of several tables can't say that.
CREATE TABLE work_order_origins (
    tenant_id     uuid NOT NULL,
    origin        text NOT NULL,
    origin_id     text NOT NULL,
    work_order_id uuid NOT NULL UNIQUE REFERENCES work_orders (id) ON DELETE CASCADE,
    PRIMARY KEY (tenant_id, origin, origin_id)
);
SELECT fence('work_order_origins');
INSERT INTO work_order_origins SELECT tenant_id, origin, origin_id, id FROM work_orders WHERE origin_id IS NOT NULL;
DROP INDEX work_orders_by_origin;
-- A part is known within its work order.
ALTER TABLE work_order_parts ADD UNIQUE (work_order_id, id);
ALTER TABLE part_movements
    DROP CONSTRAINT part_movements_part_id_fkey,
    ADD FOREIGN KEY (work_order_id, part_id) REFERENCES work_order_parts (work_order_id, id) NOT VALID;

-- The foreign keys of a table to others, and those of others to it, as what makes them again.
CREATE FUNCTION foreign_keys(of_table regclass, coming boolean) RETURNS TABLE (holder regclass, name text, definition text)
LANGUAGE sql STABLE AS $$
    SELECT conrelid::regclass, conname::text, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND conparentid = 0 AND conrelid <> confrelid
        AND CASE WHEN coming THEN confrelid ELSE conrelid END = of_table
$$;

-- Makes a part of a table, with what its parts have of their own: unique indexes without the table's key, and foreign keys.
CREATE FUNCTION make_part(whole regclass, part text, bounds text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    model regclass := (SELECT min(inhrelid)::regclass FROM pg_inherits WHERE inhparent = whole);
    made record;
BEGIN
    EXECUTE format('CREATE TABLE public.%I PARTITION OF %s %s', part, whole, bounds);
    FOR made IN
        SELECT pg_get_constraintdef(c.oid) AS definition FROM pg_constraint c
        WHERE c.conrelid = model AND c.contype IN ('p', 'u') AND c.conparentid = 0
        ORDER BY c.contype
    LOOP
        EXECUTE format('ALTER TABLE public.%I ADD %s', part, made.definition);
    END LOOP;
    FOR made IN
        SELECT pg_get_indexdef(i.indexrelid) AS definition FROM pg_index i
        WHERE i.indrelid = model AND i.indisunique
            AND NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = i.indexrelid)
            AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
    LOOP
        EXECUTE regexp_replace(made.definition, 'INDEX \S+ ON \S+', format('INDEX ON public.%I', part));
    END LOOP;
    FOR made IN
        SELECT CASE WHEN conrelid = confrelid THEN replace(pg_get_constraintdef(oid), model::text || '(', quote_ident(part) || '(')
            ELSE pg_get_constraintdef(oid) END AS definition
        FROM pg_constraint WHERE contype = 'f' AND conrelid = model AND conparentid = 0
    LOOP
        EXECUTE format('ALTER TABLE public.%I ADD %s', part, replace(made.definition, ' NOT VALID', ''));
    END LOOP;
    PERFORM fence(part::regclass);
END
$$;

-- Makes a table one of parts. What it has so far becomes its first part, up to a moment; no row of it moves but those whose ids name no time.
CREATE FUNCTION part_by_year(whole text, key text, until timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    earlier text := whole || '_before_' || to_char(until AT TIME ZONE 'UTC', 'YYYY');
    columns text;
    step record;
    back text[] := '{}';
    again text;
BEGIN
    FOR step IN SELECT * FROM foreign_keys(whole::regclass, true) UNION ALL SELECT * FROM foreign_keys(whole::regclass, false) LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', step.holder, step.name);
        back := back || format(
            'ALTER TABLE %s ADD CONSTRAINT %I %s NOT VALID',
            CASE WHEN step.holder = whole::regclass THEN quote_ident(earlier) ELSE step.holder::text END, step.name,
            replace(step.definition, ' NOT VALID', '')
        );
    END LOOP;
    EXECUTE format('ALTER TABLE %I RENAME TO %I', whole, earlier);
    FOR step IN SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indrelid = earlier::regclass LOOP
        EXECUTE format('ALTER INDEX %s RENAME TO %I', step.name, left(step.name, 50) || '_before');
    END LOOP;
    EXECUTE format(
        'CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING CONSTRAINTS INCLUDING IDENTITY) PARTITION BY RANGE (%I)',
        whole, earlier, key
    );
    -- What is unique with the key is so in the whole; the rest is so within a year, which all of a work order shares.
    FOR step IN
        SELECT c.oid, c.conname, pg_get_constraintdef(c.oid) AS definition FROM pg_constraint c
        WHERE c.conrelid = earlier::regclass AND c.contype IN ('p', 'u')
            AND (SELECT attnum FROM pg_attribute WHERE attrelid = earlier::regclass AND attname = key) = ANY (c.conkey)
    LOOP
        EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I %s', whole, regexp_replace(step.conname, '_before$', ''), step.definition);
    END LOOP;
    FOR step IN
        SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition FROM pg_index i
        WHERE i.indrelid = earlier::regclass AND NOT i.indisunique
    LOOP
        EXECUTE regexp_replace(
            step.definition, 'INDEX \S+ ON \S+', format('INDEX %I ON %I', regexp_replace(step.name, '_before$', ''), whole)
        );
    END LOOP;
    FOR step IN
        SELECT tgname, pg_get_triggerdef(oid) AS definition, (tgtype & 1) = 1 AS is_of_row FROM pg_trigger
        WHERE tgrelid = earlier::regclass AND NOT tgisinternal
    LOOP
        -- Those of statements hold for the table that is named: the part keeps its own.
        IF step.is_of_row THEN EXECUTE format('DROP TRIGGER %I ON %I', step.tgname, earlier); END IF;
        EXECUTE replace(step.definition, ' ON public.' || earlier, ' ON public.' || whole);
    END LOOP;
    FOR step IN SELECT attname FROM pg_attribute WHERE attrelid = earlier::regclass AND attidentity <> '' LOOP
        EXECUTE format(
            'SELECT setval(pg_get_serial_sequence(%L, %L), COALESCE(max(%I), 0) + 1, false) FROM %I', whole, step.attname, step.attname, earlier
        );
    END LOOP;
    PERFORM fence(whole::regclass);
    IF EXISTS (SELECT FROM pg_policy WHERE polrelid = earlier::regclass AND polname = 'of_every_tenant') THEN
        RAISE EXCEPTION '% is open to every tenant', whole;
    END IF;
    columns := (
        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = earlier::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    );
    EXECUTE format('CREATE TEMPORARY TABLE timeless ON COMMIT DROP AS SELECT * FROM %I WHERE %I >= %L', earlier, key, first_id(until));
    EXECUTE format('DELETE FROM %I WHERE %I >= %L', earlier, key, first_id(until));
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (MINVALUE) TO (%L)', whole, earlier, first_id(until));
    FOREACH again IN ARRAY back LOOP EXECUTE again; END LOOP;
    PERFORM make_part(whole::regclass, whole || '_other', 'DEFAULT');
    EXECUTE format('INSERT INTO %I (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM timeless', whole, columns, columns);
    DROP TABLE timeless;
END
$$;

-- The tables, in the order in which their parts can be made.
CREATE FUNCTION parted_tables() RETURNS TABLE (place integer, name text, key text) LANGUAGE sql IMMUTABLE AS $$
    VALUES (1, 'work_orders', 'id'), (2, 'work_order_tasks', 'work_order_id'), (3, 'work_order_state_history', 'work_order_id'),
        (4, 'work_order_parts', 'work_order_id'), (5, 'cost_entries', 'work_order_id')
$$;

DO $$
DECLARE
    parted record;
BEGIN
    FOR parted IN SELECT * FROM parted_tables() ORDER BY place LOOP
        PERFORM part_by_year(parted.name, parted.key, date_trunc('year', now(), 'UTC') + interval '1 year');
    END LOOP;
END
$$;
CREATE FUNCTION note_origin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO work_order_origins VALUES (NEW.tenant_id, NEW.origin, NEW.origin_id, NEW.id);
    RETURN NULL;
END
$$;
CREATE TRIGGER note_origin AFTER INSERT ON work_orders FOR EACH ROW WHEN (NEW.origin_id IS NOT NULL) EXECUTE FUNCTION note_origin();

DROP FUNCTION part_by_year;
DROP FUNCTION foreign_keys;

-- Makes the parts of next year, and of years before it that have none yet. The service calls it now and then; its own role makes no tables. A year
-- whose rows are kept elsewhere already, because there was no part for them, stays there.
CREATE FUNCTION make_years() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    parted record;
    first integer := (SELECT min(substring(relname FROM '[0-9]{4}$')::integer) FROM pg_class WHERE relname LIKE 'work\_orders\_before\_____');
    begins timestamptz;
    is_taken boolean;
    made integer := 0;
BEGIN
    -- Instances that make them together: one waits for the other.
    PERFORM pg_advisory_xact_lock(x'79656172'::bigint);
    FOR year IN first..extract(year FROM now() AT TIME ZONE 'UTC')::integer + 1 LOOP
        begins := make_timestamptz(year, 1, 1, 0, 0, 0, 'UTC');
        FOR parted IN SELECT * FROM parted_tables() ORDER BY place LOOP
            CONTINUE WHEN to_regclass(format('public.%I', parted.name || '_' || year)) IS NOT NULL;
            EXECUTE format(
                'SELECT EXISTS (SELECT FROM public.%I WHERE %I >= %L AND %I < %L)', parted.name || '_other',
                parted.key, first_id(begins), parted.key, first_id(begins + interval '1 year')
            ) INTO is_taken;
            CONTINUE WHEN is_taken;
            PERFORM make_part(
                format('public.%I', parted.name)::regclass, parted.name || '_' || year,
                format('FOR VALUES FROM (%L) TO (%L)', first_id(begins), first_id(begins + interval '1 year'))
            );
            made := made + 1;
        END LOOP;
    END LOOP;
    RETURN made;
END
$$;
SELECT make_years();
