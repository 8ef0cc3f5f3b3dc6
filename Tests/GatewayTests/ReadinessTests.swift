import Access
import AsyncHTTPClient
import LocalServers
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
