-- People have the assets that they work on, on their devices.
CREATE INDEX feed_by_assignee ON feed (assigned_to) WHERE assigned_to IS NOT NULL;
