import Foundation
import LocalServers
import TestSupport
import Testing

/// No daemon may be ended by input that no client should send. All daemons share one server, but each has its own routes.
@Suite struct ExchangeTests {
    private static let seed: UInt64 = 9

    @Test func malformedExchangesEndNoDaemon() async throws {
        try await Fleet.run { fleet in
            let api = try await API(base: fleet.gateway).login(Fleet.administrator)
            let exchanges = Attack.share(of: 480, part: 240)
            for service in Fleet.services {
                let (process, port) = try await (fleet.process(service), fleet.port(service))
                let filesBefore = process.openFiles
                let done = await Attack.run(
                    on: port,
                    exchanges: exchanges,
                    seed: Self.seed,
                    paths: [
                        "/api/v1/auth/refresh", "/api/v1/workorders", "/api/v1/assets", "/api/v1/sites",
                        "/api/v1/sync/push",
                        "/api/v1/sync/pull", "/api/v1/alert-rules", "/api/v1/users", "/healthz", "/readyz", "/metrics",
                        "/nothing",
                    ],
                    token: api.token,
                    // What stays open is the gateway's, but nobody must be ended by it.
                    forms: [.requests, .requests, .requests, .webSocket, .events]
                )
                try #require(process.isRunning, "\(service) is gone after \(done) exchanges:\n\(process.lastWords)")
                #expect(done == exchanges)
                try await DaemonServer.untilReady(service, port: port, in: fleet.directory)
                try await eventually("\(service) to close its connections: \(process.openFiles), \(filesBefore) before")
                {
                    process.openFiles <= filesBefore + 8 ? true : nil
                }
                #expect(process.peakMemory < 400 << 20, "\(service): \(process.peakMemory >> 20) MB")
            }
        }
    }
}
