public import ServiceLifecycle

/// A PostgreSQL database behind a small pool of connections.
///
/// Usable at once; connections are opened on demand. As a `Service` it lives until graceful shutdown. The pool is fair: who
/// waits longest is served first, and nobody waits longer than `acquireTimeout`.
public final class Database: Service {
    private let pool: ConnectionPool
    let url: String

    /// - Parameters:
    ///   - url: `postgres://user:password@host:port/database`.
    ///   - maximumConnections: How many statements can run at a time.
    ///   - statementTimeout: A statement that takes longer is cancelled by the server.
    ///   - acquireTimeout: How long a caller waits for a free connection.
    public init(
        url: String,
        maximumConnections: Int = 8,
        statementTimeout: Duration = .seconds(30),
        acquireTimeout: Duration = .seconds(5)
    ) {
        self.url = url
        let milliseconds = statementTimeout.components.seconds * 1000
        pool = ConnectionPool(
            maximum: maximumConnections,
            acquireTimeout: acquireTimeout,
            connect: {
                try await Connection.connect(
                    url,
                    options: "-c statement_timeout=\(milliseconds) -c timezone=UTC"
                )
            }
        )
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
    /// - Throws: ``PostgresError``.
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

    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// - Throws: What `body` throws; ``PostgresError`` of kind `rolledBack` when the server answers COMMIT with ROLLBACK, as it
    ///   does without an error after a failed statement whose error `body` swallowed.
    public func transaction<Value: Sendable>(
        _ body: (Transaction) async throws -> Value
    ) async throws -> Value {
        try await withConnection { connection in
            _ = try await connection.run("BEGIN")
            let value: Value
            do {
                value = try await body(Transaction(connection: connection))
            } catch {
                // The body's error is what the caller must see. A rollback that fails leaves the connection unusable, and the
                // pool throws it away.
                _ = try? await connection.uncancelled { try await $0.run("ROLLBACK") }
                throw error
            }
            try await connection.commit()
            return value
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

/// The statements of one transaction, in their order.
public struct Transaction: Sendable {
    let connection: Connection

    /// Runs a statement and returns its rows.
    public func query(_ sql: SQL) async throws -> [Row] {
        try await connection.run(sql).rows
    }

    /// The first row, if there is one.
    public func first(_ sql: SQL) async throws -> Row? {
        try await query(sql).first
    }

    /// Runs a statement and returns how many rows it changed.
    @discardableResult
    public func execute(_ sql: SQL) async throws -> Int {
        try await connection.run(sql).affected
    }

    /// Several statements in one round trip; their rows in the same order.
    @discardableResult
    public func pipeline(_ statements: [SQL]) async throws -> [[Row]] {
        try await connection.pipeline(statements).map(\.rows)
    }

    /// Copies rows into a table in binary form, the fastest way in.
    ///
    /// - Returns: How many rows were copied.
    @discardableResult
    public func copy(_ rows: CopyRows) async throws -> Int {
        guard rows.count > 0 else { return 0 }
        return try await connection.copy(rows.command, rows.finished)
    }
}

extension Connection {
    /// COMMIT, and the tag that came back: after a failed statement it is ROLLBACK, without an error.
    fileprivate func commit() async throws {
        let result = try await run("COMMIT")
        guard result.commandTag == "COMMIT" else {
            throw PostgresError(.rolledBack, message: "COMMIT was answered with \(result.commandTag)")
        }
    }

    /// Runs `body` even though the calling task may be cancelled.
    fileprivate func uncancelled<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) async throws -> Value
    ) async throws -> Value {
        try await Task { try await body(self) }.value
    }
}
