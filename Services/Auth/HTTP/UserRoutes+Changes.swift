import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

extension UserRoutes {
    @Sendable func changeUser(_ call: Call<ChangeUser>) async throws -> UserResponse {
        let body = call.input
        for permission in body.permissions { try call.principal.require(permission) }
        let target = try await target(of: call, body.permissions)
        let seen = try call.ifMatch ?? body.version
        return try await commands.run(call) { act, tx in
            let user = try await directory.change(
                target.id,
                "USER_UPDATED",
                within: target.reach,
                seen: seen,
                by: act,
                tx
            ) { user in
                body.apply(to: &user)
            }
            return UserResponse(user)
        }
    }

    @Sendable func assignRoles(_ call: Call<AssignRoles>) async throws -> UserResponse {
        let target = try await target(of: call, [.roleAssign])
        let body = call.input
        try body.places.check(givenBy: target.principal, with: .roleAssign)
        let (ends, now) = (body.ends, now())
        guard ends.values.allSatisfy({ $0 > now }) else {
            throw Problem.field("temporaryRoles", .future)
        }
        let roles = body.roles + ends.keys.sorted()
        try target.known.check(roles, at: body.places, givenBy: target.principal)
        let seen = try call.ifMatch ?? body.version
        return try await commands.run(call) { act, tx in
            let user = try await directory.change(
                target.id,
                "ROLES_ASSIGNED",
                within: target.reach,
                seen: seen,
                ends: ends,
                by: act,
                tx
            ) { user in
                try target.check(user)
                user.roles = roles
                user.sites = body.siteIds ?? []
                if let employment = body.employment { user.employment = employment }
                user.assets = body.assetIds ?? []
                user.team = body.teamId
            }
            return UserResponse(user)
        }
    }

    @Sendable func inviteAgain(_ call: Call<NoInput>) async throws -> NoContent {
        let target = try await target(of: call, [.userCreate])
        return try await commands.run(call) { act, tx in
            let user = try await directory.change(
                target.id,
                "USER_INVITED",
                within: target.reach,
                by: act,
                tx
            ) { user in
                try target.check(user)
                guard user.invitedAt != nil else { throw Refusal.notInvited }
                user.invitedAt = act.time
            }
            if let mail = try await links.issue(.invitation, to: user, by: act, tx) { try tx.publish(mail, by: act) }
            return NoContent()
        }
    }

    @Sendable func deactivate(_ call: Call<NoInput>) async throws -> UserResponse {
        let target = try await target(of: call, [.userDeactivate])
        // They could not undo it.
        guard target.id != target.principal.user else { throw Refusal.ownAccount }
        return try await commands.run(call) { act, tx in
            let user = try await directory.change(
                target.id,
                "USER_DEACTIVATED",
                within: target.reach,
                by: act,
                tx
            ) { user in
                try target.check(user)
                user.isActive = false
                user.invitedAt = nil
            }
            for link in AccountLink.allCases { try await links.revoke(link, of: user, tx) }
            try await sessions.endAll(of: user.id, by: act, tx)
            return UserResponse(user)
        }
    }

    @Sendable func erase(_ call: Call<NoInput>) async throws -> UserResponse {
        let target = try await target(of: call, [.userErase])
        guard target.id != target.principal.user else { throw Refusal.ownErasure }
        let erasures = Erasures(directory: directory, sessions: sessions)
        return try await commands.run(call) { act, tx in
            UserResponse(
                try await erasures.erase(target.id, within: target.reach, by: act, tx) { try target.check($0) }
            )
        }
    }

    @Sendable func activate(_ call: Call<NoInput>) async throws -> UserResponse {
        let target = try await target(of: call, [.userDeactivate])
        return try await commands.run(call) { act, tx in
            let user = try await directory.change(
                target.id,
                "USER_ACTIVATED",
                within: target.reach,
                by: act,
                tx
            ) { user in
                try target.check(user)
                guard user.invitedAt == nil else { throw Refusal.invited }
                user.isActive = true
            }
            return UserResponse(user)
        }
    }

    @Sendable func unlock(_ call: Call<NoInput>) async throws -> NoContent {
        let target = try await target(of: call, [.userDeactivate])
        return try await commands.run(call) { act, tx in
            let user = try await directory.locked(target.id, within: target.reach, by: act, tx)
            try target.check(user)
            try await AddressLocks.unlock(user, by: act, tx)
            return NoContent()
        }
    }

    struct LinkPermitted: Answer, Codable {
        /// Until when.
        var until: Date
    }

    /// Nobody gives the account of somebody who may do more than they may to a person at the provider.
    @Sendable func permitLink(_ call: Call<NoInput>) async throws -> LinkPermitted {
        let target = try await target(of: call, [.userUpdate])
        return try await commands.run(call) { act, tx in
            let user = try await directory.locked(target.id, within: target.reach, by: act, tx)
            try target.check(user)
            let end = try await ProviderPeople(directory: directory).permitLink(user, by: act, tx)
            return LinkPermitted(until: end)
        }
    }

    /// For somebody whose phone is gone, with their recovery codes. All their sessions end: the phone may have one.
    @Sendable func removeFactor(_ call: Call<NoInput>) async throws -> NoContent {
        let target = try await target(of: call, [.userUpdate])
        guard target.id != target.principal.user else { throw Refusal.ownFactor }
        return try await commands.run(call) { act, tx in
            let user = try await directory.locked(target.id, within: target.reach, by: act, tx)
            try target.check(user)
            try await logins.factors.remove(from: user, by: act, tx)
            try await sessions.endAll(of: user.id, by: act, tx)
            return NoContent()
        }
    }

    /// Whose account a request is about, and who asks.
    struct Target {
        var id: UserID
        var reach: ChangeReach
        var principal: Principal
        /// The tenant's roles.
        var known: [Role]

        func check(_ user: User) throws { try known.checkHeld(user, by: principal) }
    }

    func target(of call: Call<some Input>, _ permissions: [Permission]) async throws -> Target {
        let principal = try call.principal
        return Target(
            id: try call.id("id", of: "user"),
            reach: principal.authority.reach(toChangeBy: permissions, seenBy: .userRead),
            principal: principal,
            known: try await roles.of(principal.tenant)
        )
    }
}
