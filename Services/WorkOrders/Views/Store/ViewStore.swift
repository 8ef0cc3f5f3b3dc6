import Foundation
import Identifiers
import Messaging
import Postgres

/// The views in PostgreSQL.
struct ViewStore: Sendable {
    let database: Database

    /// A person's own views and the shared ones, by name. A person keeps few, so there are no pages; of the shared ones the first 200.
    func list(for user: UserID, _ tenant: TenantID) async throws -> [SavedView] {
        let found = try await database.of(tenant).pipeline([
            "SELECT * FROM work_order_views WHERE tenant_id = \(tenant) AND owner_id = \(user)",
            """
            SELECT * FROM work_order_views WHERE tenant_id = \(tenant) AND is_shared AND owner_id <> \(user)
            ORDER BY name, id LIMIT 200
            """,
        ])
        return try found.flatMap { try $0.decode(SavedView.self) }.sorted {
            ($0.name, $0.id.description) < ($1.name, $1.id.description)
        }
    }

    func add(_ view: SavedView, by act: Act, _ tx: Transaction) async throws {
        let tenant = try tenant(of: act)
        let row = try await tx.first(
            """
            SELECT count(*) AS count, count(*) FILTER (WHERE name = \(view.name)) AS named FROM work_order_views
            WHERE tenant_id = \(tenant) AND owner_id = \(view.owner)
            """
        )
        guard try row?["count"] ?? Int64(0) < SavedView.maximum else { throw ViewRefusal.tooMany }
        guard try row?["named"] == Int64(0) else { throw ViewRefusal.nameTaken }
        tx.later(try .insert("work_order_views", view, adding: ["tenant_id": tenant]))
        try record("WORK_ORDER_VIEW_CREATED", view.id, before: nil, after: view, by: act, tx)
    }

    func change(
        _ id: ViewID,
        by act: Act,
        _ tx: Transaction,
        decide: (SavedView) throws -> SavedView
    ) async throws -> SavedView {
        let tenant = try tenant(of: act)
        let before = try await locked(id, by: act, tx)
        let after = try decide(before)
        tx.later(
            try .update(
                "work_order_views",
                after,
                except: ["id", "owner"],
                where: "id = \(id) AND tenant_id = \(tenant)"
            )
        )
        try record("WORK_ORDER_VIEW_UPDATED", id, before: before, after: after, by: act, tx)
        return after
    }

    /// - Parameter forAll: Whether the person may remove shared views of others.
    func remove(_ id: ViewID, forAll: Bool, by act: Act, _ tx: Transaction) async throws {
        let tenant = try tenant(of: act)
        let view = try await locked(id, by: act, tx)
        guard view.owner == act.user || forAll else { throw ViewRefusal.notOwner }
        tx.later("DELETE FROM work_order_views WHERE id = \(id) AND tenant_id = \(tenant)")
        try record("WORK_ORDER_VIEW_DELETED", id, before: view, after: nil, by: act, tx)
    }

    /// Two of the same name at the same moment: both found none.
    static let refusal: @Sendable (PostgresError) -> (any Error)? = {
        $0.isUniqueViolation(of: "work_order_views_name") ? ViewRefusal.nameTaken : nil
    }

    /// What somebody keeps ends with them, but not what others use.
    static func removeOwn(of user: UserID) -> SQL {
        "DELETE FROM work_order_views WHERE owner_id = \(user) AND NOT is_shared"
    }

    private func locked(_ id: ViewID, by act: Act, _ tx: Transaction) async throws -> SavedView {
        let row = try await tx.first(
            """
            SELECT * FROM work_order_views
            WHERE id = \(id) AND tenant_id = \(try tenant(of: act)) AND (owner_id = \(act.user) OR is_shared) FOR UPDATE
            """
        )
        guard let row else { throw ViewRefusal.unknown }
        return try row.decode()
    }

    private func record(
        _ action: String,
        _ id: ViewID,
        before: SavedView?,
        after: SavedView?,
        by act: Act,
        _ tx: Transaction
    ) throws {
        try tx.record(Change(action, "work-order-view", id, before: before, after: after), by: act)
    }

    private func tenant(of act: Act) throws -> TenantID {
        guard let tenant = act.tenant else { throw EventRefused("a view needs a tenant") }
        return tenant
    }
}

extension SavedView: Record {
    static let columnNames = ["owner": "owner_id"]
}
