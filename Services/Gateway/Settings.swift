import APIDocuments
import ServiceKit

/// What this daemon reads from its environment.
struct Settings: Sendable {
    var redisURL: String
    var requestsPerMinute: Int
    var timeoutSeconds: Int
    /// Whose word on a client's address is taken.
    var trustedProxies: Networks
    /// Who may see how the gateway does.
    var operators: Networks
    /// The base URL of each service.
    var upstreams: [Upstream: String]

    init(_ environment: Environment) {
        redisURL = environment.url(.redis, schemes: ["redis"])
        requestsPerMinute = environment.integer(
            .init("GATEWAY_REQUESTS_PER_MINUTE", "requests that one client can make per minute", default: "100"),
            in: 1...1_000_000
        )
        timeoutSeconds = environment.integer(
            .init("GATEWAY_TIMEOUT_SECONDS", "the longest time that a service has to answer", default: "30"),
            in: 1...600
        )
        trustedProxies =
            environment.value(
                .init(
                    "GATEWAY_TRUSTED_PROXIES",
                    "addresses and networks, separated by commas, whose X-Forwarded-For is trusted",
                    default: ""
                ),
                expected: "a list of addresses and networks such as 10.0.0.0/8",
                Networks.init
            ) ?? .nobody
        operators =
            environment.value(
                .init(
                    "GATEWAY_OPERATORS",
                    "addresses and networks, separated by commas, that can see /readyz and /metrics; nobody can through a proxy",
                    default: Networks.privateNames
                ),
                expected: "a list of addresses and networks such as 10.0.0.0/8",
                Networks.init
            ) ?? .nobody
        upstreams = [:]
        for upstream in Upstream.all {
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

extension Upstream {
    /// Each service that has a document.
    static let all = APIDocuments.names.map { Upstream(rawValue: $0) }
}
