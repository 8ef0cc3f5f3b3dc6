-- Work that is given to a crew is everybody's in it. No work was a crew's before.
ALTER TABLE open_work ADD COLUMN crew_members uuid[] NOT NULL DEFAULT '{}';
CREATE INDEX open_work_of_crews ON open_work (tenant_id) WHERE crew_members <> '{}';
