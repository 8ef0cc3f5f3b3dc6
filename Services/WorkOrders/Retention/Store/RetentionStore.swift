import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// What of a tenant's work orders goes into the archive, and what ends.
struct RetentionStore: Sendable {
    let orders: WorkOrderStore

    private static let archivedAtOnce = 200
    private static let deletedAtOnce = 50
    private static let filesAtOnce = 100

    private var database: Database { orders.database }

    func tenants() async throws -> [TenantID] {
        try await database.ofEveryTenant.query("SELECT tenants_with_work() AS tenant_id").map { try $0["tenant_id"] }
    }

    func retention(of tenant: TenantID) async throws -> Retention { try await orders.policy(of: tenant).retention }

    // MARK: - Archive

    /// Puts work orders into the archive.
    ///
    /// - Parameter unchangedSince: What was changed later stays.
    /// - Returns: How many; there may be more.
    func archive(unchangedSince moment: Date, by act: Act) async throws -> Int {
        let tenant = try orders.tenant(of: act)
        return try await database.of(tenant).transaction { tx in
            let archived: [WorkOrderID] = try await tx.query(
                """
                UPDATE work_orders SET archived_at = \(act.time) WHERE tenant_id = \(tenant) AND id IN (
                    SELECT id FROM work_orders
                    WHERE tenant_id = \(tenant) AND archived_at IS NULL AND status IN ('completed', 'cancelled')
                        AND awaits IS DISTINCT FROM 'verification' AND awaits IS DISTINCT FROM 'closing'
                        AND updated_at < \(moment)
                    ORDER BY updated_at LIMIT \(Self.archivedAtOnce) FOR UPDATE SKIP LOCKED
                ) RETURNING id
                """
            ).map { try $0["id"] }
            try tx.record(archived.map { try Self.note("WORKORDER_ARCHIVED", "workorder", $0) }, by: act)
            return archived.count
        }
    }

    // MARK: - Deletion

    /// Deletes what went into the archive before a moment, and what else of the tenant is as old.
    ///
    /// - Returns: How many work orders and incidents; there may be more.
    func delete(archivedBefore moment: Date, by act: Act) async throws -> Int {
        let tenant = try orders.tenant(of: act)
        let due: [WorkOrderID] = try await database.of(tenant).query(
            """
            SELECT id FROM work_orders WHERE tenant_id = \(tenant) AND archived_at < \(moment)
            ORDER BY archived_at LIMIT \(Self.deletedAtOnce)
            """
        ).map { try $0["id"] }
        var count = 0
        for id in due {
            // One by one: a work order may have much.
            try await database.of(tenant).transaction { tx in
                // Another instance may have been faster.
                let row = try await tx.first("SELECT forget_work_order(\(id), \(moment)) AS was_there")
                guard try row?["was_there"] ?? false else { return }
                try tx.publishDeletion(of: WorkOrderState.self, key: id.description, by: act)
                try tx.record([Self.note("WORKORDER_EXPIRED", "workorder", id)], by: act)
            }
            count += 1
        }
        return try await count + deleteOthers(before: moment, by: act)
    }

    /// What no work order takes with it.
    private func deleteOthers(before moment: Date, by act: Act) async throws -> Int {
        let tenant = try orders.tenant(of: act)
        let year = WorkOrderNumber.year(of: moment)
        let day = "\(year)-01-01"
        return try await database.of(tenant).transaction { tx in
            let incidents: [IncidentID] = try await tx.query(
                """
                DELETE FROM incidents WHERE tenant_id = \(tenant) AND id IN (
                    SELECT id FROM incidents WHERE tenant_id = \(tenant) AND status = 'closed' AND closed_at < \(moment)
                    LIMIT \(Self.deletedAtOnce) FOR UPDATE SKIP LOCKED
                ) RETURNING id
                """
            ).map { try $0["id"] }
            try tx.record(incidents.map { try Self.note("INCIDENT_EXPIRED", "incident", $0) }, by: act)
            // The costs of such a year are gone: what they would be compared with says nothing any more.
            tx.later("DELETE FROM budgets WHERE tenant_id = \(tenant) AND year < \(Int64(year))")
            tx.later("DELETE FROM time_off WHERE tenant_id = \(tenant) AND last_day < \(day)")
            tx.later("DELETE FROM shift_turns WHERE tenant_id = \(tenant) AND last_day < \(day)")
            // Files that people have removed from work that is still there, and those of drafts that were deleted.
            tx.later(
                """
                WITH removed AS (
                    DELETE FROM work_order_attachments WHERE tenant_id = \(tenant) AND deleted_at < \(moment)
                    RETURNING sha256
                )
                INSERT INTO forgotten_files SELECT DISTINCT \(tenant), sha256 FROM removed ON CONFLICT DO NOTHING
                """
            )
            return incidents.count
        }
    }

    // MARK: - Files

    /// Removes the bytes of files that nothing has any more.
    ///
    /// - Parameter remove: Removes what a tenant keeps under a hash.
    /// - Returns: How many were looked at.
    func removeFiles(_ remove: (TenantID, String) async throws -> Void) async throws -> Int {
        let batch = try await database.ofEveryTenant.query(
            "SELECT tenant_id, sha256 FROM forgotten_files LIMIT \(Self.filesAtOnce)"
        )
        for row in batch {
            let (tenant, hash): (TenantID, String) = (try row["tenant_id"], try row["sha256"])
            try await database.of(tenant).transaction { tx in
                // Who announces a file of the same bytes takes this row away, so that they wait until the bytes are gone, and send them again.
                let mine = try await tx.first(
                    "DELETE FROM forgotten_files WHERE tenant_id = \(tenant) AND sha256 = \(hash) RETURNING sha256"
                )
                let other = try await tx.first(
                    "SELECT 1 FROM work_order_attachments WHERE tenant_id = \(tenant) AND sha256 = \(hash) LIMIT 1"
                )
                if mine != nil, other == nil { try await remove(tenant, hash) }
            }
        }
        return batch.count
    }

    /// A file with these bytes is coming: they stay, or come again.
    static func expect(_ hash: String, _ tenant: TenantID) -> SQL {
        "DELETE FROM forgotten_files WHERE tenant_id = \(tenant) AND sha256 = \(hash)"
    }

    /// Bytes that something may have had go, unless something else has them.
    static func release(_ hash: String, _ tenant: TenantID) -> SQL {
        """
        INSERT INTO forgotten_files SELECT \(tenant), \(hash) WHERE NOT EXISTS (
            SELECT FROM work_order_attachments WHERE tenant_id = \(tenant) AND sha256 = \(hash)
        ) ON CONFLICT DO NOTHING
        """
    }

    private static func note(_ action: String, _ kind: String, _ id: some CustomStringConvertible) throws -> Change {
        try Change(action, kind, id, before: nil as WorkOrder?, after: nil)
    }
}
