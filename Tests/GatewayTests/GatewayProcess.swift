import Access
import EventSchema
import Foundation
import Identifiers
import Kafka
import LocalServers
import Logging
import ServiceKit
import TestSupport

@testable import Gateway

/// The daemon as a process, with its own broker and Redis.
struct GatewayProcess: Sendable {
    let daemon: DaemonServer
    let broker: BrokerServer
    let redis: RedisServer
    /// A valid token.
    let token: String
    let directory: URL

    /// Starts the daemon and waits until it is ready.
    ///
    /// - Parameters:
    ///   - service: The base URL of all services.
    ///   - grants: What the token's bearer may do.
    init(
        _ name: String,
        service: String = "http://127.0.0.1:1",
        _ settings: [String: String] = [:],
        grants: [Grant] = []
    ) async throws {
        directory = TestServers.directory.appending(path: "gateway-\(name)")
        broker = try await BrokerServer.start(in: directory)
        redis = try await RedisServer.start(in: directory)
        let authority = try await TestAuthority(roles: [:])
        try await Self.publishKey(of: authority, to: broker, RolePolicyState.sample("bearer", grants))
        token = try await authority.token(.new(), of: .sunfield, roles: ["bearer"])
        let environment = [
            "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap, "REDIS_URL": redis.url,
            "BROWSER_KEYS": String(repeating: "b", count: 32),
        ]
        .merging(Upstream.all.map { ("GATEWAY_\($0.rawValue.variable)_URL", service) }) { $1 }
        .merging(settings) { $1 }
        daemon = try await DaemonServer.start("gateway", port: Port.free(), environment: environment, in: directory)
        try await daemon.untilReady()
    }

    func stop() async {
        for process in [daemon.process, broker.process, redis.process] { await process.stop() }
    }

    /// Publishes a key as auth does, and roles. No daemon is ready before it knows a key.
    static func publishKey(of authority: TestAuthority, to broker: BrokerServer, _ roles: RolePolicyState...)
        async throws
    {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let kafka = KafkaSettings(bootstrapServers: broker.bootstrap, clientID: "test", logger: quiet)
        try await TopicSetup.ensure(
            [.authKeys, .authPolicies, .authSessions],
            kafka,
            replicationFactor: 1,
            logger: quiet
        )
        let producer = try KafkaProducer(kafka)
        try await producer.send(KafkaRecord(authority.signingKey, of: .sunfield))
        for role in roles { try await producer.send(KafkaRecord(role, of: .sunfield)) }
        await producer.close()
    }
}
