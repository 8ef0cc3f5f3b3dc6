import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// The comments of work orders in PostgreSQL. Whoever writes one holds the work order, so that it is there and has not too many.
struct CommentStore: Sendable {
    let orders: WorkOrderStore

    private var database: Database { orders.database }

    func add(_ comment: Comment, on order: WorkOrder, by act: Act, _ tx: Transaction) async throws {
        let row = try await tx.first(
            """
            SELECT count(*) AS count FROM work_order_comments
            WHERE tenant_id = \(order.tenant) AND work_order_id = \(order.id)
            """
        )
        guard try row?["count"] ?? Int64(0) < Comment.maximumCount else { throw CommentRefusal.tooMany }
        try await requirePeople(comment.mentions, order.tenant, tx)
        tx.later(try .insert("work_order_comments", comment))
        try record("COMMENT_CREATED", .added, before: nil, after: comment, on: order, by: act, tx)
    }

    /// Changes a comment. `decide` returns `nil` when there is nothing to change.
    func change(
        _ id: CommentID,
        of order: WorkOrder,
        as change: CommentChange,
        by act: Act,
        _ tx: Transaction,
        decide: (Comment) throws -> Comment?
    ) async throws -> Comment {
        let row = try await tx.first("\(sql: Self.selection(of: order.id, order.tenant)) AND id = \(id) FOR UPDATE")
        guard let before: Comment = try row?.decode() else { throw CommentRefusal.unknown }
        guard let after = try decide(before) else { return before }
        // Who was mentioned stays it, also if they are no user any more.
        try await requirePeople(after.mentions, besides: before.mentions, order.tenant, tx)
        tx.later(
            try .update(
                "work_order_comments",
                after,
                except: ["id", "tenant", "workOrder", "createdAt", "createdBy"],
                where: "id = \(id) AND tenant_id = \(order.tenant)"
            )
        )
        let action = change == .removed ? "COMMENT_DELETED" : "COMMENT_UPDATED"
        try record(action, change, before: before, after: after, on: order, by: act, tx)
        return after
    }

    /// A page of the comments of a work order that the caller sees, the earliest first.
    func list(
        _ order: WorkOrderID,
        tenant: TenantID,
        within reach: Reach,
        after: CommentPosition?,
        limit: Int
    ) async throws -> [Comment] {
        let results = try await database.of(tenant).pipeline([
            """
            SELECT 1 FROM work_orders
            WHERE id = \(order) AND tenant_id = \(tenant) AND \(sql: reach.condition(.workOrders))
            """,
            """
            SELECT * FROM work_order_comments
            WHERE \(sql: .all([
                "work_order_id = \(order)", "tenant_id = \(tenant)",
                after.map { "(created_at, id) > (\($0.createdAt), \($0.id))" },
            ]))
            ORDER BY created_at, id LIMIT \(limit + 1)
            """,
        ])
        guard !results[0].isEmpty else { throw Refusal.unknown(order) }
        return try results[1].decode()
    }

    private static func selection(of order: WorkOrderID, _ tenant: TenantID) -> SQL {
        "SELECT * FROM work_order_comments WHERE work_order_id = \(order) AND tenant_id = \(tenant)"
    }

    private func requirePeople(
        _ people: [UserID],
        besides known: [UserID] = [],
        _ tenant: TenantID,
        _ tx: Transaction
    ) async throws {
        let new = people.filter { !known.contains($0) }
        guard !new.isEmpty else { return }
        let active = try await tx.query(
            "SELECT id FROM users WHERE id = ANY(\(PostgresArray(new))) AND tenant_id = \(tenant) AND is_active"
        ).map { try $0["id"] as UserID }
        if let unknown = people.firstIndex(where: { new.contains($0) && !active.contains($0) }) {
            throw CommentRefusal.unknownPerson(at: unknown)
        }
    }

    private func record(
        _ action: String,
        _ change: CommentChange,
        before: Comment?,
        after: Comment,
        on order: WorkOrder,
        by act: Act,
        _ tx: Transaction
    ) throws {
        let event = WorkOrderCommented(
            comment: after.id,
            workOrder: order.id,
            tenant: order.tenant,
            site: order.site,
            asset: order.asset,
            number: order.number,
            change: change,
            mentions: after.mentions.filter { !(before?.mentions.contains($0) ?? false) },
            by: after.createdBy,
            at: act.time
        )
        let left = change == .removed ? nil : after
        try tx.record([Change(action, "comment", after.id, before: before, after: left)], [event], by: act)
    }
}

extension Comment: Record {
    static let columnNames = ["tenant": "tenant_id", "workOrder": "work_order_id"]
}
