import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/auth`: login, refresh and logout.
struct SessionRoutes: Sendable {
    let provider: any IdentityProvider
    let locks: AddressLocks
    let sessions: Sessions
    let directory: Directory
    let issuer: TokenIssuer
    var now: @Sendable () -> Date = { Date() }

    var passwords: PasswordLogin {
        PasswordLogin(
            provider: provider,
            locks: locks,
            sessions: sessions,
            directory: directory,
            tenants: Tenants(database: directory.database)
        )
    }

    private var commands: CommandRunner { CommandRunner("auth", sessions.database, now: now) }

    func all() throws -> [Route] {
        try [
            Route(
                .post,
                "/auth/login",
                "Log in with a password",
                .open,
                .refuses([.unauthorized, .forbidden, .tooManyRequests]),
                use: login
            ),
            Route(
                .post,
                "/auth/refresh",
                "Get a new access token",
                .open,
                .refuses([.unauthorized, .forbidden]),
                use: refresh
            ),
            Route(.post, "/auth/logout", "Log out", .anyone, use: logout),
        ]
    }

    struct Login: Input {
        var email: String
        var password: String

        static let rules: Rules = [
            "email": .line(1...254).example("anna@sunfield.example"), "password": .secret(1...200),
        ]
    }

    struct TokenResponse: Answer, Codable {
        var accessToken: String
        var refreshToken: String
        var tokenType = "Bearer"
        var expiresIn = Int(KeyPlan.tokenLifetime)
    }

    @Sendable func login(_ call: Call<Login>) async throws -> TokenResponse {
        let body = call.input
        let now = now()
        let act = Act(call.context, of: "auth", at: now)
        let user = try await passwords.identify(body.email, body.password, by: act)
        let session = SessionID.new()
        let refreshToken = SecretText.new()
        try await sessions.begin(user, session: session, refreshToken: refreshToken, address: body.email, by: act)
        return TokenResponse(
            accessToken: try await issuer.issue(for: user, session: session, at: now),
            refreshToken: refreshToken
        )
    }

    struct Refresh: Input {
        var refreshToken: String

        static let rules: Rules = ["refreshToken": .secret(1...500)]
    }

    @Sendable func refresh(_ call: Call<Refresh>) async throws -> TokenResponse {
        let body = call.input
        let now = now()
        let act = Act(call.context, of: "auth", at: now)
        return try await sessions.rotate(body.refreshToken, by: act) { user, session, successor in
            TokenResponse(
                accessToken: try await issuer.issue(for: user, session: session, at: now),
                refreshToken: successor
            )
        }
    }

    @Sendable func logout(_ call: Call<NoInput>) async throws -> NoContent {
        let principal = try call.principal
        return try await commands.run(call) { act, tx in
            try await sessions.end(principal.session, by: act, tx)
            return NoContent()
        }
    }
}
