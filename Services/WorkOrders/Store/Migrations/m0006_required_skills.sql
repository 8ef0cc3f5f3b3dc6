ALTER TABLE work_orders ADD COLUMN required_skills text[] NOT NULL DEFAULT '{}';
ALTER TABLE users ADD COLUMN skills text[] NOT NULL DEFAULT '{}';
