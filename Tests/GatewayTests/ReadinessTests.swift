import Access
import AsyncHTTPClient
import Kafka
import LocalServers
import Logging
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Gateway

/// The daemon as a process, in front of a broker and a Redis of its own.
@Suite struct ReadinessTests {
    @Test func theDaemonIsReadyOnlyWhileItsStoreAndTheLogAre() async throws {
        let process = try await GatewayProcess("readiness")
        let (gateway, broker, redis) = (process.daemon, process.broker, process.redis)

        await broker.process.kill()
        try await untilNotReady(gateway, because: "log: ")
        let revived = try await BrokerServer.start(in: process.directory, port: broker.port)
        try await gateway.untilReady()

        await redis.process.kill()
        try await untilNotReady(gateway, because: "redis: ")
        let other = try await RedisServer.start(in: process.directory, port: redis.port)
        try await gateway.untilReady()

        for process in [gateway.process, revived.process, other.process] { await process.stop() }
    }

    @Test func theDaemonEndsWhenATopicIsSetUpInAnotherWay() async throws {
        let directory = TestServers.directory.appending(path: "gateway-refusal")
        let broker = try await BrokerServer.start(in: directory)
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let kafka = KafkaSettings(bootstrapServers: broker.bootstrap, clientID: "test", logger: quiet)
        // As a log makes it when somebody only looks for it.
        try await KafkaAdmin(kafka).create([.init(name: "auth.keys", partitions: 1)])
        let environment = [
            "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap, "REDIS_URL": try await TestServers.redis().url,
        ].merging(Upstream.allCases.map { ("GATEWAY_\($0.rawValue.variable)_URL", "http://127.0.0.1:1") }) { $1 }
        let gateway = try await DaemonServer.start(
            "gateway",
            port: Port.free(),
            environment: environment,
            in: directory
        )
        try await eventually("the daemon to end", within: .seconds(20)) { gateway.process.isRunning ? nil : true }
        #expect(
            gateway.process.lastWords.contains("gateway: topic auth.keys: cleanup.policy is delete, not compact")
        )
        await broker.process.stop()
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
