import EventSchema
import Foundation
import Kafka
import LocalServers
import Logging
import ServiceKit
import TestSupport
import Testing

/// The first daemon that needs a topic creates it as the catalog says. A topic with wrong settings is refused.
@Suite(.timeLimit(.minutes(10))) struct TopicSetupTests {
    @Test func theFirstReaderCreatesTheTopicsAsTheCatalogSays() async throws {
        try await withLog { settings in
            let daemon = Daemon(settings, logger: settings.kafka.logger)
            let feed = AuthenticationFeed(
                settings.kafka,
                daemon.topics,
                authenticator: daemon.authenticator,
                logger: daemon.logger
            )
            let reading = Task { try await feed.run() }
            let names = ["auth.keys", "auth.policies", "auth.sessions"]
            let admin = try KafkaAdmin(settings.kafka)
            let found = try await eventually("the topics") {
                let found = try await admin.describe(names)
                return found.count == names.count ? found : nil
            }
            #expect(names.map { found[$0]?.configuration["cleanup.policy"] } == ["compact", "compact", "delete"])
            #expect(found["auth.sessions"]?.configuration["retention.ms"] == "86400000")
            #expect(names.map { found[$0]?.partitions } == [1, 1, 1])
            reading.cancel()
            try await reading.value
        }
    }

    @Test(arguments: [
        (["cleanup.policy": "delete"], 3, "topic auth.users: cleanup.policy is delete, not compact"),
        (
            ["cleanup.policy": "compact,delete"], 1,
            "topic auth.users: cleanup.policy is compact,delete, not compact, it has 1 partitions, not 3"
        ),
    ])
    func aStateTopicThatCouldLoseStateIsRefused(
        configuration: [String: String],
        partitions: Int,
        reason: String
    ) async throws {
        try await withLog { settings in
            let admin = try KafkaAdmin(settings.kafka)
            try await admin.create([.init(name: "auth.users", partitions: partitions, configuration: configuration)])
            let error = await #expect(throws: ConfigurationError.self) {
                try await ensure([.authKeys, .authUsers], settings)
            }
            #expect(error?.description == reason)
        }
    }

    @Test func rawTelemetryHasTwentyFourPartitions() async throws {
        try await withLog { settings in
            try await ensure([.telemetryRaw], settings)
            let found = try await KafkaAdmin(settings.kafka).describe(["telemetry.raw"])
            #expect(found["telemetry.raw"]?.partitions == 24)
        }
    }

    @Test func aTopicWithADifferentRetentionIsRefused() async throws {
        try await withLog { settings in
            let admin = try KafkaAdmin(settings.kafka)
            try await admin.create([
                .init(name: "auth.sessions", partitions: 1, configuration: ["retention.ms": "1000"]),
                // The catalog asks for Kafka's default retention here, and more partitions are allowed.
                .init(name: "sync.changes", partitions: 12),
            ])
            let error = await #expect(throws: ConfigurationError.self) {
                try await ensure([.authSessions, .syncChanges], settings)
            }
            #expect(error?.description == "topic auth.sessions: retention.ms is 1000, not 86400000")
            try await ensure([.syncChanges], settings)
        }
    }

    @Test func allTopicsAreCreatedOnceAndAcceptedAgain() async throws {
        try await withLog { settings in
            for _ in 1...2 { try await ensure(Topic.all + Topic.all.map(\.deadLetters), settings) }
        }
    }

    private func ensure(_ topics: [Topic], _ settings: CommonSettings) async throws {
        try await TopicSetup.ensure(topics, settings.kafka, replicationFactor: 1, logger: settings.kafka.logger)
    }

    /// A separate log, in which only this test creates topics.
    private func withLog(_ body: (CommonSettings) async throws -> Void) async throws {
        let broker = try await BrokerServer.start(in: TestServers.directory.appending(path: "topics-\(UUID())"))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let environment = Environment(["KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap])
        try await body(CommonSettings(environment, service: "test", defaultPort: 0, logger: logger))
        await broker.process.stop()
    }
}
