import EventSchema
import Foundation
import Identifiers
import Postgres

extension ServiceLevelStore {
    /// The clocks of work orders; nothing of those that have none.
    func clocks(of orders: [WorkOrderID], tenant: TenantID) async throws -> [WorkOrderID: [ServiceClock]] {
        guard !orders.isEmpty else { return [:] }
        return try Self.clocks(try await database.of(tenant).query(Self.selection(of: orders, tenant)))
    }

    func clocks(of order: WorkOrder, _ tx: Transaction) async throws -> [ServiceClock] {
        try Self.clocks(try await tx.query(Self.selection(of: [order.id], order.tenant)))[order.id] ?? []
    }

    private static func selection(of orders: [WorkOrderID], _ tenant: TenantID) -> SQL {
        """
        SELECT * FROM service_clocks
        WHERE work_order_id = ANY(\(PostgresArray(orders))) AND tenant_id = \(tenant) AND state IS NOT NULL
        ORDER BY work_order_id, kind
        """
    }

    private static func clocks(_ rows: [Row]) throws -> [WorkOrderID: [ServiceClock]] {
        try rows.reduce(into: [:]) { clocks, row in
            guard let clock = try row.decode(StoredClock.self).clock else { return }
            clocks[try row["work_order_id"], default: []].append(clock)
        }
    }
}

extension ServiceStanding {
    /// The rows of work orders of this standing: ``ServiceClock/standing(at:)`` in SQL, of the clock which is worse.
    func condition(at now: Date) -> SQL {
        func hasClock(_ condition: SQL) -> SQL {
            """
            EXISTS (SELECT FROM service_clocks c WHERE c.work_order_id = work_orders.id
                AND c.tenant_id = work_orders.tenant_id AND c.state IS NOT NULL AND \(sql: condition))
            """
        }
        let isBreached = hasClock("c.due_at <= \(now)")
        let isAtRisk = hasClock("c.state IN ('running', 'paused') AND c.at_risk_at <= \(now)")
        return switch self {
        case .breached: isBreached
        case .atRisk: "\(sql: isAtRisk) AND NOT \(sql: isBreached)"
        case .onTime: "\(sql: hasClock("true")) AND NOT \(sql: isAtRisk) AND NOT \(sql: isBreached)"
        }
    }
}
