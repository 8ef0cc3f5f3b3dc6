import Access
import AccessSQL
import Identifiers
import Postgres

extension WorkOrderStore {
    func find(_ id: WorkOrderID, tenant: TenantID, within reach: Reach) async throws -> WorkOrder {
        let results = try await database.of(tenant).pipeline([
            """
            SELECT * FROM work_orders
            WHERE id = \(id) AND tenant_id = \(tenant) AND \(sql: reach.condition(.workOrders))
            """,
            Self.tasks(of: [id], tenant),
        ])
        guard let row = results[0].first else { throw Refusal.unknown(id) }
        return try row.decode(with: ["tasks": try results[1].decode(WorkTask.self)])
    }

    /// A page, newest first.
    func list(
        _ filter: WorkOrderFilter,
        tenant: TenantID,
        within reach: Reach,
        after: WorkOrderPosition?,
        limit: Int
    ) async throws -> [WorkOrder] {
        let conditions = SQL.all([
            "tenant_id = \(tenant)", reach.condition(.workOrders),
            filter.status.map { "status = \($0)" },
            filter.type.map { "type = \($0)" },
            filter.priority.map { "priority = \($0)" },
            filter.siteId.map { "site_id = \($0)" },
            filter.assetId.map { "asset_id = \($0)" },
            filter.assignedTo.map { "assigned_to = \($0)" },
            after.map { "(created_at, id) < (\($0.createdAt), \($0.id))" },
        ])
        let rows = try await database.of(tenant).query(
            """
            SELECT * FROM work_orders WHERE \(sql: conditions) ORDER BY created_at DESC, id DESC LIMIT \(limit)
            """
        )
        let tasks = try await tasks(of: try rows.map { try $0["id"] }, tenant)
        return try rows.decode { ["tasks": tasks[try $0["id"]] ?? []] }
    }

    func history(_ id: WorkOrderID, tenant: TenantID, within reach: Reach) async throws -> [HistoryEntry] {
        _ = try await find(id, tenant: tenant, within: reach)
        return try await database.of(tenant).query(
            """
            SELECT * FROM work_order_state_history WHERE work_order_id = \(id) AND tenant_id = \(tenant)
            ORDER BY version
            """
        ).decode()
    }

    func asset(_ id: AssetID, tenant: TenantID, within reach: Reach) async throws -> AssetReplica? {
        try await database.of(tenant).first(
            "\(sql: Self.selection(of: id, tenant)) AND \(sql: reach.condition(.assets))"
        )?.decode()
    }

    /// The asset, locked so that nobody deletes it before the transaction ends: a deletion after that finds the new work order.
    func lockedAsset(_ id: AssetID, tenant: TenantID, _ tx: Transaction) async throws -> AssetReplica? {
        try await tx.first("\(sql: Self.selection(of: id, tenant)) FOR KEY SHARE")?.decode()
    }

    func isActiveUser(_ id: UserID, tenant: TenantID) async throws -> Bool {
        try await database.of(tenant).first(Self.activeUser(id, tenant)) != nil
    }

    func isActiveUser(_ id: UserID, tenant: TenantID, _ tx: Transaction) async throws -> Bool {
        try await tx.first(Self.activeUser(id, tenant)) != nil
    }

    // MARK: - Statements

    static func tasks(of ids: [WorkOrderID], _ tenant: TenantID) -> SQL {
        """
        SELECT * FROM work_order_tasks
        WHERE work_order_id = ANY(\(PostgresArray(ids))) AND tenant_id = \(tenant) ORDER BY work_order_id, position
        """
    }

    private func tasks(of ids: [WorkOrderID], _ tenant: TenantID) async throws -> [WorkOrderID: [WorkTask]] {
        let rows = try await database.of(tenant).query(Self.tasks(of: ids, tenant))
        let tasks: [WorkTask] = try rows.decode()
        return try zip(rows, tasks).reduce(into: [:]) { tasks, pair in
            tasks[try pair.0["work_order_id"], default: []].append(pair.1)
        }
    }

    private static func selection(of asset: AssetID, _ tenant: TenantID) -> SQL {
        "SELECT * FROM assets WHERE id = \(asset) AND tenant_id = \(tenant)"
    }

    private static func activeUser(_ id: UserID, _ tenant: TenantID) -> SQL {
        "SELECT 1 FROM users WHERE id = \(id) AND tenant_id = \(tenant) AND is_active"
    }
}
