-- What whoever does the work must beware of, and what is written down at the end.
ALTER TABLE work_orders
    ADD COLUMN safety_notes       text,
    ADD COLUMN completion_notes   text,
    ADD COLUMN root_cause         text,
    ADD COLUMN preventive_actions text;
