-- Who works together on a work order, which permits must be in force for it, and whether what an alert or a prediction said was so.
ALTER TABLE work_orders
    ADD COLUMN crew_id          uuid,
    ADD COLUMN crew_members     uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN required_permits text[] NOT NULL DEFAULT '{}',
    ADD COLUMN verdict          text CHECK (verdict IN ('confirmed', 'false_alarm', 'unclear')),
    ADD COLUMN cause            text;
