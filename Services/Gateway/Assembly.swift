import EventSchema
import NIOCore
import RedisClient
import ServiceKit
import ServiceLifecycle

/// The only place where this daemon's parts are made.
func assemble(_ settings: Settings, _ daemon: Daemon) async throws -> [any Service] {
    try await daemon.ensureTopics([.authKeys, .authPolicies, .authSessions])
    let redis = try Redis(url: settings.redisURL, logger: daemon.logger)
    let timeout = TimeAmount.seconds(Int64(settings.timeoutSeconds))
    let client = UpstreamClient(timeout: timeout)
    let front = Front(
        authenticator: daemon.authenticator,
        limiter: RateLimiter(redis: redis, limit: RateLimit(perMinute: settings.requestsPerMinute)),
        forwarder: Forwarder(client: client.http, upstreams: settings.upstreams, timeout: timeout)
    )
    return [client, daemon.server(daemon.router(open: { front.add(to: $0) }) { _ in })]
}
