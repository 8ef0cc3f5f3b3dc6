import Commands
import Foundation
import HTTPTypes
import Hummingbird
import Localization
import Logging
import Messaging
import Sealing
import ServiceKit

/// `/auth/authorize` and `/auth/token`: logins in a browser, by an authorization code with proof of possession (RFC 6749, RFC 7636). The
/// only client is the gateway, which keeps the tokens.
struct AuthorizationRoutes: Sendable {
    let passwords: PasswordLogin
    let logins: Logins
    let codes: AuthorizationCodes
    let providers: ProviderLogin
    let issuer: TokenIssuer
    let keys: BrowserKeys
    /// Where browsers find the installation.
    let publicURL: String
    var now: @Sendable () -> Date = { Date() }

    func all() throws -> [Route] {
        try [
            Route(
                .get,
                "/auth/authorize",
                "Begin a login in a browser",
                .open,
                .atRoot,
                .forBrowsers,
                .refuses([.unauthorized, .gatewayTimeout]),
                use: authorize
            ),
            Route(
                .post,
                "/auth/authorize",
                "Log in on the login page",
                .open,
                .atRoot,
                .forBrowsers,
                .form,
                .refuses([.unauthorized, .forbidden, .tooManyRequests, .gatewayTimeout]),
                use: logIn
            ),
            Route(
                .post,
                "/auth/token",
                "Exchange a code for tokens",
                .open,
                .atRoot,
                .form,
                .notForwarded,
                .refuses([.unauthorized, .forbidden]),
                use: exchange
            ),
        ]
    }

    // MARK: - In the browser

    @Sendable func authorize(_ call: Call<AuthorizationQuery>) async throws -> BrowserAnswer {
        let request = call.input.authorization
        try check(request)
        // On the page itself, so that it is kept.
        let chosen = call.input.language.flatMap { Language(tag: $0) }
        return try await begin(
            request,
            in: chosen ?? language(call, request),
            isForm: false,
            cookies: chosen.map { [LanguageCookie.setting($0, isSecure: publicURL.hasPrefix("https:"))] } ?? [],
            by: Act(call.context, of: "auth", at: now()),
            call.context.logger
        )
    }

    private func language(_ call: Call<some Input>, _ request: Authorization) -> Language {
        Language(of: call.request.headerFields, locales: request.locales)
    }

    /// People of a tenant with an identity provider go there; all others get the login page, which does not tell whether there is such a
    /// tenant.
    private func begin(
        _ request: Authorization,
        in language: Language,
        isForm: Bool,
        cookies: [String] = [],
        by act: Act,
        _ logger: Logger
    ) async throws -> BrowserAnswer {
        let tenant = try await passwords.tenants.named(request.tenant)
        if let tenant, let config = try await providers.providers.enabled(tenant.id) {
            return try await providers.begin(config, for: request, in: language, isForm: isForm, by: act, logger)
        }
        return LoginPage(request: request, language: language, cookies: cookies).answer
    }

    @Sendable func logIn(_ call: Call<LoginForm>) async throws -> BrowserAnswer {
        let form = call.input
        let request = form.authorization
        try check(request)
        let act = Act(call.context, of: "auth", at: now())
        let language = language(call, request)
        if let challenge = form.challenge {
            return form.step == .enrolment
                ? try await confirm(challenge, form, in: language, by: act)
                : try await finish(challenge, form, in: language, by: act)
        }
        // Who has typed only the name of an organization.
        guard let email = form.email else {
            return try await begin(request, in: language, isForm: true, by: act, call.context.logger)
        }
        do {
            let tenant = try await passwords.tenants.named(request.tenant)
            // Somebody else's tenant has no such person.
            if request.tenant != nil, tenant == nil { throw Refusal.credentials }
            let user = try await passwords.identify(email, form.password ?? "", in: tenant, by: act)
            let begun = try await logins.begin(user, by: act) { proof, act, tx in
                try await codes.issue(to: user, for: request, proof, address: email, by: act, tx)
            }
            switch begun {
            case .opened(let code): return .seeOther(request.callback(code: code))
            case .step(.login, let challenge):
                let step = try await secondStep(challenge, by: act)
                return LoginPage(request: request, language: language, step: step).answer
            case .step(.enrolment, let challenge): return try await enrol(challenge, request, in: language, by: act)
            }
        } catch let refusal as Refusal {
            let step = LoginPage.Step.password(email: email)
            return LoginPage(request: request, language: language, step: step, refusal: refusal.problem).answer
        }
    }

    /// Only a request of our client is answered; an error is never sent to the address in it (RFC 9700, section 4.11).
    private func check(_ request: Authorization) throws {
        guard request.client == BrowserKeys.client else {
            throw Problem.field("client_id", FieldRule(code: "unknown_client", "is not known here"))
        }
        guard request.redirect == publicURL + BrowserKeys.callback else {
            throw Problem.field("redirect_uri", FieldRule(code: "unknown_address", "is not an address of this client"))
        }
    }

    // MARK: - From the gateway

    struct TokenAnswer: Answer, Codable {
        var accessToken: String
        var refreshToken: String
        var tokenType = "Bearer"
        var expiresIn = Int(KeyPlan.tokenLifetime)
        /// When the session ends if nothing is refreshed.
        var sessionEndsAt: Date
        /// When it ends however often it is refreshed.
        var sessionEndsAtLatest: Date
        /// Where a browser goes to log out at the tenant's identity provider as well.
        var logoutUri: String?

        enum CodingKeys: String, CodingKey {
            case accessToken = "access_token"
            case refreshToken = "refresh_token"
            case tokenType = "token_type"
            case expiresIn = "expires_in"
            case sessionEndsAt = "session_ends_at"
            case sessionEndsAtLatest = "session_ends_at_latest"
            case logoutUri = "logout_uri"
        }
    }

    @Sendable func exchange(_ call: Call<CodeExchange>) async throws -> TokenAnswer {
        let body = call.input
        guard body.clientId == BrowserKeys.client, keys.isClientSecret(body.clientSecret, for: body.code) else {
            throw Problem(.unauthorized, "invalid_client", "the client has not proved who it is")
        }
        let act = Act(call.context, of: "auth", at: now())
        let refreshToken = SecretText.new()
        let given = try await codes.redeem(body, refreshToken: refreshToken, by: act)
        return TokenAnswer(
            accessToken: try await issuer.issue(for: given.user, session: given.session, given.proof, at: act.time),
            refreshToken: refreshToken,
            sessionEndsAt: given.end.at,
            sessionEndsAtLatest: given.end.latest,
            logoutUri: given.logout
        )
    }
}
