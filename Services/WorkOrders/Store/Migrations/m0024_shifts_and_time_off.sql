-- When people work. Hours that go past midnight belong to the day on which they begin.
CREATE TABLE shifts (
    id          uuid PRIMARY KEY,
    tenant_id   uuid NOT NULL,
    site_id     uuid NOT NULL,
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    hours       jsonb NOT NULL,
    is_on_call  boolean NOT NULL,
    is_archived boolean NOT NULL,
    created_at  timestamptz NOT NULL,
    created_by  uuid NOT NULL,
    updated_at  timestamptz NOT NULL,
    version     bigint NOT NULL CHECK (version > 0)
);
CREATE INDEX shifts_by_name ON shifts (tenant_id, name, id);
SELECT fence('shifts');

-- Who is on them: a person, or everybody in a crew.
CREATE TABLE shift_turns (
    id         uuid PRIMARY KEY,
    tenant_id  uuid NOT NULL,
    shift_id   uuid NOT NULL REFERENCES shifts (id),
    person_id  uuid,
    crew_id    uuid REFERENCES crews (id),
    first_day  text COLLATE "C" NOT NULL CHECK (first_day ~ '^\d{4}-\d{2}-\d{2}$'),
    last_day   text COLLATE "C" CHECK (last_day ~ '^\d{4}-\d{2}-\d{2}$' AND last_day >= first_day),
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    CHECK ((person_id IS NULL) <> (crew_id IS NULL))
);
CREATE INDEX shift_turns_by_shift ON shift_turns (tenant_id, shift_id, first_day, id);
CREATE INDEX shift_turns_by_person ON shift_turns (tenant_id, person_id) WHERE person_id IS NOT NULL;
CREATE INDEX shift_turns_by_crew ON shift_turns (tenant_id, crew_id) WHERE crew_id IS NOT NULL;
SELECT fence('shift_turns');

CREATE TABLE time_off (
    id         uuid PRIMARY KEY,
    tenant_id  uuid NOT NULL,
    person_id  uuid NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('vacation', 'sickness', 'training', 'other')),
    first_day  text COLLATE "C" NOT NULL CHECK (first_day ~ '^\d{4}-\d{2}-\d{2}$'),
    last_day   text COLLATE "C" NOT NULL CHECK (last_day ~ '^\d{4}-\d{2}-\d{2}$' AND last_day >= first_day),
    note       text CHECK (length(note) BETWEEN 1 AND 1000),
    status     text NOT NULL CHECK (status IN ('requested', 'approved', 'refused', 'withdrawn')),
    decided_by uuid CHECK (decided_by <> person_id),
    decided_at timestamptz,
    reason     text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version    bigint NOT NULL CHECK (version > 0),
    CHECK ((status = 'refused') = (reason IS NOT NULL)),
    CHECK (status <> 'requested' OR decided_by IS NULL),
    CHECK (status NOT IN ('approved', 'refused') OR decided_by IS NOT NULL)
);
CREATE INDEX time_off_by_day ON time_off (tenant_id, first_day, id);
CREATE INDEX time_off_by_person ON time_off (tenant_id, person_id, last_day);
SELECT fence('time_off');
