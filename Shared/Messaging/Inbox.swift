import EventSchema
import Foundation
import Identifiers
import Logging
import Postgres

/// Which events were handled: kept for as long as the log can deliver them once more.
struct Inbox: Sendable {
    let database: Database
    /// How long a row is kept.
    let retention: Duration
    let logger: Logger

    private static let batchSize = 10_000

    /// - Parameter topics: Where the events come from whose ids are noted.
    init(_ database: Database, of topics: [Topic], _ logger: Logger) {
        self.database = database
        self.logger = logger
        // The log deletes whole segments, and a segment takes records for up to seven days (Kafka's `segment.ms`): so much
        // longer than its retention a record can be there. A day more for clocks and for the deletion itself.
        let hours = (topics.compactMap(\.retentionHours).max() ?? 0) + 8 * 24
        retention = .seconds(hours * 3600)
    }

    /// Deletes what is too old, every hour, until the task is cancelled.
    func keepPruned() async {
        await Pruning("old lines of the inbox", logger, prune).run()
    }

    /// Deletes one batch of what is too old; returns how many rows there were.
    func prune() async throws -> Int {
        // By the database's clock, which has set `handled_at`. Two instances at the same time delete different rows.
        Int(
            try await database.execute(
                """
                DELETE FROM inbox WHERE event_id IN (
                    SELECT event_id FROM inbox
                    WHERE handled_at < now() - make_interval(secs => \(Double(retention.components.seconds)))
                    ORDER BY handled_at LIMIT \(Self.batchSize) FOR UPDATE SKIP LOCKED
                )
                """
            )
        )
    }
}

extension Transaction {
    /// Claims an event for this service; false when it was handled before.
    func claim(_ event: EventID) async throws -> Bool {
        try await execute("INSERT INTO inbox (event_id) VALUES (\(event)) ON CONFLICT DO NOTHING") == 1
    }
}
