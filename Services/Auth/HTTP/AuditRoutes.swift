import Access
import Commands
import HTTPTypes
import ServiceKit

/// `/api/v1/audit`: what was done in the tenant, newest first.
struct AuditRoutes: Sendable {
    let log: AuditLog

    func all() throws -> [Route] {
        [try Route(.get, "/audit", "List the audit log", .requires(.auditRead), use: list)]
    }

    @Sendable func list(_ call: Call<Paged<AuditFilter>>) async throws -> Page<AuditLog.Entry> {
        let page = call.input
        let entries = try await log.entries(
            of: try call.principal.tenant,
            within: try call.reach,
            matching: page.filter,
            before: try page.position(as: Int64.self),
            limit: page.limit + 1
        )
        return try Page(entries, limit: page.limit) { $0.id }
    }
}
