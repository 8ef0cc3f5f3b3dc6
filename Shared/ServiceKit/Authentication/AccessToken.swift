public import Foundation
public import JWTKit

/// The claims of an access token (modelled on RFC 9068): the user, the tenant, the session and the roles.
public struct AccessToken: JWTPayload, Sendable {
    /// The issuer and the audience of our tokens.
    public static let issuer = "dcmms"
    public static let audience = "dcmms"

    public var iss: IssuerClaim
    public var aud: AudienceClaim
    /// The user's id.
    public var sub: SubjectClaim
    /// The tenant's id.
    public var tid: String
    /// The session's id.
    public var sid: String
    public var roles: [String]
    public var iat: IssuedAtClaim
    public var exp: ExpirationClaim
    public var jti: IDClaim

    public init(
        user: String,
        tenant: String,
        session: String,
        roles: [String],
        id: String,
        issuedAt: Date,
        expiresAt: Date
    ) {
        iss = .init(value: Self.issuer)
        aud = .init(value: [Self.audience])
        sub = .init(value: user)
        tid = tenant
        sid = session
        self.roles = roles
        iat = .init(value: issuedAt)
        exp = .init(value: expiresAt)
        jti = .init(value: id)
    }

    public func verify(using algorithm: some JWTAlgorithm) throws {
        try exp.verifyNotExpired()
        try aud.verifyIntendedAudience(includes: Self.audience)
        guard iss.value == Self.issuer else {
            throw JWTError.claimVerificationFailure(failedClaim: iss, reason: "not ours")
        }
    }
}
