import Access
import AccessSQL
import Foundation
import Identifiers
import Postgres

extension WorkOrderStore {
    func find(_ id: WorkOrderID, tenant: TenantID, within reach: Reach) async throws -> WorkOrder {
        let results = try await database.of(tenant).pipeline(
            [
                """
                SELECT * FROM work_orders
                WHERE id = \(id) AND tenant_id = \(tenant) AND \(sql: reach.condition(.workOrders))
                """,
                Self.tasks(of: [id], tenant),
            ],
            plans: .once
        )
        guard let row = results[0].first else { throw Refusal.unknown(id) }
        var order = try row.decode(WorkOrder.self)
        order.tasks = try results[1].decode()
        return order
    }

    /// Where a page ends, in bytes of its tasks.
    static let pageSize = 4 << 20
    /// A page of so few work orders is not measured: even with the largest ones it is small enough.
    private static let smallPage = 25
    /// So many work orders are searched one by one before the index is asked for all that have the words.
    static let searchedFirst = 1_000

    /// A page: at most `limit` work orders, and fewer if they are large.
    ///
    /// - Parameters:
    ///   - now: Decides what is overdue.
    ///   - after: A place in the order that the filter asks for.
    ///   - pageSize: Where a page ends, in bytes of its tasks. It has at least one work order.
    ///   - searchedFirst: So many are searched one by one first. Whatever it is, the page is the same.
    func list(
        _ filter: WorkOrderFilter,
        at now: Date,
        tenant: TenantID,
        within reach: Reach,
        after: WorkOrderPosition?,
        limit: Int,
        upTo pageSize: Int = WorkOrderStore.pageSize,
        searchedFirst: Int = WorkOrderStore.searchedFirst
    ) async throws -> (orders: [WorkOrder], hasMore: Bool) {
        let database = database.of(tenant)
        func first(_ count: Int, _ filter: WorkOrderFilter) -> SQL {
            let conditions = SQL.all([
                "tenant_id = \(tenant)", reach.condition(.workOrders), filter.condition(at: now), after?.isBefore,
            ])
            return .first(
                count,
                of: "work_orders",
                where: conditions,
                andOneOf: filter.siteId,
                "site_id",
                by: filter.order
            )
        }
        var rows: [Row] = []
        if let words = filter.q {
            // Words that most work orders have are on the first page already. From the index came every work order that has them.
            var anyWords = filter
            anyWords.q = nil
            rows = try await database.query(
                """
                WITH searched AS MATERIALIZED (\(sql: first(searchedFirst, anyWords)))
                SELECT * FROM searched WHERE id IN (SELECT work_orders_with(\(words), ARRAY(SELECT id FROM searched)))
                ORDER BY \(sql: filter.order) LIMIT \(limit + 1)
                """
            )
        }
        if rows.count <= limit { rows = try await database.query(first(limit + 1, filter)) }
        var orders = try Array(rows.prefix(limit)).decode(WorkOrder.self)
        if limit > Self.smallPage {
            orders = Array(orders.prefix(try await fitting(orders.map(\.id), tenant, into: pageSize)))
        }
        let tasks = try await tasks(of: orders.map(\.id), tenant)
        for index in orders.indices { orders[index].tasks = tasks[orders[index].id] ?? [] }
        return (orders, rows.count > orders.count)
    }

    /// How many of the work orders fit into a page.
    private func fitting(_ ids: [WorkOrderID], _ tenant: TenantID, into pageSize: Int) async throws -> Int {
        let row = try await database.of(tenant).first(
            """
            SELECT count(*) AS fitting FROM (
                SELECT sum(size) OVER (ORDER BY place) - size AS size_before FROM (
                    SELECT place, COALESCE(sum(
                        octet_length(title) + COALESCE(octet_length(notes), 0) + COALESCE(octet_length(description), 0)
                            + COALESCE(octet_length(check_rule::text), 0) + COALESCE(octet_length(answer::text), 0)
                    ), 0) AS size
                    FROM unnest(\(PostgresArray(ids))) WITH ORDINALITY AS page (id, place)
                    LEFT JOIN work_order_tasks ON work_order_id = page.id AND tenant_id = \(tenant)
                    GROUP BY place
                ) sizes
            ) pages WHERE size_before < \(Int64(pageSize))
            """
        )
        return Int(try row?["fitting"] as Int64? ?? 0)
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

    /// The codes that people know assets by; none of those that were deleted.
    func codes(of assets: [AssetID], tenant: TenantID) async throws -> [AssetID: String] {
        let rows = try await database.of(tenant).query(
            "SELECT id, code FROM assets WHERE id = ANY(\(PostgresArray(assets))) AND tenant_id = \(tenant)"
        )
        return try rows.reduce(into: [:]) { $0[try $1["id"]] = try $1["code"] }
    }

    /// Locks the asset of a work order, as ``lockedAsset(_:tenant:_:)`` does.
    func lockAsset(of order: WorkOrderID, tenant: TenantID, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            SELECT 1 FROM assets WHERE tenant_id = \(tenant)
                AND id = (SELECT asset_id FROM work_orders WHERE id = \(order) AND tenant_id = \(tenant))
            FOR KEY SHARE
            """
        )
    }

    /// The asset, locked against deletion until the transaction ends: a deletion after that finds the new work order.
    func lockedAsset(_ id: AssetID, tenant: TenantID, _ tx: Transaction) async throws -> AssetReplica? {
        try await tx.first("\(sql: Self.selection(of: id, tenant)) FOR KEY SHARE")?.decode()
    }

    func isActiveUser(_ id: UserID, tenant: TenantID) async throws -> Bool {
        try await database.of(tenant).first(Self.activeUser(id, tenant)) != nil
    }

    func isActiveUser(_ id: UserID, tenant: TenantID, _ tx: Transaction) async throws -> Bool {
        try await tx.first(Self.activeUser(id, tenant)) != nil
    }

    /// The first of these people who is no active user of the tenant.
    func firstStranger(among people: [UserID], of tenant: TenantID, _ tx: Transaction) async throws -> UserID? {
        guard !people.isEmpty else { return nil }
        let active: [UserID] = try await tx.query(
            "SELECT id FROM users WHERE id = ANY(\(PostgresArray(people))) AND tenant_id = \(tenant) AND is_active"
        ).map { try $0["id"] }
        return people.first { !active.contains($0) }
    }

    // MARK: - Statements

    static func tasks(of ids: [WorkOrderID], _ tenant: TenantID) -> SQL {
        """
        SELECT * FROM work_order_tasks
        WHERE work_order_id = ANY(\(PostgresArray(ids))) AND tenant_id = \(tenant) ORDER BY work_order_id, position
        """
    }

    private func tasks(of ids: [WorkOrderID], _ tenant: TenantID) async throws -> [WorkOrderID: [WorkTask]] {
        try Self.tasks(try await database.of(tenant).query(Self.tasks(of: ids, tenant)))
    }

    func tasks(
        of ids: [WorkOrderID],
        _ tenant: TenantID,
        _ tx: Transaction
    ) async throws -> [WorkOrderID: [WorkTask]] {
        try Self.tasks(try await tx.query(Self.tasks(of: ids, tenant)))
    }

    private static func tasks(_ rows: [Row]) throws -> [WorkOrderID: [WorkTask]] {
        let rows = try rows.decode(TaskRow.self)
        return rows.reduce(into: [:]) { $0[$1.order, default: []].append($1.task) }
    }

    /// A task, and whose it is.
    private struct TaskRow: RowReadable {
        let order: WorkOrderID
        let task: WorkTask

        init(from row: inout RowReader) throws {
            order = try row.read("work_order_id")
            task = try WorkTask(from: &row)
        }
    }

    private static func selection(of asset: AssetID, _ tenant: TenantID) -> SQL {
        "SELECT * FROM assets WHERE id = \(asset) AND tenant_id = \(tenant)"
    }

    private static func activeUser(_ id: UserID, _ tenant: TenantID) -> SQL {
        "SELECT 1 FROM users WHERE id = \(id) AND tenant_id = \(tenant) AND is_active"
    }
}
