import Access
import Commands
import EventSchema
import HTTPTypes
import ServiceKit

/// `/api/v1/roles`.
struct RoleRoutes: Sendable {
    let roles: Roles

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
        let roles = try await roles.of(try call.principal.tenant)
        return RolesResponse(
            items: roles.map { .init(role: $0.name, permissions: $0.known.permissions.map(\.rawValue).sorted()) }
        )
    }
}
