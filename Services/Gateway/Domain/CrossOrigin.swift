import HTTPTypes

/// What pages of other origins learn from an answer (the Fetch standard, "CORS protocol").
///
/// They come with a bearer token or with nothing. `Access-Control-Allow-Credentials` is never sent, so a browser keeps its cookies back, and what
/// it sent with one can't be read.
enum CrossOrigin {
    /// The header fields of a request that the API reads. Others are none of its business.
    private static let accepted =
        "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, X-Request-ID, traceparent"
    /// The header fields of an answer that a page needs, besides those that it may always read.
    private static let exposed =
        "ETag, Location, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, WWW-Authenticate, X-Request-ID"
    /// How long a browser remembers the answer to a preflight: an origin that is removed is gone after that.
    private static let seconds = 600

    /// An answer that pages of the origin may read.
    static func readable(by origin: String) -> HTTPFields {
        [.accessControlAllowOrigin: origin, .accessControlExposeHeaders: exposed]
    }

    /// An answer to a preflight that permits requests of the origin.
    static func permission(for origin: String, methods: [String]) -> HTTPFields {
        [
            .accessControlAllowOrigin: origin,
            .accessControlAllowMethods: methods.joined(separator: ", "),
            .accessControlAllowHeaders: accepted,
            .accessControlMaxAge: "\(seconds)",
        ]
    }
}
