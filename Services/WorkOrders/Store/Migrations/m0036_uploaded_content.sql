-- A picture is stored without its position: it has another size and another hash than what was uploaded. Who sends it again is recognized by this.
ALTER TABLE work_order_attachments ADD COLUMN uploaded_sha256 text CHECK (uploaded_sha256 ~ '^[0-9a-f]{64}$');
