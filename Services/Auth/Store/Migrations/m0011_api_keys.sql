-- Keys of machines, by their hashes.
CREATE TABLE api_keys (
    id           uuid PRIMARY KEY,
    tenant_id    uuid NOT NULL REFERENCES tenants (id),
    name         text NOT NULL,
    hash         bytea NOT NULL,
    roles        text[] NOT NULL,
    site_ids     uuid[] NOT NULL,
    asset_ids    uuid[] NOT NULL,
    created_by   uuid,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    last_used_at timestamptz
);
CREATE INDEX api_keys_by_tenant ON api_keys (tenant_id, id);
CREATE INDEX api_keys_by_age ON api_keys (expires_at);
SELECT fence('api_keys', true);
