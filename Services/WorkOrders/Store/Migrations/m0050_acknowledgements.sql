-- Who has read a document about safety, and when. It is said once and never taken back.
CREATE TABLE work_order_acknowledgements (
    attachment_id   uuid NOT NULL REFERENCES work_order_attachments (id) ON DELETE CASCADE,
    tenant_id       uuid NOT NULL,
    person_id       uuid NOT NULL,
    acknowledged_at timestamptz NOT NULL,
    PRIMARY KEY (attachment_id, person_id)
);
SELECT fence('work_order_acknowledgements');
