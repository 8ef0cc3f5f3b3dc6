import APIDocuments
import Commands
import EventSchema
import Hummingbird
import NIOCore
import RedisClient
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
    let ingress = Ingress(
        authenticator: daemon.authenticator,
        limiter: RateLimiter(redis: redis, local: LocalLimiter(instances: settings.instances)),
        limits: settings.limits,
        forwarder: Forwarder(
            client: client.http,
            upstreams: settings.upstreams,
            timeout: timeout,
            concurrency: settings.concurrency,
            daemon.metrics
        ),
        proxies: settings.trustedProxies,
        table: RouteTable(documents)
    )
    let document = MergedDocument.make(documents)
    let page = ReferencePage.make(document)
    let router = try daemon.router([], document: document) { router in
        ingress.add(to: router)
        router.get("/docs") { _, _ in ReferencePage.response(page) }
    }
    return [client, daemon.server(router)]
}
