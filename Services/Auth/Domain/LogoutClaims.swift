import Commands
import Foundation

/// The claims of a logout token whose signature is right (OpenID Connect Back-Channel Logout, section 2.4).
struct LogoutClaims: Hashable, Sendable {
    /// The provider's own name for the person; all of their sessions end.
    var subject: String?
    /// The provider's name for one session; only what began with it ends.
    var session: String?
    /// The token's own name: it is used once.
    var id: String
    /// Until when it could be used again.
    var end: Date

    /// What the token says has happened.
    static let event = "http://schemas.openid.net/event/backchannel-logout"

    /// - Throws: ``ProviderRefusal`` for a token that is not of this provider, not for us, not of this time, or not of a logout.
    init(_ claims: JSONValue, _ config: ProviderConfig, at now: Date) throws(ProviderRefusal) {
        let token = ProviderClaims(claims: claims)
        try token.checkParties(config)
        guard claims["events"]?[Self.event]?.members != nil else { throw ProviderRefusal("it is no event of a logout") }
        // Otherwise an ID token could be used as one.
        guard claims["nonce"] == nil else { throw ProviderRefusal("it has a nonce, as a token of a login has") }
        guard let issued = claims["iat"]?.number, let id = claims["jti"]?.text, (1...500).contains(id.utf8.count) else {
            throw ProviderRefusal("iat or jti is missing")
        }
        let time = now.timeIntervalSince1970
        guard issued - ProviderClaims.leeway < time, issued + ProviderClaims.longestAge > time else {
            throw ProviderRefusal("iat is too far away")
        }
        if let expiry = claims["exp"] {
            guard let expiry = expiry.number, expiry + ProviderClaims.leeway > time else {
                throw ProviderRefusal("it has expired")
            }
        }
        subject = claims[config.kind.subjectClaim]?.text
        session = token.session
        guard subject != nil || session != nil else { throw ProviderRefusal("it does not say whose login has ended") }
        self.id = id
        end = now.addingTimeInterval(ProviderClaims.longestAge + 2 * ProviderClaims.leeway)
    }
}
