-- What has happened or nearly happened. They stay.
CREATE TABLE incident_numbers (
    tenant_id uuid NOT NULL,
    year      int NOT NULL,
    last      bigint NOT NULL,
    PRIMARY KEY (tenant_id, year)
);
SELECT fence('incident_numbers');

CREATE TABLE incidents (
    id               uuid PRIMARY KEY,
    tenant_id        uuid NOT NULL,
    number           text NOT NULL,
    site_id          uuid NOT NULL,
    asset_id         uuid,
    -- Not a foreign key: a draft may be deleted, what has happened stays.
    work_order_id    uuid,
    kind             text NOT NULL CHECK (kind IN ('injury', 'near_miss', 'property_damage', 'environmental', 'fire', 'electrical', 'security')),
    severity         text NOT NULL CHECK (severity IN ('minor', 'moderate', 'major', 'fatal')),
    worst_severity   text NOT NULL CHECK (worst_severity IN ('minor', 'moderate', 'major', 'fatal')),
    status           text NOT NULL CHECK (status IN ('reported', 'investigating', 'action_required', 'closed')),
    occurred_at      timestamptz NOT NULL,
    title            text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    description      text NOT NULL,
    people           jsonb NOT NULL,
    immediate_action text,
    reported_at      timestamptz NOT NULL,
    reported_by      uuid NOT NULL,
    investigator     uuid,
    findings         text,
    root_cause       text,
    actions          jsonb NOT NULL,
    closed_at        timestamptz,
    closed_by        uuid,
    updated_at       timestamptz NOT NULL,
    version          bigint NOT NULL CHECK (version > 0),
    UNIQUE (tenant_id, number),
    CHECK ((status = 'closed') = (closed_at IS NOT NULL) AND (closed_at IS NULL) = (closed_by IS NULL)),
    CHECK (status <> 'closed' OR findings IS NOT NULL AND root_cause IS NOT NULL),
    -- Two people.
    CHECK (worst_severity IN ('minor', 'moderate') OR closed_by <> reported_by),
    CHECK ((status = 'reported') = (investigator IS NULL))
);
CREATE INDEX incidents_by_time ON incidents (tenant_id, occurred_at DESC, id DESC);
CREATE INDEX incidents_by_status ON incidents (tenant_id, status, occurred_at DESC, id DESC);
CREATE INDEX incidents_by_reporter ON incidents (tenant_id, reported_by, occurred_at DESC, id DESC);
SELECT fence('incidents');
