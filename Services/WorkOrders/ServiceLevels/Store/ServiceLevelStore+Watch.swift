import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

extension ServiceLevelStore {
    /// Work orders of which something is due to be told, of every tenant; the longest due first.
    func due(at now: Date, limit: Int) async throws -> [OrderKey] {
        let found: [OrderKey] = try await database.ofEveryTenant.query(
            """
            SELECT work_order_id AS id, tenant_id FROM service_clocks WHERE next_at <= \(now)
            ORDER BY next_at LIMIT \(limit)
            """
        ).decode()
        // Both clocks of one can be due.
        var known: Set<OrderKey> = []
        return found.filter { known.insert($0).inserted }
    }

    /// Works the clocks of a work order out anew.
    ///
    /// - Parameter waiting: Whether to wait for somebody who changes it at this moment.
    /// - Returns: Whether it was done.
    func follow(_ key: OrderKey, at now: Date, waiting: Bool) async throws -> Bool {
        let act = Act(service: "work-orders", tenant: key.tenant, cause: "service level", time: now)
        return try await database.of(key.tenant).transaction { tx in
            let row = try await tx.first(
                """
                SELECT * FROM work_orders WHERE id = \(key.id) AND tenant_id = \(key.tenant)
                FOR UPDATE \(sql: waiting ? "" : "SKIP LOCKED")
                """
            )
            guard let order: WorkOrder = try row?.decode() else { return false }
            try await follow(order, by: act, tx)
            return true
        }
    }

    /// A tenant whose clocks do not follow its levels yet, if there is one.
    func unsettled() async throws -> Unsettled? {
        try await database.ofEveryTenant.first(
            """
            SELECT tenant_id, updated_at, settled_to FROM service_levels WHERE NOT is_settled ORDER BY updated_at LIMIT 1
            """
        )?.decode()
    }

    /// The next work orders of a tenant that may not follow its levels yet. What is done keeps the levels that counted then; if it is reopened, it
    /// follows the new ones.
    func next(_ levels: Unsettled, limit: Int) async throws -> [OrderKey] {
        try await database.of(levels.tenant).query(
            """
            SELECT id, tenant_id FROM work_orders WHERE \(sql: .all([
                "tenant_id = \(levels.tenant)", .isUnclosed, levels.settledTo.map { "id > \($0)" },
            ]))
            ORDER BY id LIMIT \(limit)
            """
        ).decode()
    }

    /// Notes how far the clocks of a tenant follow its levels.
    ///
    /// - Parameter last: The last work order that does; `nil` if all do.
    func settle(_ levels: Unsettled, to last: WorkOrderID?) async throws {
        // If something was changed in the meantime, it has begun anew.
        try await database.of(levels.tenant).execute(
            """
            UPDATE service_levels SET is_settled = \(last == nil), settled_to = \(last)
            WHERE tenant_id = \(levels.tenant) AND updated_at = \(levels.since) AND NOT is_settled
                AND settled_to IS NOT DISTINCT FROM \(levels.settledTo)
            """
        )
    }

    /// Levels have changed, or the clock of a site has, and with it its hours.
    static func unsettle(_ tenant: TenantID) -> SQL {
        """
        UPDATE service_levels SET updated_at = clock_timestamp(), is_settled = false, settled_to = NULL
        WHERE tenant_id = \(tenant)
        """
    }
}

/// A work order, and whose it is.
struct OrderKey: Record, Codable, Hashable, Sendable {
    var id: WorkOrderID
    var tenant: TenantID

    static let columnNames = ["tenant": "tenant_id"]
}

/// Levels that not all clocks follow yet.
struct Unsettled: Record, Codable, Hashable, Sendable {
    var tenant: TenantID
    /// When something has changed last.
    var since: Date
    /// The last work order that follows them.
    var settledTo: WorkOrderID?

    static let columnNames = ["tenant": "tenant_id", "since": "updated_at"]
}
