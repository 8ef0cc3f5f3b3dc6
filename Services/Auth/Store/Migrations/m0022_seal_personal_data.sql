-- What the audit log keeps of a person is encrypted under a key of their own. Without the key it is gone, and no hash changes.

CREATE TABLE person_keys (
    user_id   uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    -- NULL: destroyed. The row stays, so that a late event does not make a new key.
    key       bytea CHECK (length(key) = 32)
);
SELECT fence('person_keys');
