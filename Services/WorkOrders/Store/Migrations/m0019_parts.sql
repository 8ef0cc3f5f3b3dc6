-- The parts that a work order needs. The sums follow from the movements.
CREATE TABLE work_order_parts (
    id            uuid PRIMARY KEY,
    tenant_id     uuid NOT NULL,
    work_order_id uuid NOT NULL REFERENCES work_orders (id) ON DELETE CASCADE,
    number        text NOT NULL CHECK (length(number) BETWEEN 1 AND 64),
    name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    unit          text NOT NULL,
    planned       numeric(19, 4) NOT NULL CHECK (planned >= 0),
    reserved      numeric(19, 4) NOT NULL CHECK (reserved >= 0),
    issued        numeric(19, 4) NOT NULL CHECK (issued >= 0),
    returned      numeric(19, 4) NOT NULL CHECK (returned >= 0),
    used          numeric(19, 4) NOT NULL CHECK (used >= 0),
    unit_cost     numeric(19, 4) CHECK (unit_cost >= 0),
    currency      text CHECK (length(currency) = 3),
    created_at    timestamptz NOT NULL,
    created_by    uuid NOT NULL,
    updated_at    timestamptz NOT NULL,
    version       bigint NOT NULL CHECK (version > 0),
    UNIQUE (tenant_id, work_order_id, number),
    CHECK (issued >= returned + used),
    CHECK ((unit_cost IS NULL) = (currency IS NULL))
);
SELECT fence('work_order_parts');

-- What happened to their pieces. Nothing in it is ever changed; a movement that was wrong is taken back by another one.
CREATE TABLE part_movements (
    id            uuid PRIMARY KEY,
    -- In the order of recording.
    place         bigint GENERATED ALWAYS AS IDENTITY,
    tenant_id     uuid NOT NULL,
    work_order_id uuid NOT NULL,
    part_id       uuid NOT NULL REFERENCES work_order_parts (id),
    kind          text NOT NULL CHECK (kind IN ('reserved', 'released', 'issued', 'returned', 'used')),
    quantity      numeric(19, 4) NOT NULL CHECK (quantity <> 0),
    unit_cost     numeric(19, 4) CHECK (unit_cost >= 0),
    currency      text CHECK (length(currency) = 3),
    lot           text,
    serial_number text,
    note          text,
    moved_at      timestamptz NOT NULL,
    recorded_at   timestamptz NOT NULL,
    recorded_by   uuid,
    -- Once, and never what takes something back itself.
    reverses      uuid UNIQUE REFERENCES part_movements (id),
    CHECK ((reverses IS NULL) = (quantity > 0)),
    CHECK (reverses IS NULL OR note IS NOT NULL),
    CHECK ((unit_cost IS NULL) = (currency IS NULL))
);
CREATE INDEX part_movements_by_work_order ON part_movements (tenant_id, work_order_id, place);
CREATE INDEX part_movements_by_part ON part_movements (tenant_id, part_id, place);
SELECT fence('part_movements');

CREATE FUNCTION keep_part_movements() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'movements of parts are never changed or deleted' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER keep_part_movements BEFORE UPDATE OR DELETE ON part_movements FOR EACH ROW EXECUTE FUNCTION keep_part_movements();
CREATE TRIGGER keep_all_part_movements BEFORE TRUNCATE ON part_movements FOR EACH STATEMENT EXECUTE FUNCTION keep_part_movements();

-- The ledger has what used parts cost.
ALTER TABLE cost_entries
    ADD COLUMN part_movement_id uuid,
    DROP CONSTRAINT cost_entries_source_check,
    ADD CONSTRAINT cost_entries_source_check CHECK (source IN ('manual', 'labor', 'parts')),
    ADD CHECK ((source = 'parts') = (part_movement_id IS NOT NULL));
CREATE UNIQUE INDEX cost_entries_by_part_movement ON cost_entries (part_movement_id) WHERE part_movement_id IS NOT NULL;
