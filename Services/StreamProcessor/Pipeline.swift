import EventSchema
import Foundation
import Identifiers
import Kafka
import Logging
import ServiceKit
import ServiceLifecycle
import Synchronization

/// Reads `telemetry.raw` and processes it so that each record takes effect exactly once, in Kafka and in the database.
///
/// There are three offsets per partition: **C** is committed in the Kafka transaction that writes the outputs; **P** is stored in
/// the database transaction that stores the rows; **S** is the offset of the last snapshot. A restart loads the state at S and
/// replays from there. Outputs of records before C are not written again, and rows of records before P are not stored again.
final class Pipeline: Service {
    private let daemon: Daemon
    private let settings: Settings
    private let store: TelemetryStore
    private let registry: RegistryFeed
    private let now: @Sendable () -> Int64
    /// Why nothing is processed; `nil` while records are processed.
    private let trouble = Mutex<String?>("no partition is assigned yet")
    /// How far it has come, for the fleet's health.
    private let reached = Mutex<(consumer: KafkaConsumer, positions: [TopicPartition: Int64])?>(nil)

    init(
        _ daemon: Daemon,
        _ settings: Settings,
        _ store: TelemetryStore,
        _ registry: RegistryFeed,
        now: @escaping @Sendable () -> Int64 = { Date().microseconds }
    ) {
        self.daemon = daemon
        self.settings = settings
        self.store = store
        self.registry = registry
        self.now = now
    }

    func check() throws {
        if let trouble = trouble.withLock({ $0 }) { throw NotReady(trouble) }
    }

    func run() async throws {
        daemon.vitals.add { [weak self] in $0.lags[Topic.telemetryRaw.name] = self?.lag ?? 0 }
        guard try await daemon.topics.ready() else { return }
        try await cancelWhenGracefulShutdown {
            // Before the registry is known, all readings would be refused as unknown.
            try await self.registry.caughtUp()
            while !Task.isCancelled {
                do {
                    try await self.live()
                } catch is CancellationError {
                } catch let mismatch as LogMismatch {
                    // Only a person can find out what happened to the log.
                    self.trouble.withLock { $0 = "\(mismatch)" }
                    self.daemon.logger.error("log and database do not belong together", metadata: mismatch.metadata)
                    try? await Task.sleep(for: .seconds(5))
                } catch let error as EventDecodingError where error.awaitedSchema != nil {
                    self.trouble.withLock { $0 = "\(Topic.telemetryRaw.name) waits: \(error)" }
                    self.daemon.logger.error("readings wait for their schema", metadata: ["error": "\(error)"])
                    await self.known(error.awaitedSchema)
                } catch {
                    self.trouble.withLock { $0 = "processing begins anew after: \(error)" }
                    self.daemon.logger.warning(
                        "processing begins anew",
                        metadata: ["error": "\(String(reflecting: error))"]
                    )
                    try? await Task.sleep(for: .seconds(1))
                }
            }
        }
    }

    /// How many records of its partitions are not processed yet.
    private var lag: Int64 {
        guard let (consumer, positions) = reached.withLock({ $0 }) else { return 0 }
        let ends = consumer.knownEnds(Array(positions.keys))
        return positions.reduce(0) { $0 + max(0, (ends[$1.key] ?? $1.value) - $1.value) }
    }

    /// Waits until a schema is known, or until the lookup has given up.
    private func known(_ schema: Int32?) async {
        guard let schema, let codec = try? daemon.schemas.codec() else { return }
        while !codec.isSettled(schema), (try? await Task.sleep(for: .milliseconds(100))) != nil {}
    }

    /// Runs one generation of the consumer and its producer. Any error ends both; the next generation starts from what is stored.
    private func live() async throws {
        let consumer = try KafkaConsumer(
            daemon.settings.kafka,
            group: ConsumerGeneration.group,
            topics: [Topic.telemetryRaw.name],
            options: ConsumerGeneration.consumerOptions
        )
        defer { reached.withLock { $0 = nil } }
        do {
            let transactions = try await KafkaTransactions(daemon.settings.kafka, id: settings.instance)
            do {
                let codec = try daemon.schemas.codec()
                var generation = ConsumerGeneration(
                    consumer,
                    transactions,
                    store,
                    settings.timing,
                    daemon,
                    codec,
                    now: now
                )
                do {
                    while let event = try await consumer.next() {
                        try await generation.handle(event, registry.current)
                        if case .assigned = event { trouble.withLock { $0 = nil } }
                        let positions = generation.positions
                        reached.withLock { $0 = (consumer, positions) }
                    }
                } catch {
                    await generation.end()
                    throw error
                }
                await generation.end()
            } catch {
                await transactions.close()
                throw error
            }
            await transactions.close()
        } catch {
            await consumer.close()
            throw error
        }
        await consumer.close()
    }
}
