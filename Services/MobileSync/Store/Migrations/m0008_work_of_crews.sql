-- Work that is given to a crew is on the devices of everybody in it. No work was a crew's before.
ALTER TABLE feed ADD COLUMN crew_members uuid[] NOT NULL DEFAULT '{}';
CREATE INDEX feed_of_crews ON feed (tenant_id) WHERE crew_members <> '{}';
