-- Signed checkpoints of the audit log's chains. Neither they nor their keys are ever changed or deleted: old signatures have to stay
-- verifiable.

CREATE TABLE audit_keys (
    -- SHA-256 of the public key, in hexadecimal.
    kid         text PRIMARY KEY,
    private_key bytea NOT NULL,
    public_key  bytea NOT NULL,
    created_at  timestamptz NOT NULL
);
CREATE TRIGGER audit_keys_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_keys
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

CREATE TABLE audit_checkpoints (
    tenant_id uuid,
    entries   bigint NOT NULL,
    hash      bytea NOT NULL CHECK (length(hash) = 32),
    at        timestamptz NOT NULL,
    kid       text NOT NULL REFERENCES audit_keys (kid),
    signature bytea NOT NULL,
    UNIQUE NULLS NOT DISTINCT (tenant_id, at)
);
CREATE TRIGGER audit_checkpoints_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
ALTER TABLE audit_checkpoints ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON audit_checkpoints FOR SELECT USING (tenant_id IS NOT DISTINCT FROM (SELECT current_tenant()));
CREATE POLICY written ON audit_checkpoints
    FOR INSERT WITH CHECK (tenant_id IS NOT DISTINCT FROM (SELECT current_tenant()));

-- How many entries the last checkpoint covers: hours in which nothing happens make none.
ALTER TABLE audit_chains ADD COLUMN checkpointed bigint NOT NULL DEFAULT 0;
