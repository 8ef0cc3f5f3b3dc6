import Crypto
import Foundation

/// Refresh tokens, which are ``SecretText``.
enum RefreshToken {
    /// Each is valid for this time, and its successor again.
    static let lifetime: TimeInterval = 7 * 86_400
    /// How long an exchange can be repeated: its answer may have been lost, or two tabs of a browser exchange the token at once.
    static let grace: TimeInterval = 10

    /// What makes one exchange differ from all others.
    static func newSeed() -> [UInt8] {
        Array(SecretText.randomBytes())
    }

    /// The token that follows a token: HMAC-SHA-256 of the seed, with the token as the key. So a repeated exchange gives the same token,
    /// though it is stored nowhere; and somebody who reads the database, but does not have the token, can't compute it.
    static func successor(of token: String, _ seed: [UInt8]) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: seed, using: SymmetricKey(data: Data(token.utf8)))
        return Data(code).base64URL
    }
}
