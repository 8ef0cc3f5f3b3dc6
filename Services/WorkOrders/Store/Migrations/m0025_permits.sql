-- Permits to work. They stay, also after the work: they are evidence.
CREATE TABLE permits (
    id               uuid PRIMARY KEY,
    tenant_id        uuid NOT NULL,
    work_order_id    uuid NOT NULL REFERENCES work_orders (id),
    site_id          uuid NOT NULL,
    asset_id         uuid NOT NULL,
    number           text NOT NULL,
    kind             text NOT NULL,
    status           text NOT NULL CHECK (status IN ('draft', 'pending_approval', 'approved', 'active', 'suspended', 'closed', 'cancelled', 'expired')),
    title            text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    description      text,
    location         text,
    hazards          jsonb NOT NULL,
    ppe              text[] NOT NULL,
    precautions      text[] NOT NULL,
    workers          uuid[] NOT NULL,
    valid_from       timestamptz NOT NULL,
    valid_until      timestamptz NOT NULL CHECK (valid_until > valid_from),
    checklist        jsonb NOT NULL,
    approvals        jsonb NOT NULL,
    extensions       jsonb NOT NULL,
    suspensions      jsonb NOT NULL,
    coordinated_with uuid[] NOT NULL,
    closure          jsonb,
    created_at       timestamptz NOT NULL,
    created_by       uuid NOT NULL,
    submitted_by     uuid,
    updated_at       timestamptz NOT NULL,
    version          bigint NOT NULL CHECK (version > 0),
    UNIQUE (tenant_id, number),
    CHECK ((status = 'closed') = (closure IS NOT NULL))
);
CREATE INDEX permits_by_work_order ON permits (tenant_id, work_order_id, created_at, id);
CREATE INDEX permits_by_end ON permits (tenant_id, valid_until, id);
CREATE INDEX permits_open_by_end ON permits (tenant_id, valid_until, id) WHERE status NOT IN ('closed', 'cancelled');
CREATE INDEX permits_ending ON permits (valid_until) WHERE status IN ('pending_approval', 'approved', 'active', 'suspended');
-- The watch ends those of every tenant.
SELECT fence('permits', true);

-- Where equipment is cut off from energy for the work under a permit.
CREATE TABLE permit_isolations (
    id             uuid PRIMARY KEY,
    tenant_id      uuid NOT NULL,
    work_order_id  uuid NOT NULL,
    permit_id      uuid NOT NULL REFERENCES permits (id),
    position       int NOT NULL CHECK (position > 0),
    energy         text NOT NULL CHECK (energy IN ('electrical', 'mechanical', 'hydraulic', 'pneumatic', 'thermal', 'chemical', 'gravitational')),
    place          text NOT NULL CHECK (length(place) BETWEEN 1 AND 200),
    equipment      uuid,
    state          text NOT NULL CHECK (state IN ('planned', 'locked', 'verified', 'released')),
    lock_number    text,
    tag            text,
    photo          uuid,
    locked_by      uuid,
    locked_at      timestamptz,
    measurement    text,
    verified_by    uuid,
    verified_at    timestamptz,
    released_by    uuid,
    released_at    timestamptz,
    release_reason text,
    CHECK ((state = 'planned') = (locked_by IS NULL)),
    CHECK ((locked_by IS NULL) = (lock_number IS NULL) AND (locked_by IS NULL) = (locked_at IS NULL)),
    CHECK ((verified_by IS NULL) = (measurement IS NULL) AND (verified_by IS NULL) = (verified_at IS NULL)),
    CHECK (state <> 'verified' OR verified_by IS NOT NULL),
    -- Two people.
    CHECK (verified_by <> locked_by),
    CHECK ((state = 'released') = (released_by IS NOT NULL) AND (released_by IS NULL) = (released_at IS NULL)),
    -- Somebody else than the lock's owner says why.
    CHECK (released_by = locked_by OR COALESCE(length(release_reason), 0) > 0)
);
CREATE INDEX permit_isolations_by_permit ON permit_isolations (tenant_id, permit_id, position);
CREATE INDEX permit_isolations_by_work_order ON permit_isolations (tenant_id, work_order_id);
CREATE INDEX permit_isolations_by_state ON permit_isolations (tenant_id, state, id);
-- A lock is at one place at a time.
CREATE UNIQUE INDEX permit_isolations_on ON permit_isolations (tenant_id, lower(lock_number)) WHERE state IN ('locked', 'verified');
SELECT fence('permit_isolations');

-- What is made from a template needs its permits.
ALTER TABLE work_template_versions ADD COLUMN required_permits text[] NOT NULL DEFAULT '{}';
