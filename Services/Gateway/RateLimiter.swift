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
    func admit(_ client: String, isLogin: Bool = false, at now: Date) async throws {
        let minute = Self.minute(of: now)
        let elapsed = now.timeIntervalSince1970 - Double(minute * 60)
        let (this, last) = (Self.key(client, minute), Self.key(client, minute - 1))
        let answers = try? await redis.pipeline([["INCR", this], ["EXPIRE", this, "130"], ["GET", last]])
        guard let answers, case .integer(let current) = answers[0] else {
            guard isLogin else { return }
            throw Problem(
                .serviceUnavailable,
                "rate_limit_unavailable",
                "logins are not possible at the moment: try again",
                retryAfter: 5
            )
        }
        let previous = answers[2].bytes.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
        guard let wait = limit.wait(current: Int(current), previous: previous, elapsed: elapsed) else { return }
        // What was refused does not count: a client that waits as long as it was told gets through.
        await giveBack(client, at: now)
        throw Problem(
            .tooManyRequests,
            "rate_limited",
            "more than \(limit.perMinute) requests per minute",
            retryAfter: wait
        )
    }

    /// Takes back what ``admit(_:isLogin:at:)`` counted.
    func giveBack(_ client: String, at now: Date) async {
        _ = try? await redis.run(["DECR", Self.key(client, Self.minute(of: now))])
    }

    private static func minute(of time: Date) -> Int64 {
        Int64(time.timeIntervalSince1970) / 60
    }

    private static func key(_ client: String, _ minute: Int64) -> String {
        "rate:\(client):\(minute)"
    }
}
