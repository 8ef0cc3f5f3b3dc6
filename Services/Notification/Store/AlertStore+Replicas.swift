import EventSchema
import Identifiers
import Postgres

/// Replicas of other services' records. An older version never overwrites a newer one.
extension AlertStore {
    func put(_ user: UserState, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            INSERT INTO users (id, tenant_id, email, display_name, roles, team_id, is_active, version)
            VALUES (\(user.id), \(user.tenant), \(user.email), \(user.displayName), \(PostgresArray(user.roles)),
                \(user.team), \(user.isActive), \(user.version))
            ON CONFLICT (id) DO UPDATE SET email = excluded.email, display_name = excluded.display_name,
                roles = excluded.roles, team_id = excluded.team_id, is_active = excluded.is_active,
                version = excluded.version
            WHERE users.version <= excluded.version
            """
        )
        guard user.isErased else { return }
        // Whom a message went to stays known by the id; those that wait are given up when they are due.
        try await tx.execute(
            "UPDATE notifications SET recipient = \(user.email) WHERE user_id = \(user.id) AND recipient IS NOT NULL"
        )
    }

    func removeUser(_ id: UserID, _ tx: Transaction) async throws {
        try await tx.execute("DELETE FROM users WHERE id = \(id)")
    }

    func put(_ site: SiteState, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            INSERT INTO sites (id, tenant_id, version) VALUES (\(site.id), \(site.tenant), \(site.version))
            ON CONFLICT (id) DO UPDATE SET version = excluded.version WHERE sites.version <= excluded.version
            """
        )
    }

    func removeSite(_ id: SiteID, _ tx: Transaction) async throws {
        try await tx.execute("DELETE FROM sites WHERE id = \(id)")
    }

    /// - Returns: Whether it was new.
    func put(_ asset: AssetState, _ tx: Transaction) async throws -> Bool {
        try await tx.execute(
            """
            INSERT INTO assets (id, tenant_id, site_id, parent_id, status, version)
            VALUES (\(asset.id), \(asset.tenant), \(asset.site), \(asset.parent), \(asset.status),
                \(asset.version))
            ON CONFLICT (id) DO UPDATE SET site_id = excluded.site_id, parent_id = excluded.parent_id,
                status = excluded.status, version = excluded.version
            WHERE assets.version <= excluded.version
            """
        ) > 0
    }

    func removeAsset(_ id: AssetID, _ tx: Transaction) async throws {
        try await tx.execute("DELETE FROM assets WHERE id = \(id)")
    }
}
