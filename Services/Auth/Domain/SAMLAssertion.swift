import Foundation

/// What a provider asserts of a person (SAML Core, section 2.3), read from what it has signed.
struct SAMLAssertion: Hashable, Sendable {
    /// For whom and how long somebody may bring it (SAML Core, section 2.4.1).
    struct Confirmation: Hashable, Sendable {
        var recipient: String?
        var inResponseTo: String?
        var notBefore: Date?
        var notOnOrAfter: Date?
    }

    var id: String
    var issuer: String
    var subject: String
    /// What kind of name ``subject`` is.
    var subjectFormat: String?
    /// Those of a bearer.
    var confirmations: [Confirmation]
    var notBefore: Date?
    var notOnOrAfter: Date?
    /// Each restriction has to name us.
    var audiences: [[String]]
    /// When the person logged in there.
    var authenticatedAt: Date?
    var attributes: [String: [String]]

    /// How much the provider's clock may differ from ours.
    static let leeway: TimeInterval = 60
    /// How long an assertion can be brought at most, whatever it says: so long its id is remembered.
    static let longestLifetime: TimeInterval = 3600

    /// Checks that it is for this login, here and now (SAML Profiles, section 4.1.4.3).
    ///
    /// - Parameters:
    ///   - request: The id of the request that this browser brought to the provider.
    ///   - audience: Our name at the provider.
    ///   - recipient: Where the provider sends answers for this tenant.
    /// - Returns: Until when it could be brought again.
    /// - Throws: ``ProviderRefusal``.
    func check(
        _ config: ProviderConfig,
        request: String,
        audience: String,
        recipient: String,
        at now: Date
    ) throws(ProviderRefusal) -> Date {
        guard issuer == config.issuer else { throw ProviderRefusal("the assertion is of another issuer") }
        // There is none that anybody may use.
        guard !audiences.isEmpty, audiences.allSatisfy({ $0.contains(audience) }) else {
            throw ProviderRefusal("the assertion is for another audience")
        }
        try Self.check(from: notBefore, until: notOnOrAfter, "the assertion", at: now)
        guard let found = confirmations.first(where: { $0.recipient == recipient && $0.inResponseTo == request }) else {
            let isHere = confirmations.contains { $0.recipient == recipient }
            throw ProviderRefusal(
                isHere ? "the assertion answers another request" : "the assertion is for another recipient"
            )
        }
        guard let end = found.notOnOrAfter else { throw ProviderRefusal("the assertion can be brought for ever") }
        try Self.check(from: found.notBefore, until: end, "the confirmation", at: now)
        return min(end, now.addingTimeInterval(Self.longestLifetime)).addingTimeInterval(Self.leeway)
    }

    private static func check(from start: Date?, until end: Date?, _ what: String, at now: Date) throws(ProviderRefusal)
    {
        if let start, start.addingTimeInterval(-leeway) > now { throw ProviderRefusal("\(what) is not valid yet") }
        if let end {
            guard end.addingTimeInterval(leeway) > now else { throw ProviderRefusal("\(what) has expired") }
            guard end.timeIntervalSince(now) <= longestLifetime else {
                throw ProviderRefusal("\(what) is valid for too long")
            }
        }
    }

    // MARK: - Who it is

    private static let transient = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
    private static let address = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"

    /// How the usual providers call an attribute: by a word, by its object identifier (LDAP), or by a URI (Microsoft).
    private static let emailNames = [
        "email", "mail", "urn:oid:0.9.2342.19200300.100.1.3",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    ]
    private static let displayNames = [
        "displayName", "name", "cn", "urn:oid:2.16.840.1.113730.3.1.241", "urn:oid:2.5.4.3",
        "http://schemas.microsoft.com/identity/claims/displayname",
    ]

    private static let firstNames = [
        "givenName", "firstName", "urn:oid:2.5.4.42",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
    ]
    private static let lastNames = [
        "sn", "surname", "lastName", "urn:oid:2.5.4.4",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
    ]

    /// - Throws: ``ProviderRefusal`` if it does not say who it is.
    func person(_ config: ProviderConfig) throws(ProviderRefusal) -> ProviderPerson {
        guard subjectFormat != Self.transient else {
            throw ProviderRefusal("the name of the person is another one at each login (transient)")
        }
        guard (1...255).contains(subject.utf8.count) else { throw ProviderRefusal("the name of the person is missing") }
        let email = first(of: Self.emailNames) ?? (subjectFormat == Self.address ? subject : nil)
        return ProviderPerson(
            subject: subject,
            // SAML has no word for whether it is verified: the tenant vouches for it, or nobody does.
            verifiedEmail: config.trustsEmail ? email?.lowercased() : nil,
            name: first(of: Self.displayNames, atMost: 200),
            firstName: first(of: Self.firstNames, atMost: 100),
            lastName: first(of: Self.lastNames, atMost: 100),
            groups: attributes[config.groupsClaim] ?? []
        )
    }

    private func first(of names: [String], atMost length: Int = 254) -> String? {
        names.lazy.compactMap { attributes[$0]?.first }.first { !$0.isEmpty }
            .map { String($0.unicodeScalars.prefix(length)) }
    }
}
