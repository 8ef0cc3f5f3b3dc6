import Foundation
import RedisClient

/// Refresh tokens that PostgreSQL has refused for good, in Redis. If such a token is tried again and again, PostgreSQL is not
/// asked.
///
/// Redis contains refusals only, and those never change: the session has ended or the token has expired. Only PostgreSQL decides
/// that a token is good. So Redis can't admit a token, whatever it contains, and the service works without it.
struct RefusedTokens: Sendable {
    let redis: Redis

    func contains(_ token: String) async -> Bool {
        (try? await redis.get(Self.key(token))) != nil
    }

    func insert(_ token: String) async {
        try? await redis.set(Self.key(token), to: [], for: .seconds(TokenIssuer.refreshLifetime))
    }

    static func key(_ token: String) -> String {
        "auth:refused:\(Data(TokenIssuer.hash(token)).base64URL)"
    }
}
