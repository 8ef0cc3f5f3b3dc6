import APIDocuments
import Sealing
import ServiceKit

/// What this daemon reads from its environment.
struct Settings: Sendable {
    var redisURL: String
    var limits: RateLimits
    /// How many instances share the limits while Redis is away.
    var instances: Int
    var timeoutSeconds: Int
    /// How many requests can be at one service at one time.
    var concurrency: Int
    /// The proxies whose `X-Forwarded-For` is trusted.
    var trustedProxies: Networks
    /// The files of the server's certificate and its key; `nil` for plain HTTP.
    var tls: (certificate: String, key: String)?
    /// The origin that browsers see.
    var publicURL: String
    var browserKeys: BrowserKeys
    var live: LiveHub.Settings
    /// The folder with the web apps.
    var webRoot: String?
    /// Where the web apps load pictures of the map from.
    var map: MapTiles
    /// The base URL of each service.
    var upstreams: [Upstream: String]

    init(_ environment: Environment) {
        redisURL = environment.url(.redis, schemes: ["redis"])
        let perMinute = environment.integer(
            .init(
                "GATEWAY_REQUESTS_PER_MINUTE",
                "requests of one kind that one user can make per minute; the other limits are shares of it",
                default: "100"
            ),
            in: 1...1_000_000
        )
        limits =
            environment.value(
                .init(
                    "GATEWAY_RATE_LIMITS",
                    "limits that differ from these shares, per minute: heavy.user=50,sign-in.address=300",
                    default: ""
                ),
                expected:
                    "a list of kind.scope=number: read, write, heavy or sign-in; user, tenant or address; from 1 to 1000000000"
            ) { RateLimits(perMinute: perMinute, changes: $0) } ?? RateLimits(perMinute: perMinute)
        instances = environment.integer(
            .init(
                "GATEWAY_INSTANCES",
                "the usual number of instances: each admits its share of the limits while Redis is away",
                default: "1"
            ),
            in: 1...1000
        )
        timeoutSeconds = environment.integer(
            .init("GATEWAY_TIMEOUT_SECONDS", "the longest time that a service has to answer", default: "30"),
            in: 1...600
        )
        concurrency = environment.integer(
            .init(
                "GATEWAY_CONCURRENT_REQUESTS",
                "the most requests of one instance that can be at one service at one time; more are refused with 503",
                default: "64"
            ),
            in: 1...100_000
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
        let certificate = environment.optionalText(
            "GATEWAY_TLS_CERTIFICATE_FILE",
            "the gateway's certificate with those between it and its authority (PEM); without it, plain HTTP"
        )
        // A certificate needs its key.
        let key = environment.text(
            .init(
                "GATEWAY_TLS_KEY_FILE",
                "the certificate's private key (PEM)",
                default: certificate == nil ? "" : nil
            )
        )
        tls = certificate.map { ($0, key) }
        publicURL = environment.publicURL()
        browserKeys = environment.value(.browserKeys, expected: SealingKeys.expected, BrowserKeys.init) ?? .init()
        live = LiveHub.Settings()
        live.limits.instance = environment.integer(
            .init(
                "GATEWAY_LIVE_CONNECTIONS",
                "live connections (WebSocket, server-sent events) of one instance at one time",
                default: "5000"
            ),
            in: 1...100_000
        )
        live.limits.tenant = environment.integer(
            .init("GATEWAY_LIVE_CONNECTIONS_PER_TENANT", "live connections of one tenant", default: "2500"),
            in: 1...100_000
        )
        live.limits.user = environment.integer(
            .init("GATEWAY_LIVE_CONNECTIONS_PER_USER", "live connections of one user", default: "20"),
            in: 1...100_000
        )
        webRoot = environment.optionalText("GATEWAY_WEB_ROOT", "a folder with the web apps' files; without it, none")
        map =
            environment.value(
                .init(
                    "MAP_TILES",
                    "where the console loads pictures of the map from: https://host/{z}/{x}/{y}.png, or a path of its own origin; without it, it draws the map itself",
                    default: ""
                ),
                expected: MapTiles.expected,
                MapTiles.init
            ) ?? .none
        map.attribution = environment.optionalText("MAP_ATTRIBUTION", "whose pictures of the map they are")
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
    /// The services that have a document.
    static let all = APIDocuments.names.map { Upstream(rawValue: $0) }
}
