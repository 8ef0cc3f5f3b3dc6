import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/roles`: the roles that every tenant has, and a tenant's own.
struct RoleRoutes: Sendable {
    let roles: Roles
    var stepUp = Duration.seconds(300)
    var now: @Sendable () -> Date = { Date() }

    private var commands: CommandRunner { CommandRunner("auth", roles.database, now: now, refusal: Refusal.init) }

    func all() throws -> [Route] {
        try [
            Route(.get, "/roles", "List roles", .requires(.roleRead), use: listRoles),
            Route(.post, "/roles", "Create a role", .requires(.roleManage), .stepUp(within: stepUp), use: createRole),
            Route(
                .put,
                "/roles/{id}",
                "Replace what a role grants",
                .requires(.roleManage),
                .stepUp(within: stepUp),
                .versioned,
                .refuses([.conflict]),
                use: changeRole
            ),
            Route(
                .delete,
                "/roles/{id}",
                "Delete a role that nobody has",
                .requires(.roleManage),
                .stepUp(within: stepUp),
                .versioned,
                .refuses([.conflict]),
                use: deleteRole
            ),
        ]
    }

    struct RoleResponse: Answer, Codable, Versioned {
        struct Grant: Codable, Sendable {
            var permission: String
            var scope: String
            /// Under which condition it is granted; without one, always.
            var condition: String?
        }

        var id: RoleID
        var role: String
        /// As people see it; without it, by its name.
        var displayName: String?
        var description: String?
        var createdAt: Date?
        /// Whether every tenant has it.
        var isSystem: Bool
        var grants: [Grant]
        /// How long a session of its holders lasts from the login on; without it, a week.
        var sessionHours: Int?
        /// After how many minutes a session of its holders ends that is not refreshed; without it, a week.
        var sessionIdleMinutes: Int?
        /// Whether none of its holders gets in without a second factor.
        var requiresMfa: Bool
        /// The grants' permissions, without their scopes.
        var permissions: [String]
        var version: Int64

        init(_ role: Role) {
            id = role.id
            self.role = role.name
            displayName = role.displayName
            description = role.description
            createdAt = role.createdAt
            isSystem = role.tenant == nil
            grants = role.grants.map { Grant(permission: $0.permission, scope: $0.scope, condition: $0.condition) }
            sessionHours = role.sessionHours
            sessionIdleMinutes = role.sessionIdleMinutes
            requiresMfa = role.requiresMfa
            permissions = role.known.permissions.map(\.rawValue).sorted()
            version = role.version
        }
    }

    struct RolesResponse: Answer, Codable {
        var items: [RoleResponse]
    }

    @Sendable func listRoles(_ call: Call<NoInput>) async throws -> RolesResponse {
        RolesResponse(items: try await roles.of(try call.principal.tenant).map(RoleResponse.init))
    }

    // MARK: - Changes

    struct GrantInput: Input {
        var permission: Permission
        var scope: GrantScope
        var condition: GrantCondition?

        static let rules: Rules = ["condition": .means("Only records and changes that meet it; omit it for all")]
    }

    struct CreateRole: Input {
        var name: String
        var displayName: String?
        var description: String?
        var grants: [GrantInput]
        var sessionHours: Int?
        var sessionIdleMinutes: Int?
        var requiresMfa: Bool?

        static let rules = about.merging(["name": .line(1...64).example("planner")]) { $1 }

        /// What can be changed later.
        fileprivate static let about: Rules = [
            "displayName": .line(1...100).example("Planner"), "description": .text(1...500), "grants": .grants,
            "sessionHours": .sessionHours, "sessionIdleMinutes": .sessionIdleMinutes, "requiresMfa": .requiresMfa,
        ]
    }

    struct ChangeRole: Input {
        var displayName: String?
        var description: String?
        var grants: [GrantInput]
        var sessionHours: Int?
        var sessionIdleMinutes: Int?
        var requiresMfa: Bool?
        var version: Int64?

        static let rules = CreateRole.about.merging(["version": .seenVersion]) { $1 }
    }

    @Sendable func createRole(_ call: Call<CreateRole>) async throws -> Created<RoleResponse> {
        let principal = try call.principal
        let body = call.input
        let new = Role(
            tenant: principal.tenant,
            name: body.name,
            displayName: body.displayName,
            description: body.description,
            grants: body.grants.unique,
            sessionHours: body.sessionHours,
            sessionIdleMinutes: body.sessionIdleMinutes,
            requiresMfa: body.requiresMfa ?? false
        )
        try new.check(for: principal)
        return try await commands.run(call) { act, tx in
            var role = new
            role.createdAt = act.time
            try await roles.create(role, by: act, tx)
            return Created(RoleResponse(role))
        }
    }

    @Sendable func changeRole(_ call: Call<ChangeRole>) async throws -> RoleResponse {
        let id: RoleID = try call.id("id", of: "role")
        let principal = try call.principal
        let body = call.input
        let grants = body.grants.unique
        let seen = try call.ifMatch ?? body.version
        return try await commands.run(call) { act, tx in
            let role = try await roles.change(id, seen: seen, by: act, tx) { role in
                try role.check(for: principal)
                role.grants = grants
                try role.check(for: principal)
                role.displayName = body.displayName
                role.description = body.description
                role.sessionHours = body.sessionHours
                role.sessionIdleMinutes = body.sessionIdleMinutes
                // A client that does not know of it must not take it away.
                if let requiresMfa = body.requiresMfa { role.requiresMfa = requiresMfa }
            }
            return RoleResponse(role)
        }
    }

    @Sendable func deleteRole(_ call: Call<NoInput>) async throws -> NoContent {
        let id: RoleID = try call.id("id", of: "role")
        let principal = try call.principal
        let seen = try call.ifMatch
        return try await commands.run(call) { act, tx in
            try await roles.delete(id, seen: seen, by: act, tx) { try $0.check(for: principal) }
            return NoContent()
        }
    }
}

extension [RoleRoutes.GrantInput] {
    /// As they are stored: each once, in one order.
    fileprivate var unique: [GrantText] {
        Set(map { Grant($0.permission, $0.scope, if: $0.condition).text }).sorted()
    }
}

extension Rule {
    fileprivate static let sessionHours = Rule.whole(1...Int64(SessionLimit.hours)).means(
        "How long a session of its holders lasts from the login on, however often it is refreshed"
    )
    fileprivate static let sessionIdleMinutes = Rule.whole(20...Int64(SessionLimit.hours * 60)).means(
        "After how many minutes a session of its holders ends that is not refreshed"
    )
    fileprivate static let requiresMfa = Rule.means(
        "Whether none of its holders gets in without a second factor; missing: as it was, and false for a new role"
    )
    fileprivate static let grants = Rule.items(0...500).means("What the role permits, and in which scope")
}
