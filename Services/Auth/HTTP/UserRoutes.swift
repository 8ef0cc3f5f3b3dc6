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
    let roles: Roles
    let links: AccountLinks
    let logins: Logins
    let passwords: NewPasswords
    var stepUp = Duration.seconds(300)
    var now: @Sendable () -> Date = { Date() }

    var sessions: Sessions { logins.sessions }

    var commands: CommandRunner {
        CommandRunner("auth", directory.database, now: now, refusal: Refusal.init)
    }

    func all() throws -> [Route] {
        try [
            Route(.post, "/users", "Create a user", .requires(.userCreate), use: createUser),
            Route(.get, "/users", "List users", .requires(.userRead), .sensitive, use: listUsers),
            Route(.get, "/users/{id}", "Read a user", .requires(.userRead), .sensitive, use: readUser),
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
                .stepUp(within: stepUp),
                .versioned,
                .refuses([.conflict]),
                use: assignRoles
            ),
            Route(
                .post,
                "/users/{id}/invitation",
                "Send a user's invitation again",
                .requires(.userCreate),
                .refuses([.conflict]),
                use: inviteAgain
            ),
            Route(
                .post,
                "/users/{id}/deactivate",
                "Deactivate a user and end their sessions",
                .requires(.userDeactivate),
                .stepUp(within: stepUp),
                .refuses([.conflict]),
                use: deactivate
            ),
            Route(
                .post,
                "/users/{id}/erase",
                "Erase what is known of a user, for good",
                .requires(.userErase),
                .stepUp(within: stepUp, onlyPeople: true),
                .refuses([.conflict]),
                use: erase
            ),
            Route(
                .post,
                "/users/{id}/activate",
                "Activate a user again",
                .requires(.userDeactivate),
                .refuses([.conflict]),
                use: activate
            ),
            Route(
                .post,
                "/users/{id}/unlock",
                "Let a user log in again after too many wrong passwords",
                .requires(.userDeactivate),
                use: unlock
            ),
            Route(
                .post,
                "/users/{id}/identity-link",
                "Let the next login at the identity provider take over a user's account",
                .requires(.userUpdate),
                use: permitLink
            ),
            Route(
                .get,
                "/users/{id}/sessions",
                "List a user's sessions",
                .requires(.userDeactivate),
                .sensitive,
                use: listSessions
            ),
            Route(
                .delete,
                "/users/{id}/sessions/{session}",
                "End one session of a user",
                .requires(.userDeactivate),
                .refuses([.conflict]),
                use: endSession
            ),
            Route(
                .delete,
                "/users/{id}/sessions",
                "End all sessions of a user",
                .requires(.userDeactivate),
                .refuses([.conflict]),
                use: endSessions
            ),
            Route(
                .delete,
                "/users/{id}/mfa",
                "Remove a user's second factor",
                .requires(.userUpdate),
                .stepUp(within: stepUp),
                .refuses([.conflict]),
                use: removeFactor
            ),
        ]
    }

    @Sendable func createUser(_ call: Call<CreateUser>) async throws -> Created<UserResponse> {
        let principal = try call.principal
        let body = call.input
        let known = try await roles.of(principal.tenant)
        try body.check(givenBy: principal, known)
        // Otherwise whoever has a stolen token makes themselves an administrator with a password.
        if known.contains(where: { $0.requiresMfa && body.roles.contains($0.name) }) {
            try principal.requireProof(within: stepUp)
        }
        var new = body.invited(into: principal.tenant, at: now())
        if body.password != nil { (new.isActive, new.invitedAt) = (true, nil) }
        let user = new
        let hash =
            if let password = body.password { try await passwords.hash(password, of: user) } else { String?.none }
        return try await commands.run(call) { act, tx in
            try await directory.create(user, passwordHash: hash, by: act, tx)
            if let mail = try await links.issue(.invitation, to: user, by: act, tx) { try tx.publish(mail, by: act) }
            return Created(UserResponse(user), at: "/api/v1/users/\(user.id)")
        }
    }

    @Sendable func listUsers(_ call: Call<Paged<UserFilter>>) async throws -> Page<UserResponse> {
        let principal = try call.principal
        let page = call.input
        let users = try await directory.list(
            page.filter,
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
        var response = UserResponse(user)
        response.temporaryRoles = try await RoleAssignments(directory: directory).of(id, tenant: user.tenant).compactMap
        {
            each in each.expiresAt.map { .init(role: each.role, expiresAt: $0, assignedBy: each.assignedBy) }
        }
        return response
    }
}
