public import Postgres

extension Migration {
    /// The outbox and the inbox, for every service that publishes or consumes: first in its list of migrations.
    public static let messaging = Migration(
        "m0000_messaging",
        Array(
            """
            -- Events on their way to Kafka, written with the change they tell of and deleted once the log has them.
            CREATE TABLE outbox (
                id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                topic      text NOT NULL,
                key        bytea NOT NULL,
                value      bytea,
                headers    jsonb NOT NULL,
                created_at timestamptz NOT NULL DEFAULT now()
            );

            -- Events that were handled: a second delivery finds its id here.
            CREATE TABLE inbox (
                event_id   uuid PRIMARY KEY,
                handled_at timestamptz NOT NULL DEFAULT now()
            );
            CREATE INDEX inbox_by_age ON inbox (handled_at);
            """.utf8
        )
    )

    /// Each consumer's position in its partitions; behind the migrations that a service has already.
    public static let messagingPositions = Migration(
        "m0000_messaging_positions",
        Array(
            """
            -- How far a consumer's effects in this database go, moved in the transactions of the effects themselves.
            CREATE TABLE consumer_positions (
                consumer    text    NOT NULL,
                topic       text    NOT NULL,
                partition   integer NOT NULL,
                next_offset bigint  NOT NULL CHECK (next_offset >= 0),
                -- The replicas that were made of all records before it, each with its event and revision.
                replicas    text    NOT NULL,
                PRIMARY KEY (consumer, topic, partition)
            );
            """.utf8
        )
    )

    /// A column in the outbox for why the log refused an event; behind the migrations that a service has already.
    public static let messagingRefusals = Migration(
        "m0000_messaging_refusals",
        Array(
            """
            -- Why the log will never take this event. It is passed over until a person has deleted it, or set this to NULL.
            ALTER TABLE outbox ADD COLUMN refused text;
            """.utf8
        )
    )

    /// The list of dead letters, and what is needed to try refused events again; behind the migrations that a service has already.
    public static let messagingDeadLetters = Migration(
        "m0000_messaging_dead_letters",
        Array(
            """
            -- What this service's consumers sent to the dead letters, and what became of it. The contents are in the log.
            CREATE TABLE dead_letters (
                id            uuid        PRIMARY KEY,
                consumer      text        NOT NULL,
                topic         text        NOT NULL,
                partition     integer     NOT NULL,
                record_offset bigint      NOT NULL,
                key           bytea,
                -- A tombstone: the state of its key was deleted.
                is_deletion   boolean     NOT NULL,
                -- Whether only the topic itself has the contents.
                is_cut        boolean     NOT NULL,
                event_id      uuid,
                event_type    text,
                -- The tenant that the event names. Not a fence: these lines are for those who run the installation.
                event_tenant  uuid,
                reason        text        NOT NULL,
                buried_at     timestamptz NOT NULL,
                attempts      integer     NOT NULL DEFAULT 0,
                attempted_at  timestamptz,
                status        text        NOT NULL DEFAULT 'open',
                closed_at     timestamptz,
                closed_by     uuid,
                note          text,
                UNIQUE (consumer, topic, partition, record_offset),
                CHECK ((status = 'open') = (closed_at IS NULL))
            );
            CREATE INDEX open_dead_letters ON dead_letters (id) WHERE status = 'open';
            CREATE INDEX dead_letters_by_age ON dead_letters (buried_at);

            -- Whether a newer event of the same key was published after this one had been refused.
            ALTER TABLE outbox ADD COLUMN superseded boolean NOT NULL DEFAULT false;
            CREATE INDEX refused_events ON outbox (id) WHERE refused IS NOT NULL;
            """.utf8
        )
    )
}

extension [Migration] {
    /// What every service has that publishes, consumes and answers: outbox, inbox, positions, dead letters, the fence between tenants, and the
    /// answers that were given. A service's own files come behind them: `.shared + …`.
    public static let shared: [Migration] = [
        .messaging, .messagingRefusals, .messagingPositions, .tenants, .answers, .answersOfTwoSteps,
        .messagingDeadLetters,
    ]
}
