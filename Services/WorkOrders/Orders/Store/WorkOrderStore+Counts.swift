import Access
import AccessSQL
import Foundation
import Identifiers
import Postgres

extension WorkOrderStore {
    /// How many work orders there are of each status, and of each priority of those that are not closed.
    func counts(_ filter: SummaryFilter, at now: Date, tenant: TenantID, within reach: Reach) async throws
        -> [WorkOrderCount]
    {
        let conditions = SQL.all([
            "tenant_id = \(tenant)", reach.condition(.workOrders), filter.siteId.map { .isOne(of: $0, "site_id") },
            filter.assetId.map { "asset_id = \($0)" },
        ])
        let soon = now.addingTimeInterval(7 * 86_400)
        // In two parts: of those that are closed, which are most of them, an index alone says how many there are.
        return try await database.of(tenant).query(
            """
            SELECT status, priority, count(*) AS count, count(*) FILTER (WHERE scheduled_end < \(now)) AS overdue,
                count(*) FILTER (WHERE scheduled_end >= \(now) AND scheduled_end < \(soon)) AS due_soon,
                count(*) FILTER (WHERE assigned_to IS NULL AND crew_id IS NULL) AS unassigned
            FROM work_orders WHERE \(sql: conditions) AND \(sql: .isUnclosed) GROUP BY status, priority
            UNION ALL
            SELECT status, NULL, count(*), 0, 0, 0
            FROM work_orders WHERE \(sql: conditions) AND status IN ('completed', 'cancelled') GROUP BY status
            """
        ).decode()
    }
}

extension WorkOrderCount: Record {}
