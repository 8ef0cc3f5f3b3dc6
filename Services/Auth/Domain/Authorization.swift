import Commands

/// A request of the gateway to let somebody log in (RFC 6749, section 4.1.1, and RFC 7636), as it is carried from step to step of a login.
///
/// It is not stored: each step checks it again, and what it finally leads to is bound to the challenge.
struct Authorization: Hashable, Sendable {
    var client: String
    var redirect: String
    /// The client's own, which goes back to it as it is.
    var state: String
    var challenge: String
    /// The name or id of the tenant whose people log in; `nil` for any.
    var tenant: String?
    /// Whether the person has to prove anew who they are (`prompt=login`, OpenID Connect Core, section 3.1.2.1).
    var isFresh = false
    /// The languages that its pages are asked for in, best first (`ui_locales`, in the same place).
    var locales: String?

    enum Prompt: String, Codable, CaseIterable, Sendable {
        case login
    }

    enum ResponseType: String, Codable, CaseIterable, Sendable {
        case code
    }

    /// `plain` would show the verifier (RFC 9700, section 2.1.1).
    enum ChallengeMethod: String, Codable, CaseIterable, Sendable {
        case s256 = "S256"
    }

    /// Where the browser goes with its code.
    func callback(code: String) -> String {
        "\(redirect)?code=\(code)&state=\(state)"
    }
}

/// The parameters of `GET /auth/authorize`.
struct AuthorizationQuery: Input {
    var responseType: Authorization.ResponseType
    var clientId: String
    var redirectUri: String
    var state: String
    var codeChallenge: String
    var codeChallengeMethod: Authorization.ChallengeMethod
    var tenant: String?
    var prompt: Authorization.Prompt?
    var uiLocales: String?
    /// The language that the person has chosen on the page.
    var language: String?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case responseType = "response_type"
        case clientId = "client_id"
        case redirectUri = "redirect_uri"
        case state
        case codeChallenge = "code_challenge"
        case codeChallengeMethod = "code_challenge_method"
        case tenant, prompt
        case uiLocales = "ui_locales"
        case language
    }

    static let rules: Rules = [
        "client_id": .line(1...64).example("dcmms-gateway"),
        "redirect_uri": .line(1...500).example("https://dcmms.example.com/auth/callback"),
        "state": .urlSafe(1...512),
        "code_challenge": .urlSafe(43...43),
        "tenant": .line(0...200).example("Sunfield Renewables"),
        "ui_locales": .line(0...200).example("fr-CA fr en"),
        "language": .line(0...35).example("fr"),
    ]

    var authorization: Authorization {
        Authorization(
            client: clientId,
            redirect: redirectUri,
            state: state,
            challenge: codeChallenge,
            tenant: tenant?.isEmpty == false ? tenant : nil,
            isFresh: prompt == .login,
            locales: uiLocales
        )
    }
}

/// What a login's page sends: the request that it belongs to, and what the person typed.
struct LoginForm: Input {
    var clientId: String
    var redirectUri: String
    var state: String
    var codeChallenge: String
    var tenant: String?
    var prompt: Authorization.Prompt?
    var uiLocales: String?
    var email: String?
    var password: String?
    /// Of the second step: what the first one gave, and a code of the person's device.
    var challenge: String?
    var code: String?
    /// In place of a code: what a security key has answered, in JSON, and how the person calls a new one.
    var credential: String?
    var name: String?
    var step: Step?

    /// What an answer of the second step is for.
    enum Step: String, Codable, CaseIterable, Sendable {
        case login
        /// Of a factor that is being added.
        case enrolment
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case clientId = "client_id"
        case redirectUri = "redirect_uri"
        case state
        case codeChallenge = "code_challenge"
        case tenant, prompt
        case uiLocales = "ui_locales"
        case email, password, challenge, code, credential, name, step
    }

    static let rules: Rules = [
        "client_id": .line(1...64).example("dcmms-gateway"),
        "redirect_uri": .line(1...500).example("https://dcmms.example.com/auth/callback"),
        "state": .urlSafe(1...512),
        "code_challenge": .urlSafe(43...43),
        "tenant": .line(0...200).example("Sunfield Renewables"),
        "ui_locales": .line(0...200).example("fr-CA fr en"),
        "email": .line(0...254).example("anna@sunfield.example"),
        "password": .secret(0...200),
        "challenge": .line(0...2000).example(""),
        "code": .line(0...64).example(""),
        "credential": .line(0...80_000).example(""),
        "name": .line(0...60).example(""),
    ]

    var authorization: Authorization {
        Authorization(
            client: clientId,
            redirect: redirectUri,
            state: state,
            challenge: codeChallenge,
            tenant: tenant?.isEmpty == false ? tenant : nil,
            isFresh: prompt == .login,
            locales: uiLocales
        )
    }
}

/// The exchange of a code for tokens (RFC 6749, section 4.1.3).
struct CodeExchange: Input {
    enum GrantType: String, Codable, CaseIterable {
        case authorizationCode = "authorization_code"
    }

    var grantType: GrantType
    var clientId: String
    /// What the client proves itself with.
    var clientSecret: String
    var code: String
    var redirectUri: String
    var codeVerifier: String

    enum CodingKeys: String, CodingKey {
        case grantType = "grant_type"
        case clientId = "client_id"
        case clientSecret = "client_secret"
        case code
        case redirectUri = "redirect_uri"
        case codeVerifier = "code_verifier"
    }

    static let rules: Rules = [
        "client_id": .line(1...64).example("dcmms-gateway"),
        "client_secret": .secret(1...500),
        "code": .urlSafe(1...100),
        "redirect_uri": .line(1...500).example("https://dcmms.example.com/auth/callback"),
        "code_verifier": .urlSafe(43...128),
    ]
}

extension Rule {
    /// Letters, digits and the marks that a URL leaves as they are (RFC 3986, section 2.3).
    static func urlSafe(_ length: ClosedRange<Int>) -> Rule {
        form(
            length,
            pattern: "^[A-Za-z0-9._~-]+$",
            FieldRule(code: "not_url_safe", "must have only letters, digits, -, ., _ and ~"),
            example: String(repeating: "x", count: length.lowerBound)
        ) { text in
            text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: "~"):
                    true
                default: false
                }
            }
        }
    }
}
