import EventSchema
import Foundation
import Kafka
import LocalServers
import Logging
import ServiceKit
import TestSupport
import Testing

/// The schemas that daemons publish to each other in `fleet.schemas`.
@Suite struct SchemaExchangeTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func catalog(_ schemas: [Int32: String]) throws -> SchemaCatalog {
        try SchemaCatalog(
            schemas.map { id, name in
                let record = EventName.family(of: name).replacing(".", with: "_")
                return (name, id, Array(#"{"type":"record","name":"\#(record)","fields":[]}"#.utf8))
            }
        )
    }

    @Test func daemonsLearnEachOthersSchemasAndPublishEachOnce() async throws {
        try await withLog { log in
            let old = try SchemaExchange(log.settings, catalog: .success(Self.catalog([1: "a.b.v1"])), logger: logger)
            try await log.running(old) {
                try await eventually("the first schema") { try await log.told() == ["1"] ? () : nil }
                let both = try Self.catalog([1: "a.b.v1", 2: "a.b.v2"])
                let new = SchemaExchange(log.settings, catalog: .success(both), logger: logger)
                try await log.running(new) {
                    // The old daemon is running and learns the new schema.
                    let codec = try old.codec()
                    try await eventually("the second schema") { codec.isSettled(2) ? () : nil }
                }
                // This daemon has no new schema.
                let again = SchemaExchange(log.settings, catalog: .success(both), logger: logger)
                let newest = try Self.catalog([1: "a.b.v1", 2: "a.b.v2", 3: "c.d.v1"])
                let next = SchemaExchange(log.settings, catalog: .success(newest), logger: logger)
                try await log.running(again) {
                    try await log.running(next) {
                        try await eventually("the third schema") { try await log.told().last == "3" ? () : nil }
                    }
                }
                #expect(try await log.told() == ["1", "2", "3"])
                try old.check()
            }
        }
    }

    @Test func twoSchemasWithTheSameIDAreReported() async throws {
        try await withLog { log in
            let ours = try SchemaExchange(log.settings, catalog: .success(Self.catalog([1: "a.b.v1"])), logger: logger)
            try await log.running(ours) {
                try await eventually("our schema") { try await log.told() == ["1"] ? () : nil }
            }
            let theirs = try SchemaExchange(
                log.settings,
                catalog: .success(Self.catalog([1: "c.d.v1"])),
                logger: logger
            )
            try await log.running(theirs) {
                let reason = try await eventually("the conflict") { () -> String? in
                    do {
                        try theirs.check()
                        return nil
                    } catch {
                        // Before that, the topic is still being read.
                        return "\(error)".contains("schema 1") ? "\(error)" : nil
                    }
                }
                #expect(reason == "the schema 1 is c.d.v1 here, and a.b.v1 in fleet.schemas")
            }
            // No daemon overwrites a schema that others use.
            #expect(try await log.told() == ["1"])
        }
    }

    @Test func invalidSchemaRecordsAreSkippedAndCounted() async throws {
        try await withLog { log in
            let metrics = Metrics()
            let ours = try SchemaExchange(
                log.settings,
                catalog: .success(Self.catalog([1: "a.b.v1"])),
                metrics: metrics,
                logger: logger
            )
            for (key, value) in [("x", "{}"), ("7", "{"), ("8", #"{"name":"a.b.v8","schema":"no schema"}"#)] {
                try await log.send(key, value)
            }
            try await log.running(ours) {
                let codec = try ours.codec()
                try await log.send("9", nil)
                try await eventually("the last record") { codec.isSettled(9) ? () : nil }
                #expect(!codec.isSettled(7) && !codec.isSettled(8))
                #expect(metrics.render().contains("records_skipped_total{topic=\"fleet.schemas\"} 3"))
                try await eventually("the end of the topic") { (try? ours.check()) != nil ? () : nil }
            }
        }
    }

    private struct Log: Sendable {
        let settings: KafkaSettings

        func send(_ key: String, _ value: String?) async throws {
            let producer = try KafkaProducer(settings)
            let record = KafkaRecord(
                topic: Topic.schemas.name,
                key: Array(key.utf8),
                value: value.map { Array($0.utf8) }
            )
            try await producer.send(record)
            await producer.close()
        }

        func running(_ exchange: SchemaExchange, _ body: () async throws -> Void) async throws {
            let task = Task { try await exchange.run() }
            defer { task.cancel() }
            try await body()
        }

        /// The keys of all current records, in order.
        func told() async throws -> [String] {
            let reader = try KafkaConsumer(
                settings,
                reading: [TopicPartition(topic: Topic.schemas.name, partition: 0): 0]
            )
            var keys: [String] = []
            reading: while let event = try await reader.next() {
                switch event {
                case .records(let records): keys += records.map { String(decoding: $0.key ?? [], as: UTF8.self) }
                case .reachedEnd: break reading
                default: break
                }
            }
            await reader.close()
            return keys
        }
    }

    private func withLog(_ body: (Log) async throws -> Void) async throws {
        let broker = try await BrokerServer.start(
            in: TestServers.directory.appending(path: "exchange-\(UUID().uuidString)")
        )
        let settings = KafkaSettings(bootstrapServers: broker.bootstrap, clientID: "t", logger: logger)
        try await TopicSetup.ensure([.schemas], settings, replicationFactor: 1, logger: logger)
        try await body(Log(settings: settings))
        await broker.process.stop()
    }
}
