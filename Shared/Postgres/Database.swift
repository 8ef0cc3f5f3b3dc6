public import ServiceLifecycle

/// A PostgreSQL database behind a small pool of connections.
///
/// Usable at once; connections are opened on demand. As a `Service` it lives until graceful shutdown. The pool is fair: the
/// longest waiting caller is served first, and no caller waits longer than `acquireTimeout`.
public final class Database: Service {
    private let pool: ConnectionPool
    let announcements = Announcements()
    let server: Server

    /// - Parameters:
    ///   - url: `postgres://user:password@host:port/database`.
    ///   - maximumConnections: How many statements can run at a time.
    ///   - statementTimeout: A statement that takes longer is cancelled by the server, in steps of a millisecond. A server that
    ///     stays silent for five seconds more is given up on.
    ///   - acquireTimeout: How long a caller waits for a free connection, or for the place of one; opening it takes at most
    ///     three seconds more for each address of the server.
    ///   - prepares: `false` behind a pooler that gives each transaction another session, such as PgBouncer in transaction mode. Then
    ///     nothing is kept in the session: statements are not prepared, ``Listener`` wakes only for what this process announces, and
    ///     time zone and time-out are the role's (see ``checkSession()``).
    public init(
        url: String,
        maximumConnections: Int = 8,
        statementTimeout: Duration = .seconds(30),
        acquireTimeout: Duration = .seconds(5),
        prepares: Bool = true
    ) {
        let server = Server(url: url, prepares: prepares)
        self.server = server
        pool = ConnectionPool(maximum: maximumConnections, acquireTimeout: acquireTimeout) {
            try await server.connect(statementTimeout: statementTimeout)
        }
    }

    /// Keeps the pool until graceful shutdown, then closes it.
    public func run() async throws {
        try? await gracefulShutdown()
        await close()
    }

    /// Closes idle connections now and the others as they come back; later calls fail.
    public func close() async {
        await pool.close()
    }

    /// Runs a statement and returns its rows.
    ///
    /// - Throws: ``PostgresError``; `CancellationError` when the task was cancelled, and then the statement was too.
    public func query(_ sql: SQL) async throws -> [Row] {
        try await withConnection { try await $0.run(sql).rows }
    }

    /// The first row, if there is one.
    public func first(_ sql: SQL) async throws -> Row? {
        try await query(sql).first
    }

    /// Runs a statement and returns how many rows it changed.
    @discardableResult
    public func execute(_ sql: SQL) async throws -> Int {
        try await withConnection { try await $0.run(sql).affected }
    }

    /// Several statements in one round trip, as one transaction; their rows in the same order.
    public func pipeline(_ statements: [SQL]) async throws -> [[Row]] {
        try await withConnection { try await $0.pipeline(statements).map(\.rows) }
    }

    /// Answers when the database does: for readiness checks.
    public func ping() async throws {
        _ = try await query("SELECT 1")
    }

    /// Checks that sessions have what this program relies on and can't give them through a pooler.
    ///
    /// - Throws: ``UnsafeRole`` when the role's time zone is not UTC, or its statements have no time-out.
    public func checkSession() async throws {
        let row = try await query(
            """
            SELECT current_user::text AS role, current_setting('TimeZone') AS zone,
                current_setting('statement_timeout') AS limit
            """
        )[0]
        let (role, zone, limit): (String, String, String) = try (row["role"], row["zone"], row["limit"])
        guard ["UTC", "Etc/UTC"].contains(zone) else {
            throw UnsafeRole(description: "behind a pooler, the role \(role) must have the setting timezone = 'UTC'")
        }
        guard limit != "0" else {
            throw UnsafeRole(description: "behind a pooler, the role \(role) must have a statement_timeout")
        }
    }

    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// It runs a second time when a table was changed meanwhile, as a migration does beside the programs of the version before, and
    /// when PostgreSQL has chosen it to end a deadlock: whatever it does must be done through the transaction.
    ///
    /// - Throws: What `body` throws; ``PostgresError`` of kind `rolledBack` when the server answers COMMIT with ROLLBACK, as it
    ///   does without an error after a failed statement whose error `body` swallowed.
    public func transaction<Value: Sendable>(
        _ body: (Transaction) async throws -> Value
    ) async throws -> Value {
        try await transaction(nil, body)
    }

    func transaction<Value: Sendable>(
        _ opening: SQL?,
        _ body: (Transaction) async throws -> Value
    ) async throws -> Value {
        let (value, channels) = try await withConnection { connection in
            do {
                return try await Self.attempt(connection, opening, body)
            } catch let error as PostgresError where error.isStalePlan {
                // Without plans that were made earlier nothing can end them: what they use is locked until the end.
                try await connection.forgetPlans()
                return try await Self.attempt(connection, opening, body)
            } catch let error as PostgresError where error.isDeadlock {
                // The other one goes on, so it is not there the second time.
                return try await Self.attempt(connection, opening, body)
            }
        }
        announcements.announce(channels) { [self] channel in
            // Nobody listens through a pooler.
            guard server.prepares else { return }
            // Nothing is lost with it, so it need not wait for the disk.
            _ = try? await pipeline([
                "SELECT set_config('synchronous_commit', 'off', true)", "SELECT pg_notify(\(channel), '')",
            ])
        }
        return value
    }

    /// - Returns: what `body` returns, and the channels to wake.
    private static func attempt<Value: Sendable>(
        _ connection: Connection,
        _ opening: SQL?,
        _ body: (Transaction) async throws -> Value
    ) async throws -> (Value, Set<String>) {
        let transaction = Transaction(connection, opening)
        do {
            let value = try await body(transaction)
            try Task.checkCancellation()
            return (value, try await transaction.commit())
        } catch {
            // The first error is what the caller must see.
            await transaction.rollBack()
            throw error
        }
    }

    func withConnection<Value: Sendable>(_ body: (Connection) async throws -> Value) async throws -> Value {
        let connection = try await pool.acquire()
        do {
            let value = try await body(connection)
            await pool.release(connection)
            return value
        } catch {
            await pool.release(connection)
            throw error
        }
    }
}
