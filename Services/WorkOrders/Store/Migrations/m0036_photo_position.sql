-- A picture is stored without its position: it has another size and another hash than what was uploaded. Who sends it again is recognized by this.
ALTER TABLE work_order_attachments ADD COLUMN uploaded_sha256 text CHECK (uploaded_sha256 ~ '^[0-9a-f]{64}$');

-- What becomes of a picture's position.
ALTER TABLE work_policies ADD COLUMN photo_position text NOT NULL DEFAULT 'strip' CHECK (photo_position IN ('keep', 'strip'));
