import Access
import AsyncHTTPClient
import EventSchema
import Foundation
import Identifiers
import Kafka
import LocalServers
import Logging
import NIOCore
import NIOHTTP1
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// The daemon as a process, in front of a broker and a Redis of its own.
@Suite struct ReadinessTests {
    @Test func theDaemonIsReadyOnlyWhileItsStoreAndTheLogAre() async throws {
        let directory = TestServers.directory.appending(path: "gateway-readiness")
        let broker = try await BrokerServer.start(in: directory)
        let redis = try await RedisServer.start(in: directory)
        try await publishKey(to: broker)
        let environment = [
            "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap, "REDIS_URL": redis.url,
        ].merging(Upstream.allCases.map { ("GATEWAY_\($0.rawValue.variable)_URL", "http://127.0.0.1:1") }) { $1 }
        let gateway = try await DaemonServer.start(
            "gateway",
            port: Port.free(),
            environment: environment,
            in: directory
        )
        try await gateway.untilReady()

        await broker.process.kill()
        try await untilNotReady(gateway, because: "log: ")
        let revived = try await BrokerServer.start(in: directory, port: broker.port)
        try await gateway.untilReady()

        await redis.process.kill()
        try await untilNotReady(gateway, because: "redis: ")
        let other = try await RedisServer.start(in: directory, port: redis.port)
        try await gateway.untilReady()

        for process in [gateway.process, revived.process, other.process] { await process.stop() }
    }

    /// What auth would have published: no daemon is ready before it knows a key.
    private func publishKey(to broker: BrokerServer) async throws {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let kafka = KafkaSettings(bootstrapServers: broker.bootstrap, clientID: "test", logger: quiet)
        try await TopicSetup.ensure(
            [.authKeys, .authPolicies, .authSessions],
            kafka,
            replicationFactor: 1,
            logger: quiet
        )
        let producer = try KafkaProducer(kafka)
        try await producer.send(KafkaRecord(try await TestAuthority(roles: [:]).signingKey, of: .sunfield))
        await producer.close()
    }

    private func untilNotReady(_ daemon: DaemonServer, because reason: String) async throws {
        try await eventually("not ready because of \(reason)", within: .seconds(20)) {
            let answer = try await HTTPClient.shared.execute(
                HTTPClientRequest(url: "http://127.0.0.1:\(daemon.port)/readyz"),
                timeout: .seconds(10)
            )
            let body = String(buffer: try await answer.body.collect(upTo: 1 << 16))
            return answer.status == .serviceUnavailable && body.contains(reason) ? true : nil
        }
    }
}
