-- Whose work it is: people may see the assets that they work on. The replica is read again (revision 2).
ALTER TABLE open_work ADD COLUMN assigned_to uuid;
CREATE INDEX open_work_by_assignee ON open_work (assigned_to) WHERE assigned_to IS NOT NULL;
