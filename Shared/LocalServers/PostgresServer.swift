public import Foundation

/// A private PostgreSQL cluster.
public struct PostgresServer: Sendable {
    public let process: ServerProcess
    public let port: Int

    /// Creates the cluster if the directory has none, and starts it.
    ///
    /// PostgreSQL refuses to run as root; started by root, it runs as the user `postgres` and owns its directory.
    ///
    /// - Parameter isDurable: Whether commits wait for the disk. Tests do without.
    public static func start(
        in directory: URL,
        port: Int? = nil,
        lifetime: ServerProcess.Lifetime = .starter,
        isDurable: Bool = false
    ) async throws -> PostgresServer {
        let port = try port ?? Port.free()
        try Port.require(port, for: "postgres")
        let binaries = try newestBinaries()
        let data = directory.appending(path: "postgres")
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        if getuid() == 0 { try await Tool.run(["chown", "postgres:", data.path]) }
        if !FileManager.default.fileExists(atPath: data.appending(path: "PG_VERSION").path) {
            try await Tool.run(
                unprivileged + [
                    "\(binaries)/initdb", "-D", data.path, "-U", "dcmms", "-A", "trust", "-N", "-E", "UTF8",
                ]
                    + ["--locale=C.UTF-8"]
            )
        }
        // A server that was killed leaves its pid file; PostgreSQL checks by itself whether that process still lives.
        var settings = [
            "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200", "shared_buffers=128MB",
            "log_min_messages=fatal",
        ]
        if !isDurable { settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"] }
        let process = try await ServerProcess.start(
            "postgres",
            unprivileged + ["\(binaries)/postgres", "-D", data.path, "-p", "\(port)"]
                + settings.flatMap { ["-c", $0] },
            directory: directory,
            lifetime: lifetime,
            // Fast shutdown: do not wait for clients to leave.
            stopSignal: SIGINT
        )
        let server = PostgresServer(process: process, port: port)
        try await process.ready {
            (try? await Tool.run(["\(binaries)/pg_isready", "-q", "-h", "127.0.0.1", "-p", "\(port)"])) != nil
        }
        return server
    }

    /// The URL of a database, for the role `user`.
    public func url(database: String, user: String = "dcmms") -> String {
        "postgres://\(user)@127.0.0.1:\(port)/\(database)"
    }

    private static let unprivileged: [String] =
        getuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : []

    private static func newestBinaries() throws -> String {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap(Int.init)
        guard let newest = versions.max() else {
            throw LocalServerError("PostgreSQL is not installed: apt-get install postgresql")
        }
        return "\(root)/\(newest)/bin"
    }
}
