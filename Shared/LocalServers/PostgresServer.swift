public import Foundation

/// A private PostgreSQL cluster.
public struct PostgresServer: Sendable {
    public let process: ServerProcess
    public let port: Int
    private let password: String?

    /// Creates the cluster if the directory has none, and starts it.
    ///
    /// PostgreSQL refuses to run as root; started by root, it runs as the user `postgres` and owns its directory.
    ///
    /// - Parameters:
    ///   - password: The superuser's, when the cluster is to ask for passwords (SCRAM); it counts when the cluster is
    ///     created. Without one it trusts everybody on this machine, which saves tests the hashing at every connection.
    ///   - isDurable: Whether commits wait for the disk. Tests do without.
    /// - Throws: ``LocalServerError`` when PostgreSQL is missing, the port is taken or the server does not come up.
    public static func start(
        in directory: URL,
        port: Int? = nil,
        password: String? = nil,
        lifetime: ServerProcess.Lifetime = .starter,
        isDurable: Bool = false
    ) async throws -> PostgresServer {
        let port = try port ?? Port.free()
        try Port.require(port, for: "postgres")
        let binaries = try newestBinaries()
        let data = directory.appending(path: "postgres")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let account = await account(for: directory)
        if FileManager.default.fileExists(atPath: data.path) {
            try forgetRecycledProcess(in: data)
        } else {
            try await create(data, with: binaries, as: account, password: password)
        }
        var settings = [
            "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200", "shared_buffers=128MB",
            "log_min_messages=fatal",
        ]
        if !isDurable { settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"] }
        var attempts = 0
        while true {
            let process = try await ServerProcess.start(
                "postgres",
                account + ["\(binaries)/postgres", "-D", data.path, "-p", "\(port)"] + settings.flatMap { ["-c", $0] },
                directory: directory,
                lifetime: lifetime,
                // Fast shutdown: do not wait for clients to leave.
                stopSignal: SIGINT
            )
            do {
                // After a crash it recovers first: ending it then would only begin that anew.
                try await process.ready(within: .seconds(600)) {
                    (try? await Tool.run(["\(binaries)/pg_isready", "-q", "-h", "127.0.0.1", "-p", "\(port)"])) != nil
                }
                return PostgresServer(process: process, port: port, password: password)
            } catch let error as LocalServerError where error.description.contains("still in use") && attempts < 40 {
                // The children of a postmaster that was killed notice it one after the other; until the last one has gone,
                // its shared memory is not free.
                attempts += 1
                try await Task.sleep(for: .milliseconds(250))
            }
        }
    }

    /// The URL of a database, for the role `user`.
    public func url(database: String, user: String = "dcmms") -> String {
        let secret = password.map { ":\($0)" } ?? ""
        return "postgres://\(user)\(secret)@127.0.0.1:\(port)/\(database)"
    }

    /// How to run as a user who may own a cluster: what a command is to begin with.
    private static func account(for directory: URL) async -> [String] {
        guard getuid() == 0 else { return [] }
        let account = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        if (try? await Tool.run(account + ["test", "-x", directory.path])) != nil { return account }
        // Below a folder that only root may enter, such as /root, the server needs root's right to pass.
        return account + ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    }

    /// The cluster appears only when it is complete, even if something is killed in the meantime.
    private static func create(
        _ data: URL,
        with binaries: String,
        as account: [String],
        password: String?
    ) async throws {
        let unfinished = data.appendingPathExtension("new")
        let secret = data.appendingPathExtension("password")
        defer { try? FileManager.default.removeItem(at: secret) }
        try? FileManager.default.removeItem(at: unfinished)
        try FileManager.default.createDirectory(at: unfinished, withIntermediateDirectories: true)
        var options = ["-U", "dcmms", "-N", "-E", "UTF8", "--locale=C.UTF-8"]
        if let password {
            let isWritten = FileManager.default.createFile(
                atPath: secret.path,
                contents: Data(password.utf8),
                attributes: [.posixPermissions: 0o600]
            )
            guard isWritten else { throw LocalServerError("\(secret.path) can't be written") }
            if !account.isEmpty { try await Tool.run(["chown", "postgres:", secret.path]) }
            options += ["-A", "scram-sha-256", "--pwfile", secret.path]
        } else {
            options += ["-A", "trust"]
        }
        if !account.isEmpty { try await Tool.run(["chown", "postgres:", unfinished.path]) }
        try await Tool.run(account + ["\(binaries)/initdb", "-D", unfinished.path] + options)
        try FileManager.default.moveItem(at: unfinished, to: data)
    }

    /// A server that was killed leaves `postmaster.pid`, and PostgreSQL won't start while that names a running process of
    /// its own user, even if another program got the id since, or if the server is a zombie that nobody has waited for yet.
    /// Then the file is invalid.
    private static func forgetRecycledProcess(in data: URL) throws {
        let file = data.appending(path: "postmaster.pid")
        guard let text = try? String(contentsOf: file, encoding: .utf8),
            let pid = text.split(separator: "\n").first.flatMap({ Int32($0) }),
            let program = try? String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8),
            !program.hasPrefix("postgres") || !ServerProcess.isRunning(pid)
        else { return }
        try FileManager.default.removeItem(at: file)
    }

    private static func newestBinaries() throws -> String {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap { Int($0) }
        let newest = versions.sorted(by: >).first {
            FileManager.default.isExecutableFile(atPath: "\(root)/\($0)/bin/postgres")
        }
        guard let newest else { throw LocalServerError("PostgreSQL is not installed: apt-get install postgresql") }
        return "\(root)/\(newest)/bin"
    }
}
