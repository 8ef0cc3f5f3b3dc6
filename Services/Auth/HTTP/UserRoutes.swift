import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/users`.
struct UserRoutes: Sendable {
    let directory: Directory
    let sessions: Sessions
    let roles: Roles
    var now: @Sendable () -> Date = { Date() }

    private var commands: CommandRunner {
        CommandRunner("auth", directory.database, now: now, refusal: Refusal.init)
    }

    func all() throws -> [Route] {
        try [
            Route(.post, "/users", "Create a user", .requires(.userCreate), use: createUser),
            Route(.get, "/users", "List users", .requires(.userRead), use: listUsers),
            Route(.get, "/users/{id}", "Read a user", .requires(.userRead), use: readUser),
            Route(
                .patch,
                "/users/{id}",
                "Change a user's profile",
                .requires(.userUpdate),
                .versioned,
                use: changeUser
            ),
            Route(
                .put,
                "/users/{id}/roles",
                "Set a user's roles, and the places that the roles' scopes refer to",
                .requires(.roleAssign),
                .versioned,
                .refuses([.conflict]),
                use: assignRoles
            ),
            Route(
                .post,
                "/users/{id}/deactivate",
                "Deactivate a user and end their sessions",
                .requires(.userDeactivate),
                .refuses([.conflict]),
                use: deactivate
            ),
            Route(.post, "/users/{id}/activate", "Activate a user again", .requires(.userDeactivate), use: activate),
            Route(
                .post,
                "/users/{id}/unlock",
                "Let a user log in again after too many wrong passwords",
                .requires(.userDeactivate),
                use: unlock
            ),
            Route(
                .delete,
                "/users/{id}/sessions",
                "End all sessions of a user",
                .requires(.userDeactivate),
                use: endSessions
            ),
        ]
    }

    @Sendable func createUser(_ call: Call<CreateUser>) async throws -> Created<UserResponse> {
        let principal = try call.principal
        let body = call.input
        try body.places.check(givenBy: principal, with: .userCreate)
        let known = try await roles.of(principal.tenant)
        try known.check(body.roles, givenBy: principal)
        let user = User(
            id: .new(),
            tenant: principal.tenant,
            email: body.email.lowercased(),
            displayName: body.displayName,
            phone: body.phone,
            roles: body.roles,
            sites: body.siteIds ?? [],
            assets: body.assetIds ?? [],
            team: body.teamId,
            isActive: true,
            version: 1
        )
        // Before the transaction, because it is slow on purpose.
        let hash = try await Password.hash(body.password)
        return try await commands.run(call) { act, tx in
            try await directory.create(user, passwordHash: hash, by: act, tx)
            return Created(UserResponse(user), at: "/api/v1/users/\(user.id)")
        }
    }

    @Sendable func listUsers(_ call: Call<Paged<NoInput>>) async throws -> Page<UserResponse> {
        let principal = try call.principal
        let page = call.input
        let users = try await directory.list(
            tenant: principal.tenant,
            within: try call.reach,
            after: try page.position(as: UserID.self),
            limit: page.limit + 1
        )
        return try Page(users.map { UserResponse($0) }, limit: page.limit) { $0.id }
    }

    @Sendable func readUser(_ call: Call<NoInput>) async throws -> UserResponse {
        let id: UserID = try call.id("id", of: "user")
        guard let user = try await directory.find(id, tenant: try call.principal.tenant, within: try call.reach) else {
            throw Refusal.unknownUser
        }
        return UserResponse(user)
    }

    // MARK: - Changes

    @Sendable func changeUser(_ call: Call<ChangeUser>) async throws -> UserResponse {
        let (id, reach) = try target(of: call, .userUpdate)
        let body = call.input
        let seen = try call.ifMatch ?? body.version
        return try await commands.run(call) { act, tx in
            let user = try await directory.change(id, "USER_UPDATED", within: reach, seen: seen, by: act, tx) { user in
                body.displayName.apply(to: &user.displayName)
                body.phone.apply(to: &user.phone)
            }
            return UserResponse(user)
        }
    }

    @Sendable func assignRoles(_ call: Call<AssignRoles>) async throws -> UserResponse {
        let (id, reach) = try target(of: call, .roleAssign)
        let principal = try call.principal
        let body = call.input
        try body.places.check(givenBy: principal, with: .roleAssign)
        let known = try await roles.of(principal.tenant)
        try known.check(body.roles, givenBy: principal)
        let seen = try call.ifMatch ?? body.version
        return try await commands.run(call) { act, tx in
            let user = try await directory.change(id, "ROLES_ASSIGNED", within: reach, seen: seen, by: act, tx) {
                user in
                try known.checkHeld(user, by: principal)
                user.roles = body.roles
                user.sites = body.siteIds ?? []
                user.assets = body.assetIds ?? []
                user.team = body.teamId
            }
            return UserResponse(user)
        }
    }

    @Sendable func deactivate(_ call: Call<NoInput>) async throws -> UserResponse {
        let (id, reach) = try target(of: call, .userDeactivate)
        let principal = try call.principal
        let known = try await roles.of(principal.tenant)
        return try await commands.run(call) { act, tx in
            let user = try await directory.change(id, "USER_DEACTIVATED", within: reach, by: act, tx) { user in
                // They could not undo it.
                guard user.id != principal.user else { throw Refusal.ownAccount }
                try known.checkHeld(user, by: principal)
                user.isActive = false
            }
            try await sessions.endAll(of: user.id, by: act, tx)
            return UserResponse(user)
        }
    }

    @Sendable func activate(_ call: Call<NoInput>) async throws -> UserResponse {
        let (id, reach) = try target(of: call, .userDeactivate)
        let principal = try call.principal
        let known = try await roles.of(principal.tenant)
        return try await commands.run(call) { act, tx in
            let user = try await directory.change(id, "USER_ACTIVATED", within: reach, by: act, tx) { user in
                try known.checkHeld(user, by: principal)
                user.isActive = true
            }
            return UserResponse(user)
        }
    }

    @Sendable func unlock(_ call: Call<NoInput>) async throws -> NoContent {
        let (id, reach) = try target(of: call, .userDeactivate)
        let principal = try call.principal
        let known = try await roles.of(principal.tenant)
        return try await commands.run(call) { act, tx in
            let user = try await directory.locked(id, within: reach, by: act, tx)
            try known.checkHeld(user, by: principal)
            try await AddressLocks.unlock(user, by: act, tx)
            return NoContent()
        }
    }

    @Sendable func endSessions(_ call: Call<NoInput>) async throws -> NoContent {
        let (id, reach) = try target(of: call, .userDeactivate)
        let principal = try call.principal
        let known = try await roles.of(principal.tenant)
        return try await commands.run(call) { act, tx in
            let user = try await directory.locked(id, within: reach, by: act, tx)
            try known.checkHeld(user, by: principal)
            let ended = try await sessions.endAll(of: id, by: act, tx)
            try tx.record(
                Change("USER_SESSIONS_ENDED", "user", id, before: ["sessions": ended], after: ["sessions": 0]),
                by: act
            )
            return NoContent()
        }
    }

    private func target(of call: Call<some Input>, _ permission: Permission) throws -> (UserID, ChangeReach) {
        let reach = try call.principal.authority.reach(toChangeBy: [permission], seenBy: .userRead)
        return (try call.id("id", of: "user"), reach)
    }
}

extension [Role] {
    /// Nobody can assign more than they have: otherwise a person who can create users could become an administrator.
    fileprivate func check(_ names: [String], givenBy principal: Principal) throws {
        for name in names {
            guard let role = first(where: { $0.name == name }) else { throw Refusal.unknownRole(name) }
            guard principal.authority.grants.cover(role.known) else { throw Refusal.roleExceedsGranter(name) }
        }
    }

    /// Nobody can change the account of somebody who may do more than they may.
    fileprivate func checkHeld(_ user: User, by principal: Principal) throws {
        for role in self where user.roles.contains(role.name) {
            guard principal.authority.grants.cover(role.known) else { throw Refusal.userExceedsGranter(role.name) }
        }
    }
}

extension Membership {
    /// Whoever has the permission only for some sites can place people only there.
    ///
    /// - Throws: ``Problem`` 403.
    fileprivate func check(givenBy principal: Principal, with permission: Permission) throws {
        let authority = principal.authority
        if authority.reach(of: permission) == .tenant { return }
        let own = authority.membership
        guard authority.grants.scopes(of: permission).contains(.sites), !sites.isEmpty, sites.isSubset(of: own.sites),
            assets.isSubset(of: own.assets), team == nil || team == own.team
        else {
            throw Problem.tooNarrow("with \(permission.rawValue) for some sites, people can be placed only at these")
        }
    }
}
