-- Whether there are small pictures of a picture; NULL: nobody has tried yet, or it is no picture.
ALTER TABLE work_order_attachments ADD COLUMN has_thumbnails boolean;
CREATE INDEX work_order_attachments_undrawn ON work_order_attachments (completed_at)
    WHERE has_thumbnails IS NULL AND state = 'available' AND content_type LIKE 'image/%';
