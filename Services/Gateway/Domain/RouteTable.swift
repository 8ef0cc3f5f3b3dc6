/// The services that the gateway forwards to.
enum Upstream: String, CaseIterable, Hashable, Sendable {
    case auth
    case workOrders = "work-orders"
    case assets
    case mobileSync = "mobile-sync"
    case notification
    case streamProcessor = "stream-processor"
    case mlScoring = "ml-scoring"
}

/// Which service answers for which paths: the longest prefix that fits decides; `*` stands for one segment.
enum RouteTable {
    private static let table: [(prefix: String, upstream: Upstream)] = [
        ("/.well-known/jwks.json", .auth),
        ("/api/v1/auth", .auth),
        ("/api/v1/users", .auth),
        ("/api/v1/roles", .auth),
        ("/api/v1/tenants", .auth),
        ("/api/v1/audit", .auth),
        ("/api/v1/workorders", .workOrders),
        ("/api/v1/sites", .assets),
        ("/api/v1/assets", .assets),
        ("/api/v1/sensors", .assets),
        ("/api/v1/assets/*/telemetry", .streamProcessor),
        ("/api/v1/assets/*/prediction", .mlScoring),
        ("/api/v1/predictions", .mlScoring),
        ("/api/v1/sync", .mobileSync),
        ("/api/v1/alerts", .notification),
        ("/api/v1/alert-rules", .notification),
        ("/api/v1/notifications", .notification),
    ]

    private static let routes: [(segments: [Substring], upstream: Upstream)] =
        table.map { (segments($0.prefix), $0.upstream) }.sorted { $0.segments.count > $1.segments.count }

    /// The service for a path; `nil` when there is none.
    static func upstream(for path: String) -> Upstream? {
        let wanted = segments(path)
        // A path that climbs or repeats slashes could mean one thing here and another to the service behind.
        guard !wanted.contains(".."), !wanted.contains("."), !path.contains("//"), !path.contains("%2F"),
            !path.contains("%2f")
        else { return nil }
        return routes.first { route in
            route.segments.count <= wanted.count
                && zip(route.segments, wanted).allSatisfy { $0 == "*" || $0 == $1 }
        }?.upstream
    }

    /// Paths that may be asked without a token.
    static func isOpen(_ path: String) -> Bool {
        ["/api/v1/auth/login", "/api/v1/auth/refresh", "/.well-known/jwks.json"].contains(path)
    }

    private static func segments(_ path: String) -> [Substring] {
        path.split(separator: "/")
    }
}
