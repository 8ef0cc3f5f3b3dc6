import AsyncHTTPClient
import NIOCore
import ServiceLifecycle

/// The HTTP client for the services; it closes with the daemon.
///
/// It is not a browser: it leaves redirects and compressed bodies to our client. When a service refuses the connection, our client
/// gets an error at once.
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
        // With the default of 8, a few slow answers could block all other requests.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 512
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func run() async throws {
        try? await gracefulShutdown()
        try await http.shutdown()
    }
}
