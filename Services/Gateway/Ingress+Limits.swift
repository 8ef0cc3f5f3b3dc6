import HTTPTypes
import ServiceKit

extension Ingress {
    /// Counts a request; its answer shows what the client has left.
    ///
    /// - Throws: ``Problem`` 429 with the seconds to wait.
    func admit(_ limits: [RateLimiter.Limit], _ context: DaemonContext) async throws {
        guard let usage = await limiter.count(limits) else { return }
        // The header fields of the IETF's draft, which say seconds.
        context.answerHeaders[.rateLimit] = "\(usage.limit)"
        context.answerHeaders[.rateLimitRemaining] = "\(usage.remaining)"
        context.answerHeaders[.rateLimitReset] = "\(usage.seconds)"
        try requireRoom(usage)
    }

    /// - Throws: ``Problem`` 429 with the seconds to wait.
    func requireRoom(_ usage: Usage?) throws {
        guard let usage, !usage.isAdmitted else { return }
        throw Problem(
            .tooManyRequests,
            "rate_limited",
            "more than \(usage.limit) such requests within a minute",
            ["maximum": "\(usage.limit)", "seconds": "\(usage.seconds)"],
            retryAfter: usage.seconds
        )
    }
}

extension RateLimits {
    /// What counts for somebody without a token. In braces is what a cluster of Redis divides its keys by: one request's must be together.
    func strangers(_ kind: RouteClass, from address: String) -> [RateLimiter.Limit] {
        [.init(client: "{\(address)}:\(kind.rawValue)", perMinute: self[kind, .address])]
    }

    /// How many tokens that are not valid an address can send.
    func forgers(from address: String) -> RateLimiter.Limit {
        .init(client: "{\(address)}:token", perMinute: self[.signIn, .address])
    }

    /// What counts for a caller. Not the address: all people of a site can share one.
    func callers(_ kind: RouteClass, _ caller: Principal) -> [RateLimiter.Limit] {
        [
            .init(client: "{\(caller.tenant)}:\(caller.user):\(kind.rawValue)", perMinute: self[kind, .user]),
            .init(client: "{\(caller.tenant)}:\(kind.rawValue)", perMinute: self[kind, .tenant]),
        ]
    }
}

extension HTTPField.Name {
    fileprivate static let rateLimit = HTTPField.Name("RateLimit-Limit")!
    fileprivate static let rateLimitRemaining = HTTPField.Name("RateLimit-Remaining")!
    fileprivate static let rateLimitReset = HTTPField.Name("RateLimit-Reset")!
}
