import Commands
import EventSchema
import Foundation
import Identifiers
import Kafka
import Postgres
import ServiceKit

/// The list of a consumer's dead letters, in the service's own database: what is open, and what became of the rest.
///
/// The log has the contents. Each record has one line, however often it is refused.
struct DeadLetterList: Sendable {
    let database: Database
    let consumer: String

    /// As long as the log keeps the letters themselves.
    private static let retention: TimeInterval = 30 * 24 * 3600
    /// How many lines are kept; beyond it the oldest are deleted. Their letters stay in the log.
    var capacity = 100_000
    private static let batchSize = 10_000

    /// A line as it is written when the record is refused.
    struct Line: Sendable {
        var record: KafkaMessage
        var reason: String
        var consumer: String
        var isCut: Bool
        var time: Date

        init(_ record: KafkaMessage, _ reason: String, of consumer: String, isCut: Bool, at time: Date) {
            self.record = record
            self.reason = reason.storable(1000)
            self.consumer = consumer
            self.isCut = isCut
            self.time = time
        }

        fileprivate func header(_ name: String) -> String? {
            record.headers.last { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
        }

        fileprivate var key: [UInt8]? { record.key.flatMap { $0.count <= 1024 ? $0 : nil } }
    }

    /// Adds a line. A record that was handled after all and is refused once more is open again; one that somebody discarded is not.
    func add(_ line: Line) async throws {
        let record = line.record
        try await database.execute(
            """
            INSERT INTO dead_letters (id, consumer, topic, partition, record_offset, key, is_deletion, is_cut,
                event_id, event_type, event_tenant, reason, buried_at)
            VALUES (\(DeadLetterID.new()), \(line.consumer), \(record.topic), \(record.partition), \(record.offset),
                \(line.key), \(record.value == nil), \(line.isCut), \(line.header("ce_id").flatMap(EventID.init)),
                \(line.header("ce_type")?.storable(200)), \(line.header("ce_tenantid").flatMap(TenantID.init)),
                \(line.reason), \(line.time))
            ON CONFLICT (consumer, topic, partition, record_offset) DO UPDATE
                SET id = excluded.id, key = excluded.key, is_deletion = excluded.is_deletion, is_cut = excluded.is_cut,
                    event_id = excluded.event_id, event_type = excluded.event_type,
                    event_tenant = excluded.event_tenant, reason = excluded.reason, buried_at = excluded.buried_at,
                    attempts = 0, attempted_at = NULL, status = 'open', closed_at = NULL, closed_by = NULL, note = NULL
                -- The same offset of another log is another record.
                WHERE (dead_letters.status NOT IN ('open', 'discarded')
                    OR dead_letters.event_id IS DISTINCT FROM excluded.event_id)
            """
        )
    }

    /// A page of the list, the newest first.
    ///
    /// - Parameter status: `nil` for all.
    func list(
        _ status: DeadLetter.Status?,
        topic: String?,
        before last: DeadLetterID?,
        limit: Int
    ) async throws -> [DeadLetter] {
        var conditions: SQL = "consumer = \(consumer)"
        // In the words of the partial index.
        if status == .open {
            conditions = "\(sql: conditions) AND status = 'open'"
        } else if let status {
            conditions = "\(sql: conditions) AND status = \(status.rawValue)"
        }
        if let topic { conditions = "\(sql: conditions) AND topic = \(topic)" }
        if let last { conditions = "\(sql: conditions) AND id < \(last)" }
        return try await database.query(
            "SELECT * FROM dead_letters WHERE \(sql: conditions) ORDER BY id DESC LIMIT \(Int64(limit))"
        ).map(DeadLetter.init)
    }

    func find(_ id: DeadLetterID) async throws -> DeadLetter {
        let row = try await database.first(
            "SELECT * FROM dead_letters WHERE id = \(id) AND consumer = \(consumer)"
        )
        guard let row else { throw Problem.notFound("dead letter") }
        return try DeadLetter(row)
    }

    /// It was tried once more, and refused once more.
    func note(_ id: DeadLetterID, refusedAgain reason: String, at time: Date) async throws {
        try await database.execute(
            """
            UPDATE dead_letters SET attempts = attempts + 1, attempted_at = \(time), reason = \(reason.storable(1000))
            WHERE id = \(id) AND status = 'open'
            """
        )
    }

    /// How many are open; counted up to a thousand.
    func count() async throws -> Int {
        let row = try await database.first(
            """
            SELECT count(*) AS n FROM (
                SELECT 1 FROM dead_letters WHERE status = 'open' AND consumer = \(consumer) LIMIT 1000
            ) AS counted
            """
        )
        return try row?["n"] ?? 0
    }

    /// Deletes one batch of what is too old or too much; returns how many lines there were.
    @Sendable func prune() async throws -> Int {
        let end = Date().addingTimeInterval(-Self.retention)
        return try await database.execute(
            """
            DELETE FROM dead_letters WHERE id IN (
                SELECT id FROM dead_letters WHERE buried_at < \(end)
                UNION ALL (SELECT id FROM dead_letters ORDER BY id DESC OFFSET \(Int64(capacity)))
                LIMIT \(Int64(Self.batchSize))
            )
            """
        )
    }
}

extension Transaction {
    /// An open dead letter; whoever else wants to decide about it waits for the end of this transaction.
    ///
    /// - Throws: ``Problem`` 404, or 409 when somebody else was faster.
    func lock(_ id: DeadLetterID) async throws -> DeadLetter {
        guard let row = try await first("SELECT * FROM dead_letters WHERE id = \(id) FOR UPDATE") else {
            throw Problem.notFound("dead letter")
        }
        let letter = try DeadLetter(row)
        try letter.requireOpen()
        return letter
    }

    /// Stores what became of it.
    func close(_ letter: DeadLetter) async throws {
        try await execute(
            """
            UPDATE dead_letters SET status = \(letter.status.rawValue), closed_at = \(letter.closedAt),
                closed_by = \(letter.closedBy), note = \(letter.note)
            WHERE id = \(letter.id)
            """
        )
    }
}

extension String {
    /// What a text column takes of it.
    fileprivate func storable(_ length: Int) -> String {
        prefix(scalars: length).replacing("\0", with: "\u{FFFD}")
    }
}
