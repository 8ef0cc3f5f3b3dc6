-- What work costs. How an hour is priced, and what other currencies are worth: one version of both for each tenant.
CREATE TABLE cost_rates (
    tenant_id  uuid PRIMARY KEY,
    -- In which the tenant counts. It stays what it is once something is booked.
    currency   text NOT NULL CHECK (length(currency) = 3),
    updated_at timestamptz NOT NULL,
    version    bigint NOT NULL CHECK (version >= 0)
);
CREATE TABLE rate_cards (
    tenant_id      uuid NOT NULL REFERENCES cost_rates (tenant_id),
    effective_from timestamptz NOT NULL,
    hourly_rate    numeric(19, 4) NOT NULL CHECK (hourly_rate >= 0),
    overtime       numeric(19, 4) NOT NULL CHECK (overtime >= 0),
    weekend        numeric(19, 4) NOT NULL CHECK (weekend >= 0),
    travel         numeric(19, 4) NOT NULL CHECK (travel >= 0),
    PRIMARY KEY (tenant_id, effective_from)
);
CREATE TABLE exchange_rates (
    tenant_id      uuid NOT NULL REFERENCES cost_rates (tenant_id),
    currency       text NOT NULL CHECK (length(currency) = 3),
    effective_from timestamptz NOT NULL,
    rate           numeric(19, 10) NOT NULL CHECK (rate > 0),
    PRIMARY KEY (tenant_id, currency, effective_from)
);
SELECT fence('cost_rates');
SELECT fence('rate_cards');
SELECT fence('exchange_rates');

-- The ledger: the sum of a work order's entries is what it costs. Nothing in it is ever changed; an entry that was wrong is taken back by another one.
-- It refers to no work order by a foreign key: that would lock a work order after people, where everything else locks people after work orders.
CREATE TABLE cost_entries (
    id             uuid PRIMARY KEY,
    -- In the order of booking.
    place          bigint GENERATED ALWAYS AS IDENTITY,
    tenant_id      uuid NOT NULL,
    work_order_id  uuid NOT NULL,
    site_id        uuid NOT NULL,
    asset_id       uuid NOT NULL,
    category       text NOT NULL CHECK (category IN ('labor', 'parts', 'services', 'overhead', 'other')),
    description    text NOT NULL,
    quantity       numeric(19, 4) NOT NULL,
    unit           text NOT NULL,
    unit_rate      numeric(19, 4) NOT NULL CHECK (unit_rate >= 0),
    amount         numeric(19, 4) NOT NULL,
    currency       text NOT NULL,
    -- When the rates began that were used: of the hour, and of the currency.
    rate_from      timestamptz,
    exchange_rate  numeric(19, 10) NOT NULL CHECK (exchange_rate > 0),
    exchanged_from timestamptz,
    -- In the tenant's currency.
    total          numeric(19, 4) NOT NULL,
    base_currency  text NOT NULL,
    source         text NOT NULL CHECK (source IN ('manual', 'labor')),
    labor_id       uuid,
    incurred_at    timestamptz NOT NULL,
    -- Once, and never what takes something back itself.
    reverses       uuid UNIQUE REFERENCES cost_entries (id),
    reason         text,
    booked_at      timestamptz NOT NULL,
    booked_by      uuid,
    CHECK ((source = 'labor') = (labor_id IS NOT NULL)),
    CHECK ((currency = base_currency) <= (exchange_rate = 1 AND total = amount)),
    CHECK (reverses IS NULL OR reason IS NOT NULL)
);
CREATE INDEX cost_entries_by_work_order ON cost_entries (tenant_id, work_order_id, place);
CREATE INDEX cost_entries_by_labor ON cost_entries (tenant_id, labor_id) WHERE labor_id IS NOT NULL;
SELECT fence('cost_entries');

CREATE FUNCTION keep_cost_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
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
CREATE TRIGGER keep_cost_entries BEFORE INSERT OR UPDATE OR DELETE ON cost_entries FOR EACH ROW EXECUTE FUNCTION keep_cost_entries();
CREATE TRIGGER keep_all_cost_entries BEFORE TRUNCATE ON cost_entries FOR EACH STATEMENT EXECUTE FUNCTION keep_cost_entries();

-- Hours that ended, and have no cost yet for want of a rate.
ALTER TABLE labor_entries ADD COLUMN is_booked boolean NOT NULL DEFAULT false;
CREATE INDEX labor_unbooked ON labor_entries (tenant_id, started_at, id)
    WHERE NOT is_booked AND removed_at IS NULL AND ended_at IS NOT NULL;
