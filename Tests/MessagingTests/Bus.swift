import EventSchema
import Foundation
import Identifiers
import Kafka
import LocalServers
import Logging
import Messaging
import Postgres
import ServiceKit
import ServiceLifecycle
import TestSupport

/// A database of a service and a log, both for one test, so that the topics hold only records that the test has written.
struct Bus: Sendable {
    let database: Database
    let broker: BrokerServer
    let daemon: Daemon

    static let migrations: [Migration] =
        .shared + [Migration("m0001_test", Array("CREATE TABLE handled (session_id uuid, note text)".utf8))]

    /// Runs `body` and returns its result.
    static func value<Value: Sendable>(_ body: (Bus) async throws -> Value) async throws -> Value {
        var value: Value?
        try await run { value = try await body($0) }
        guard let value else { throw NotReady("nothing came of it") }
        return value
    }

    /// - Parameter wire: If given, clients connect to the broker through it.
    static func run(
        collector: String? = nil,
        port: Int? = nil,
        over wire: Wire? = nil,
        _ body: (Bus) async throws -> Void
    ) async throws {
        let folder = TestServers.directory.appending(path: "bus-\(UUID().uuidString)")
        let broker = try await BrokerServer.start(
            in: folder,
            port: port,
            options: wire.map { ["--advertise", "127.0.0.1:\($0.port)"] } ?? []
        )
        try await withDatabase(migrations) { database in
            let environment = Environment(["KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap])
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let settings = CommonSettings(environment, service: "test", defaultPort: 0, logger: logger)
            let daemon = Daemon(settings, endpoint: collector, logger: logger)
            try await daemon.ensureTopics(Topic.all)
            try await body(Bus(database: database, broker: broker, daemon: daemon))
        }
        await broker.process.stop()
    }

    /// Runs the services until `body` ends.
    func running(_ services: any Service..., while body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services { group.addTask { try await service.run() } }
            try await body()
            group.cancelAll()
            while (try? await group.next()) != nil {}
        }
    }

    // MARK: - Writing

    /// Writes an event to the log as another service would. Two writes with the same id are the same event.
    func write<E: Event>(_ event: E, id: EventID = .new()) async throws {
        try await write(EventCodec.committed().encode(event), of: E.self, key: event.key, id)
    }

    func write<E: Event>(_ value: [UInt8]?, of _: E.Type, key: String, _ id: EventID = .new()) async throws {
        let headers = Self.headers(E.name, id)
        try await send(KafkaRecord(topic: E.topic.name, key: Array(key.utf8), value: value, headers: headers))
    }

    func send(_ record: KafkaRecord) async throws {
        let producer = try KafkaProducer(daemon.settings.kafka)
        try await producer.send(record)
        await producer.close()
    }

    static func headers(_ type: String, _ id: EventID = .new()) -> [KafkaHeader] {
        EventMetadata(id: id, type: type, source: "elsewhere", time: Date(), tenant: nil).headers.map {
            KafkaHeader(name: $0.name, value: $0.value)
        }
    }

    static func session() -> SessionEnded { SessionEnded(session: .new(), user: .new(), endedAt: Date()) }

    static func user(_ id: UserID = .new(), version: Int64 = 1) -> UserState {
        UserState(
            id: id,
            tenant: .new(),
            email: "tara@example.org",
            displayName: "Tara",
            phone: nil,
            roles: ["technician"],
            sites: [],
            assets: [],
            team: nil,
            employment: .employee,
            skills: [],
            isActive: true,
            version: version
        )
    }

    // MARK: - Reading

    /// Waits until the topic has at least `count` records and returns all its records.
    func records(_ topic: Topic, atLeast count: Int) async throws -> [KafkaMessage] {
        let partitions = (0..<topic.partitions).map { TopicPartition(topic: topic.name, partition: Int32($0)) }
        let reader = try KafkaConsumer(
            daemon.settings.kafka,
            reading: Dictionary(uniqueKeysWithValues: partitions.map { ($0, 0) })
        )
        var found: [KafkaMessage] = []
        var ended: Set<TopicPartition> = []
        while found.count < count || ended.count < topic.partitions, let event = try await reader.next() {
            switch event {
            case .records(let records): found += records
            case .reachedEnd(let partition, _): ended.insert(partition)
            default: break
            }
        }
        await reader.close()
        return found
    }

    func handled() async throws -> [String] {
        try await database.query("SELECT note FROM handled ORDER BY note").map { try $0["note"] }
    }

    /// Records in the database that the end of a session was handled.
    static func note(_ delivery: Delivery<SessionEnded>, _ tx: Transaction, _ note: String = "handled") async throws {
        try await tx.execute("INSERT INTO handled VALUES (\(delivery.event.session), \(note))")
    }
}

extension KafkaMessage {
    func header(_ name: String) -> String? {
        headers.first { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
    }
}
