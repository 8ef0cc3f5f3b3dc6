-- Sites, assets in a hierarchy of at most five levels, and their sensors.

CREATE TABLE sites (
    id          uuid PRIMARY KEY,
    tenant_id   uuid NOT NULL,
    -- The code is an MQTT topic level and a certificate's common name: unique in the installation.
    code        text NOT NULL UNIQUE CHECK (code ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$'),
    name        text NOT NULL,
    time_zone   text NOT NULL,
    latitude    double precision CHECK (latitude BETWEEN -90 AND 90),
    longitude   double precision CHECK (longitude BETWEEN -180 AND 180),
    capacity_mw double precision CHECK (capacity_mw >= 0),
    status      text NOT NULL CHECK (status IN ('active', 'inactive')),
    created_at  timestamptz NOT NULL,
    version     bigint NOT NULL
);
CREATE INDEX sites_by_tenant ON sites (tenant_id, id);

CREATE TABLE assets (
    id             uuid PRIMARY KEY,
    tenant_id      uuid NOT NULL,
    site_id        uuid NOT NULL REFERENCES sites (id),
    code           text NOT NULL CHECK (code ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$'),
    name           text NOT NULL,
    type           text NOT NULL,
    status         text NOT NULL
        CHECK (status IN ('operational', 'degraded', 'down', 'maintenance', 'decommissioned')),
    parent_id      uuid,
    level          integer NOT NULL CHECK (level BETWEEN 1 AND 5),
    rated_power_kw double precision CHECK (rated_power_kw >= 0),
    tags           text[] NOT NULL DEFAULT '{}',
    created_at     timestamptz NOT NULL,
    version        bigint NOT NULL,
    UNIQUE (site_id, code),
    -- A parent stands one level higher in the same site: with the level bounded, no cycle can be written.
    UNIQUE (id, site_id, level),
    parent_level   integer GENERATED ALWAYS AS (CASE WHEN parent_id IS NULL THEN NULL ELSE level - 1 END) STORED,
    CHECK ((parent_id IS NULL) = (level = 1)),
    FOREIGN KEY (parent_id, site_id, parent_level) REFERENCES assets (id, site_id, level)
        DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX assets_by_tenant ON assets (tenant_id, id);
CREATE INDEX assets_by_parent ON assets (parent_id);

CREATE TABLE sensors (
    id         uuid PRIMARY KEY,
    tenant_id  uuid NOT NULL,
    asset_id   uuid NOT NULL REFERENCES assets (id) ON DELETE CASCADE,
    tag        text NOT NULL CHECK (tag ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$'),
    unit       text NOT NULL,
    minimum    double precision,
    maximum    double precision,
    created_at timestamptz NOT NULL,
    version    bigint NOT NULL,
    UNIQUE (asset_id, tag),
    CHECK (minimum IS NULL OR maximum IS NULL OR minimum < maximum)
);
