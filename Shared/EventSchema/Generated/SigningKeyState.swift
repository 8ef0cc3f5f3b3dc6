// Made by `make events` from Schemas/auth.key.v1.avsc: edit that instead.

public import Foundation

/// The state of one public key that signs access tokens (RS256). Deleted when the key is retired.
public struct SigningKeyState: Event {
    public static let name = "auth.key.v1"
    public static let topic = Topic.authKeys

    /// The key id, as in the header of the tokens that it signs.
    public var kid: String
    /// The RSA modulus, base64url without padding (RFC 7518, section 6.3.1).
    public var modulus: String
    /// The RSA exponent, base64url without padding.
    public var exponent: String
    /// When the key began to sign.
    public var createdAt: Date

    public var key: String { kid }

    public init(
        kid: String,
        modulus: String,
        exponent: String,
        createdAt: Date
    ) {
        self.kid = kid
        self.modulus = modulus
        self.exponent = exponent
        self.createdAt = createdAt
    }
}
