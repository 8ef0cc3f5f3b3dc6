import Foundation
import Kafka
import Logging
public import Postgres
public import ServiceKit
public import ServiceLifecycle

/// Publishes what is in the outbox, in its order, and deletes what the log has acknowledged.
///
/// An event that the log will never accept (too large for its topic) is marked with the reason, stays, and blocks no other. What
/// becomes of it is for a person to decide: ``OperationsRoutes``.
///
/// Of several instances of a service one relays, and two locks see to that. An advisory lock in the very transaction that
/// deletes the rows keeps two instances at one database apart; no connection has to be kept for it. The log's own fence
/// (``KafkaTransactions``) covers what the database can't: a relay that was paused with rows of a database that has been
/// replaced since. It would write an older state behind a newer one, and compaction would keep the older one. So rows are read
/// only *after* the fence was acquired: a later holder has seen what was written before, and the earlier one can't write any more.
///
/// It reads the rows that are there, never "everything above the last id": a transaction that commits late has a lower id.
public final class OutboxRelay: Service {
    /// What an instance has to do with the outbox.
    private enum Role {
        /// It publishes; it believes that it holds the fence.
        case publishing(KafkaTransactions)
        /// It acquires the fence as soon as there is something to publish.
        case taking
        /// Another instance publishes. When the first row has been the same for too long, that instance is gone.
        case watching(first: Int64?, since: ContinuousClock.Instant)

        static var watching: Role { .watching(first: nil, since: .now) }
    }

    private enum Outcome {
        case published(Int, refused: [(Publication, KafkaError)])
        /// Another instance is publishing.
        case busy
    }

    private let database: Database
    private let topics: FleetTopics
    private let settings: KafkaSettings
    private let id: String
    private let logger: Logger
    private let published: Metrics.Counter
    private let refused: Metrics.Counter
    private let spans: SpanExporter
    private let vitals: Vitals

    /// Of the advisory lock of whoever publishes, or decides about what was refused.
    static let lock: Int64 = 0x6f_7574_626f_78
    private static let batchSize = 500
    /// How long the relay rests after the outbox was empty: an event after a quiet time is published at once, and one of many within this
    /// time.
    private static let pause = Duration.milliseconds(25)
    private static let patience = Duration.seconds(1)

    public init(_ database: Database, _ daemon: Daemon) {
        self.database = database
        topics = daemon.topics
        settings = daemon.settings.kafka
        id = "\(daemon.settings.service)-outbox"
        logger = daemon.logger
        spans = daemon.spans
        vitals = daemon.vitals
        published = daemon.metrics.counter("outbox_published_total", "Events that the log has acknowledged.")
        refused = daemon.metrics.counter("outbox_refused_total", "Events that the log will never take.")
    }

    public func run() async throws {
        guard try await topics.ready() else { return }
        vitals.add { [database] in
            let events = RefusedEvents(database: database)
            $0.waitingSince = try await events.oldestWaiting()
            $0.refusedEvents = try await events.count()
        }
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                let (wakeUps, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
                group.addTask {
                    for await _ in Listener(self.database, channel: "outbox").wakeUps { wake.yield() }
                }
                group.addTask {
                    // A notification can be missed while the listener reconnects: check by ourselves at intervals.
                    while (try? await Task.sleep(for: .seconds(1))) != nil { wake.yield() }
                }
                var role = Role.taking
                for await _ in wakeUps {
                    await self.drain(&role)
                    // Events of the next moment share a batch. One at a time, each would cost as much as the request that made it.
                    try? await Task.sleep(for: Self.pause)
                }
                if case .publishing(let transactions) = role { await transactions.close() }
                group.cancelAll()
            }
        }
    }

    /// Publishes until the outbox is empty, or until it can't; the next wake-up tries again.
    private func drain(_ role: inout Role) async {
        do {
            while true {
                switch try await relay(&role) {
                case .published(let count, let refusals):
                    note(count, refusals)
                    if count < Self.batchSize { return }
                case .busy:
                    // A newer instance begins: what it leaves is ours, or it turns out that the fence is.
                    guard case .publishing = role else { return }
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
        } catch is CancellationError {
        } catch {
            logger.warning("outbox waits", metadata: ["error": "\(error)"])
        }
    }

    private func note(_ count: Int, _ refusals: [(Publication, KafkaError)]) {
        for (publication, error) in refusals {
            logger.error(
                "event left in the outbox: the log will never take it",
                metadata: [
                    "outbox_id": "\(publication.id)", "topic": "\(publication.record.topic)", "error": "\(error)",
                ]
            )
        }
        refused.increment(by: Double(refusals.count))
        published.increment(by: Double(count - refusals.count))
    }

    /// Publishes one batch.
    private func relay(_ role: inout Role) async throws -> Outcome {
        guard try await isItsTurn(&role) else { return .published(0, refused: []) }
        do {
            return try await database.transaction { tx in
                let lock = try await tx.first("SELECT pg_try_advisory_xact_lock(\(Self.lock)) AS held")
                guard try lock?["held"] == true else {
                    if case .publishing = role {} else { role = .watching }
                    return .busy
                }
                guard try await tx.first("SELECT 1 AS waiting FROM outbox WHERE refused IS NULL LIMIT 1") != nil else {
                    return .published(0, refused: [])
                }
                let transactions = try await fence(&role)
                let publications = try await tx.query(
                    """
                    SELECT id, topic, key, value, headers, created_at FROM outbox WHERE refused IS NULL
                    ORDER BY id LIMIT \(Self.batchSize)
                    """
                ).map(Publication.init)
                let refusals = try await publish(publications, transactions)
                for (publication, error) in refusals {
                    try await tx.execute(
                        "UPDATE outbox SET refused = \(error.description) WHERE id = \(publication.id)"
                    )
                }
                let ids = PostgresArray(publications.map(\.id))
                // An older state that is published later would win in a compacted topic: `RefusedEvents` asks for the mark.
                try await tx.execute(
                    """
                    WITH published AS (
                        DELETE FROM outbox WHERE id = ANY(\(ids)) AND refused IS NULL RETURNING id, topic, key
                    )
                    UPDATE outbox SET superseded = true FROM published
                    WHERE outbox.refused IS NOT NULL AND NOT outbox.superseded AND outbox.topic = published.topic
                        AND outbox.key = published.key AND outbox.id < published.id
                    """
                )
                return .published(publications.count, refused: refusals)
            }
        } catch let error as KafkaError where !error.isAbortable {
            // The outcome of that producer's transaction is unknown: it is never used again.
            if case .publishing = role { role = error.isFatal ? .watching : .taking }
            throw error
        }
    }

    /// Whether to publish; a watching instance does so when the publishing one has not for a while.
    private func isItsTurn(_ role: inout Role) async throws -> Bool {
        guard case .watching(let first, let since) = role else { return true }
        let row = try await database.first("SELECT min(id) AS first FROM outbox WHERE refused IS NULL")
        let now = try row?["first"] as Int64?
        guard let now, now == first else {
            role = .watching(first: now, since: .now)
            return false
        }
        return ContinuousClock.now - since >= Self.patience
    }

    /// The right to publish: if it is not ours already, taken from the instance that had it.
    private func fence(_ role: inout Role) async throws -> KafkaTransactions {
        if case .publishing(let transactions) = role { return transactions }
        let transactions = try await KafkaTransactions(settings, id: id)
        role = .publishing(transactions)
        return transactions
    }

    /// Publishes events; returns those that the log will never accept.
    ///
    /// - Throws: What may pass: then none of them leaves the outbox.
    private func publish(
        _ publications: [Publication],
        _ transactions: KafkaTransactions
    ) async throws -> [(Publication, KafkaError)] {
        var refusals: [(Publication, KafkaError)] = []
        do {
            try await transactions.run(publications.map(\.record))
            for publication in publications { publication.end(to: spans) }
        } catch let error as KafkaError where error.isOfRecord && error.isAbortable {
            // One of them is the cause; publishing them one by one shows which.
            for publication in publications {
                do {
                    try await transactions.run([publication.record])
                    publication.end(to: spans)
                } catch let error as KafkaError where error.isOfRecord && error.isAbortable {
                    refusals.append((publication, error))
                }
            }
        }
        return refusals
    }
}
