import HTTPTypes
import Hummingbird
import HummingbirdTesting
import LocalServers
import Logging
import ServiceLifecycle
import TestSupport
import Testing

@testable import ServiceKit

/// What operators see of a daemon.
@Suite struct OperationsTests {
    @Test func aDaemonIsReadyFromWhenItListensUntilItStops() async throws {
        let daemon = Daemon.forTests("daemon", try await TestAuthority(roles: [:]), port: try Port.free())
        // There is no log in this test.
        for name in ["schemas", "authentication", "log", "topics"] { daemon.health.add(name) {} }
        let services: [any Service] = [
            daemon.server(try daemon.router([])), ReadinessEnd(health: daemon.health),
        ]
        let group = ServiceGroup(configuration: .init(services: services, logger: daemon.logger))
        try await Application(router: daemon.operations()).test(.router) { operators in
            func readiness() async throws -> (HTTPResponse.Status, String) {
                let answer = try await operators.execute(uri: "/readyz", method: .get)
                return (answer.status, String(buffer: answer.body))
            }
            let before = try await readiness()
            #expect(before.0 == .serviceUnavailable)
            #expect(before.1.contains("the daemon is starting"))
            async let running: Void = group.run()
            _ = try await eventually("the daemon to be ready") { try await readiness().0 == .ok ? true : nil }
            daemon.health.add("store", .partial) { throw NotReady("away") }
            let without = try await readiness()
            #expect(without.0 == .ok)
            #expect(without.1 == "ready, without store: away\n")
            let metrics = try await operators.execute(uri: "/metrics", method: .get)
            #expect(String(buffer: metrics.body).contains(#"health_check_failed{check="store"} 1.0"#))
            #expect(String(buffer: metrics.body).contains(#"health_check_failed{check="log"} 0.0"#))
            await group.triggerGracefulShutdown()
            try await running
            let after = try await readiness()
            #expect(after.0 == .serviceUnavailable)
            #expect(after.1.contains("the daemon is stopping"))
            // It still lives.
            let health = try await operators.execute(uri: "/healthz", method: .get)
            #expect(health.status == .ok)
        }
    }

    @Test func thePortForClientsShowsNothingOfThis() async throws {
        let daemon = Daemon.forTests("daemon", try await TestAuthority(roles: [:]))
        try await Application(router: try daemon.router([])).test(.router) { client in
            for path in ["/readyz", "/metrics"] {
                let answer = try await client.execute(uri: path, method: .get)
                #expect(answer.status == .notFound)
            }
        }
    }

    @Test(arguments: [
        ([:], "127.0.0.1", 9081), (["HTTP_PORT": "7000"], "127.0.0.1", 8000), (["HTTP_PORT": "0"], "127.0.0.1", 0),
        (["OPERATIONS_HOST": "0.0.0.0", "OPERATIONS_PORT": "7001"], "0.0.0.0", 7001),
    ])
    func theirPortIsBesideThatForClients(variables: [String: String], host: String, port: Int) throws {
        let environment = Environment(variables.merging(["KAFKA_BOOTSTRAP_SERVERS": "x:1"]) { $1 })
        let settings = CommonSettings(
            environment,
            service: "daemon",
            defaultPort: 8081,
            logger: Daemon.quiet
        )
        try environment.check()
        #expect(settings.operationsHost == host)
        #expect(settings.operationsPort == port)
    }
}

extension Daemon {
    fileprivate static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
