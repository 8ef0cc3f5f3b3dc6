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
