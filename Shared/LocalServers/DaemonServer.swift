public import Foundation

/// One of the fleet's daemons as a process.
public struct DaemonServer: Sendable {
    public let process: ServerProcess
    public let port: Int

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
        try Port.require(port, for: name)
        let process = try await ServerProcess.start(
            name,
            [Executables.path("dcmms-\(name)")],
            environment: environment.merging(["HTTP_PORT": "\(port)"]) { $1 },
            directory: directory,
            lifetime: lifetime
        )
        return DaemonServer(process: process, port: port)
    }

    /// Waits until the daemon says that it is ready.
    public func untilReady(within limit: Duration = .seconds(60)) async throws {
        try await process.ready(within: limit) { Port.get("/readyz", on: port)?.hasPrefix("HTTP/1.1 200") == true }
    }
}
