import Foundation
import Kafka
import Logging
public import Postgres
public import ServiceKit
public import ServiceLifecycle

/// Publishes what is in the outbox, in its order, and deletes what the log has acknowledged.
///
/// An event that the log will never take (too large for its topic) is marked with the reason, stays, and holds up no other.
///
/// Of several instances of a service one relays at a time: it holds a lock on the table's first rows by an advisory lock in the
/// very transaction that deletes them, so that no order is lost and no connection has to be kept. It reads the rows that are
/// there, never "everything above the last id": a transaction that commits late has a lower id.
public final class OutboxRelay: Service {
    private let database: Database
    private let topics: FleetTopics
    private let settings: KafkaSettings
    private let logger: Logger
    private let published: Metrics.Counter
    private let refused: Metrics.Counter
    private let spans: SpanExporter

    private static let batchSize = 500

    public init(_ database: Database, _ daemon: Daemon) {
        self.database = database
        topics = daemon.topics
        settings = daemon.settings.kafka
        logger = daemon.logger
        spans = daemon.spans
        published = daemon.metrics.counter("outbox_published_total", "Events that the log has acknowledged.")
        refused = daemon.metrics.counter("outbox_refused_total", "Events that the log will never take.")
    }

    public func run() async throws {
        guard try await topics.ready() else { return }
        let producer = try KafkaProducer(settings)
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                let (wakeUps, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
                group.addTask {
                    for await _ in Listener(self.database, channel: "outbox").wakeUps { wake.yield() }
                }
                group.addTask {
                    // A notification can be missed while the listener reconnects: look by ourselves now and then.
                    while (try? await Task.sleep(for: .seconds(1))) != nil { wake.yield() }
                }
                for await _ in wakeUps { await self.drain(producer) }
                group.cancelAll()
            }
        }
        await producer.close()
    }

    /// Publishes until the outbox is empty, or until it can't; the next wake-up tries again.
    private func drain(_ producer: KafkaProducer) async {
        do {
            while try await relay(producer) == Self.batchSize {}
        } catch is CancellationError {
        } catch {
            logger.warning("outbox waits", metadata: ["error": "\(error)"])
        }
    }

    /// Publishes one batch; returns how many events it took off the queue.
    private func relay(_ producer: KafkaProducer) async throws -> Int {
        let (count, refusals) = try await database.transaction { tx -> (Int, [(Publication, KafkaError)]) in
            // Another instance may be at it: then this one has nothing to do.
            let lock = try await tx.first("SELECT pg_try_advisory_xact_lock(\(Int64(0x6f_7574_626f_78))) AS held")
            guard try lock?["held"] == true else { return (0, []) }
            let publications = try await tx.query(
                """
                SELECT id, topic, key, value, headers, created_at FROM outbox WHERE refused IS NULL
                ORDER BY id LIMIT \(Self.batchSize)
                """
            ).map(Publication.init)
            guard !publications.isEmpty else { return (0, []) }
            let refusals = try await publish(publications, producer)
            for (publication, error) in refusals {
                try await tx.execute(
                    "UPDATE outbox SET refused = \(error.description) WHERE id = \(publication.id)"
                )
            }
            let ids = PostgresArray(publications.map(\.id))
            try await tx.execute("DELETE FROM outbox WHERE id = ANY(\(ids)) AND refused IS NULL")
            return (publications.count, refusals)
        }
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
        return count
    }

    /// Publishes events; returns those that the log will never take.
    ///
    /// - Throws: What may pass: then none of them leaves the outbox.
    private func publish(
        _ publications: [Publication],
        _ producer: KafkaProducer
    ) async throws -> [(Publication, KafkaError)] {
        var refusals: [(Publication, KafkaError)] = []
        do {
            try await producer.send(publications.map(\.record))
            for publication in publications { publication.end(to: spans) }
        } catch let error as KafkaError where error.isOfRecord {
            // One of them is to blame; which one shows one by one. The others may be in the log twice then: consumers know
            // them by their ids.
            for publication in publications {
                do {
                    try await producer.send(publication.record)
                    publication.end(to: spans)
                } catch let error as KafkaError where error.isOfRecord {
                    refusals.append((publication, error))
                }
            }
        }
        return refusals
    }
}

/// One event on its way from the outbox into the log, with the span that shows how long it waited there.
private struct Publication: Sendable {
    let id: Int64
    let record: KafkaRecord
    private let since: Date
    private let parent: TraceContext?
    private let context: TraceContext?

    init(_ row: Row) throws {
        id = try row["id"]
        let json: JSONB = try row["headers"]
        var headers = try JSONDecoder().decode([String: String].self, from: Data(json.text.utf8))
        since = try row["created_at"]
        parent = headers["traceparent"].flatMap(TraceContext.init(traceparent:))
        context = parent?.child()
        // Whoever handles the event stands below its publication.
        if let context { headers["traceparent"] = context.description }
        record = KafkaRecord(
            topic: try row["topic"],
            key: try row["key"] as [UInt8],
            value: try row["value"] as [UInt8]?,
            headers: headers.sorted { $0.key < $1.key }.map { KafkaHeader(name: $0.key, value: Array($0.value.utf8)) }
        )
    }

    /// The log has it.
    func end(to spans: SpanExporter) {
        guard let context, let parent else { return }
        spans.record(
            .init(
                name: "send \(record.topic)",
                kind: .producer,
                context: context,
                parent: parent.spanID,
                start: since,
                end: Date(),
                attributes: [
                    "messaging.system": "kafka", "messaging.operation.type": "send",
                    "messaging.destination.name": record.topic,
                ],
                isError: false
            )
        )
    }
}
