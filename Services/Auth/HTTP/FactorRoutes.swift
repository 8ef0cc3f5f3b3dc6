import Access
import Commands
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/auth/mfa`: one's own second factor, whose keys are in ``SecurityKeyRoutes``, and `/api/v1/auth/step-up`: to prove once more who one is.
struct FactorRoutes: Sendable {
    let provider: any IdentityProvider
    let locks: AddressLocks
    let logins: Logins
    let directory: Directory
    let issuer: TokenIssuer
    /// How old a proof of who somebody is can be for what is worth asking again.
    let stepUp: Duration
    var now: @Sendable () -> Date = { Date() }

    private var factors: SecondFactors { logins.factors }
    private var commands: CommandRunner { CommandRunner("auth", directory.database, now: now) }

    func all() throws -> [Route] {
        try [
            Route(.get, "/auth/mfa", "Read one's own second factor", .anyone, use: read),
            Route(
                .post,
                "/auth/mfa/totp",
                "Begin to add an authenticator app",
                .anyone,
                .givesSecret,
                .stepUp(within: stepUp, onlyPeople: true),
                use: begin
            ),
            Route(
                .post,
                "/auth/mfa/totp/confirmation",
                "Confirm a new authenticator app with its first code",
                .anyone,
                .givesSecret,
                .refuses([.conflict]),
                use: confirm
            ),
            Route(
                .delete,
                "/auth/mfa/totp",
                "Remove one's own authenticator app",
                .anyone,
                .stepUp(within: stepUp, onlyPeople: true),
                .refuses([.notFound, .conflict]),
                use: remove
            ),
            Route(
                .post,
                "/auth/mfa/recovery-codes",
                "Replace one's own recovery codes",
                .anyone,
                .givesSecret,
                .stepUp(within: stepUp, onlyPeople: true),
                .refuses([.notFound]),
                use: replaceCodes
            ),
            Route(
                .post,
                "/auth/step-up",
                "Prove once more who one is",
                .anyone,
                .givesSecret,
                .refuses([.tooManyRequests, .conflict]),
                use: proveAgain
            ),
        ]
    }

    struct FactorResponse: Answer, Codable {
        /// Whether a login asks for one.
        var isEnrolled: Bool
        /// Whether one of the person's roles does not let them in without.
        var isRequired: Bool
        /// When the authenticator app was added, if there is one.
        var addedAt: Date?
        var recoveryCodesLeft: Int
        var securityKeys: [SecurityKeyResponse]
    }

    @Sendable func read(_ call: Call<NoInput>) async throws -> FactorResponse {
        let user = try await user(of: call)
        let factor = try await factors.find(user.id, tenant: user.tenant)
        return FactorResponse(
            isEnrolled: factor != nil,
            isRequired: try await logins.isRequired(of: user),
            addedAt: factor?.appAddedAt,
            recoveryCodesLeft: factor?.recoveryCodesLeft ?? 0,
            securityKeys: try await logins.keys.list(of: user.id, tenant: user.tenant).map(SecurityKeyResponse.init)
        )
    }

    // MARK: - Changes

    /// If there is a factor, it counts until the new one is confirmed: so a person changes their phone without being without one.
    @Sendable func begin(_ call: Call<NoInput>) async throws -> EnrolmentResponse {
        let user = try await user(of: call)
        return try await commands.run(call) { act, tx in
            EnrolmentResponse(try await factors.begin(for: user, by: act, tx), of: user, at: act.time)
        }
    }

    struct Confirm: Input {
        var code: String

        static let rules: Rules = ["code": .code]
    }

    struct RecoveryCodesResponse: Answer, Codable {
        /// Each works once. They are not shown again.
        var recoveryCodes: [String]
    }

    @Sendable func confirm(_ call: Call<Confirm>) async throws -> RecoveryCodesResponse {
        let principal = try call.principal
        return try await commands.run(call) { act, tx in
            // A login at this moment waits, and then sees the factor.
            let user = try await directory.locked(principal.user, within: .tenant, by: act, tx)
            let codes = try await factors.confirm(TypedCode(call.input.code), of: user, by: act, tx)
            // Their persons have proved less.
            try await logins.sessions.endAll(of: user.id, except: principal.session, by: act, tx)
            try await logins.sessions.renew(principal.session, .passwordAndCode(at: act.time), by: act, tx)
            return RecoveryCodesResponse(recoveryCodes: codes)
        }
    }

    @Sendable func remove(_ call: Call<NoInput>) async throws -> NoContent {
        let user = try await user(of: call)
        return try await commands.run(call) { act, tx in
            let isRequired = try await logins.isRequired(of: user, tx)
            try await factors.removeApp(from: user, isRequired: isRequired, by: act, tx)
            return NoContent()
        }
    }

    @Sendable func replaceCodes(_ call: Call<NoInput>) async throws -> RecoveryCodesResponse {
        let user = try await user(of: call)
        return try await commands.run(call) { act, tx in
            RecoveryCodesResponse(recoveryCodes: try await factors.replaceCodes(of: user, by: act, tx))
        }
    }

    // MARK: - Once more

    struct ProveAgain: Input {
        var code: String?
        /// The answer to `/auth/step-up/options`.
        var credential: CredentialAnswer?
        var password: String?

        static let rules: Rules = [
            "code": .code, "password": .secret(1...200).means("Of people without a second factor"),
        ]

        func check(_ errors: inout FieldErrors) {
            let given = [code != nil, credential != nil, password != nil].count { $0 }
            let rule = FieldRule.oneField(
                ["code", "credential", "password"],
                "is required, or credential, or password; only one of them"
            )
            errors.require(given == 1, "code", rule)
        }
    }

    struct StepUpResponse: Answer, Codable {
        /// The session's refresh token stays as it is.
        var accessToken: String
        var tokenType = "Bearer"
        var expiresIn = Int(KeyPlan.tokenLifetime)
    }

    /// Wrong answers count like those of a login: somebody may have found an unlocked screen.
    @Sendable func proveAgain(_ call: Call<ProveAgain>) async throws -> StepUpResponse {
        let session = try call.principal.session
        let user = try await user(of: call)
        let now = now()
        let answer: Logins.Answer
        if let password = call.input.password {
            try await check(password, of: user, call, at: now)
            answer = .rightPassword
        } else {
            answer = .factor(try .init(code: call.input.code, credential: call.input.credential))
            try await locks.admit(user.email, .code, from: call.context.clientAddress, at: now)
        }
        let proof = try await commands.begin(call) { act, tx in
            try await logins.renew(session, of: user, with: answer, by: act, tx)
        }
        guard let proof else { throw call.input.credential == nil ? Refusal.wrongCode : .wrongKey }
        return StepUpResponse(accessToken: try await issuer.issue(for: user, session: session, proof, at: now))
    }

    private func check(_ password: String, of user: User, _ call: Call<ProveAgain>, at now: Date) async throws {
        // Before the password is looked at: with a second factor it proves too little.
        guard try await factors.find(user.id, tenant: user.tenant) == nil else { throw Refusal.codeRequired }
        guard try await !ProviderPeople(directory: directory).hasNoPassword(user) else { throw Refusal.provesElsewhere }
        try await locks.admit(user.email, from: call.context.clientAddress, at: now)
        guard try await provider.authenticate(user.email, password) != nil else {
            try await logins.sessions.refuse(user, by: Act(call.context, of: "auth", at: now))
            throw Refusal.wrongPassword
        }
    }

    private func user(of call: Call<some Input>) async throws -> User {
        let principal = try call.principal
        guard let user = try await directory.find(principal.user, tenant: principal.tenant) else {
            throw Refusal.unknownUser
        }
        return user
    }
}

/// What a person's app needs. It is shown once.
struct EnrolmentResponse: Answer, Codable, Hashable {
    /// For typing, in base 32.
    var secret: String
    /// For a QR code.
    var uri: String
    var expiresAt: Date

    init(_ secret: [UInt8], of user: User, at now: Date) {
        self.secret = Base32.text(secret)
        uri = TOTP.uri(secret, account: user.email)
        expiresAt = now.addingTimeInterval(SecondFactor.enrolmentLifetime)
    }
}
