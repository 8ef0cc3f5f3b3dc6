import Access
import Commands
import Foundation
import HTTPTypes
import Identifiers
import ServiceKit

/// `/api/v1/users/{id}/access`: what a person may do, and why.
struct AccessRoutes: Sendable {
    let directory: Directory
    let roles: Roles
    var now: @Sendable () -> Date = { Date() }

    func all() throws -> [Route] {
        try [
            Route(
                .get,
                "/users/{id}/access",
                "Read what a user may do and why",
                .requires(.userRead),
                .mayRequire(.roleRead),
                .sensitive,
                use: access
            )
        ]
    }

    struct Query: Input {
        var permission: Permission?

        static let rules: Rules = [
            "permission": .means("Only grants of this permission, and whether the person may use it now")
        ]
    }

    @Sendable func access(_ call: Call<Query>) async throws -> AccessResponse {
        let principal = try call.principal
        try principal.require(.roleRead)
        let id: UserID = try call.id("id", of: "user")
        guard let user = try await directory.find(id, tenant: principal.tenant, within: try call.reach) else {
            throw Refusal.unknownUser
        }
        let known = try await roles.of(principal.tenant)
        let assignments = try await RoleAssignments(directory: directory).of(id, tenant: principal.tenant)
        let held = HeldAccess(of: user, known)
        var response = AccessResponse(held, assignments, known)
        if let permission = call.input.permission {
            response.grants.removeAll { $0.permission != permission.rawValue }
            let obstacles = held.obstacles(to: permission, under: principal.rules, at: now())
            response.answer = AccessResponse.Verdict(
                permission: permission,
                isAllowed: obstacles.isEmpty,
                obstacles: obstacles,
                rolesWithIt: known.filter { $0.known.permissions.contains(permission) }.map(\.name)
            )
        }
        return response
    }
}

/// What a person may do, and why.
struct AccessResponse: Answer, Codable {
    /// A role that the person has.
    struct HeldRole: Codable, Sendable {
        var role: String
        /// As people see it; without it, by its name.
        var displayName: String?
        /// Whether there is such a role; another one permits nothing.
        var isKnown: Bool
        var assignedAt: Date?
        /// Who gave it. Of a role with an end, this is who passed it on.
        var assignedBy: UserID?
        /// Without it, until it is taken away.
        var expiresAt: Date?
    }

    /// One grant of one of the roles.
    struct HeldGrant: Codable, Sendable {
        var permission: String
        var role: String
        var scope: GrantScope
        /// Under which condition it is granted; without one, always.
        var condition: GrantCondition?
        /// When it ends, with the role; without it, it does not.
        var expiresAt: Date?
        /// What the scope refers to and the person does not have, so that it reaches nothing.
        var lacks: HeldAccess.MissingPlace?
    }

    /// The answer about one permission.
    struct Verdict: Codable, Sendable {
        var permission: Permission
        /// Whether the person may use it now, somewhere at least: the scopes and conditions of the grants say where.
        var isAllowed: Bool
        /// Why not; empty if it is allowed.
        var obstacles: [HeldAccess.Obstacle]
        /// The tenant's roles that have it.
        var rolesWithIt: [String]
    }

    var userId: UserID
    var isActive: Bool
    /// The places that the scopes `sites`, `assets` and `team` refer to.
    var siteIds: [SiteID]
    var assetIds: [AssetID]
    var teamId: TeamID?
    var roles: [HeldRole]
    /// By permission.
    var grants: [HeldGrant]
    /// Only if a permission was asked for.
    var answer: Verdict?

    init(_ access: HeldAccess, _ assignments: [RoleAssignment], _ known: [Role]) {
        let user = access.user
        userId = user.id
        isActive = user.isActive
        siteIds = user.sites
        assetIds = user.assets
        teamId = user.team
        let assigned = Dictionary(assignments.map { ($0.role, $0) }) { $1 }
        roles = user.roles.map { name in
            let role = known.first { $0.name == name }
            return HeldRole(
                role: name,
                displayName: role?.displayName,
                isKnown: role != nil,
                assignedAt: assigned[name]?.assignedAt,
                assignedBy: assigned[name]?.assignedBy,
                expiresAt: assigned[name]?.expiresAt
            )
        }
        grants = access.grants.map { held in
            HeldGrant(
                permission: held.permission.rawValue,
                role: held.role,
                scope: held.terms.scope,
                condition: held.terms.condition,
                expiresAt: assigned[held.role]?.expiresAt,
                lacks: held.lacks
            )
        }
    }
}
