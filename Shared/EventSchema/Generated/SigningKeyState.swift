// Made by `make events` from Schemas/auth.key.v2.avsc: edit that instead.

public import Foundation

/// The state of one public key that signs access tokens, or soon will. Deleted when no valid token is signed with it
/// any more.
public struct SigningKeyState: Event {
    public static let name = "auth.key.v2"
    public static let topic = Topic.authKeys

    /// The key id, as in the header of the tokens that it signs.
    public var kid: String
    public var algorithm: SigningAlgorithm
    /// The RSA modulus, base64url without padding (RFC 7518, section 6.3.1); empty for another algorithm.
    public var modulus: String
    /// The RSA exponent, base64url without padding; empty for another algorithm.
    public var exponent: String
    /// The point's coordinate on the curve P-256, base64url without padding (RFC 7518, section 6.2.1); empty for RSA.
    public var x: String
    /// The other coordinate; empty for RSA.
    public var y: String
    /// When the key was made.
    public var createdAt: Date

    public var key: String { kid }

    public init(
        kid: String,
        algorithm: SigningAlgorithm,
        modulus: String,
        exponent: String,
        x: String,
        y: String,
        createdAt: Date
    ) {
        self.kid = kid
        self.algorithm = algorithm
        self.modulus = modulus
        self.exponent = exponent
        self.x = x
        self.y = y
        self.createdAt = createdAt
    }
}
