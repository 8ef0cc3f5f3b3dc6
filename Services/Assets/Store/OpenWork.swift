import EventSchema
import Identifiers
import Postgres

/// What this service needs to know about open work orders.
enum OpenWork {
    /// Stores the state of a work order. The states of one work order arrive in order, but some may be missing.
    static func put(_ order: WorkOrderState, _ tx: Transaction) async throws {
        if order.status == .completed || order.status == .cancelled {
            return try await remove(order.id, tx)
        }
        try await tx.execute(
            """
            INSERT INTO open_work (work_order_id, tenant_id, asset_id, number, assigned_to)
            VALUES (\(order.id), \(order.tenant), \(order.asset), \(order.number), \(order.assignedTo))
            ON CONFLICT (work_order_id) DO UPDATE SET assigned_to = excluded.assigned_to
            """
        )
    }

    static func remove(_ id: WorkOrderID, _ tx: Transaction) async throws {
        try await tx.execute("DELETE FROM open_work WHERE work_order_id = \(id)")
    }

    /// The number of a work order that is open on an asset.
    static func number(on asset: AssetID, _ tenant: TenantID, _ tx: Transaction) async throws -> String? {
        try await tx.first(
            """
            SELECT number FROM open_work WHERE asset_id = \(asset) AND tenant_id = \(tenant)
            ORDER BY number LIMIT 1
            """
        )?["number"]
    }
}
