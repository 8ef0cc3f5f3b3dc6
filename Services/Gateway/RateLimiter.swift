import Foundation
import HTTPTypes
import RedisClient
import ServiceKit

/// Counts requests per client in Redis, so that all instances of the gateway share the count.
///
/// A sliding window of two fixed ones: the last minute's count fades out as this minute goes on, which avoids the double burst
/// that a plain fixed window lets through at its edge.
struct RateLimiter: Sendable {
    let redis: Redis
    let perMinute: Int

    /// - Throws: ``Problem`` 429 with the seconds to wait. Without Redis everybody may pass, but nobody may log in: guessing
    ///   passwords without a limit is worse than a login that has to wait.
    func admit(_ client: String, isLogin: Bool, at now: Date) async throws {
        let minute = Int64(now.timeIntervalSince1970) / 60
        let elapsed = now.timeIntervalSince1970 - Double(minute * 60)
        let (this, last) = ("rate:\(client):\(minute)", "rate:\(client):\(minute - 1)")
        let answers: [RedisValue]
        do {
            answers = try await redis.pipeline([["INCR", this], ["EXPIRE", this, "130"], ["GET", last]])
        } catch {
            guard isLogin else { return }
            throw Problem(.serviceUnavailable, "rate_limit_unavailable", "logins can't be counted now", retryAfter: 5)
        }
        guard case .integer(let current) = answers[0] else { return }
        let previous = answers[2].bytes.flatMap { Double(String(decoding: $0, as: UTF8.self)) } ?? 0
        let estimate = Double(current) + previous * (1 - elapsed / 60)
        guard estimate <= Double(perMinute) else {
            throw Problem(
                .tooManyRequests,
                "rate_limited",
                "more than \(perMinute) requests in a minute",
                retryAfter: max(1, Int((60 - elapsed).rounded(.up)))
            )
        }
    }
}
