-- Snapshots have another form now: the state is made anew from the log, without storing or telling anything again.

UPDATE partition_progress SET snapshot = NULL, snapshot_offset = 0;
