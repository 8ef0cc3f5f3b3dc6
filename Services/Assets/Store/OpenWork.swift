import EventSchema
import Identifiers
import Postgres

/// The open work orders, with only the fields that this service needs.
enum OpenWork {
    /// Stores the current state of a work order. The states of one work order arrive in order, but some can be missing.
    static func put(_ order: WorkOrderState, _ tx: Transaction) async throws {
        if order.status == .completed || order.status == .cancelled {
            return try await remove(order.id, tx)
        }
        try await tx.execute(
            """
            INSERT INTO open_work (work_order_id, tenant_id, asset_id, number)
            VALUES (\(order.id), \(order.tenant), \(order.asset), \(order.number))
            ON CONFLICT (work_order_id) DO NOTHING
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
