import APIDocuments
import Commands
import EventSchema
import Foundation
import Hummingbird
import Logging
import NIOCore
import RedisClient
import Sealing
import ServiceKit
import ServiceLifecycle

/// The only place where this daemon's parts are made.
func assemble(_ settings: Settings, _ daemon: Daemon) async throws -> [any Service] {
    let redis = try Redis(url: settings.redisURL, logger: daemon.logger)
    // Without Redis each instance admits its share of the limits.
    daemon.health.add("redis", .partial) { try await redis.ping() }
    let timeout = TimeAmount.seconds(Int64(settings.timeoutSeconds))
    let documents = try APIDocuments.committed()
    let client = UpstreamClient(timeout: timeout)
    daemon.topics.need([.authAPIKeyUses])
    let forwarder = Forwarder(
        client: client.http,
        upstreams: settings.upstreams,
        timeout: timeout,
        concurrency: settings.concurrency,
        daemon.metrics
    )
    let ingress = Ingress(
        authenticator: daemon.authenticator,
        keyUses: KeyUses { daemon.tell($0, tenant: $0.tenant, at: $0.at) },
        limiter: RateLimiter(redis: redis, local: LocalLimiter(instances: settings.instances)),
        limits: settings.limits,
        forwarder: forwarder,
        proxies: settings.trustedProxies,
        table: RouteTable(documents),
        browsers: BrowserSessions(
            store: BrowserStore(redis: redis, keys: settings.browserKeys.sessions),
            auth: AuthClient(forwarder: forwarder, keys: settings.browserKeys, publicURL: settings.publicURL),
            site: CrossSite(origin: settings.publicURL)
        ),
        door: Door(daemon.metrics)
    )
    let tls = try settings.tls.map { try ServerTLS(certificate: $0.certificate, key: $0.key, logger: daemon.logger) }
    if let tls {
        daemon.health.add("certificate", .partial) { try tls.check() }
        daemon.metrics.gauge("tls_certificate_expires_seconds", "When the certificate expires, since 1970.") {
            tls.expiry.timeIntervalSince1970
        }
    }
    var live = settings.live
    let files = ServerLimits.raiseFileLimit()
    if files / 2 < live.limits.instance {
        // Half of them is for requests, services and stores.
        live.limits.instance = max(1, files / 2)
        daemon.logger.warning(
            "too few open files are allowed for all live connections",
            metadata: ["limit": "\(files)"]
        )
    }
    let hub = try LiveHub(daemon, live)
    let board = FleetBoard(daemon)
    let router = try daemon.router(
        ingress,
        hub,
        board,
        SecurityHeaders(isTLS: tls != nil, proxies: settings.trustedProxies),
        try settings.webRoot.map { WebRoutes(root: try WebRoot(folder: $0, map: settings.map)) },
        documents
    )
    var services: [any Service] = [client, hub, board]
    if let tls { services.append(tls) }
    // Live connections come on top of what requests need.
    var limits = ServerLimits()
    limits.connections += live.limits.instance
    return services + [daemon.server(router, limits: limits, tls: tls), LiveEnd(hub: hub)]
}

extension Daemon {
    /// All that clients find at the gateway.
    func router(
        _ ingress: Ingress,
        _ live: LiveHub,
        _ board: FleetBoard,
        _ security: SecurityHeaders,
        _ web: WebRoutes?,
        _ documents: [String: JSONValue]
    ) throws -> Router<DaemonContext> {
        let own = try APIDocument.make("dCMMS gateway", FleetRoutes.described())
        let document = MergedDocument.make(documents.merging(["gateway": own]) { $1 })
        let page = ReferencePage.make(document)
        return try router([], document: document) { router in
            router.add(middleware: security)
            router.add(middleware: ingress.origins)
            LiveRoutes(ingress: ingress, hub: live).add(to: router)
            FleetRoutes(ingress: ingress, board: board).add(to: router)
            ingress.add(to: router)
            BrowserRoutes(ingress: ingress).add(to: router)
            router.get("/docs") { _, _ in ReferencePage.response(page) }
            AccountPage(isSecure: ingress.browsers.auth.publicURL.hasPrefix("https:")).add(to: router)
            if let web { web.add(to: router) } else { router.get("/") { _, _ in "dCMMS\n" } }
        }
    }
}
