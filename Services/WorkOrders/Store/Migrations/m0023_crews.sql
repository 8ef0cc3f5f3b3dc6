-- Who works together. The members are also an array, for queries.
CREATE TABLE crews (
    id            uuid PRIMARY KEY,
    tenant_id     uuid NOT NULL,
    site_id       uuid NOT NULL,
    code          text NOT NULL CHECK (length(code) BETWEEN 1 AND 64),
    name          text NOT NULL CHECK (length(name) BETWEEN 2 AND 100),
    description   text,
    type          text NOT NULL,
    supervisor_id uuid,
    members       jsonb NOT NULL,
    member_ids    uuid[] NOT NULL CHECK (cardinality(member_ids) BETWEEN 1 AND 50),
    max_members   integer NOT NULL CHECK (max_members BETWEEN 1 AND 50),
    is_archived   boolean NOT NULL,
    created_at    timestamptz NOT NULL,
    created_by    uuid NOT NULL,
    updated_at    timestamptz NOT NULL,
    version       bigint NOT NULL CHECK (version > 0),
    CHECK (cardinality(member_ids) <= max_members)
);
CREATE UNIQUE INDEX crews_code ON crews (tenant_id, site_id, lower(code));
CREATE INDEX crews_by_code ON crews (tenant_id, code, id);
SELECT fence('crews');

-- Everybody who is or was in a crew. Behind a row policy no index finds a person in an array: with these rows, the work of somebody's crews is found
-- by the crew.
CREATE TABLE crew_people (
    crew_id   uuid NOT NULL REFERENCES crews (id),
    user_id   uuid NOT NULL,
    tenant_id uuid NOT NULL,
    PRIMARY KEY (crew_id, user_id)
);
CREATE INDEX crew_people_by_user ON crew_people (tenant_id, user_id);
SELECT fence('crew_people');

CREATE INDEX work_orders_by_crew ON work_orders (tenant_id, crew_id, created_at DESC, id DESC) WHERE crew_id IS NOT NULL;

-- Work in progress is somebody's, or a crew's.
DO $$
DECLARE name text;
BEGIN
    FOR name IN
        SELECT conname FROM pg_constraint
        WHERE conrelid = 'work_orders'::regclass AND contype = 'c'
            AND pg_get_constraintdef(oid) LIKE '%in_progress%assigned_to IS NOT NULL%'
    LOOP
        EXECUTE format('ALTER TABLE work_orders DROP CONSTRAINT %I', name);
    END LOOP;
END $$;
ALTER TABLE work_orders
    ADD CHECK (status <> 'in_progress' OR assigned_to IS NOT NULL OR crew_id IS NOT NULL),
    ADD CHECK (crew_id IS NOT NULL OR crew_members = '{}');
