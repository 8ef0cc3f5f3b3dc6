import Commands

/// What a provider's redirect brings (RFC 6749, section 4.1.2; RFC 9207).
struct ProviderArrival: Input {
    var state: String?
    var code: String?
    var error: String?
    var iss: String?

    static let rules: Rules = [
        "state": .urlSafe(1...64), "code": visible(1...2000), "error": visible(1...100), "iss": visible(1...300),
    ]

    var answer: ProviderAnswer { ProviderAnswer(state: state, code: code, error: error, sender: iss) }

    /// As RFC 6749 writes codes (appendix A.11): all of it has to fit into the head of a request.
    private static func visible(_ length: ClosedRange<Int>) -> Rule {
        .form(length, pattern: "^[ -~]+$", .visibleASCII, example: "x") { text in
            text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        }
    }
}

/// What a provider that speaks SAML makes the browser send (SAML Bindings, section 3.5).
struct SAMLArrival: Input {
    var response: String
    var state: String?

    enum CodingKeys: String, CodingKey {
        case response = "SAMLResponse"
        case state = "RelayState"
    }

    static let rules: Rules = ["SAMLResponse": .text(1...350_000), "RelayState": .urlSafe(1...80)]

    var answer: ProviderAnswer { ProviderAnswer(state: state, response: response) }
}

/// What a provider sends when a login has ended there (OpenID Connect Back-Channel Logout, section 2.5).
struct LogoutNotice: Input {
    var token: String

    enum CodingKeys: String, CodingKey {
        case token = "logout_token"
    }

    static let rules: Rules = ["logout_token": .line(1...16_000).example("eyJ")]
}
