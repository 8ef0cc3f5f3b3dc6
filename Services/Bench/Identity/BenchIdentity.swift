import ArgumentParser
import Foundation
import LocalFleet
import LocalServers

/// Measures who may come in: logins, refreshes, the change of signing keys under load, the audit log's verification, and what the gateway does
/// with more requests than can be answered.
struct BenchIdentity: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identity",
        abstract:
            "Measures logins, refreshes, a change of keys under load, the verification of the audit log, and shedding."
    )

    @Option(help: "How long each measurement takes, in seconds.")
    var seconds = 6

    @Option(help: "How often logins and refreshes are measured; the medians are told.")
    var rounds = 3

    @Option(help: "Measures only parts whose names contain this text: login, refresh, audit, shedding, keys.")
    var only: String?

    func run() async throws {
        try Bench.prepare()
        try await Bench.withFleet { stack in
            let site = try await APISite.prepare(stack, orders: 10_000)
            let folder = stack.directory.appending(path: "identity")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let gateway = try await Self.gateway(stack, folder)
            let result: Result<Void, any Error>
            do {
                try await measure(site, gateway, folder)
                result = .success(())
            } catch {
                result = .failure(error)
            }
            await gateway.process.stop()
            try result.get()
        }
    }

    private func measure(_ site: APISite, _ gateway: DaemonServer, _ folder: URL) async throws {
        func isWanted(_ part: String) -> Bool { only.map(part.contains) ?? true }
        let wrk = Wrk(folder: folder, token: site.token)
        if isWanted("login") { try await LoginRounds(site: site, wrk: wrk).run(rounds, seconds) }
        let sessions = try await Sessions.logIn(64, at: "http://127.0.0.1:\(site.stack.port("auth"))")
        if isWanted("refresh") {
            try await RefreshRounds(stack: site.stack, sessions: sessions).run(rounds, seconds)
        }
        if isWanted("audit") { try await AuditRounds(stack: site.stack, folder: folder, token: site.token).run(rounds) }
        if isWanted("shedding") {
            try await SheddingRounds(site: site, gateway: gateway, wrk: wrk, folder: folder).run(seconds)
        }
        if isWanted("keys") {
            try await KeyDrill(stack: site.stack, gateway: gateway, sessions: sessions, folder: folder).run(for: 40)
        }
    }

    /// A gateway of the fleet whose limits per minute no client of the benchmark meets. Each request is counted nevertheless.
    private static func gateway(_ stack: Stack, _ folder: URL) async throws -> DaemonServer {
        guard let spec = DaemonSpec.all.first(where: { $0.name == "gateway" }) else { throw Refusal("no gateway") }
        var environment = try spec.environment(in: stack)
        environment["GATEWAY_REQUESTS_PER_MINUTE"] = "1000000"
        environment["LOG_LEVEL"] = "warning"
        let server = try await DaemonServer.start("gateway", port: Port.free(), environment: environment, in: folder)
        try await server.untilReady()
        return server
    }
}
