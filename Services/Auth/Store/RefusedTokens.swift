import Foundation
import RedisClient

/// Refresh tokens that PostgreSQL has refused for good, in Redis. A token that is sent again and again is answered without a query.
///
/// It contains only refusals, which never change: the session has ended or the token has expired. Only PostgreSQL decides that a token
/// is valid. So Redis can't let a token through, whatever it contains, and nothing depends on it.
struct RefusedTokens: Sendable {
    let redis: Redis

    func contains(_ token: String) async -> Bool {
        (try? await redis.get(Self.key(token))) != nil
    }

    func insert(_ token: String) async {
        try? await redis.set(Self.key(token), to: [], for: .seconds(RefreshToken.lifetime))
    }

    static func key(_ token: String) -> String {
        "auth:refused:\(Data(SecretText.hash(token)).base64URL)"
    }
}
