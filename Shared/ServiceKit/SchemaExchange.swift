public import EventSchema
import Foundation
public import Kafka
public import Logging
public import ServiceLifecycle
import Synchronization

/// Says in the topic ``Topic/schemas`` which schemas this build writes events with, and learns there what others write with.
///
/// So a consumer can read events of a newer build while a fleet is upgraded, with no schema registry and whether or not there is
/// one. A schema that another build gave to an id of ours would make us misread its events: that is an error in the log, and the
/// daemon is not ready until somebody has corrected it.
public final class SchemaExchange: Service {
    /// What has been learnt so far.
    public let learned = LearnedSchemas()

    private let settings: KafkaSettings
    private let replicationFactor: Int
    private let catalog: Result<SchemaCatalog, any Error>
    private let metrics: Metrics
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        /// Our ids that are correct in the topic.
        var told: Set<Int32> = []
        var conflicts: [Int32: String] = [:]
        /// Whether what was in the topic at the start has been read.
        var isRead = false
    }

    /// The value of a record; its key is the schema's id.
    private struct Announcement: Codable {
        var name: String
        var schema: String
    }

    /// - Parameter catalog: The schemas of this build.
    public init(
        _ settings: KafkaSettings,
        replicationFactor: Int = 1,
        catalog: Result<SchemaCatalog, any Error> = SchemaCatalog.committed,
        metrics: Metrics = Metrics(),
        logger: Logger
    ) {
        self.metrics = metrics
        self.settings = settings
        self.replicationFactor = replicationFactor
        self.catalog = catalog
        self.logger = logger
    }

    /// A codec that reads what this build knows and what it has learnt.
    ///
    /// - Throws: ``AvroError`` when a committed schema is broken, which a test rules out.
    public func codec() throws -> EventCodec { EventCodec(catalog: try catalog.get(), learned: learned) }

    /// - Throws: ``NotReady`` until the others' schemas are known, and while one of our ids belongs to another schema: a new build that
    ///   would misread events does not become ready.
    public func check() throws {
        let (isRead, conflicts) = state.withLock { ($0.isRead, $0.conflicts.values.sorted()) }
        guard conflicts.isEmpty else { throw NotReady(conflicts.joined(separator: "; ")) }
        guard isRead else { throw NotReady("the schemas of the others are still being read") }
    }

    public func run() async throws {
        let catalog = try catalog.get()
        try await cancelWhenGracefulShutdown {
            try? await TopicSetup.ensure(
                [.schemas],
                self.settings,
                replicationFactor: self.replicationFactor,
                logger: self.logger
            )
            let reader = TopicReader(
                self.settings,
                topics: [Topic.schemas.name],
                metrics: self.metrics,
                logger: self.logger
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await reader.run { message in
                        do {
                            try self.learn(message, catalog)
                        } catch {
                            reader.skip(message, because: error)
                        }
                    }
                }
                group.addTask {
                    while !reader.hasCaughtUp { try await Task.sleep(for: .milliseconds(20)) }
                    self.state.withLock { $0.isRead = true }
                    try await self.publish(catalog)
                }
                // Neither ends by itself, except after a refusal or at shutdown.
                try await group.next()
                try await group.next()
            }
        }
    }

    private struct NoID: Error, CustomStringConvertible {
        let description = "the key is not a schema's id"
    }

    private func learn(_ message: KafkaMessage, _ catalog: SchemaCatalog) throws {
        guard let id = message.key.flatMap({ Int32(String(decoding: $0, as: UTF8.self)) }) else { throw NoID() }
        guard let value = message.value else { return learned.abandon(id) }
        let announcement = try JSONDecoder().decode(Announcement.self, from: Data(value))
        let entry = try SchemaCatalog.Entry(name: announcement.name, id: id, text: Array(announcement.schema.utf8))
        if let ours = catalog[id: id] {
            compare(ours, entry)
        } else {
            learned.learn(entry)
        }
    }

    private func compare(_ ours: SchemaCatalog.Entry, _ theirs: SchemaCatalog.Entry) {
        let agrees = ours.name == theirs.name && ours.schema == theirs.schema
        let conflict = "the schema \(ours.id) is \(ours.name) here, and \(theirs.name) in \(Topic.schemas.name)"
        state.withLock { state in
            state.told.insert(ours.id)
            state.conflicts[ours.id] = agrees ? nil : conflict
        }
        if !agrees { logger.error("two schemas have one id", metadata: ["error": "\(conflict)"]) }
    }

    /// Writes what is missing, and retries until it succeeds.
    private func publish(_ catalog: SchemaCatalog) async throws {
        let missing = state.withLock { state in catalog.entries.filter { !state.told.contains($0.id) } }
        guard !missing.isEmpty else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let records = try missing.map { entry in
            let announcement = Announcement(name: entry.name, schema: String(decoding: entry.text, as: UTF8.self))
            return KafkaRecord(
                topic: Topic.schemas.name,
                key: Array("\(entry.id)".utf8),
                value: Array(try encoder.encode(announcement))
            )
        }
        let producer = try KafkaProducer(settings)
        var pause = Duration.milliseconds(250)
        while true {
            do {
                try await producer.send(records)
                break
            } catch let error as KafkaError {
                logger.warning("schemas not told", metadata: ["error": "\(error)"])
                try await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(30))
            }
        }
        await producer.close()
    }
}
