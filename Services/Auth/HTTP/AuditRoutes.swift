import Hummingbird
import ServiceKit

/// `/api/v1/audit`: what was done in the tenant, the newest first.
struct AuditRoutes: Sendable {
    let log: AuditLog

    func add(to router: RouterGroup<DaemonContext>) {
        router.get("/api/v1/audit", use: list)
    }

    @Sendable func list(_ request: Request, _ context: DaemonContext) async throws -> Page<AuditLog.Entry> {
        let principal = try context.principal
        try principal.require(.auditRead)
        let page = try PageRequest(request)
        let entries = try await log.entries(
            of: principal.tenant,
            before: try page.position(as: Int64.self),
            limit: page.limit + 1
        )
        return try Page(entries, limit: page.limit) { $0.id }
    }
}
