-- Where people without an account ask for work: a sign with a code at a site or an asset.
CREATE TABLE request_links (
    id           uuid PRIMARY KEY,
    tenant_id    uuid NOT NULL,
    label        text NOT NULL CHECK (length(label) BETWEEN 1 AND 120),
    site_id      uuid NOT NULL,
    asset_id     uuid,
    kinds        text[] NOT NULL CHECK (cardinality(kinds) > 0),
    is_active    boolean NOT NULL,
    expires_at   timestamptz,
    maximum_open bigint NOT NULL CHECK (maximum_open BETWEEN 1 AND 200),
    created_at   timestamptz NOT NULL,
    created_by   uuid NOT NULL,
    updated_at   timestamptz NOT NULL,
    version      bigint NOT NULL CHECK (version > 0),
    -- SHA-256 of the token: whoever reads this table can't ask for anything.
    token_hash   bytea NOT NULL UNIQUE
);
CREATE INDEX request_links_by_tenant ON request_links (tenant_id, created_at, id);

-- What they ask for. A work order that is made of a request has its id, and so have the photos.
CREATE TABLE service_requests (
    id            uuid PRIMARY KEY,
    tenant_id     uuid NOT NULL,
    link_id       uuid NOT NULL REFERENCES request_links (id) ON DELETE CASCADE,
    label         text NOT NULL,
    site_id       uuid NOT NULL,
    asset_id      uuid,
    kind          text NOT NULL CHECK (kind IN ('fault', 'damage', 'safety', 'cleaning', 'other')),
    description   text NOT NULL CHECK (length(description) BETWEEN 1 AND 4000),
    contact_name  text CHECK (length(contact_name) <= 120),
    contact       text CHECK (length(contact) <= 200),
    state         text NOT NULL CHECK (state IN ('new', 'converted', 'declined')),
    reason        text,
    work_order_id uuid,
    created_at    timestamptz NOT NULL,
    decided_at    timestamptz,
    decided_by    uuid,
    receipt_hash  bytea NOT NULL UNIQUE,
    CHECK ((state = 'new') = (decided_at IS NULL)),
    CHECK ((state = 'converted') = (work_order_id IS NOT NULL)),
    CHECK ((state = 'declined') = (reason IS NOT NULL))
);
CREATE INDEX service_requests_by_tenant ON service_requests (tenant_id, created_at DESC, id DESC);
CREATE INDEX service_requests_by_link ON service_requests (link_id, created_at);
CREATE INDEX service_requests_with_contact ON service_requests (created_at)
    WHERE contact IS NOT NULL OR contact_name IS NOT NULL;
-- A token says whose it is: before that, no tenant is known. What is kept of people is removed in every tenant.
SELECT fence('request_links', true);
SELECT fence('service_requests', true);
