-- What becomes of a picture's position.
ALTER TABLE work_policies ADD COLUMN photo_position text NOT NULL DEFAULT 'strip' CHECK (photo_position IN ('keep', 'strip'));
