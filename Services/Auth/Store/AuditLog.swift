import Access
import AccessSQL
import Commands
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
        /// `{"title": ["Old", "New"]}`: each changed field, before and after.
        var changes: JSONValue?
        var at: Date
    }

    /// Appends an act of a service.
    static func append(_ entry: AuditRecorded, id: EventID, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            INSERT INTO audit_log (event_id, tenant_id, user_id, service, action, resource_type, resource_id, cause,
                address, user_agent, changes, at)
            VALUES (\(id), \(entry.tenant), \(entry.user), \(entry.service), \(entry.action), \(entry.resourceType),
                \(entry.resourceID), \(entry.cause), \(entry.address), \(entry.userAgent),
                \(entry.changes.map { JSONB($0) }), \(entry.at))
            """
        )
    }

    /// A tenant's entries before this one, the newest first.
    func entries(
        of tenant: TenantID,
        within reach: Reach,
        matching filter: AuditFilter = AuditFilter(),
        before: Int64?,
        limit: Int
    ) async throws -> [Entry] {
        let conditions = SQL.all([
            "tenant_id = \(tenant)", reach.condition(ReachColumns(assignees: ["user_id"])),
            filter.userId.map { "user_id = \($0)" }, filter.service.map { "service = \($0)" },
            filter.action.map { "action = \($0)" }, filter.resourceType.map { "resource_type = \($0)" },
            filter.resourceId.map { "resource_id = \($0)" }, filter.from.map { "at >= \($0)" },
            filter.to.map { "at < \($0)" }, before.map { "id < \($0)" },
        ])
        return try await database.of(tenant).query(
            "SELECT * FROM audit_log WHERE \(sql: conditions) ORDER BY id DESC LIMIT \(limit)"
        ).decode { row in
            guard let changes: JSONB = try row["changes"] else { return [:] }
            return ["changes": try JSONReader.read(Array(changes.text.utf8))]
        }
    }
}
