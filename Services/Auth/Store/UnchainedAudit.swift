import EventSchema
import Foundation
import Identifiers
import Postgres

/// Entries of the audit log from versions that had no chains. They become the beginning of the chains.
struct UnchainedAudit: Sendable {
    let database: Database
    var now: @Sendable () -> Date = { Date() }

    private static let batchSize = 500

    /// Chains them all, the oldest first. Must be done before the first new event is appended. Safe of several instances at once, and
    /// after an interruption.
    func chain() async throws {
        var last: Int64? = 0
        while let id = last { last = try await chain(after: id) }
    }

    /// - Returns: The last one of the batch; `nil` when there is none left.
    private func chain(after id: Int64) async throws -> Int64? {
        try await database.transaction { tx in
            // One instance at a time.
            try await tx.execute("SELECT pg_advisory_xact_lock(\(Int64(0x756e_6368)))")
            // Not to_regclass: it may not have noticed yet that another instance has dropped the table.
            let table = try await tx.first("SELECT 1 FROM pg_tables WHERE tablename = 'audit_log_unchained'")
            guard table != nil else { return nil }
            let rows = try await tx.query("SELECT * FROM unchained_audit_entries(\(id), \(Self.batchSize))")
            for row in rows {
                let entry = try AuditRecorded(unchained: row)
                tx.enter(entry.tenant.map { .of($0) } ?? .noTenant)
                try await AuditLog.append(entry, id: try row["event_id"], at: now(), tx)
            }
            if let last = rows.last { return try last["id"] }
            try await tx.execute("SELECT forget_unchained_audit_log()")
            return nil
        }
    }
}

extension AuditRecorded {
    fileprivate init(unchained row: Row) throws {
        self.init(
            tenant: try row["tenant_id"],
            user: try row["user_id"],
            service: try row["service"],
            action: try row["action"],
            resourceType: try row["resource_type"],
            resourceID: try row["resource_id"],
            cause: try row["cause"],
            address: try row["address"],
            userAgent: try row["user_agent"],
            changes: try row["changes"],
            at: try row["at"]
        )
    }
}
