import Foundation
import LocalServers
import TestSupport

@testable import Gateway

/// A gateway and auth as processes, with their own stores.
enum BrowserStack {
    /// Administers the tenant `Browser` and the installation.
    static let person = (email: "anna@browser.example", password: "correct horse battery")

    /// Runs a gateway and auth.
    ///
    /// - Parameter requiresMFA: Whether roles can require a second factor.
    static func run(
        _ name: String,
        requiresMFA: Bool = false,
        _ body: (_ port: Int) async throws -> Void
    ) async throws {
        let directory = TestServers.directory.appending(path: "browser-\(name)")
        let broker = try await BrokerServer.start(in: directory)
        let redis = try await RedisServer.start(in: directory)
        let database = try await TestServers.postgres().makeDatabase("browser_\(name)")
        let (port, authPort) = (try Port.free(), try Port.free())
        let shared = [
            "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap, "REDIS_URL": redis.url,
            "BROWSER_KEYS": String(repeating: "b", count: 32), "PUBLIC_URL": "http://localhost:\(port)",
        ]
        let auth = try await DaemonServer.start(
            "auth",
            port: authPort,
            environment: shared.merging(database) { $1 }.merging([
                "LINK_KEYS": String(repeating: "l", count: 32), "AUTH_BOOTSTRAP_TENANT": "Browser",
                "AUTH_BOOTSTRAP_EMAIL": person.email, "AUTH_BOOTSTRAP_PASSWORD": person.password,
                "AUTH_REQUIRE_MFA": requiresMFA ? "by-role" : "off",
            ]) { $1 },
            in: directory
        )
        let upstreams = Upstream.all.map { ("GATEWAY_\($0.rawValue.variable)_URL", "http://127.0.0.1:\(authPort)") }
        let gateway = try await DaemonServer.start(
            "gateway",
            port: port,
            environment: shared.merging(upstreams) { $1 },
            in: directory
        )
        do {
            for daemon in [auth, gateway] { try await daemon.untilReady() }
            try await body(port)
        } catch {
            throw UnexpectedAnswer(text: "\(error)\n\(gateway.process.lastWords)\n\(auth.process.lastWords)")
        }
        for process in [gateway.process, auth.process, broker.process, redis.process] { await process.stop() }
    }
}
