-- The keys for which services seal where a request came from, until the audit log seals it under the person's own. Rows are only added: what
-- waits in the log, or among dead letters, has to be opened with the key that it was sealed for.
CREATE TABLE letterbox_keys (
    name        text PRIMARY KEY,
    private_key bytea NOT NULL CHECK (length(private_key) = 32),
    created_at  timestamptz NOT NULL
);
CREATE TRIGGER letterbox_keys_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON letterbox_keys
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
