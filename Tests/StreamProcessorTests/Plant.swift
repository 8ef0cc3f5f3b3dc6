import EventSchema
import Foundation
import Identifiers
import Kafka
import LocalServers
import Postgres
import ServiceKit
import ServiceLifecycle
import Synchronization
import TestSupport

@testable import StreamProcessor

/// The real pipeline with a log and a database of the test's own.
struct Plant: Sendable {
    let daemon: Daemon
    let store: TelemetryStore
    let clock = Clock()

    /// The processor's clock changes only when the test moves it, so no asset becomes idle by itself.
    final class Clock: Sendable {
        private let time = Mutex(Date.noon.microseconds)

        var now: Int64 { time.withLock { $0 } }

        func advance(seconds: Int64) { time.withLock { $0 += seconds * 1_000_000 } }
    }

    static func run(_ body: (Plant) async throws -> Void) async throws {
        try await withDatabase(.all, maximumConnections: 8) { database in
            try await withLog(database, body)
        }
    }

    /// Runs with an empty log and a database that can have data already.
    static func withLog(_ database: Database, _ body: (Plant) async throws -> Void) async throws {
        let broker = try await BrokerServer.start(
            in: TestServers.directory.appending(path: "plant-\(UUID().uuidString)")
        )
        let authority = try await TestAuthority(roles: [:])
        let daemon = Daemon.forTests("stream-processor", authority, kafka: broker.bootstrap)
        try await daemon.ensureTopics([
            .telemetryRaw, .telemetryValidated, .telemetryInvalid, .telemetryAggregates, .alertsCritical, .alertRules,
            .assetSensors, .assetEvents,
        ])
        do {
            try await body(Plant(daemon: daemon, store: TelemetryStore(database: database)))
        } catch {
            await broker.process.stop()
            throw error
        }
        await broker.process.stop()
    }

    /// An instance of the processor.
    struct Instance: Sendable {
        let pipeline: Pipeline
        let tasks: [Task<Void, any Error>]

        /// Stops it at any point.
        func stop() async {
            for task in tasks { task.cancel() }
            for task in tasks { _ = await task.result }
        }
    }

    func start(_ name: String = "stream-processor-0") -> Instance {
        let registry = RegistryFeed(daemon, store)
        let environment = Environment(["DATABASE_URL": "postgres://nobody@localhost/unused", "STREAM_INSTANCE": name])
        let pipeline = Pipeline(daemon, Settings(environment), store, registry, now: { clock.now })
        let tasks = ([registry, pipeline] as [any Service]).map { service in Task { try await service.run() } }
        return Instance(pipeline: pipeline, tasks: tasks)
    }

    func processing(_ name: String = "stream-processor-0", while body: (Pipeline) async throws -> Void) async throws {
        let instance = start(name)
        do {
            try await body(instance.pipeline)
        } catch {
            await instance.stop()
            throw error
        }
        await instance.stop()
    }

    // MARK: - Writing

    func publish<E: Event>(_ events: E...) async throws {
        let codec = try EventCodec.committed()
        try await write(
            events.map { KafkaRecord(topic: E.topic.name, key: Array($0.key.utf8), value: try codec.encode($0)) }
        )
    }

    func send(_ records: [TelemetryReceived]) async throws {
        try await write(
            records.map {
                KafkaRecord(
                    topic: Topic.telemetryRaw.name,
                    key: Array($0.key.utf8),
                    value: TelemetryEncoding.encode($0)
                )
            }
        )
    }

    func write(_ records: [KafkaRecord]) async throws {
        let producer = try KafkaProducer(daemon.settings.kafka)
        try await producer.send(records)
        await producer.close()
    }

    // MARK: - Results

    /// The number of records whose results are stored.
    func stored() async throws -> Int64 {
        let sum = "SELECT COALESCE(sum(next_offset), 0)::bigint AS stored FROM partition_progress"
        return try await store.database.first(SQL(stringLiteral: sum))?["stored"] ?? 0
    }

    func untilStored(_ count: Int) async throws {
        try await eventually("\(count) stored records") {
            try await stored() >= count ? () : nil
        }
    }

    /// The rows of a table as sorted text.
    func rows(_ table: String) async throws -> [String] {
        try await store.database.owner.query(SQL(stringLiteral: "SELECT t::text AS row FROM \(table) t ORDER BY 1"))
            .map { try $0["row"] }
    }

    /// All committed events of one type.
    func events<E: Event>(_: E.Type) async throws -> [E] {
        let partitions = (0..<E.topic.partitions).map { TopicPartition(topic: E.topic.name, partition: Int32($0)) }
        let reader = try KafkaConsumer(
            daemon.settings.kafka,
            reading: Dictionary(uniqueKeysWithValues: partitions.map { ($0, 0) })
        )
        let codec = try EventCodec.committed()
        var found: [E] = []
        var ended: Set<TopicPartition> = []
        while ended.count < partitions.count, let event = try await reader.next() {
            switch event {
            case .records(let records):
                // The topic can contain other events too.
                for record in records where try record.type == E.name {
                    found.append(try codec.decode(E.self, from: record.value ?? []))
                }
            case .reachedEnd(let partition, _): ended.insert(partition)
            default: break
            }
        }
        await reader.close()
        return found
    }
}

extension KafkaMessage {
    /// The `ce_type` header.
    fileprivate var type: String {
        get throws { try EventMetadata(headers: headers.map { ($0.name, $0.value) }).type }
    }
}
