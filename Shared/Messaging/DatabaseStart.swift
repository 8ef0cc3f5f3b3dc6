import Logging
public import Postgres
public import ServiceKit

extension Database {
    /// Migrates; waits, with a line in the log, for a database that is away. From then on `/readyz` tells whether it is.
    public func migrateWhenReachable(_ migrations: [Migration], _ daemon: Daemon) async throws {
        daemon.health.add("database") { try await self.ping() }
        while true {
            do {
                return try await migrate(migrations)
            } catch let error as PostgresError where error.isTransient {
                daemon.logger.warning("waiting for the database", metadata: ["error": "\(String(reflecting: error))"])
                try await Task.sleep(for: .seconds(1))
            }
        }
    }
}
