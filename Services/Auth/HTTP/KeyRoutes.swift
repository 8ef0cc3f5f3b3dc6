import EventSchema
import Hummingbird
import ServiceKit

/// `/.well-known/jwks.json` (RFC 7517): the public key that access tokens are verified with.
struct KeyRoutes: Sendable {
    let key: SigningKeyState

    func addOpen(to router: Router<DaemonContext>) {
        router.get("/.well-known/jwks.json", use: keys)
    }

    struct KeysResponse: ResponseEncodable, Sendable {
        struct Key: Encodable, Sendable {
            var kty = "RSA"
            var use = "sig"
            var alg = "RS256"
            var kid: String
            var n: String
            var e: String
        }

        var keys: [Key]
    }

    @Sendable func keys(_ request: Request, _ context: DaemonContext) async throws -> KeysResponse {
        KeysResponse(keys: [.init(kid: key.kid, n: key.modulus, e: key.exponent)])
    }
}
