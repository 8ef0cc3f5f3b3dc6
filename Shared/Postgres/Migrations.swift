/// One numbered SQL file that is compiled into a service. Applied once, never edited.
public struct Migration: Sendable {
    /// The file's name without its ending, for example `m0001_create_work_orders`.
    public let name: String
    let script: String

    /// - Parameter script: The file's content, byte for byte: its checksum is kept in the database.
    public init(_ name: String, _ script: String) {
        self.name = name
        self.script = script
    }

    public init(_ name: String, _ bytes: [UInt8]) {
        self.init(name, String(decoding: bytes, as: UTF8.self))
    }
}

extension Database {
    /// Applies the migrations that this database does not have yet, in their order, each in a transaction of its own.
    ///
    /// Several instances of a service may start at once: an advisory lock lets one of them work while the others wait. The
    /// session is its own, without a time-out for statements; its end releases the lock, whatever ends it.
    ///
    /// - Throws: ``PostgresError`` of kind `migration`, naming the file, when an applied migration's text has changed or is
    ///   unknown here, or when one fails for a reason that will not pass; nothing of that file is stored then.
    public func migrate(_ migrations: [Migration]) async throws {
        try await server.connect().migrate(migrations, for: nil)
    }

    /// Applies the migrations as the role that `owner` names, and gives this database's own role what a service needs: to read
    /// and write rows, and nothing else. Safe at each start, and of several instances at once.
    ///
    /// - Parameter owner: The URL of the same database for its owner.
    /// - Throws: ``UnsafeRole`` when this database's role could change what the owner made, or undo its policies; and as
    ///   ``migrate(_:)``.
    public func migrate(_ migrations: [Migration], as owner: String) async throws {
        let here = try await query("SELECT current_user::text AS role, current_database()::text AS database")[0]
        let session = try await Server(url: owner).connect()
        let there = try await session.run("SELECT current_database()::text AS database").rows[0]
        guard try here["database"] as String == there["database"] else {
            throw UnsafeRole(description: "the owner's URL leads to another database")
        }
        try await session.migrate(migrations, for: RuntimeRole(name: here["role"]))
    }
}

extension Connection {
    fileprivate func migrate(_ migrations: [Migration], for role: RuntimeRole?) async throws {
        // Its key is "dcmms" in ASCII; it is per database.
        _ = try await run("SELECT pg_advisory_lock(\(Int64(0x64_636d_6d73)))")
        // A migration that moves rows checks a foreign key for each of them, which PostgreSQL would plan anew for each while the table has no
        // statistics: others wait for that. And nothing here runs often enough to be compiled.
        try await script("SET plan_cache_mode = force_generic_plan; SET jit = off")
        // Before anything is done: a role that owns tables keeps the owner from changing them, too.
        try await role?.check(by: self)
        try await apply(migrations)
        try await role?.grant(by: self)
    }

    private func apply(_ migrations: [Migration]) async throws {
        try await script(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                name text PRIMARY KEY,
                checksum text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """
        )
        var applied: [String: String] = [:]
        for row in try await run("SELECT name, checksum FROM schema_migrations").rows {
            applied[try row["name"]] = try row["checksum"]
        }
        for unknown in applied.keys.sorted() where !migrations.contains(where: { $0.name == unknown }) {
            throw PostgresError(
                .migration("the database has migration \(unknown), which this program does not know: it is newer"),
                message: ""
            )
        }
        for migration in migrations {
            let row = try await run("SELECT encode(sha256(convert_to(\(migration.script), 'UTF8')), 'hex') AS sum")
                .rows[0]
            let checksum: String = try row["sum"]
            if let known = applied[migration.name] {
                guard known == checksum else {
                    throw PostgresError(
                        .migration("migration \(migration.name) was applied in another form: files are never edited"),
                        message: ""
                    )
                }
                continue
            }
            do {
                try await apply(migration, checksum)
            } catch let error as PostgresError where !error.isTransient {
                throw PostgresError(
                    .migration("migration \(migration.name) failed: \(error)"),
                    sqlState: error.sqlState,
                    message: error.message
                )
            }
        }
    }

    /// How often a migration begins again that was ended because it and somebody else's work waited for each other.
    private static let attempts = 10

    private func apply(_ migration: Migration, _ checksum: String) async throws {
        for attempt in 1... {
            do {
                try await script("BEGIN")
                try await script(migration.script)
                _ = try await run(
                    "INSERT INTO schema_migrations (name, checksum) VALUES (\(migration.name), \(checksum))"
                )
                return try await script("COMMIT")
            } catch let error as PostgresError where error.isDeadlock && attempt < Self.attempts {
                // Nothing of it is done, and the work that was in its way goes on meanwhile.
                try await script("ROLLBACK")
            }
        }
    }
}
