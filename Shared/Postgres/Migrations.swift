/// One numbered SQL file that is compiled into a service. Applied once, never edited.
public struct Migration: Sendable {
    /// The file's name without its ending, for example `m0001_create_work_orders`.
    public let name: String
    let script: String

    /// - Parameter bytes: The file's content, as SwiftPM embeds it (`PackageResources.m0001_create_work_orders_sql`).
    public init(_ name: String, _ bytes: [UInt8]) {
        self.name = name
        script = String(decoding: bytes, as: UTF8.self)
    }
}

extension Database {
    /// Applies the migrations that this database does not have yet, in their order, each in a transaction of its own.
    ///
    /// Several instances of a service may start at once: an advisory lock lets one of them work while the others wait. The
    /// session is its own, without a time-out for statements; its end gives the lock back, however it comes.
    ///
    /// - Throws: ``PostgresError`` of kind `migration`, naming the file, when an applied migration's text has changed or is
    ///   unknown here, or when one fails for a reason that will not pass; nothing of that file is stored then.
    public func migrate(_ migrations: [Migration]) async throws {
        let session = try await server.connect()
        // Its key is "dcmms" in ASCII; it is per database.
        _ = try await session.run("SELECT pg_advisory_lock(\(Int64(0x64_636d_6d73)))")
        try await session.apply(migrations)
    }
}

extension Connection {
    fileprivate func apply(_ migrations: [Migration]) async throws {
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
                try await script("BEGIN")
                try await script(migration.script)
                _ = try await run(
                    "INSERT INTO schema_migrations (name, checksum) VALUES (\(migration.name), \(checksum))"
                )
                try await script("COMMIT")
            } catch let error as PostgresError where !error.isTransient {
                throw PostgresError(
                    .migration("migration \(migration.name) failed: \(error)"),
                    sqlState: error.sqlState,
                    message: error.message
                )
            }
        }
    }
}
