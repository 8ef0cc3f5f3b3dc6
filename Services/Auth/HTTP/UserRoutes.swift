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
    var now: @Sendable () -> Date = { Date() }

    private var commands: CommandRunner {
        CommandRunner("auth", directory.database, now: now, refusal: Refusal.init)
    }

    func all() throws -> [Route] {
        try [
            Route(.post, "/users", "Create a user", .requires(.userCreate), use: createUser),
            Route(.get, "/users", "List users", .requires(.userRead), use: listUsers),
        ]
    }

    struct CreateUser: Input {
        var email: String
        var displayName: String
        var phone: String?
        var roles: [String]
        var password: String

        static let rules: Rules = [
            "email": .email,
            "displayName": .line(1...200).example("Anna Berg"),
            "phone": .phone,
            "roles": .items(1...20, each: .line(1...64)).example(["technician"]),
            "password": .secret(12...200),
        ]
    }

    @Sendable func createUser(_ call: Call<CreateUser>) async throws -> Created<UserResponse> {
        let principal = try call.principal
        let body = call.input
        // A new user does not belong to any site yet.
        try principal.authority.requireTenantWide(.userCreate)
        try await check(body.roles, givenBy: principal)
        let user = User(
            id: .new(),
            tenant: principal.tenant,
            email: body.email.lowercased(),
            displayName: body.displayName,
            phone: body.phone,
            roles: body.roles,
            isActive: true,
            version: 1
        )
        // Before the transaction, because hashing is slow on purpose.
        let hash = try await Password.hash(body.password)
        return try await commands.run(call) { act, tx in
            try await directory.create(user, passwordHash: hash, by: act, tx)
            return Created(UserResponse(user))
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

    /// Nobody can grant more than they have: otherwise a person who can create users could make themselves an administrator.
    private func check(_ names: [String], givenBy principal: Principal) async throws {
        let known = try await roles.of(principal.tenant)
        for name in names {
            guard let role = known.first(where: { $0.name == name }) else { throw Refusal.unknownRole(name) }
            guard principal.authority.grants.cover(role.known) else { throw Refusal.roleExceedsGranter(name) }
        }
    }
}
