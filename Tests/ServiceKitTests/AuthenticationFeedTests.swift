import EventSchema
import Foundation
import Identifiers
import Kafka
import LocalServers
import Logging
import TestSupport
import Testing

@testable import ServiceKit

/// What auth publishes takes effect in every daemon.
@Suite(.timeLimit(.minutes(10))) struct AuthenticationFeedTests {
    @Test func keysOfMachinesAndSuspensionsTakeEffect() async throws {
        let broker = try await BrokerServer.start(in: TestServers.directory.appending(path: "feed-\(UUID())"))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let environment = Environment(["KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap])
        let settings = CommonSettings(environment, service: "test", defaultPort: 0, logger: logger)
        let daemon = Daemon(settings, logger: logger)
        try await daemon.ensureTopics([
            .schemas, .authKeys, .authPolicies, .authUsers, .authSessions, .authTenants, .authAPIKeys,
        ])
        let feed = AuthenticationFeed(
            settings.kafka,
            daemon.topics,
            authenticator: daemon.authenticator,
            schemas: daemon.schemas,
            metrics: daemon.metrics,
            logger: logger
        )
        let tasks = [Task { try await daemon.schemas.run() }, Task { try await feed.run() }]
        let producer = try KafkaProducer(settings.kafka)
        let text = APIKeyText(id: .sample(8), secret: "secret")
        let key = APIKeyState(
            id: text.id,
            tenant: .sunfield,
            hash: Data(text.hash),
            roles: ["viewer"],
            sites: [],
            assets: [],
            expiresAt: Date() + 60
        )
        try await producer.send([try record(TestAuthority(roles: [:]).signingKey), try record(key)])
        try await eventually("the key to be accepted") { try await code(daemon, text) == nil ? () : nil }
        let principal = try await daemon.authenticator.authenticate(text.text, at: Date())
        #expect((principal.user, principal.tenant, principal.roles) == (text.id, .sunfield, ["viewer"]))
        var tenant = TenantState(
            id: .sunfield,
            name: "Sunfield",
            isSuspended: true,
            timeZone: "UTC",
            currency: "EUR",
            language: "en",
            contractorsFrom: nil,
            contractorsUntil: nil,
            startWindowMinutes: nil,
            requiresSkills: false,
            allowedOrigins: [],
            version: 2
        )
        try await producer.send([try record(tenant)])
        try await eventually("the suspension") { try await code(daemon, text) == "tenant_suspended" ? () : nil }
        tenant.isSuspended = false
        try await producer.send([try record(tenant)])
        try await eventually("its end") { try await code(daemon, text) == nil ? () : nil }
        try await producer.send([
            KafkaRecord(topic: Topic.authAPIKeys.name, key: Array(key.key.utf8), value: nil)
        ])
        try await eventually("the revocation") { try await code(daemon, text) == "api_key_invalid" ? () : nil }
        await producer.close()
        for task in tasks { task.cancel() }
        for task in tasks { _ = await task.result }
        await broker.process.stop()
    }

    /// Why the key is refused; `nil` if it is accepted.
    private func code(_ daemon: Daemon, _ text: APIKeyText) async throws -> String? {
        do {
            _ = try await daemon.authenticator.authenticate(text.text, at: Date())
            return nil
        } catch let problem as Problem {
            return problem.code
        }
    }

    private func record(_ event: some Event) throws -> KafkaRecord {
        let value = try EventCodec.committed().encode(event)
        return KafkaRecord(topic: type(of: event).topic.name, key: Array(event.key.utf8), value: value)
    }
}
