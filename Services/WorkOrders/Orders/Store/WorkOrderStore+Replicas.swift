import EventSchema
import Identifiers
import Postgres

/// Replicas of other services' records. An older version never overwrites a newer one.
extension WorkOrderStore {
    func put(_ asset: AssetState, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            INSERT INTO assets (id, tenant_id, site_id, parent_id, code, status, version)
            VALUES (\(asset.id), \(asset.tenant), \(asset.site), \(asset.parent), \(asset.code), \(asset.status),
                \(asset.version))
            ON CONFLICT (id) DO UPDATE SET site_id = excluded.site_id, parent_id = excluded.parent_id,
                code = excluded.code, status = excluded.status, version = excluded.version
            WHERE assets.version <= excluded.version
            """
        )
    }

    func removeAsset(_ id: AssetID, _ tx: Transaction) async throws {
        try await tx.execute("DELETE FROM assets WHERE id = \(id)")
    }

    func put(_ site: SiteState, _ tx: Transaction) async throws {
        let before = try await tx.first("SELECT time_zone FROM sites WHERE id = \(site.id) FOR UPDATE")
        let zone: String? = try before?["time_zone"]
        if zone != site.timeZone { tx.later(ServiceLevelStore.unsettle(site.tenant)) }
        try await tx.execute(
            """
            INSERT INTO sites (id, tenant_id, time_zone, version)
            VALUES (\(site.id), \(site.tenant), \(site.timeZone), \(site.version))
            ON CONFLICT (id) DO UPDATE SET time_zone = excluded.time_zone, version = excluded.version
            WHERE sites.version <= excluded.version
            """
        )
    }

    func removeSite(_ id: SiteID, _ tx: Transaction) async throws {
        try await tx.execute("DELETE FROM sites WHERE id = \(id)")
    }

    func put(_ user: UserState, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            INSERT INTO users (id, tenant_id, team_id, site_ids, display_name, skills, is_active, version)
            VALUES (\(user.id), \(user.tenant), \(user.team), \(PostgresArray(user.sites)), \(user.displayName),
                \(PostgresArray(user.skills)), \(user.isActive), \(user.version))
            ON CONFLICT (id) DO UPDATE SET team_id = excluded.team_id, site_ids = excluded.site_ids,
                display_name = excluded.display_name, skills = excluded.skills, is_active = excluded.is_active,
                version = excluded.version
            WHERE users.version <= excluded.version
            """
        )
    }

    func removeUser(_ id: UserID, _ tx: Transaction) async throws {
        try await tx.execute("DELETE FROM users WHERE id = \(id)")
        try await tx.execute(ViewStore.removeOwn(of: id))
        // Who was deleted leaves nothing about themselves.
        for table in ["certificates", "time_off", "shift_turns"] as [SQL] {
            try await tx.execute("DELETE FROM \(sql: table) WHERE person_id = \(id)")
        }
    }
}
