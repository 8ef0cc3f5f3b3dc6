-- Which lengths there are is said once, in WindowLength.swift.
ALTER TABLE aggregates DROP CONSTRAINT aggregates_minutes_check, ADD CHECK (minutes > 0);
