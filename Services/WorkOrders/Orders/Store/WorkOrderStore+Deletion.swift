import Access
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

extension WorkOrderStore {
    /// Whatever else refers to a draft is there for good.
    static let deletionRefusal: @Sendable (PostgresError) -> (any Error)? = {
        if case .foreignKeyViolation = $0.kind { Refusal.hasRecords } else { nil }
    }

    /// Deletes a draft, for good: its state is gone wherever it is kept. What else is deleted with it: its tasks, its history and its comments.
    func delete(
        _ id: WorkOrderID,
        seen: Int64?,
        within reach: ChangeReach,
        by act: Act,
        _ tx: Transaction
    ) async throws {
        var draft = try await hold(id, within: reach, by: act, tx)
        try draft.requireDeletable(seen: seen)
        let found = try await tx.pipeline([
            Self.tasks(of: [id], draft.tenant),
            "SELECT 1 FROM cost_entries WHERE work_order_id = \(id) AND tenant_id = \(draft.tenant) LIMIT 1",
            """
            SELECT * FROM work_order_attachments
            WHERE work_order_id = \(id) AND tenant_id = \(draft.tenant) AND deleted_at IS NULL
            """,
        ])
        guard found[1].isEmpty else { throw Refusal.hasRecords }
        draft.tasks = try found[0].decode()
        let files: [Attachment] = try found[2].decode()
        // As where somebody deletes a file: its row stays, and its bytes.
        tx.later(
            """
            UPDATE work_order_attachments SET deleted_at = \(act.time), deleted_by = \(act.user)
            WHERE work_order_id = \(id) AND tenant_id = \(draft.tenant) AND deleted_at IS NULL
            """
        )
        tx.later("DELETE FROM work_orders WHERE id = \(id) AND tenant_id = \(draft.tenant)")
        try tx.publishDeletion(of: WorkOrderState.self, key: id.description, by: act)
        try tx.record(
            [Change("WORKORDER_DELETED", "workorder", id, before: draft, after: nil)]
                + files.map { try Change("ATTACHMENT_DELETED", "attachment", $0.id, before: $0, after: nil) },
            by: act
        )
    }
}
