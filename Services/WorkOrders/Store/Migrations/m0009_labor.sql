-- The hours of the people who do the work.
CREATE TABLE labor_entries (
    id                uuid PRIMARY KEY,
    tenant_id         uuid NOT NULL,
    work_order_id     uuid NOT NULL REFERENCES work_orders (id) ON DELETE CASCADE,
    site_id           uuid NOT NULL,
    user_id           uuid NOT NULL,
    kind              text NOT NULL CHECK (kind IN ('work', 'travel')),
    started_at        timestamptz NOT NULL,
    ended_at          timestamptz,
    break_minutes     bigint NOT NULL CHECK (break_minutes >= 0),
    note              text,
    -- How its time is paid, in seconds; 0 while it runs.
    regular_seconds   bigint NOT NULL CHECK (regular_seconds >= 0),
    overtime_seconds  bigint NOT NULL CHECK (overtime_seconds >= 0),
    weekend_seconds   bigint NOT NULL CHECK (weekend_seconds >= 0),
    travel_seconds    bigint NOT NULL CHECK (travel_seconds >= 0),
    corrections       bigint NOT NULL CHECK (corrections >= 0),
    correction_reason text,
    created_at        timestamptz NOT NULL,
    created_by        uuid,
    updated_at        timestamptz NOT NULL,
    version           bigint NOT NULL CHECK (version > 0),
    -- What was removed stays here, and counts for nothing.
    removed_at        timestamptz,
    CHECK (ended_at >= started_at AND ended_at <= started_at + interval '24 hours'),
    CHECK (removed_at IS NOT NULL OR ended_at IS NULL OR regular_seconds + overtime_seconds + weekend_seconds + travel_seconds
        = EXTRACT(epoch FROM ended_at - started_at) - break_minutes * 60)
);
-- A person's clock runs once. That entries do not overlap is checked under a lock for the person.
CREATE UNIQUE INDEX labor_running ON labor_entries (tenant_id, user_id) WHERE ended_at IS NULL AND removed_at IS NULL;
CREATE INDEX labor_by_work_order ON labor_entries (tenant_id, work_order_id, started_at, id) WHERE removed_at IS NULL;
CREATE INDEX labor_by_person ON labor_entries (tenant_id, user_id, started_at) WHERE removed_at IS NULL;
SELECT fence('labor_entries');

-- What assets.events said last of the sites: their days begin by their own clocks.
CREATE TABLE sites (
    id        uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    time_zone text NOT NULL,
    version   bigint NOT NULL
);
SELECT fence('sites');

ALTER TABLE work_policies
    ADD COLUMN labor text NOT NULL DEFAULT 'never' CHECK (labor IN ('never', 'types', 'always')),
    ADD COLUMN labor_types text[],
    ADD CHECK ((labor = 'types') = (labor_types IS NOT NULL));
