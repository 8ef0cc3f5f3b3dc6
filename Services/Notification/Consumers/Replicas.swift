import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// Keeps what other services own and this one refers to: the people who may be told, and the sites and assets of rules and alerts.
struct Replicas: Sendable {
    let store: AlertStore
    var now: @Sendable () -> Date = { Date() }

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

    func put(_ asset: AssetState, _ tx: Transaction) async throws {
        let changed = try await tx.execute(
            """
            INSERT INTO assets (id, tenant_id, site_id, parent_id, status, version)
            VALUES (\(asset.id), \(asset.tenant), \(asset.site), \(asset.parent), \(asset.status),
                \(asset.version))
            ON CONFLICT (id) DO UPDATE SET site_id = excluded.site_id, parent_id = excluded.parent_id,
                status = excluded.status, version = excluded.version
            WHERE assets.version <= excluded.version
            """
        )
        guard changed > 0, asset.status == .decommissioned else { return }
        // The work orders service refuses what was asked for at the same moment.
        try await store.refuseWork(of: asset.id, .assetDecommissioned, tx)
    }

    /// Nothing is left that could bring an alert of the asset to its end, or make a rule for it fire.
    func removeAsset(_ deletion: Deletion<AssetID>, _ tx: Transaction) async throws {
        let act = deletion.act(of: "notification", at: now())
        let id = deletion.key
        try await tx.execute("DELETE FROM assets WHERE id = \(id)")
        try await store.endAlerts(of: id, by: act, tx)
        try await store.disableRules(of: id, by: act, tx)
    }
}
