public import Foundation

/// One of the fleet's daemons as a process.
public struct DaemonServer: Sendable {
    public let process: ServerProcess
    public let port: Int
    /// Where it says how it does: `/readyz` and `/metrics`.
    public var operationsPort: Int { Self.operationsPort(of: port) }

    /// Starts a daemon; it may not be ready yet.
    ///
    /// - Parameter name: The service's name, for example `work-orders`.
    public static func start(
        _ name: String,
        port: Int,
        environment: [String: String],
        in directory: URL,
        lifetime: ServerProcess.Lifetime = .starter
    ) async throws -> DaemonServer {
        for port in [port, operationsPort(of: port)] { try Port.require(port, for: name) }
        let process = try await ServerProcess.start(
            name,
            [Executables.path("dcmms-\(name)")],
            environment: environment.merging(["HTTP_PORT": "\(port)"]) { $1 },
            directory: directory,
            lifetime: lifetime
        )
        return DaemonServer(process: process, port: port)
    }

    /// The port for operators of a daemon that listens on `port`, unless `OPERATIONS_PORT` is set.
    public static func operationsPort(of port: Int) -> Int { port + 1000 }

    /// Waits until the daemon says that it is ready.
    ///
    /// - Throws: ``LocalServerError`` with the daemon's last output when it has ended or is not ready in time.
    public func untilReady(within limit: Duration = .seconds(180)) async throws {
        try await Self.untilReady(process.name, port: port, in: process.log.deletingLastPathComponent(), within: limit)
    }

    /// Waits until a daemon that somebody started in `directory` says that it is ready.
    public static func untilReady(
        _ name: String,
        port: Int,
        in directory: URL,
        within limit: Duration = .seconds(180)
    ) async throws {
        let file = RunFile(name, in: directory)
        let log = ServerLog(name, in: directory)
        _ = try await eventually("\(name) to be ready; its last words:\n\(log.lastWords)", within: limit) {
            guard file.runningPID != nil else {
                throw LocalServerError("\(name) ended while it started:\n\(log.lastWords)")
            }
            return await isReady(on: port) ? true : nil
        }
    }

    /// Whether the daemon that listens on `port` says that it is ready.
    public static func isReady(on port: Int) async -> Bool {
        await Port.get("/readyz", on: operationsPort(of: port))?.hasPrefix("HTTP/1.1 200") == true
    }
}
