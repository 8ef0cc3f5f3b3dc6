import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// The append-only audit log of the whole fleet in PostgreSQL.
struct AuditLog: Sendable {
    let database: Database

    struct Entry: Codable, Sendable {
        var id: Int64
        var userId: UserID?
        var service: String
        var action: String
        var resourceType: String
        var resourceId: String?
        var cause: String?
        var at: Date
    }

    /// What was recorded of a tenant before an entry, the newest first.
    func entries(of tenant: TenantID, within reach: Reach, before: Int64?, limit: Int) async throws -> [Entry] {
        let visible = reach.condition(ReachColumns(assignees: ["user_id"]))
        return try await database.query(
            """
            SELECT id, user_id, service, action, resource_type, resource_id, cause, at FROM audit_log
            WHERE tenant_id = \(tenant) AND \(sql: visible) AND id < \(before ?? .max) ORDER BY id DESC LIMIT \(limit)
            """
        ).map(Entry.init)
    }
}

extension AuditLog.Entry {
    fileprivate init(_ row: Row) throws {
        self.init(
            id: try row["id"],
            userId: try row["user_id"],
            service: try row["service"],
            action: try row["action"],
            resourceType: try row["resource_type"],
            resourceId: try row["resource_id"],
            cause: try row["cause"],
            at: try row["at"]
        )
    }
}
