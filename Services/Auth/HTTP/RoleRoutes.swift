import Access
import Commands
import EventSchema
import HTTPTypes
import ServiceKit

/// `/api/v1/roles`.
struct RoleRoutes: Sendable {
    func all() throws -> [Route] {
        [try Route(.get, "/roles", "List roles", .requires(.roleRead), use: listRoles)]
    }

    struct RolesResponse: Answer, Codable {
        struct Role: Codable, Sendable {
            var role: String
            var permissions: [String]
        }

        var items: [Role]
    }

    @Sendable func listRoles(_ call: Call<NoInput>) async throws -> RolesResponse {
        RolesResponse(items: SystemRoles.states.map { .init(role: $0.role, permissions: $0.permissions) })
    }
}
