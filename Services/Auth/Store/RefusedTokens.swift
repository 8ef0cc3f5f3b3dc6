import Foundation
import RedisClient

/// Refresh tokens that PostgreSQL has refused for good, in Redis: one that is tried again and again is answered without asking it.
///
/// It holds refusals only, and those never change: the session has ended or the token has expired. Whether a token is good is
/// PostgreSQL's to say, so that Redis can't let one through, whatever it holds, and nothing depends on its being there.
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
