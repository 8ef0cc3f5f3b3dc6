import ServiceKit

/// What this daemon reads from its environment.
struct Settings: Sendable {
    var redisURL: String
    var requestsPerMinute: Int
    var timeoutSeconds: Int
    /// The base URL of each service.
    var upstreams: [Upstream: String]

    init(_ environment: Environment) {
        redisURL = environment.url(.redis, schemes: ["redis"])
        requestsPerMinute = environment.integer(
            .init("GATEWAY_REQUESTS_PER_MINUTE", "requests that one client may make in a minute", default: "100"),
            in: 1...1_000_000
        )
        timeoutSeconds = environment.integer(
            .init("GATEWAY_TIMEOUT_SECONDS", "how long a service may take to answer", default: "30"),
            in: 1...600
        )
        upstreams = [:]
        for upstream in Upstream.allCases {
            upstreams[upstream] = environment.url(
                .init(
                    "GATEWAY_\(upstream.rawValue.uppercased().replacing("-", with: "_"))_URL",
                    "where \(upstream.rawValue) answers: http://host:port"
                ),
                schemes: ["http"]
            )
        }
    }
}
