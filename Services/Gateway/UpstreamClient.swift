import AsyncHTTPClient
import NIOCore
import ServiceLifecycle

/// The HTTP client towards the services, and its end with the daemon.
///
/// It is no browser: redirects and compressed bodies are for our client to follow and to unpack, and a service that refuses the
/// connection is told to the client at once.
struct UpstreamClient: Service {
    let http: HTTPClient

    init(timeout: TimeAmount) {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            // Also between two pieces of a body.
            timeout: .init(connect: .seconds(2), read: timeout),
            decompression: .disabled
        )
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        // The default of 8 would let a few slow answers hold up everybody else's.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 512
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func run() async throws {
        try? await gracefulShutdown()
        try await http.shutdown()
    }
}
