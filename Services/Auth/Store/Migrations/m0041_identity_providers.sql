-- Where the people of a tenant log in instead of here. A tenant has at most one.
CREATE TABLE tenant_idp_config (
    tenant_id        uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    kind             text NOT NULL,
    issuer           text NOT NULL,
    client_id        text NOT NULL,
    -- Sealed under BROWSER_KEYS.
    client_secret    bytea,
    scopes           text[] NOT NULL,
    groups_claim     text NOT NULL,
    -- [{"group": …, "roles": […]}]
    role_mapping     jsonb NOT NULL,
    -- Whether its e-mail addresses count as verified, though it does not say so.
    trusts_email     boolean NOT NULL,
    -- Whether passwords of the directory here are accepted as well.
    allows_passwords boolean NOT NULL,
    is_enabled       boolean NOT NULL,
    version          bigint NOT NULL,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL
);
SELECT fence('tenant_idp_config', true);

-- Who somebody is at the identity provider: its issuer, and its own name for the person, which never changes. Not the e-mail address, which
-- can be given to somebody else.
ALTER TABLE users
    ADD COLUMN idp_provider   text,
    ADD COLUMN idp_user_id    text,
    -- Until when the person's next login at the provider takes over this account, by its e-mail address.
    ADD COLUMN idp_link_until timestamptz,
    ADD CONSTRAINT users_idp_is_whole CHECK ((idp_provider IS NULL) = (idp_user_id IS NULL));
CREATE UNIQUE INDEX users_by_identity ON users (tenant_id, idp_provider, idp_user_id) WHERE idp_user_id IS NOT NULL;
