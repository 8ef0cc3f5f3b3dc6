import Commands
import Foundation

/// A person as the tenant's identity provider describes them in a verified ID token.
struct ProviderPerson: Hashable, Sendable {
    /// The provider's own name for the person.
    var subject: String
    /// In lower case; `nil` if the provider does not vouch for it.
    var verifiedEmail: String?
    var name: String?
    var firstName: String?
    var lastName: String?
    var groups: [String]
}

/// Why an identity provider's answer is not accepted. The text is for the log; people learn only that the login failed.
struct ProviderRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The claims of an ID token whose signature is right (OpenID Connect Core, section 3.1.3.7).
struct ProviderClaims: Sendable {
    let claims: JSONValue

    /// How much the provider's clock may differ from ours.
    static let leeway: TimeInterval = 60
    /// How old a new token can be.
    static let longestAge: TimeInterval = 600

    /// - Throws: ``ProviderRefusal`` for a token of somebody else, for somebody else, of another login, or of another time.
    func check(_ config: ProviderConfig, nonce: String, at now: Date) throws(ProviderRefusal) {
        guard claims["iss"]?.text == config.issuer else { throw ProviderRefusal("iss is not the issuer") }
        let audience = claims["aud"].map { $0.elements ?? [$0] }?.compactMap(\.text) ?? []
        guard audience.contains(config.clientID) else { throw ProviderRefusal("aud is not our client") }
        let party = claims["azp"]?.text
        guard audience.count == 1 || party != nil, party == nil || party == config.clientID else {
            throw ProviderRefusal("azp is not our client")
        }
        guard let sent = claims["nonce"]?.text, sent == nonce else {
            throw ProviderRefusal("nonce is of another login")
        }
        guard let expiry = claims["exp"]?.number, let issued = claims["iat"]?.number else {
            throw ProviderRefusal("exp or iat is missing")
        }
        let time = now.timeIntervalSince1970
        guard expiry + Self.leeway > time else { throw ProviderRefusal("it has expired") }
        guard issued - Self.leeway < time, issued + Self.longestAge > time else {
            throw ProviderRefusal("iat is too far away")
        }
        if let start = claims["nbf"]?.number, start - Self.leeway > time {
            throw ProviderRefusal("it is not valid yet")
        }
    }

    /// - Throws: ``ProviderRefusal`` if the token does not say who it is.
    func person(_ config: ProviderConfig) throws(ProviderRefusal) -> ProviderPerson {
        guard let subject = claims[config.kind.subjectClaim]?.text, (1...255).contains(subject.utf8.count) else {
            throw ProviderRefusal("\(config.kind.subjectClaim) is missing")
        }
        if config.kind.hidesGroups(claims, claim: config.groupsClaim) {
            throw ProviderRefusal(
                "the person is in too many groups for a token: let the provider send only assigned ones"
            )
        }
        let email = claims["email"]?.text?.lowercased()
        // Trust fills a gap; it does not overrule what the provider says.
        let isVerified = claims[config.kind.verifiedClaim].map(Self.isTrue) ?? config.trustsEmail
        let groups = claims[config.groupsClaim].map { $0.elements ?? [$0] }?.compactMap(\.text) ?? []
        return ProviderPerson(
            subject: subject,
            verifiedEmail: isVerified ? email : nil,
            name: text("name", atMost: 200),
            firstName: text("given_name", atMost: 100),
            lastName: text("family_name", atMost: 100),
            groups: groups
        )
    }

    private func text(_ claim: String, atMost length: Int) -> String? {
        let text = claims[claim]?.text.map { String($0.unicodeScalars.prefix(length)) }
        return text?.isEmpty == false ? text : nil
    }

    /// Entra ID and others also send words and numbers.
    private static func isTrue(_ value: JSONValue) -> Bool { [true, "true", "1", 1].contains(value) }
}
