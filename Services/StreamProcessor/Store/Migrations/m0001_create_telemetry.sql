-- Raw readings by day, aggregates by month, and how far each partition of the log has been stored.

CREATE TABLE readings (
    time      timestamptz NOT NULL,
    asset_id  uuid NOT NULL,
    tag       text NOT NULL,
    value     double precision NOT NULL,
    quality   text NOT NULL
) PARTITION BY RANGE (time);
-- No key: a reading is stored once because the partition's offset moves in the same transaction. The index serves the queries.
CREATE INDEX readings_by_tag ON readings (asset_id, tag, time);

CREATE TABLE aggregates (
    asset_id           uuid NOT NULL,
    tag                text NOT NULL,
    minutes            integer NOT NULL CHECK (minutes IN (1, 5, 15, 60)),
    start              timestamptz NOT NULL,
    count              bigint NOT NULL,
    average            double precision NOT NULL,
    minimum            double precision NOT NULL,
    maximum            double precision NOT NULL,
    sum                double precision NOT NULL,
    standard_deviation double precision NOT NULL,
    uncertain_count    bigint NOT NULL,
    bad_count          bigint NOT NULL,
    PRIMARY KEY (asset_id, tag, minutes, start)
) PARTITION BY RANGE (start);

-- next_offset: everything before it is stored. snapshot: the state at snapshot_offset, from which a restart replays.
CREATE TABLE partition_progress (
    partition       integer PRIMARY KEY,
    next_offset     bigint NOT NULL,
    snapshot_offset bigint NOT NULL,
    snapshot        bytea
);

-- What assets.sensors said last: which assets there are, for the queries.
CREATE TABLE assets (
    id        uuid PRIMARY KEY,
    tenant_id uuid NOT NULL
);
