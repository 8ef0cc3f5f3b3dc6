import Foundation
import Kafka
import Logging
public import Postgres
public import ServiceKit
public import ServiceLifecycle

/// Publishes what is in the outbox, in its order, and deletes what the log has acknowledged.
///
/// Of several instances of a service one relays at a time: it holds a lock on the table's first rows by an advisory lock in the
/// very transaction that deletes them, so that no order is lost and no connection has to be kept. It reads the rows that are
/// there, never "everything above the last id": a transaction that commits late has a lower id.
public final class OutboxRelay: Service {
    private let database: Database
    private let settings: KafkaSettings
    private let logger: Logger
    private let published: Metrics.Counter

    private static let batchSize = 500

    public init(_ database: Database, _ daemon: Daemon) {
        self.database = database
        settings = daemon.settings.kafka
        logger = daemon.logger
        published = daemon.metrics.counter("outbox_published_total", "Events that the log has acknowledged.")
    }

    public func run() async throws {
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

    /// Publishes one batch; returns how many events there were.
    private func relay(_ producer: KafkaProducer) async throws -> Int {
        let count = try await database.transaction { tx in
            // Another instance may be at it: then this one has nothing to do.
            let lock = try await tx.first("SELECT pg_try_advisory_xact_lock(\(Int64(0x6f_7574_626f_78))) AS held")
            guard try lock?["held"] == true else { return 0 }
            let rows = try await tx.query(
                "SELECT id, topic, key, value, headers FROM outbox ORDER BY id LIMIT \(Self.batchSize)"
            )
            guard !rows.isEmpty else { return 0 }
            try await producer.send(try rows.map(Self.record))
            let ids: [Int64] = try rows.map { try $0["id"] }
            try await tx.execute("DELETE FROM outbox WHERE id = ANY(\(PostgresArray(ids)))")
            return rows.count
        }
        published.increment(by: Double(count))
        return count
    }

    private static func record(_ row: Row) throws -> KafkaRecord {
        let json: JSONB = try row["headers"]
        let headers = try JSONDecoder().decode([String: String].self, from: Data(json.text.utf8))
        return KafkaRecord(
            topic: try row["topic"],
            key: try row["key"] as [UInt8],
            value: try row["value"] as [UInt8]?,
            headers: headers.sorted { $0.key < $1.key }.map { KafkaHeader(name: $0.key, value: Array($0.value.utf8)) }
        )
    }
}
