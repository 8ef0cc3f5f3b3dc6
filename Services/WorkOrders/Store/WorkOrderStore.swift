import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// The work orders in PostgreSQL. A change is one transaction: lock, decide, write rows, history, audit and events.
struct WorkOrderStore: Sendable {
    let database: Database

    static let columns: SQL = """
        id, tenant_id, number, title, description, type, priority, status, site_id, asset_id, assigned_to,
        scheduled_start, scheduled_end, actual_start, actual_end, origin, origin_id, created_at, created_by,
        updated_at, version
        """

    /// Creates a work order with the next number of its tenant and year.
    func create(
        in scope: EventScope,
        audit: (Decision) -> AuditRecorded,
        decide: @Sendable (WorkOrderNumber) throws -> Decision
    ) async throws -> WorkOrder {
        try await database.transaction { tx in
            guard let tenant = scope.tenant else { throw EventRefused("a work order needs a tenant") }
            let decision = try decide(try await nextNumber(tenant, at: scope.time, tx))
            guard try await lockedAsset(decision.workOrder.asset, tenant: tenant, tx) != nil else {
                throw Refusal.unknownAsset(decision.workOrder.asset)
            }
            try await insert(decision, in: scope, audit(decision), tx)
            return decision.workOrder
        }
    }

    /// Changes a work order. `decide` returns `nil` when there is nothing to change.
    func update(
        _ id: WorkOrderID,
        within reach: ChangeReach,
        in scope: EventScope,
        audit: (Decision) -> AuditRecorded,
        decide: @Sendable (WorkOrder) throws -> Decision?
    ) async throws -> WorkOrder {
        try await database.transaction { tx in
            try await update(id, within: reach, in: scope, audit: audit, tx, decide: decide)
        }
    }

    /// The same within a transaction that a consumer holds.
    func update(
        _ id: WorkOrderID,
        within reach: ChangeReach,
        in scope: EventScope,
        audit: (Decision) -> AuditRecorded,
        _ tx: Transaction,
        decide: (WorkOrder) throws -> Decision?
    ) async throws -> WorkOrder {
        let row = try await tx.first(
            """
            SELECT \(sql: Self.columns), \(sql: reach.isWithin(.workOrders)) AS is_within FROM work_orders
            WHERE id = \(id) AND tenant_id = \(scope.tenant) AND \(sql: reach.isVisible(.workOrders)) FOR UPDATE
            """
        )
        guard let row else { throw Refusal.unknown(id) }
        guard try row["is_within"] else { throw Refusal.outOfReach }
        let current = try WorkOrder(row, tasks: try await tasks(of: [id], tx)[id] ?? [])
        guard let decision = try decide(current) else { return current }
        try await save(decision, before: current, in: scope, audit(decision), tx)
        return decision.workOrder
    }

    /// Creates the work order that an alert or a prediction asks for, unless its request was granted before.
    func open(_ request: WorkOrderRequested, id: WorkOrderID, in scope: EventScope, _ tx: Transaction) async throws {
        let known = try await tx.first(
            """
            SELECT 1 FROM work_orders
            WHERE origin = \(request.origin) AND origin_id = \(request.originID) AND tenant_id = \(request.tenant)
            """
        )
        guard known == nil else { return }
        func audit(_ action: String, of id: WorkOrderID) -> AuditRecorded {
            AuditRecorded(
                tenant: request.tenant,
                user: nil,
                service: scope.source,
                action: action,
                resourceType: "workorder",
                resourceID: id.description,
                cause: request.originID,
                at: scope.time
            )
        }
        do {
            // An asset that this service has not heard of yet is no reason to leave an emergency without a work order.
            try await lockedAsset(request.asset, tenant: request.tenant, tx)?.requireInService()
        } catch Refusal.assetDecommissioned {
            // Whoever asked knows the asset's state too, and says so where people look. Here it is put on record.
            return try await tx.publish(audit("WORKORDER_REFUSED_ASSET_DECOMMISSIONED", of: id), in: scope)
        }
        let number = try await nextNumber(request.tenant, at: scope.time, tx)
        let decision = WorkOrder.requested(request, id: id, number: number, at: scope.time)
        try await insert(decision, in: scope, audit(decision.action, of: id), tx)
    }

    /// Cancels what is open on an asset that is no more.
    func cancelAll(on asset: AssetID, because reason: String, at now: Date, _ tx: Transaction) async throws {
        let open = try await tx.query(
            """
            SELECT id, tenant_id FROM work_orders
            WHERE asset_id = \(asset) AND status NOT IN ('completed', 'cancelled') ORDER BY id
            """
        )
        for row in open {
            let id: WorkOrderID = try row["id"]
            let scope = EventScope(source: "work-orders", tenant: try row["tenant_id"], time: now)
            _ = try await update(
                id,
                within: .tenant,
                in: scope,
                audit: { audit in
                    AuditRecorded(
                        tenant: scope.tenant,
                        user: nil,
                        service: scope.source,
                        action: audit.action,
                        resourceType: "workorder",
                        resourceID: id.description,
                        cause: "deletion of asset \(asset)",
                        at: now
                    )
                },
                tx
            ) { order in
                guard !order.isClosed else { return nil }
                return try order.moved(.cancel, MoveWorkOrder(reason: reason), by: nil, at: now)
            }
        }
    }

    // MARK: - Reading

    func find(_ id: WorkOrderID, tenant: TenantID, within reach: Reach) async throws -> WorkOrder {
        let row = try await database.first(
            """
            SELECT \(sql: Self.columns) FROM work_orders
            WHERE id = \(id) AND tenant_id = \(tenant) AND \(sql: reach.condition(.workOrders))
            """
        )
        guard let row else { throw Refusal.unknown(id) }
        return try WorkOrder(row, tasks: try await tasks(of: [id])[id] ?? [])
    }

    /// A page, newest first.
    func list(
        _ filter: WorkOrderRoutes.Filter,
        tenant: TenantID,
        within reach: Reach,
        after: WorkOrderPosition?,
        limit: Int
    ) async throws -> [WorkOrder] {
        var conditions: SQL = "tenant_id = \(tenant) AND \(sql: reach.condition(.workOrders))"
        if let status = filter.status { conditions = "\(sql: conditions) AND status = \(status)" }
        if let type = filter.type { conditions = "\(sql: conditions) AND type = \(type)" }
        if let priority = filter.priority { conditions = "\(sql: conditions) AND priority = \(priority)" }
        if let site = filter.siteId { conditions = "\(sql: conditions) AND site_id = \(site)" }
        if let asset = filter.assetId { conditions = "\(sql: conditions) AND asset_id = \(asset)" }
        if let user = filter.assignedTo { conditions = "\(sql: conditions) AND assigned_to = \(user)" }
        if let after { conditions = "\(sql: conditions) AND (created_at, id) < (\(after.createdAt), \(after.id))" }
        let rows = try await database.query(
            """
            SELECT \(sql: Self.columns) FROM work_orders WHERE \(sql: conditions)
            ORDER BY created_at DESC, id DESC LIMIT \(limit)
            """
        )
        let tasks = try await tasks(of: try rows.map { try $0["id"] })
        return try rows.map { row in
            let id: WorkOrderID = try row["id"]
            return try WorkOrder(row, tasks: tasks[id] ?? [])
        }
    }

    func history(_ id: WorkOrderID, tenant: TenantID, within reach: Reach) async throws -> [HistoryEntry] {
        _ = try await find(id, tenant: tenant, within: reach)
        return try await database.query(
            """
            SELECT from_status, to_status, transition, reason, transitioned_by, transitioned_at, version
            FROM work_order_state_history WHERE work_order_id = \(id) ORDER BY version
            """
        ).map(HistoryEntry.init)
    }

    func asset(_ id: AssetID, tenant: TenantID, within reach: Reach) async throws -> AssetReplica? {
        try await database.first("\(sql: Self.selection(of: id, tenant)) AND \(sql: reach.condition(.assets))")
            .map(AssetReplica.init)
    }

    /// The asset, which nobody takes away before the transaction ends: who deletes it then finds the new work order.
    private func lockedAsset(_ id: AssetID, tenant: TenantID, _ tx: Transaction) async throws -> AssetReplica? {
        try await tx.first("\(sql: Self.selection(of: id, tenant)) FOR KEY SHARE").map(AssetReplica.init)
    }

    private static func selection(of asset: AssetID, _ tenant: TenantID) -> SQL {
        "SELECT id, tenant_id, site_id, code, status FROM assets WHERE id = \(asset) AND tenant_id = \(tenant)"
    }

    func isActiveUser(_ id: UserID, tenant: TenantID, _ tx: Transaction? = nil) async throws -> Bool {
        let statement: SQL = "SELECT 1 FROM users WHERE id = \(id) AND tenant_id = \(tenant) AND is_active"
        let row = if let tx { try await tx.first(statement) } else { try await database.first(statement) }
        return row != nil
    }

    // MARK: - Writing

    private func nextNumber(_ tenant: TenantID, at now: Date, _ tx: Transaction) async throws -> WorkOrderNumber {
        let year = WorkOrderNumber.year(of: now)
        let row = try await tx.first(
            """
            INSERT INTO work_order_numbers (tenant_id, year, last) VALUES (\(tenant), \(Int32(year)), 1)
            ON CONFLICT (tenant_id, year) DO UPDATE SET last = work_order_numbers.last + 1
            RETURNING last
            """
        )
        return WorkOrderNumber(year: year, count: try row?["last"] ?? 0)
    }

    private func insert(
        _ decision: Decision,
        in scope: EventScope,
        _ audit: AuditRecorded,
        _ tx: Transaction
    ) async throws {
        let order = decision.workOrder
        try await tx.execute(
            """
            INSERT INTO work_orders (\(sql: Self.columns)) VALUES (
                \(order.id), \(order.tenant), \(order.number), \(order.title), \(order.description), \(order.type),
                \(order.priority), \(order.status), \(order.site), \(order.asset), \(order.assignedTo),
                \(order.scheduledStart), \(order.scheduledEnd), \(order.actualStart), \(order.actualEnd),
                \(order.origin), \(order.originID), \(order.createdAt), \(order.createdBy), \(order.updatedAt),
                \(order.version))
            """
        )
        try await record(decision, before: [], in: scope, audit, tx)
    }

    private func save(
        _ decision: Decision,
        before: WorkOrder,
        in scope: EventScope,
        _ audit: AuditRecorded,
        _ tx: Transaction
    ) async throws {
        let order = decision.workOrder
        let changed = try await tx.execute(
            """
            UPDATE work_orders SET
                title = \(order.title), description = \(order.description), type = \(order.type),
                priority = \(order.priority), status = \(order.status), assigned_to = \(order.assignedTo),
                scheduled_start = \(order.scheduledStart), scheduled_end = \(order.scheduledEnd),
                actual_start = \(order.actualStart), actual_end = \(order.actualEnd),
                updated_at = \(order.updatedAt), version = \(order.version)
            WHERE id = \(order.id) AND version = \(before.version)
            """
        )
        guard changed == 1 else { throw Refusal.stale(current: before.version) }
        try await record(decision, before: before.tasks, in: scope, audit, tx)
    }

    /// Tasks, history, audit, state and fact of a decision.
    private func record(
        _ decision: Decision,
        before: [WorkTask],
        in scope: EventScope,
        _ audit: AuditRecorded,
        _ tx: Transaction
    ) async throws {
        let order = decision.workOrder
        var statements: [SQL] = order.tasks.filter { !before.contains($0) }.map { task in
            """
            INSERT INTO work_order_tasks
                (id, work_order_id, title, position, status, completed_at, completed_by, notes)
            VALUES (\(task.id), \(order.id), \(task.title), \(Int32(task.position)), \(task.status),
                \(task.completedAt), \(task.completedBy), \(task.notes))
            ON CONFLICT (work_order_id, id) DO UPDATE SET status = excluded.status, completed_at = excluded.completed_at,
                completed_by = excluded.completed_by, notes = excluded.notes
            """
        }
        if let move = decision.move {
            statements.append(
                """
                INSERT INTO work_order_state_history
                    (work_order_id, from_status, to_status, transition, reason, transitioned_by, transitioned_at,
                     version)
                VALUES (\(order.id), \(move.from), \(move.to), \(move.transition), \(move.reason), \(audit.user),
                    \(order.updatedAt), \(order.version))
                """
            )
        }
        if !statements.isEmpty { try await tx.pipeline(statements) }
        try await tx.publish([WorkOrderState(order), decision.fact, audit], in: scope)
    }

    private func tasks(of ids: [WorkOrderID], _ tx: Transaction? = nil) async throws -> [WorkOrderID: [WorkTask]] {
        let statement: SQL = """
            SELECT work_order_id, id, title, position, status, completed_at, completed_by, notes
            FROM work_order_tasks WHERE work_order_id = ANY(\(PostgresArray(ids))) ORDER BY work_order_id, position
            """
        let rows = if let tx { try await tx.query(statement) } else { try await database.query(statement) }
        return try rows.reduce(into: [:]) { tasks, row in
            tasks[try row["work_order_id"], default: []].append(try WorkTask(row))
        }
    }
}
