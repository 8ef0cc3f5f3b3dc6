import Access
import AccessSQL
import EventSchema
import Identifiers
import Messaging
import Postgres

extension AssetStore {
    func create(_ site: SiteState, by act: Act, _ tx: Transaction) async throws {
        try await tx.execute(.insert("sites", site, adding: ["created_at": act.time]))
        try tx.record(Change("SITE_CREATED", "site", site.id, before: nil, after: site), [site], by: act)
    }

    func site(_ id: SiteID, tenant: TenantID, within reach: Reach) async throws -> SiteState? {
        let visible = reach.condition(.sites)
        return try await database.of(tenant).first(
            "SELECT * FROM sites WHERE id = \(id) AND tenant_id = \(tenant) AND \(sql: visible)"
        )?.decode()
    }

    func update(
        _ id: SiteID,
        within reach: ChangeReach,
        _ change: ChangeSite,
        seen: Int64?,
        by act: Act,
        _ tx: Transaction
    ) async throws -> SiteState {
        let row = try await tx.first(
            """
            SELECT *, \(sql: reach.isWithin(.sites)) AS is_within FROM sites
            WHERE id = \(id) AND tenant_id = \(act.tenant) AND \(sql: reach.isVisible(.sites)) FOR UPDATE
            """
        )
        guard let row else { throw Refusal.unknown("site") }
        guard try row["is_within"] else { throw Refusal.outOfReach }
        let before: SiteState = try row.decode()
        if let seen, seen != before.version { throw Refusal.stale(current: before.version) }
        var site = before
        change.apply(to: &site)
        site.version += 1
        try await tx.execute(
            try .update(
                "sites",
                site,
                except: ["id", "tenant", "code"],
                where: "id = \(id) AND tenant_id = \(act.tenant)"
            )
        )
        try tx.record(Change("SITE_UPDATED", "site", id, before: before, after: site), [site], by: act)
        return site
    }

    /// How many assets of each status the sites have.
    func assetCounts(tenant: TenantID, within reach: Reach) async throws -> [AssetCount] {
        try await database.of(tenant).query(
            """
            SELECT a.site_id, a.status, count(*) AS count FROM assets a
            WHERE a.tenant_id = \(tenant) AND \(sql: reach.condition(.assets)) GROUP BY a.site_id, a.status
            """
        ).decode()
    }

    func sites(tenant: TenantID, within reach: Reach, after: SiteID?, limit: Int) async throws -> [SiteState] {
        let conditions = SQL.all(["tenant_id = \(tenant)", reach.condition(.sites), after.map { "id > \($0)" }])
        return try await database.of(tenant).query(
            "SELECT * FROM sites WHERE \(sql: conditions) ORDER BY id LIMIT \(limit)"
        ).decode()
    }
}
