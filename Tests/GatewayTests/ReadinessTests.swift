import Access
import AsyncHTTPClient
import Foundation
import Identifiers
import Kafka
import LocalServers
import Logging
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Gateway

/// The daemon as a process, with its own broker and Redis.
@Suite struct ReadinessTests {
    @Test func withoutRedisOrTheLogTheDaemonStillServesAndReportsWhatIsDown() async throws {
        let process = try await GatewayProcess("readiness")
        let (gateway, broker, redis) = (process.daemon, process.broker, process.redis)
        // There is no service behind the gateway in this test.
        #expect(
            try await get("/api/v1/assets", from: gateway.port, process.token).body.contains("upstream_unavailable")
        )

        await broker.process.kill()
        try await until(gateway, answers: .ok, "ready, without log: ")
        // It can still verify tokens.
        #expect(
            try await get("/api/v1/assets", from: gateway.port, process.token).body.contains("upstream_unavailable")
        )
        #expect(try await get("/api/v1/assets", from: gateway.port, "x.y.z").status == .unauthorized)
        let revived = try await BrokerServer.start(in: process.directory, port: broker.port)
        try await until(gateway, answers: .ok, "ready\n")

        await redis.process.kill()
        try await until(gateway, answers: .ok, "ready, without redis: ")
        #expect(
            try await get("/api/v1/assets", from: gateway.port, process.token).body.contains("upstream_unavailable")
        )
        let other = try await RedisServer.start(in: process.directory, port: redis.port)
        try await until(gateway, answers: .ok, "ready\n")

        for process in [gateway.process, revived.process, other.process] { await process.stop() }
    }

    @Test func aDaemonThatStartsWithoutTheLogReportsWhatItWaitsFor() async throws {
        let directory = TestServers.directory.appending(path: "gateway-early")
        let port = try Port.free()
        let gateway = try await DaemonServer.start(
            "gateway",
            port: Port.free(),
            environment: try await environment(log: "127.0.0.1:\(port)"),
            in: directory
        )
        try await until(gateway, answers: .serviceUnavailable, "authentication: ")
        try await until(gateway, answers: .serviceUnavailable, "log: ")
        #expect(try await get("/healthz", from: gateway.port).status == .ok)
        // Without keys the gateway can't verify the token, so it must not reject it as invalid.
        let authority = try await TestAuthority(roles: [:])
        let token = try await authority.token(.new(), of: .sunfield, roles: [])
        #expect(try await get("/api/v1/assets", from: gateway.port, token).body.contains("keys_unknown"))

        let broker = try await BrokerServer.start(in: directory, port: port)
        try await GatewayProcess.publishKey(of: authority, to: broker)
        try await gateway.untilReady()
        #expect(try await get("/api/v1/assets", from: gateway.port, token).body.contains("upstream_unavailable"))
        for process in [gateway.process, broker.process] { await process.stop() }
    }

    @Test func theDaemonEndsIfATopicIsConfiguredDifferently() async throws {
        let directory = TestServers.directory.appending(path: "gateway-refusal")
        let broker = try await BrokerServer.start(in: directory)
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let kafka = KafkaSettings(bootstrapServers: broker.bootstrap, clientID: "test", logger: quiet)
        // As a broker creates the topic automatically when a client asks for it.
        try await KafkaAdmin(kafka).create([.init(name: "auth.keys", partitions: 1)])
        let gateway = try await DaemonServer.start(
            "gateway",
            port: Port.free(),
            environment: try await environment(log: broker.bootstrap),
            in: directory
        )
        try await eventually("the daemon to end") { gateway.process.isRunning ? nil : true }
        #expect(gateway.process.lastWords.contains("gateway: topic auth.keys: cleanup.policy is delete, not compact"))
        await broker.process.stop()
    }

    private func environment(log: String) async throws -> [String: String] {
        [
            "KAFKA_BOOTSTRAP_SERVERS": log, "REDIS_URL": try await TestServers.redis().url,
            "BROWSER_KEYS": String(repeating: "b", count: 32),
        ]
        .merging(Upstream.all.map { ("GATEWAY_\($0.rawValue.variable)_URL", "http://127.0.0.1:1") }) { $1 }
    }

    private func until(_ daemon: DaemonServer, answers status: HTTPResponseStatus, _ text: String) async throws {
        try await eventually("\(status) with \(text)") {
            let answer = try? await get("/readyz", from: daemon.operationsPort)
            return answer?.status == status && answer?.body.contains(text) == true ? true : nil
        }
    }

    private func get(
        _ path: String,
        from port: Int,
        _ token: String? = nil
    ) async throws -> (status: HTTPResponseStatus, body: String) {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        return (answer.status, String(buffer: try await answer.body.collect(upTo: 1 << 16)))
    }
}
