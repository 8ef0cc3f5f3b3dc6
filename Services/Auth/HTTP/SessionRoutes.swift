import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Hummingbird
import Identifiers
import Logging
import Messaging
import ServiceKit

/// `/api/v1/auth`: login in one step or two, refresh and logout.
struct SessionRoutes: Sendable {
    let provider: any IdentityProvider
    let locks: AddressLocks
    let logins: Logins
    let directory: Directory
    let issuer: TokenIssuer
    let marks: DeviceMarks
    /// For people whose provider checks their passwords.
    var elsewhere: ProviderPasswords?
    var now: @Sendable () -> Date = { Date() }

    var sessions: Sessions { logins.sessions }

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
                .refuses([.unauthorized, .forbidden, .tooManyRequests, .gatewayTimeout]),
                use: login
            ),
            Route(
                .post,
                "/auth/login/mfa",
                "Finish a login with a code or a security key",
                .open,
                .refuses([.unauthorized, .forbidden, .tooManyRequests]),
                use: finish
            ),
            Route(
                .post,
                "/auth/mfa/enrolment",
                "Begin to add the second factor that a login requires",
                .open,
                .refuses([.unauthorized, .forbidden]),
                use: enrol
            ),
            Route(
                .post,
                "/auth/mfa/enrolment/confirmation",
                "Finish a login with a new second factor",
                .open,
                .refuses([.unauthorized, .forbidden, .conflict]),
                use: confirm
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
        var deviceMark: String?
        var tenant: String?

        static let rules: Rules = [
            "email": .line(1...254).example("anna@sunfield.example"), "password": .secret(1...200),
            "deviceMark": .deviceMark,
            "tenant": .line(1...200).example("Sunfield Renewables").means(
                "Name or id of the organization, for the first login of somebody whose organization's identity provider checks the password"
            ),
        ]
    }

    struct TokenResponse: Answer, Codable {
        var accessToken: String
        var refreshToken: String
        var tokenType = "Bearer"
        var expiresIn = Int(KeyPlan.tokenLifetime)
        /// For the next login from this device: what others guess does not lock it out. Only in the answer to a login.
        var deviceMark: String?
        /// When the session ends if nothing is refreshed. Only in the answer to a refresh.
        var sessionEndsAt: Date?
        /// When it ends however often it is refreshed. Only in the answer to a refresh.
        var sessionEndsAtLatest: Date?
    }

    /// - Throws: ``Refusal/secondStep(_:challenge:)`` for whoever has a second factor, or has to have one.
    @Sendable func login(_ call: Call<Login>) async throws -> TokenResponse {
        let body = call.input
        let now = now()
        let device = marks.device(body.deviceMark, of: body.email, at: now)
        let act = Act(call.context, of: "auth", at: now)
        let user = try await identify(body, on: device, by: act, call.context.logger)
        try await passwords.requireAPILogin(user, by: act)
        let new = NewSession(device: device)
        if let (step, challenge) = try await logins.begin(user, new, address: body.email, by: act) {
            throw Refusal.secondStep(step, challenge: challenge)
        }
        return try await tokens(of: new, for: user, .password(at: now), at: now)
    }

    private func identify(_ body: Login, on device: String?, by act: Act, _ logger: Logger) async throws -> User {
        guard let elsewhere, let config = try await elsewhere.provider(of: body.email, tenant: body.tenant) else {
            return try await passwords.identify(body.email, body.password, on: device, by: act)
        }
        return try await elsewhere.identify(body.email, body.password, at: config, on: device, by: act, logger)
    }

    private func tokens(of new: NewSession, for user: User, _ proof: Proof, at now: Date) async throws -> TokenResponse
    {
        TokenResponse(
            accessToken: try await issuer.issue(for: user, session: new.id, proof, at: now),
            refreshToken: new.refreshToken,
            deviceMark: try marks.new(for: user.email, at: now)
        )
    }

    // MARK: - The second step

    struct FinishLogin: Input {
        var challenge: String
        var code: String?
        /// The answer to `/auth/login/mfa/options`.
        var credential: CredentialAnswer?
        var deviceMark: String?

        static let rules: Rules = ["challenge": .challenge, "code": .code, "deviceMark": .deviceMark]

        func check(_ errors: inout FieldErrors) {
            let rule = FieldRule.oneField(["code", "credential"], "is required, or credential; not both")
            errors.require((code == nil) != (credential == nil), "code", rule)
        }
    }

    @Sendable func finish(_ call: Call<FinishLogin>) async throws -> TokenResponse {
        let body = call.input
        let now = now()
        let answer = try Logins.FactorAnswer(code: body.code, credential: body.credential)
        let user = try await logins.challenges.holder(of: body.challenge, .login, at: now)
        let device = marks.device(body.deviceMark, of: user.email, at: now)
        try await locks.admit(user.email, .code, from: call.context.clientAddress, device: device, at: now)
        let new = NewSession(device: device)
        let act = Act(call.context, of: "auth", at: now)
        guard let given = try await logins.finish(body.challenge, answer, new, by: act) else {
            throw body.credential == nil ? Refusal.code : Refusal.key
        }
        return try await tokens(of: new, for: given.user, given.proof, at: now)
    }

    struct Enrol: Input {
        var challenge: String

        static let rules: Rules = ["challenge": .challenge]
    }

    @Sendable func enrol(_ call: Call<Enrol>) async throws -> EnrolmentResponse {
        let act = Act(call.context, of: "auth", at: now())
        let (user, secret) = try await logins.enrol(call.input.challenge, by: act)
        return EnrolmentResponse(secret, of: user, at: act.time)
    }

    /// The tokens of a login, and the recovery codes of the factor that it has added.
    struct EnrolledResponse: Answer, Codable {
        var accessToken: String
        var refreshToken: String
        var tokenType = "Bearer"
        var expiresIn = Int(KeyPlan.tokenLifetime)
        var deviceMark: String?
        var recoveryCodes: [String]
    }

    struct ConfirmEnrolment: Input {
        var challenge: String
        var code: String

        static let rules: Rules = ["challenge": .challenge, "code": .code]
    }

    @Sendable func confirm(_ call: Call<ConfirmEnrolment>) async throws -> EnrolledResponse {
        let factor = Logins.NewFactor.app(TypedCode(call.input.code))
        return try await confirm(call.input.challenge, factor, by: Act(call.context, of: "auth", at: now()))
    }

    /// Finishes a login with a new factor.
    func confirm(_ challenge: String, _ factor: Logins.NewFactor, by act: Act) async throws -> EnrolledResponse {
        let new = NewSession()
        let (given, codes) = try await logins.confirm(challenge, factor, new, by: act)
        let tokens = try await tokens(of: new, for: given.user, given.proof, at: act.time)
        return EnrolledResponse(
            accessToken: tokens.accessToken,
            refreshToken: tokens.refreshToken,
            deviceMark: tokens.deviceMark,
            recoveryCodes: codes
        )
    }

    // MARK: - Later

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
                accessToken: try await issuer.issue(for: user, session: session.id, session.proof, at: now),
                refreshToken: successor,
                sessionEndsAt: session.end.at,
                sessionEndsAtLatest: session.end.latest
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

extension Logins.FactorAnswer {
    /// Of an input that has one of both.
    init(code: String?, credential: CredentialAnswer?) throws {
        self = if let credential { .key(try credential.answer()) } else { .code(TypedCode(code ?? "")) }
    }
}

extension Rule {
    fileprivate static let deviceMark = Rule.secret(1...300).means(
        "From the answer to an earlier login from this device: what others guess does not lock it out"
    )
    static let challenge = Rule.secret(1...100).means("From the answer to the step before")
    /// A code of a second factor, or a recovery code.
    static let code = Rule.secret(1...50).means("Six digits from the authenticator app, or a recovery code")
}
