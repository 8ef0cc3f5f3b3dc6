import Access
import Commands
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/users/{id}/delegation`: a person passes on their own roles for some time, for example during a holiday.
struct DelegationRoutes: Sendable {
    let directory: Directory
    let assignments: RoleAssignments
    let roles: Roles
    var stepUp = Duration.seconds(300)
    var now: @Sendable () -> Date = { Date() }

    private var commands: CommandRunner { CommandRunner("auth", directory.database, now: now) }

    func all() throws -> [Route] {
        try [
            Route(
                .put,
                "/users/{id}/delegation",
                "Delegate one's own roles",
                .requires(.roleDelegate),
                .stepUp(within: stepUp),
                .refuses([.conflict]),
                use: delegate
            ),
            Route(
                .delete,
                "/users/{id}/delegation",
                "End one's delegation",
                .requires(.roleDelegate),
                use: endDelegation
            ),
        ]
    }

    struct Delegate: Input {
        var roles: [String]
        var until: Date

        static let rules: Rules = ["roles": .roles, "until": .means("At most 90 days from now")]
    }

    @Sendable func delegate(_ call: Call<Delegate>) async throws -> UserResponse {
        let id: UserID = try call.id("id", of: "user")
        let principal = try call.principal
        let body = call.input
        let now = now()
        guard body.until > now, body.until <= now.addingTimeInterval(RoleAssignment.longestDelegation) else {
            throw Problem.field("until", .within(days: Int(RoleAssignment.longestDelegation / 86_400), "90 days"))
        }
        guard id != principal.user else { throw Refusal.ownDelegation }
        // Nobody passes on what was passed on to them: its end would mean nothing.
        let own = try await assignments.of(principal.user, tenant: principal.tenant).filter { $0.expiresAt == nil }
        if let other = body.roles.first(where: { role in !own.contains { $0.role == role } }) {
            throw Refusal.notOwnRole(other)
        }
        let known = try await roles.of(principal.tenant)
        let reach = principal.authority.reach(toChangeBy: [.roleDelegate], seenBy: .userRead)
        return try await commands.run(call) { act, tx in
            try await directory.lockUsers(act, tx)
            // What they have for good stays so.
            let held = try await assignments.held(by: id, tx)
            var ends = Dictionary(held.compactMap { each in each.expiresAt.map { (each.role, $0) } }) { $1 }
            let permanent = Set(held.filter { $0.expiresAt == nil }.map(\.role))
            for role in body.roles where !permanent.contains(role) { ends[role] = body.until }
            let all = ends
            let user = try await directory.change(id, "ROLES_DELEGATED", within: reach, ends: all, by: act, tx) {
                user in
                guard user.isActive else { throw Refusal.unknownUser }
                let places = Membership(sites: Set(user.sites), assets: Set(user.assets), team: user.team)
                try known.check(body.roles, at: places, givenBy: principal)
                user.roles += body.roles.filter { !user.roles.contains($0) }
            }
            return UserResponse(user)
        }
    }

    @Sendable func endDelegation(_ call: Call<NoInput>) async throws -> NoContent {
        let id: UserID = try call.id("id", of: "user")
        let principal = try call.principal
        return try await commands.run(call) { act, tx in
            let ended = try await assignments.take(from: id, "DELEGATION_ENDED", by: act, tx) {
                $0.assignedBy == principal.user && $0.expiresAt != nil
            }
            guard ended else { throw Problem.notFound("delegation") }
            return NoContent()
        }
    }
}
