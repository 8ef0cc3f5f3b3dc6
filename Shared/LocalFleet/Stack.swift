package import Foundation
import LocalServers

/// The fleet and its servers under `.local/`.
package struct Stack: Sendable {
    package let directory: URL
    private let ports: Ports
    private let clock = ContinuousClock()

    package init(
        directory: URL = URL(fileURLWithPath: FileManager.default.currentDirectoryPath).appending(path: ".local"),
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws {
        self.directory = directory
        let daemons = DaemonSpec.all.map { ($0.name, $0.port) }
        ports = try Ports(defaults: Self.servers.merging(daemons) { $1 }, environment: environment)
    }

    package func port(_ name: String) -> Int { ports[name] }

    /// Where a daemon says how it does.
    package func operationsPort(_ daemon: String) -> Int { DaemonServer.operationsPort(of: port(daemon)) }

    package var gateway: String { "http://127.0.0.1:\(port("gateway"))" }
    /// What people open. Browsers keep logins for `localhost` without TLS.
    package var publicURL: String { "http://localhost:\(port("gateway"))" }
    package var serverDirectory: URL { directory.appending(path: "run") }
    package var certificates: URL { directory.appending(path: "certificates") }

    package static let names = serverOrder + DaemonSpec.all.map(\.name)

    // MARK: - Commands

    /// Starts what does not run, and restarts what was built since it started. If it fails, it leaves nothing of its own running.
    package func up() async throws {
        let lock = try StackLock(directory)
        defer { lock.release() }
        let running = Self.names.filter { runFile($0).runningPID != nil }
        // Before anything starts: the most common failure should cost nothing.
        for name in Self.names where !running.contains(name) { try Port.require(port(name), for: name) }
        for daemon in DaemonSpec.all where !running.contains(daemon.name) {
            try Port.require(operationsPort(daemon.name), for: daemon.name)
        }
        // The broker's second one.
        if !running.contains("broker") { try Port.require(port("schema-registry"), for: "schema-registry") }
        do {
            try await startServers()
            try await startDaemons()
        } catch {
            await stop(Self.names.filter { !running.contains($0) })
            throw error
        }
    }

    /// Ends everything that runs.
    package func down() async throws {
        let lock = try StackLock(directory)
        defer { lock.release() }
        await stop(Self.names)
        say("nothing of dCMMS runs any more")
    }

    package func printStatus() async {
        let daemons = Set(DaemonSpec.all.map(\.name))
        for name in Self.names {
            var state = "does not run"
            if let pid = runFile(name).runningPID {
                let isReady = daemons.contains(name) ? await DaemonServer.isReady(on: port(name)) : true
                state = "\(isReady ? "runs" : "is not ready") as process \(pid)"
            }
            say("\(name.padding(toLength: 18, withPad: " ", startingAt: 0)) port \(port(name))  \(state)")
        }
    }

    /// The existing logs; `nil` for all.
    package func logs(of name: String?) -> [String] {
        (name.map { [$0] } ?? Self.names).map { ServerLog($0, in: serverDirectory).file.path }.filter {
            FileManager.default.fileExists(atPath: $0)
        }
    }

    // MARK: - Parts

    /// Does something, prints how long it took, and prints what it returns below.
    package func report(_ what: String, _ body: () async throws -> [String]) async throws {
        let start = clock.now
        let details = try await body()
        let elapsed = (clock.now - start).formatted(
            .units(allowed: [.seconds, .milliseconds], width: .narrow, maximumUnitCount: 1)
        )
        say("  \(what) (\(elapsed))")
        for detail in details { say("      \(detail)") }
    }

    /// Does something and prints how long it took.
    package func step(_ what: String, _ body: () async throws -> Void) async throws {
        try await report(what) {
            try await body()
            return []
        }
    }

    /// Starts a server unless it runs already.
    func ensure(_ name: String, _ start: () async throws -> Void) async throws {
        if runFile(name).isOutdated { await stop([name]) }
        if runFile(name).runningPID == nil { try await start() }
    }

    private func startDaemons() async throws {
        for daemon in DaemonSpec.all {
            try await ensure(daemon.name) {
                _ = try await DaemonServer.start(
                    daemon.name,
                    port: port(daemon.name),
                    environment: try daemon.environment(in: self),
                    in: serverDirectory,
                    lifetime: .detached
                )
            }
        }
        // They start in parallel; each is reported when it is ready.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for daemon in DaemonSpec.all {
                group.addTask {
                    try await step("\(daemon.name) on \(port(daemon.name))") {
                        try await DaemonServer.untilReady(
                            daemon.name,
                            port: port(daemon.name),
                            in: serverDirectory
                        )
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Ends the daemons in parallel, then the servers that they need.
    private func stop(_ names: [String]) async {
        await withTaskGroup(of: Void.self) { group in
            for name in names where Self.servers[name] == nil {
                group.addTask { await runFile(name).stop() }
            }
        }
        for name in Self.serverOrder.reversed() where names.contains(name) {
            // PostgreSQL's fast shutdown does not wait for clients to leave.
            await runFile(name).stop(signal: name == "postgres" ? SIGINT : SIGTERM)
        }
    }

    private func runFile(_ name: String) -> RunFile { RunFile(name, in: serverDirectory) }
}
