import EventSchema
import Foundation
import Kafka
import LocalServers
import Logging
import ServiceKit
import TestSupport
import Testing

/// Keys, roles and users that a newer build wrote are skipped by this build, but not without a count.
@Suite(.timeLimit(.minutes(10))) struct UnknownEventTests {
    @Test func theAuthenticationFeedCountsWhatItSkips() async throws {
        let broker = try await BrokerServer.start(in: TestServers.directory.appending(path: "unknown-\(UUID())"))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let environment = Environment(["KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap])
        let settings = CommonSettings(environment, service: "test", defaultPort: 0, logger: logger)
        let daemon = Daemon(settings, logger: logger)
        try await daemon.ensureTopics([.schemas, .authKeys, .authPolicies, .authUsers, .authSessions])

        let key = try await TestAuthority(roles: [:]).signingKey
        let badge = try NewerSchema("auth.badge.v1", id: 990, of: SigningKeyState.name)
        let producer = try KafkaProducer(settings.kafka)
        try await producer.send([
            try badge.announcement(),
            try badge.record(key),
            KafkaRecord(topic: Topic.authUsers.name, key: Array("k".utf8), value: [1, 2, 3]),
        ])
        await producer.close()

        let feed = AuthenticationFeed(
            settings.kafka,
            daemon.topics,
            authenticator: daemon.authenticator,
            schemas: daemon.schemas,
            metrics: daemon.metrics,
            logger: logger
        )
        let tasks = [Task { try await daemon.schemas.run() }, Task { try await feed.run() }]
        let skipped = ["auth.keys", "auth.users"].map {
            daemon.metrics.counter("records_skipped_total", "", ["topic": $0])
        }
        try await eventually("both records to be skipped") { skipped.allSatisfy { $0.total > 0 } ? () : nil }
        #expect(skipped.map(\.total) == [1, 1])
        for task in tasks { task.cancel() }
        for task in tasks { _ = await task.result }
        await broker.process.stop()
    }
}
