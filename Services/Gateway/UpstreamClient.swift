import AsyncHTTPClient
import NIOCore
import ServiceLifecycle

/// The HTTP client for the services; it closes with the daemon.
///
/// Unlike a browser it does not follow redirects or unpack bodies: our client does. If a service refuses the connection, the client is
/// informed at once.
struct UpstreamClient: Service {
    let http: HTTPClient

    init(timeout: TimeAmount) {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            // Also applies between two parts of a body.
            timeout: .init(connect: .seconds(2), read: timeout),
            decompression: .disabled
        )
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        // The gateway records its own spans: the client's would cost a twentieth of a request, and go nowhere.
        configuration.tracing.tracer = nil
        // With the default of 8, a few slow answers would delay all others.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 512
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func run() async throws {
        try? await gracefulShutdown()
        try await http.shutdown()
    }
}
