import Foundation
import Sealing

/// Logins at an identity provider to which the browser goes: where it goes, and who came back.
protocol RedirectProvider: Sendable {
    /// Where the browser goes.
    ///
    /// - Throws: ``ProviderOutage``, ``ProviderRefusal``.
    func begin(_ visit: ProviderVisit, at now: Date) async throws -> String

    /// Who came back.
    ///
    /// - Throws: ``ProviderOutage``, ``ProviderRefusal``.
    func finish(_ visit: ProviderVisit, _ answer: ProviderAnswer, at now: Date) async throws -> ProviderVisitor
}

/// A browser's way to a provider and back.
struct ProviderVisit: Sendable {
    var config: ProviderConfig
    /// What our client proves itself with there.
    var secret: String?
    var secrets: ProviderSecrets
    /// Where the provider sends the browser back to.
    var callback: String
    /// Whether the person has to prove anew who they are there, even if their browser is logged in.
    var isFresh = false
    /// Where a logout leads back.
    var site: String
}

/// What has to come back, and only in this browser.
struct ProviderSecrets: Codable, Hashable, Sendable {
    var state: String
    var nonce: String
    var verifier: String

    init() {
        (state, nonce, verifier) = (SecretText.new(), SecretText.new(), ProofKey.newVerifier())
    }

    /// The id of a request of SAML: a name of XML begins with a letter or a line.
    var request: String { "_\(nonce)" }
}

/// What a browser brings back from a provider: an error, a code (OpenID Connect), or all of the answer (SAML).
struct ProviderAnswer: Sendable {
    var state: String?
    var code: String?
    var error: String?
    /// The provider, as the browser's request names it (RFC 9207).
    var sender: String?
    var response: String?
}

/// A person who came back, and how they log out there.
struct ProviderVisitor: Sendable {
    var issuer: String
    var person: ProviderPerson
    var logout: String?
    /// When they proved there who they are; `nil` if the provider does not say.
    var authenticatedAt: Date?
    /// The provider's name for their session there.
    var session: String?
    /// What must not be brought again, and until when it could be; `nil` if the provider sees to it.
    var once: (id: String, until: Date)?
}
