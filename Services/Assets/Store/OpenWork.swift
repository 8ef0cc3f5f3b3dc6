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
            INSERT INTO open_work (work_order_id, tenant_id, asset_id, number, assigned_to, crew_members)
            VALUES (\(order.id), \(order.tenant), \(order.asset), \(order.number), \(order.assignedTo),
                \(PostgresArray(order.crewMembers)))
            ON CONFLICT (work_order_id) DO UPDATE
                SET assigned_to = excluded.assigned_to, crew_members = excluded.crew_members
            """
        )
    }

    static func remove(_ id: WorkOrderID, _ tx: Transaction) async throws {
        try await tx.execute("DELETE FROM open_work WHERE work_order_id = \(id)")
    }

    /// The assets of open work that somebody does, alone or in a crew. Work of crews has an index of its own: few of all work is theirs.
    static func assets(of user: UserID) -> SQL {
        """
        SELECT asset_id AS id FROM open_work WHERE assigned_to = \(user)
        UNION SELECT asset_id FROM open_work WHERE crew_members <> '{}' AND \(user) = ANY(crew_members)
        """
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
