public import Access
public import Foundation
public import JWTKit

/// The claims of an access token (modelled on RFC 9068): the user, the tenant, the session and the roles, and how
/// and when the person has proved who they are.
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
    /// When the person last proved who they are, in seconds since 1970 (RFC 9068, section 2.2.1); `nil` in a token of a version before.
    public var authenticatedAt: Int?
    /// How they did it (RFC 8176).
    public var methods: [String]?

    private enum CodingKeys: String, CodingKey {
        case iss, aud, sub, tid, sid, roles, iat, exp, jti
        case authenticatedAt = "auth_time"
        case methods = "amr"
    }

    public init(
        user: String,
        tenant: String,
        session: String,
        roles: [String],
        proof: Proof? = nil,
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
        authenticatedAt = proof.map { Int($0.at.timeIntervalSince1970.rounded(.down)) }
        methods = proof?.methods
    }

    /// What it says of how and when the person has proved who they are.
    public var proof: Proof {
        guard let authenticatedAt else { return .unknown }
        return Proof(methods: methods ?? [], at: Date(timeIntervalSince1970: TimeInterval(authenticatedAt)))
    }

    public func verify(using algorithm: some JWTAlgorithm) throws {
        try exp.verifyNotExpired()
        try aud.verifyIntendedAudience(includes: Self.audience)
        guard iss.value == Self.issuer else {
            throw JWTError.claimVerificationFailure(failedClaim: iss, reason: "not ours")
        }
    }
}
