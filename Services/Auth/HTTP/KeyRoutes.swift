import Commands
import EventSchema
import HTTPTypes
import ServiceKit

/// `/.well-known/jwks.json` (RFC 7517): the public keys for verifying access tokens.
struct KeyRoutes: Sendable {
    let issuer: TokenIssuer

    func all() throws -> [Route] {
        [
            try Route(
                .get,
                "/.well-known/jwks.json",
                "Read the public keys that verify access tokens",
                .open,
                .atRoot,
                use: keys
            )
        ]
    }

    struct KeysResponse: Answer, Codable {
        struct Key: Codable, Sendable {
            /// `RSA` or `EC`.
            var kty: String
            var use = "sig"
            /// `RS256` or `ES256`.
            var alg: String
            var kid: String
            var n: String?
            var e: String?
            var crv: String?
            var x: String?
            var y: String?

            init(_ key: SigningKeyState) {
                kid = key.kid
                alg = key.algorithm.rawValue.uppercased()
                switch key.algorithm {
                case .es256: (kty, crv, x, y) = ("EC", "P-256", key.x, key.y)
                case .rs256, .unknown: (kty, n, e) = ("RSA", key.modulus, key.exponent)
                }
            }
        }

        var keys: [Key]
    }

    @Sendable func keys(_ call: Call<NoInput>) async throws -> KeysResponse {
        KeysResponse(keys: issuer.published.map(KeysResponse.Key.init))
    }
}
