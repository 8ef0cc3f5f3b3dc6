import Logging
public import Postgres
public import ServiceKit

/// Where a service's database is, and as whom it is used: normally as a role that may read and write rows, and for migrations as
/// the owner of the tables.
public struct DatabaseSettings: Sendable {
    public var url: String
    public var ownerURL: String
    public var connections: Int
    public var prepares: Bool

    /// - Parameter range: How many connections the service can work with.
    public init(_ environment: Environment, connections range: ClosedRange<Int> = 1...50) {
        url = environment.url(.database, schemes: ["postgres", "postgresql"])
        ownerURL = environment.url(.databaseOwner, schemes: ["postgres", "postgresql"])
        connections = environment.integer(.databaseConnections, in: range)
        prepares = environment.choice(.databasePrepared, as: Switch.self) != .off
    }

    private enum Switch: String, CaseIterable { case on, off }
}

extension Database {
    /// The service's database, migrated. Waits, with a line in the log, for one that is away; from then on `/readyz` shows
    /// whether it is available.
    ///
    /// - Throws: `ConfigurationError` when the service would run as a role that could change the tables or undo their policies.
    public static func start(
        _ settings: DatabaseSettings,
        _ migrations: [Migration],
        _ daemon: Daemon
    ) async throws -> Database {
        let database = Database(
            url: settings.url,
            maximumConnections: settings.connections,
            prepares: settings.prepares
        )
        daemon.health.add("database") { try await database.ping() }
        while true {
            do {
                if !settings.prepares { try await database.checkSession() }
                try await database.migrate(migrations, as: settings.ownerURL)
                return database
            } catch let error as PostgresError where error.isTransient {
                daemon.logger.warning("waiting for the database", metadata: ["error": "\(String(reflecting: error))"])
                try await Task.sleep(for: .seconds(1))
            } catch let error as UnsafeRole {
                throw ConfigurationError(
                    "DATABASE_URL and DATABASE_OWNER_URL: \(error); see deploy/README.md, Roles and PgBouncer"
                )
            }
        }
    }
}
