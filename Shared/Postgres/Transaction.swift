import Synchronization

/// The statements of one transaction, in their order.
///
/// A statement whose result nobody needs is best handed over with ``later(_:)``: it travels with the next one, or with the COMMIT, in
/// one round trip. So does the BEGIN.
public struct Transaction: Sendable {
    private final class State: Sendable {
        /// What has not been sent yet.
        let waiting: Mutex<[SQL]>
        let hasBegun = Mutex(false)
        let channels = Mutex<Set<String>>([])

        init(_ opening: [SQL]) {
            waiting = Mutex(opening)
        }
    }

    private let connection: Connection
    private let state: State
    /// How many statements begin it.
    private let opening: Int

    init(_ connection: Connection, _ opening: SQL?) {
        self.connection = connection
        let opening = ["BEGIN"] + [opening].compactMap(\.self)
        self.opening = opening.count
        state = State(opening)
    }

    /// Runs a statement and returns its rows.
    public func query(_ sql: SQL) async throws -> [Row] {
        try await run([sql])[0].rows
    }

    /// The first row, if there is one.
    public func first(_ sql: SQL) async throws -> Row? {
        try await query(sql).first
    }

    /// Runs a statement and returns how many rows it changed.
    @discardableResult
    public func execute(_ sql: SQL) async throws -> Int {
        try await run([sql])[0].affected
    }

    /// Several statements in one round trip; their rows in the same order.
    @discardableResult
    public func pipeline(_ statements: [SQL]) async throws -> [[Row]] {
        try await run(statements).map(\.rows)
    }

    /// Runs a statement together with the next one, or with the COMMIT. If it fails, that is where its error is thrown, and nothing of
    /// the transaction is stored.
    public func later(_ sql: SQL) {
        state.waiting.withLock { $0.append(sql) }
    }

    /// Wakes the listeners of a channel when the transaction is stored (see ``Listener``).
    ///
    /// A NOTIFY among its statements would make all commits of the server wait for one another: PostgreSQL holds the lock of the
    /// notifications until the commit is on the disk. So it is sent afterwards, one for many transactions. A process that dies in
    /// between sends none: a listener has to look by itself now and then.
    public func notify(_ channel: String) {
        _ = state.channels.withLock { $0.insert(channel) }
    }

    /// Copies rows into a table in binary form, the fastest way in.
    ///
    /// - Returns: How many rows were copied.
    @discardableResult
    public func copy(_ rows: CopyRows) async throws -> Int {
        guard rows.count > 0 else { return 0 }
        _ = try await run([])
        return try await connection.copy(rows.command, rows.finished)
    }

    // MARK: - For the database

    /// Stores it.
    ///
    /// - Returns: the channels whose listeners are to be woken.
    func commit() async throws -> Set<String> {
        // Without a statement of its own it never began.
        let isEmpty = state.waiting.withLock { $0.count } == opening && !state.hasBegun.withLock(\.self)
        guard !isEmpty else { return [] }
        // Shielded: after an interrupted COMMIT it would be unknown what is stored.
        let tag = try await run(["COMMIT"], shielded: true)[0].commandTag
        guard tag == "COMMIT" else { throw PostgresError(.rolledBack, message: "COMMIT was answered with \(tag)") }
        return state.channels.withLock(\.self)
    }

    func rollBack() async {
        guard state.hasBegun.withLock(\.self) else { return }
        // When this fails too, the pool throws the connection away.
        _ = try? await connection.run("ROLLBACK", shielded: true)
    }

    private func run(_ statements: [SQL], shielded: Bool = false) async throws -> [ResultSet] {
        let waiting = state.waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        let all = waiting + statements
        guard !all.isEmpty else { return [] }
        state.hasBegun.withLock { $0 = true }
        if all.count == 1 { return [try await connection.run(all[0], shielded: shielded)] }
        return Array(try await connection.pipeline(all, shielded: shielded).dropFirst(waiting.count))
    }
}
