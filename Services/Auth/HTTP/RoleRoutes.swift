import EventSchema
import Hummingbird
import ServiceKit

/// `/api/v1/roles`.
struct RoleRoutes: Sendable {
    func add(to router: RouterGroup<DaemonContext>) {
        router.get("/api/v1/roles", use: listRoles)
    }

    struct RolesResponse: ResponseEncodable, Sendable {
        struct Role: Encodable, Sendable {
            var role: String
            var permissions: [String]
        }

        var items: [Role]
    }

    @Sendable func listRoles(_ request: Request, _ context: DaemonContext) async throws -> RolesResponse {
        try context.principal.require(.roleRead)
        return RolesResponse(items: SystemRoles.states.map { .init(role: $0.role, permissions: $0.permissions) })
    }
}
