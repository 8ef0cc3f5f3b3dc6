-- Mails that are not about an alert. Their text is made when they are sent: it has a secret, which is stored only in sealed form, and
-- only until then.
ALTER TABLE notifications
    ALTER COLUMN alert_id DROP NOT NULL,
    -- NULL until the mail is sent: the person's state may arrive after the request.
    ALTER COLUMN recipient DROP NOT NULL,
    ALTER COLUMN subject DROP NOT NULL,
    ALTER COLUMN body DROP NOT NULL,
    ADD COLUMN template   text,
    ADD COLUMN token      bytea,
    ADD COLUMN expires_at timestamptz,
    ADD CHECK (
        CASE WHEN template IS NULL THEN num_nulls(alert_id, recipient, subject, body) = 0 ELSE expires_at IS NOT NULL END
    ),
    ADD CHECK (token IS NULL OR status = 'pending');
