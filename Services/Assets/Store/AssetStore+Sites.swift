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

    func sites(tenant: TenantID, within reach: Reach, after: SiteID?, limit: Int) async throws -> [SiteState] {
        let conditions = SQL.all(["tenant_id = \(tenant)", reach.condition(.sites), after.map { "id > \($0)" }])
        return try await database.of(tenant).query(
            "SELECT * FROM sites WHERE \(sql: conditions) ORDER BY id LIMIT \(limit)"
        ).decode()
    }
}
