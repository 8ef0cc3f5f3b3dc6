import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import RedisClient
import ServiceKit

/// `/api/v1/auth`: what every person sees and changes of their own account.
struct AccountRoutes: Sendable {
    let provider: any IdentityProvider
    let locks: AddressLocks
    let sessions: Sessions
    let directory: Directory
    let passwords: NewPasswords
    let cache: Redis
    var now: @Sendable () -> Date = { Date() }

    private var commands: CommandRunner { CommandRunner("auth", sessions.database, now: now) }

    func all() throws -> [Route] {
        try [
            Route(.get, "/auth/me", "Read who is logged in", .anyone, use: me),
            Route(
                .patch,
                "/auth/me",
                "Choose one's own language, time zone and units",
                .anyone,
                .versioned,
                use: choose
            ),
            Route(
                .put,
                "/auth/password",
                "Change one's own password",
                .anyone,
                .refuses([.tooManyRequests]),
                use: changePassword
            ),
            Route(.get, "/auth/sessions", "List one's own sessions", .anyone, use: listSessions),
            Route(.delete, "/auth/sessions/{id}", "End one of one's own sessions", .anyone, use: endSession),
        ]
    }

    @Sendable func me(_ call: Call<NoInput>) async throws -> UserResponse {
        let principal = try call.principal
        var response = try await user(principal)
        response.add(principal.authority.grants)
        return response
    }

    private func user(_ principal: Principal) async throws -> UserResponse {
        // Redis is a cache: without it the database answers. Each version of a user has an entry of its own, so that a change is seen as soon as
        // this service has received it.
        let key = principal.version.map { "auth:user:\(principal.user):\($0)" }
        if let key, let cached = try? await cache.get(key),
            let user = try? JSONReader.decode(UserResponse.self, from: cached)
        {
            return user
        }
        guard let user = try await directory.find(principal.user, tenant: principal.tenant) else {
            throw Refusal.unknownUser
        }
        var response = UserResponse(user)
        // It changes without the version.
        response.lastLoginAt = nil
        if let key, user.version == principal.version {
            try? await cache.set(key, to: JSONWriter.write(response), for: .seconds(1800))
        }
        return response
    }

    struct Preferences: Input {
        var language: Patch<User.Language?>
        var timeZone: Patch<String?>
        var units: Patch<User.Units?>
        var version: Int64?

        static let rules: Rules = ["timeZone": .timeZone, "version": .seenVersion]
    }

    @Sendable func choose(_ call: Call<Preferences>) async throws -> UserResponse {
        let principal = try call.principal
        let body = call.input
        let seen = try call.ifMatch ?? body.version
        return try await commands.run(call) { act, tx in
            // One's own account is in nobody else's reach.
            let user = try await directory.change(
                principal.user,
                "USER_UPDATED",
                within: .tenant,
                seen: seen,
                by: act,
                tx
            ) { user in
                body.language.apply(to: &user.language)
                body.timeZone.apply(to: &user.timeZone)
                body.units.apply(to: &user.units)
            }
            return UserResponse(user)
        }
    }

    // MARK: - Password

    struct ChangePassword: Input {
        var currentPassword: String
        var newPassword: String

        static let rules: Rules = ["currentPassword": .secret(1...200), "newPassword": .newPassword]

        func check(_ errors: inout FieldErrors) {
            errors.require(currentPassword != newPassword, "newPassword", .differs(from: "currentPassword"))
        }
    }

    /// The current password is asked for, because somebody may have found an unlocked screen. Wrong ones count like those of a login.
    @Sendable func changePassword(_ call: Call<ChangePassword>) async throws -> NoContent {
        let principal = try call.principal
        let body = call.input
        guard let user = try await directory.find(principal.user, tenant: principal.tenant) else {
            throw Refusal.unknownUser
        }
        let address = call.context.clientAddress
        try await locks.admit(user.email, from: address, at: now())
        let isRight = try await provider.authenticate(user.email, body.currentPassword) != nil
        let hash = isRight ? try await passwords.hash(body.newPassword, of: user, field: "newPassword") : nil
        return try await commands.run(call) { act, tx in
            // Not before: a repetition of this request may have changed it a moment ago, and then has the same answer.
            guard let hash else { throw Refusal.currentPassword }
            try await directory.setPassword(of: user, hash, notice: true, by: act, tx)
            try await sessions.endAll(of: user.id, except: principal.session, by: act, tx)
            // Whoever knows the password has not shown a code.
            try await AddressLocks.succeed(user.email, [.password], from: address, at: act.time, tx)
            return NoContent()
        }
    }

    // MARK: - Sessions

    @Sendable func listSessions(_ call: Call<NoInput>) async throws -> SessionsResponse {
        let principal = try call.principal
        let open = try await sessions.open(of: principal.user, tenant: principal.tenant, at: now())
        return SessionsResponse(open, asked: principal.session)
    }

    @Sendable func endSession(_ call: Call<NoInput>) async throws -> NoContent {
        let id: SessionID = try call.id("id", of: "session")
        return try await commands.run(call) { act, tx in
            guard try await sessions.end(id, "SESSION_REVOKED", by: act, tx) != nil else {
                throw Problem.notFound("session")
            }
            return NoContent()
        }
    }
}
