ALTER TABLE tenant_idp_config
    -- Of a provider that speaks SAML 2.0: where browsers log in, and its certificates.
    ADD COLUMN saml           jsonb,
    -- Whether the API's login checks passwords there.
    ADD COLUMN password_login boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT tenant_idp_config_saml_is_whole CHECK ((kind = 'saml') = (saml IS NOT NULL));

-- What a provider has sent and must not be sent again, by hashes: assertions, and tokens of logouts. Until they would be refused as too old.
CREATE TABLE provider_replays (
    tenant_id  uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    hash       bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, hash)
);
CREATE INDEX provider_replays_by_age ON provider_replays (expires_at);
SELECT fence('provider_replays', true);
