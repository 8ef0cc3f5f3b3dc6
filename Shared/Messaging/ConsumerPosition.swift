import Kafka
import Postgres

/// How far a consumer's effects in its database have come in one partition.
///
/// The position moves in the transaction of the effects. So no effect exists without it, and an instance that was replaced while it
/// was paused finds another position and writes nothing, not even what another instance has deleted since.
struct ConsumerPosition: Hashable, Sendable {
    /// Of the first record whose effects are not stored.
    var next: Int64
    /// Which replicas, in which revisions, the records before it went into.
    var replicas: String

    /// Why a partition is read again from its beginning.
    enum Restart: String, Hashable, Sendable {
        case revision = "a replica has another revision"
        case otherLog = "the log does not reach as far as what was read of it"
        case noGroup = "the group has no offset in the log any more"
    }

    /// Where to begin with a partition.
    ///
    /// - Parameters:
    ///   - stored: What the database says; `nil` when it says nothing.
    ///   - committed: The group's offset in the log.
    ///   - end: The offset behind the log's last record.
    ///   - replicas: Those that this build keeps of the topic, with their revisions; empty for a topic of facts.
    static func start(
        from stored: ConsumerPosition?,
        committed: Int64?,
        end: Int64,
        replicas: String
    ) -> (position: ConsumerPosition, restart: Restart?) {
        func begin(at offset: Int64, _ restart: Restart? = nil) -> (ConsumerPosition, Restart?) {
            (ConsumerPosition(next: offset, replicas: replicas), restart)
        }
        // An unknown replica is read from the beginning, whatever the group has read for others.
        guard let stored else { return begin(at: replicas.isEmpty ? committed ?? 0 : 0) }
        guard stored.next > 0 else { return begin(at: 0) }
        // Reading too much does no harm: the inbox knows the facts, and state is state.
        if stored.next > end { return begin(at: 0, .otherLog) }
        if stored.replicas != replicas { return begin(at: 0, .revision) }
        if committed == nil { return begin(at: 0, .noGroup) }
        return begin(at: stored.next)
    }
}

/// Another instance has gone on with the partition: what this one holds of it is void.
struct Overtaken: Error, CustomStringConvertible {
    let partition: TopicPartition
    var description: String { "\(partition) is not where this consumer left it: another one has gone on with it" }
}

extension Transaction {
    /// The consumer's position; the rows are locked until the transaction ends.
    func positions(of consumer: String, in partitions: [TopicPartition]) async throws -> [TopicPartition:
        ConsumerPosition]
    {
        let rows = try await query(
            """
            SELECT topic, partition, next_offset, replicas FROM consumer_positions
            WHERE consumer = \(consumer) AND topic = ANY(\(PostgresArray(Set(partitions.map(\.topic)))))
            ORDER BY topic, partition FOR UPDATE
            """
        )
        return try rows.reduce(into: [:]) { positions, row in
            let partition = TopicPartition(topic: try row["topic"], partition: try row["partition"])
            guard partitions.contains(partition) else { return }
            positions[partition] = ConsumerPosition(next: try row["next_offset"], replicas: try row["replicas"])
        }
    }

    /// Sets the consumer's position.
    func begin(_ consumer: String, _ partition: TopicPartition, at position: ConsumerPosition) async throws {
        try await execute(
            """
            INSERT INTO consumer_positions (consumer, topic, partition, next_offset, replicas)
            VALUES (\(consumer), \(partition.topic), \(partition.partition), \(position.next), \(position.replicas))
            ON CONFLICT (consumer, topic, partition) DO UPDATE
                SET next_offset = excluded.next_offset, replicas = excluded.replicas
            """
        )
    }

    /// Moves the consumer on.
    ///
    /// - Throws: ``Overtaken`` when another instance has changed the position.
    func move(
        _ consumer: String,
        _ partition: TopicPartition,
        from position: ConsumerPosition,
        to next: Int64
    ) async throws {
        let moved = try await execute(
            """
            UPDATE consumer_positions SET next_offset = \(next)
            WHERE consumer = \(consumer) AND topic = \(partition.topic) AND partition = \(partition.partition)
                AND next_offset = \(position.next) AND replicas = \(position.replicas)
            """
        )
        guard moved == 1 else { throw Overtaken(partition: partition) }
    }
}
