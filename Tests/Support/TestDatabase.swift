import Foundation
public import LocalServers
public import Postgres
import Synchronization

/// Runs a test with its own database and drops it afterwards.
///
/// With migrations, the database is cloned from a template and used as a daemon uses its own: by a role that owns nothing
/// (``Postgres/Database/asOwner(_:)`` does what only the owner may do). Without migrations, the test's role owns it.
///
/// - Parameters:
///   - role: The ``TestRole`` to use instead, such as the owner, who sees the rows of all tenants.
///   - isPooled: Whether it is used through ``TestServers/pgBouncer``.
public func withDatabase<Value>(
    _ migrations: [Migration] = [],
    maximumConnections: Int = 4,
    as role: String? = nil,
    isPooled: Bool = PgBouncer.isAskedFor,
    _ body: (Database) async throws -> Value
) async throws -> Value {
    let server = try await TestServers.postgres()
    let administrator = Database(url: server.url(database: "postgres"), maximumConnections: 1, acquireTimeout: patience)
    let template = try await Templates.shared.name(of: migrations, on: server, by: administrator)
    let name = "test_\(UUID().uuidString.lowercased().replacing("-", with: ""))"
    try await Templates.shared.clone(template, as: name, by: administrator)
    let user = role ?? (migrations.isEmpty ? TestRole.owner : TestRole.daemon)
    let database = Database(
        url: isPooled
            ? try await TestServers.pgBouncer().url(database: name, user: user)
            : server.url(database: name, user: user),
        maximumConnections: maximumConnections,
        acquireTimeout: patience,
        prepares: !isPooled
    )
    do {
        let value = try await body(database)
        await database.close()
        try await administrator.execute(SQL(identifier: name, before: "DROP DATABASE ", after: " WITH (FORCE)"))
        await administrator.close()
        return value
    } catch {
        await database.close()
        await administrator.close()
        throw error
    }
}

/// The two roles of a service's database in tests, on ``TestServers/postgres``.
public enum TestRole {
    /// Owns the databases and their tables.
    public static let owner = "fleet_owner"
    /// Runs the daemons and owns nothing.
    public static let daemon = "fleet_daemon"
    /// Has none of the settings that a role needs behind a pooler.
    public static let bare = "fleet_bare"
}

extension Database {
    /// The same database for the owner of its tables, to whom no policy applies.
    public var owner: OwnerDatabase { OwnerDatabase(database: self) }

    /// Runs a statement as the owner of the tables.
    public func asOwner(_ statement: SQL) async throws { try await owner.execute(statement) }
}

/// Gives a test access to the rows of all tenants.
public struct OwnerDatabase: Sendable {
    let database: Database

    public func query(_ statement: SQL) async throws -> [Row] { try await use { try await $0.query(statement) } }

    public func first(_ statement: SQL) async throws -> Row? { try await query(statement).first }

    @discardableResult
    public func execute(_ statement: SQL) async throws -> Int { try await use { try await $0.execute(statement) } }

    /// The number in a statement's `count` column.
    public func count(_ statement: SQL) async throws -> Int { try await use { try await $0.count(statement) } }

    public func transaction<Value: Sendable>(_ body: (Transaction) async throws -> Value) async throws -> Value {
        try await use { try await $0.transaction(body) }
    }

    private func use<Value: Sendable>(_ body: (Database) async throws -> Value) async throws -> Value {
        let name: String = try await database.query("SELECT current_database()::text AS name")[0]["name"]
        let url = try await TestServers.postgres().url(database: name, user: TestRole.owner)
        let owner = Database(url: url, maximumConnections: 1, acquireTimeout: patience)
        do {
            let value = try await body(owner)
            await owner.close()
            return value
        } catch {
            await owner.close()
            throw error
        }
    }
}

extension PostgresServer {
    /// Creates an empty database as a deployment does and returns the settings for its daemon.
    public func makeDatabase(_ name: String) async throws -> [String: String] {
        let administrator = Database(url: url(database: "postgres"), maximumConnections: 1, acquireTimeout: patience)
        do {
            try await TestRole.create(by: administrator)
            let after = " OWNER \(TestRole.owner)"
            try await administrator.execute(SQL(identifier: name, before: "CREATE DATABASE ", after: after))
        } catch {
            await administrator.close()
            throw error
        }
        await administrator.close()
        return [
            "DATABASE_URL": url(database: name, user: TestRole.daemon),
            "DATABASE_OWNER_URL": url(database: name, user: TestRole.owner),
        ]
    }
}

extension TestRole {
    fileprivate static func create(by administrator: Database) async throws {
        try await administrator.transaction { tx in
            // Concurrent callers wait here.
            try await tx.execute("SELECT pg_advisory_xact_lock(1)")
            if try await tx.first("SELECT 1 FROM pg_roles WHERE rolname = \(owner)") != nil { return }
            for role in [owner, daemon, bare] {
                try await tx.execute(SQL(identifier: role, before: "CREATE ROLE ", after: " LOGIN"))
            }
            // As in deploy/README.md, PgBouncer.
            for role in [owner, daemon] {
                for setting in ["timezone = 'UTC'", "statement_timeout = '30s'"] {
                    try await tx.execute(SQL(identifier: role, before: "ALTER ROLE ", after: " SET \(setting)"))
                }
            }
        }
    }
}

/// How long a statement waits for a connection. It is long, because slowness on a busy machine is not a failure.
private let patience = Duration.seconds(60)

/// One migrated template for each set of migrations.
private actor Templates {
    static let shared = Templates()
    private var made: [[String]: Task<String, any Error>] = [:]
    private var cloning: Task<Void, Never>?

    func name(
        of migrations: [Migration],
        on server: PostgresServer,
        by administrator: Database
    ) async throws -> String {
        let key = migrations.map(\.name)
        if let task = made[key] { return try await task.value }
        let name = "template_\(made.count)"
        let task = Task {
            let urls = try await server.makeDatabase(name)
            if migrations.isEmpty { return name }
            let database = Database(
                url: server.url(database: name, user: TestRole.daemon),
                maximumConnections: 1,
                acquireTimeout: patience
            )
            try await database.migrate(migrations, as: urls["DATABASE_OWNER_URL"] ?? "")
            await database.close()
            return name
        }
        made[key] = task
        return try await task.value
    }

    /// PostgreSQL refuses to clone a template that another session is cloning, so this is done one at a time.
    func clone(_ template: String, as name: String, by administrator: Database) async throws {
        let previous = cloning
        let task = Task {
            await previous?.value
            try await administrator.execute(
                SQL(
                    identifier: name,
                    before: "CREATE DATABASE ",
                    after: " TEMPLATE \(template) OWNER \(TestRole.owner)"
                )
            )
        }
        cloning = Task { _ = try? await task.value }
        try await task.value
    }
}

extension SQL {
    /// A statement with the name of a database or role, which can't be a parameter. Tests choose these names themselves.
    fileprivate init(identifier: String, before: String, after: String) {
        self.init(stringLiteral: "\(before)\"\(identifier)\"\(after)")
    }
}
