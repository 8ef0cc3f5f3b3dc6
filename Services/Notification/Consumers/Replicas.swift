import EventSchema
import Identifiers
import Postgres

/// Keeps what other services own and this one refers to: the people who may be told.
struct Replicas: Sendable {
    func put(_ user: UserState, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            INSERT INTO users (id, tenant_id, email, display_name, roles, is_active, version)
            VALUES (\(user.id), \(user.tenant), \(user.email), \(user.displayName), \(PostgresArray(user.roles)),
                \(user.isActive), \(user.version))
            ON CONFLICT (id) DO UPDATE SET email = excluded.email, display_name = excluded.display_name,
                roles = excluded.roles, is_active = excluded.is_active, version = excluded.version
            WHERE users.version <= excluded.version
            """
        )
    }

    func removeUser(_ id: UserID, _ tx: Transaction) async throws {
        try await tx.execute("DELETE FROM users WHERE id = \(id)")
    }
}
