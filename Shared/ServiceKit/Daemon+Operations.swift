import HTTPTypes
public import Hummingbird
import ServiceLifecycle

/// What operators see of a daemon, on a port of its own: the port for clients can be open to everybody.
extension Daemon {
    /// `/healthz`: the process lives. `/readyz`: whether requests should come, and what is missing. `/metrics`, for Prometheus.
    ///
    /// It answers from the daemon's first moment to its last, even while the daemon waits for its database.
    func operationsServer() -> some Service {
        server(operations(), limits: .operations, host: settings.operationsHost, port: settings.operationsPort)
    }

    /// The routes of that port.
    public func operations() -> Router<DaemonContext> {
        let router = Router(context: DaemonContext.self)
        router.add(middleware: Observe(metrics: metrics, spans: spans))
        router.get("/healthz") { _, _ in "alive\n" }
        router.get("/readyz") { [health] _, _ in
            let failures = await health.failures()
            let reasons = ([health.obstacle] + failures.map { "\($0.name): \($0.reason)" }).compactMap(\.self)
                .joined(separator: "; ")
            guard health.obstacle == nil, !failures.contains(where: \.isEssential) else {
                throw Problem(.serviceUnavailable, "not_ready", reasons, retryAfter: 1)
            }
            return failures.isEmpty ? "ready\n" : "ready, without \(reasons)\n"
        }
        router.get("/metrics") { [metrics] _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: metrics.render()))
            )
        }
        return router
    }
}

/// Says at the beginning of the end that no more requests should come. The last of a daemon's services is the first one to stop.
struct ReadinessEnd: Service {
    let health: HealthChecks

    func run() async throws {
        try? await gracefulShutdown()
        health.stops()
    }
}

extension ServerLimits {
    /// A few probes and scrapers.
    fileprivate static let operations: ServerLimits = {
        var limits = ServerLimits()
        limits.connections = 64
        return limits
    }()
}
