public import Foundation
public import LocalServers

/// PgBouncer in transaction mode in front of a PostgreSQL: each transaction gets one of a few sessions.
public struct PgBouncer: Sendable {
    public let process: ServerProcess
    public let port: Int

    /// Whether the whole run uses its databases through PgBouncer, as `TEST_POOLER=on` asks for.
    public static let isAskedFor = ProcessInfo.processInfo.environment["TEST_POOLER"] == "on"

    /// - Parameter sessions: How many sessions each database has. With fewer than a test's connections, they have to be shared.
    public static func start(
        in directory: URL,
        before postgres: PostgresServer,
        sessions: Int = 4
    ) async throws -> PgBouncer {
        let port = try Port.free()
        let (settings, users) = (
            directory.appending(path: "pgbouncer.ini"), directory.appending(path: "pgbouncer.users")
        )
        let roles = [TestRole.owner, TestRole.daemon, TestRole.bare].map { "\"\($0)\" \"\"\n" }.joined()
        try Data(roles.utf8).write(to: users)
        try Data(
            """
            [databases]
            * = host=127.0.0.1 port=\(postgres.port)
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = \(port)
            unix_socket_dir =
            auth_type = trust
            auth_file = \(users.path)
            pool_mode = transaction
            default_pool_size = \(sessions)
            max_client_conn = 500
            server_idle_timeout = 5

            """.utf8
        ).write(to: settings)
        // It refuses to run as root.
        let account = getuid() == 0 ? ["-u", "postgres"] : []
        let process = try await ServerProcess.start(
            "pgbouncer",
            ["pgbouncer"] + account + [settings.path],
            directory: directory,
            lifetime: .starter
        )
        try await process.ready { Port.answers(port) }
        return PgBouncer(process: process, port: port)
    }

    /// The URL of a database, for the role `user`.
    public func url(database: String, user: String) -> String {
        "postgres://\(user)@127.0.0.1:\(port)/\(database)"
    }
}
