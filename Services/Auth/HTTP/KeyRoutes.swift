import Commands
import EventSchema
import HTTPTypes
import ServiceKit

/// `/.well-known/jwks.json` (RFC 7517): the public key for verifying access tokens.
struct KeyRoutes: Sendable {
    let key: SigningKeyState

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
            var kty = "RSA"
            var use = "sig"
            var alg = "RS256"
            var kid: String
            var n: String
            var e: String
        }

        var keys: [Key]
    }

    @Sendable func keys(_ call: Call<NoInput>) async throws -> KeysResponse {
        KeysResponse(keys: [.init(kid: key.kid, n: key.modulus, e: key.exponent)])
    }
}
