import Foundation
import HTTPTypes
import RedisClient
import ServiceKit

/// Counts requests per client in Redis, so that all instances of the gateway share the count.
struct RateLimiter: Sendable {
    let redis: Redis
    let limit: RateLimit

    /// - Throws: ``Problem`` 429 with the seconds to wait. Without Redis everybody may pass, but nobody may log in: guessing
    ///   passwords without a limit is worse than a login that has to wait.
    func admit(_ client: String, isLogin: Bool, at now: Date) async throws {
        let minute = Int64(now.timeIntervalSince1970) / 60
        let elapsed = now.timeIntervalSince1970 - Double(minute * 60)
        let (this, last) = ("rate:\(client):\(minute)", "rate:\(client):\(minute - 1)")
        let answers = try? await redis.pipeline([["INCR", this], ["EXPIRE", this, "130"], ["GET", last]])
        guard let answers, case .integer(let current) = answers[0] else {
            guard isLogin else { return }
            throw Problem(.serviceUnavailable, "rate_limit_unavailable", "logins can't be counted now", retryAfter: 5)
        }
        let previous = answers[2].bytes.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
        guard let wait = limit.wait(current: Int(current), previous: previous, elapsed: elapsed) else { return }
        // What was refused does not count: a client that waits as long as it was told gets through.
        _ = try? await redis.run(["DECR", this])
        throw Problem(
            .tooManyRequests,
            "rate_limited",
            "more than \(limit.perMinute) requests in a minute",
            retryAfter: wait
        )
    }
}
