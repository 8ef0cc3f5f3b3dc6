import Access
import AccessSQL
import Foundation
import Identifiers
import Postgres

extension LaborStore {
    /// A page of the entries of a work order that the caller sees, the earliest first.
    func list(
        _ order: WorkOrderID,
        _ filter: LaborFilter,
        tenant: TenantID,
        within reach: Reach,
        after: LaborPosition?,
        limit: Int
    ) async throws -> [LaborEntry] {
        let results = try await database.of(tenant).pipeline([
            """
            SELECT 1 FROM work_orders
            WHERE id = \(order) AND tenant_id = \(tenant) AND \(sql: reach.condition(.workOrders))
            """,
            """
            SELECT * FROM labor_entries
            WHERE \(sql: .all([
                "work_order_id = \(order)", "tenant_id = \(tenant)", "removed_at IS NULL",
                filter.userId.map { "user_id = \($0)" },
                after.map { "(started_at, id) > (\($0.startedAt), \($0.id))" },
            ]))
            ORDER BY started_at, id LIMIT \(limit + 1)
            """,
        ])
        guard !results[0].isEmpty else { throw Refusal.unknown(order) }
        return try results[1].decode()
    }

    /// Who has recorded time on a work order.
    static func people(on order: WorkOrderID, _ tenant: TenantID) -> SQL {
        """
        SELECT DISTINCT user_id FROM labor_entries
        WHERE work_order_id = \(order) AND tenant_id = \(tenant) AND removed_at IS NULL
        """
    }
}

extension LaborEntry: Record {
    static let columnNames = [
        "tenant": "tenant_id", "workOrder": "work_order_id", "site": "site_id", "user": "user_id",
    ]
}

extension LaborEntry: RowReadable {
    init(from row: inout RowReader) throws {
        self.init(
            id: try row.read("id"),
            tenant: try row.read("tenant_id"),
            workOrder: try row.read("work_order_id"),
            site: try row.read("site_id"),
            user: try row.read("user_id"),
            kind: try row.read("kind"),
            startedAt: try row.read("started_at"),
            endedAt: try row.read("ended_at"),
            breakMinutes: try row.read("break_minutes"),
            note: try row.read("note"),
            regularSeconds: try row.read("regular_seconds"),
            overtimeSeconds: try row.read("overtime_seconds"),
            weekendSeconds: try row.read("weekend_seconds"),
            travelSeconds: try row.read("travel_seconds"),
            isBooked: try row.read("is_booked"),
            corrections: try row.read("corrections"),
            correctionReason: try row.read("correction_reason"),
            createdAt: try row.read("created_at"),
            createdBy: try row.read("created_by"),
            updatedAt: try row.read("updated_at"),
            version: try row.read("version"),
            removedAt: try row.read("removed_at")
        )
    }
}

extension LaborKind: PostgresEncodable, PostgresDecodable {}
