-- Where people belong, and what they are called: certificates and candidates are shown by it. The replica is read again (revision 3).
ALTER TABLE users
    ADD COLUMN site_ids uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN display_name text;

-- What an organization counts as a qualification. An organization without a row has set nothing.
CREATE TABLE skill_lists (
    tenant_id  uuid PRIMARY KEY,
    version    bigint NOT NULL CHECK (version >= 0),
    updated_at timestamptz NOT NULL
);
CREATE TABLE skills (
    tenant_id         uuid NOT NULL,
    -- The name in lower case.
    key               text NOT NULL,
    name              text NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    category          text NOT NULL CHECK (category IN ('technical', 'safety', 'compliance', 'other')),
    needs_certificate boolean NOT NULL,
    warn_days         integer NOT NULL CHECK (warn_days BETWEEN 0 AND 365),
    position          integer NOT NULL,
    PRIMARY KEY (tenant_id, key)
);
SELECT fence('skill_lists');

-- What proves that people have them. Days are texts, YYYY-MM-DD, whose order is that of time.
CREATE TABLE certificates (
    id               uuid PRIMARY KEY,
    tenant_id        uuid NOT NULL,
    person_id        uuid NOT NULL,
    skill            text NOT NULL,
    skill_key        text NOT NULL GENERATED ALWAYS AS (lower(skill)) STORED,
    number           text CHECK (length(number) BETWEEN 1 AND 64),
    issuer           text CHECK (length(issuer) BETWEEN 1 AND 200),
    issued_on        text COLLATE "C" CHECK (issued_on ~ '^\d{4}-\d{2}-\d{2}$'),
    valid_until      text COLLATE "C" CHECK (valid_until ~ '^\d{4}-\d{2}-\d{2}$'),
    -- What lists are ordered by.
    ends             text COLLATE "C" NOT NULL GENERATED ALWAYS AS (COALESCE(valid_until, '9999-12-31')) STORED,
    status           text NOT NULL CHECK (status IN ('active', 'suspended', 'revoked')),
    reason           text,
    created_at       timestamptz NOT NULL,
    created_by       uuid NOT NULL,
    updated_at       timestamptz NOT NULL,
    version          bigint NOT NULL CHECK (version > 0),
    -- What was told of this end.
    expiring_told_at timestamptz,
    expired_told_at  timestamptz,
    CHECK ((status = 'active') = (reason IS NULL)),
    CHECK (valid_until >= issued_on)
);
CREATE INDEX certificates_by_end ON certificates (tenant_id, ends, id);
CREATE INDEX certificates_by_person ON certificates (tenant_id, person_id, skill_key);
CREATE INDEX certificates_due ON certificates (valid_until) WHERE status = 'active' AND expired_told_at IS NULL;
-- The watch looks for what is due in every tenant.
SELECT fence('skills', true);
SELECT fence('certificates', true);
