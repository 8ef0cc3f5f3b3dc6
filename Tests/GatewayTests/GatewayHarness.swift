import APIDocuments
import Access
import AsyncHTTPClient
import Foundation
import Hummingbird
import HummingbirdTesting
import Identifiers
import LocalServers
import NIOCore
import NIOHTTP1
import RedisClient
import Sealing
import ServiceKit
import Synchronization
import TestSupport

@testable import Gateway

/// A gateway on one port, in front of a service on another.
struct GatewayUnderTest: Sendable {
    /// `http://localhost:<port>`
    let url: String
    let authority: TestAuthority
    let token: String
    let http: HTTPClient
    /// The requests that reached the service.
    let seen: Seen
    let raw: any TestClientProtocol
    let daemon: Daemon
    /// What it knows of browsers.
    let browsers: BrowserSessions

    /// What `/metrics` shows.
    var metrics: String { daemon.metrics.render() }

    /// Sends a request, with a token unless `token` is empty. Returns the answer before its body has arrived.
    func start(
        _ method: String,
        _ path: String,
        token: String? = nil,
        headers: [(String, String)] = [],
        body: HTTPClientRequest.Body? = nil
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: url + path)
        request.method = .init(rawValue: method)
        let token = token ?? self.token
        if !token.isEmpty { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = body
        return try await http.execute(request, timeout: .seconds(60))
    }

    /// Sends a request and reads the whole answer.
    func send(
        _ method: String,
        _ path: String,
        token: String? = nil,
        headers: [(String, String)] = [],
        body: HTTPClientRequest.Body? = nil
    ) async throws -> Reply {
        let response = try await start(method, path, token: token, headers: headers, body: body)
        let bytes = try await response.body.collect(upTo: 20 << 20)
        return Reply(status: response.status.code, headers: response.headers, body: bytes)
    }
}

struct Reply {
    var status: UInt
    var headers: HTTPHeaders
    var body: ByteBuffer

    var object: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(body.readableBytesView))) as? [String: Any] ?? [:]
    }
    var code: String? { object["code"] as? String }
}

/// The requests that reached the service behind the gateway.
final class Seen: Sendable {
    private let requests = Mutex<[Request]>([])
    private let pieces = Mutex(0)

    var all: [Request] { requests.withLock { $0 } }
    /// How many chunks of request bodies have arrived.
    var bodyPieces: Int { pieces.withLock { $0 } }

    func note(_ request: Request) { requests.withLock { $0.append(request) } }
    func noteBodyPiece() { pieces.withLock { $0 += 1 } }
}

/// Makes callers wait until it is opened.
final class Gate: Sendable {
    private let (stream, continuation) = AsyncStream.makeStream(of: Void.self)

    func open() { continuation.finish() }
    func wait() async { for await _ in stream {} }
}

/// A service that records each request and answers with the path that it received.
func echo(_ seen: Seen) -> Router<BasicRequestContext> {
    let router = Router()
    for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete] {
        router.on("/**", method: method) { request, _ in
            seen.note(request)
            return request.uri.description
        }
    }
    return router
}

/// Where browsers find the gateway, as they are told.
let site = "http://localhost:8080"

/// Runs a test with a gateway in which one service stands in for all services. The first part of the path tells them apart.
///
/// - Parameter service: The service; by default ``echo(_:)``.
func withGateway(
    perMinute: Int = 1000,
    limits: RateLimits? = nil,
    instances: Int = 1,
    concurrency: Int = 64,
    timeout: TimeAmount = .seconds(30),
    redis: String? = nil,
    proxies: Networks = .nobody,
    keys: BrowserKeys = BrowserKeys(),
    web: WebRoot? = nil,
    now: @escaping @Sendable () -> Date = { Date() },
    service: (Seen) -> Router<BasicRequestContext> = echo,
    serviceURL: String? = nil,
    _ body: @escaping @Sendable (GatewayUnderTest) async throws -> Void
) async throws {
    let authority = try await TestAuthority(roles: [:])
    let daemon = Daemon.forTests("gateway", authority)
    let redisURL = if let redis { redis } else { try await TestServers.redis().url }
    let seen = Seen()
    let token = try await authority.token(.new(), of: .sunfield, roles: [])
    let service = Application(router: service(seen), logger: daemon.logger)
    try await service.test(.live) { behind in
        let base = serviceURL ?? "http://localhost:\(behind.port ?? 0)"
        let client = UpstreamClient(timeout: timeout)
        let own = UpstreamClient(timeout: .seconds(60))
        let redis = try Redis(url: redisURL, timeout: .seconds(30))
        let forwarder = Forwarder(
            client: client.http,
            upstreams: .init(uniqueKeysWithValues: Upstream.all.map { ($0, "\(base)/\($0.rawValue)") }),
            timeout: timeout,
            concurrency: concurrency,
            daemon.metrics
        )
        let browsers = BrowserSessions(
            store: BrowserStore(redis: redis, keys: keys.sessions),
            auth: AuthClient(forwarder: forwarder, keys: keys, publicURL: site),
            site: CrossSite(origin: site),
            now: now
        )
        let ingress = Ingress(
            authenticator: authority.authenticator,
            limiter: RateLimiter(
                redis: redis,
                local: LocalLimiter(instances: instances),
                clock: now
            ),
            limits: limits ?? RateLimits(perMinute: perMinute),
            forwarder: forwarder,
            proxies: proxies,
            table: RouteTable(try APIDocuments.committed()),
            browsers: browsers,
            door: Door(daemon.metrics),
            now: now
        )
        let gateway = Application(
            router: try daemon.router(
                ingress,
                try LiveHub(daemon),
                FleetBoard(daemon),
                SecurityHeaders(isTLS: false, proxies: proxies),
                web.map(WebRoutes.init),
                try APIDocuments.committed()
            ),
            server: .daemon(),
            logger: daemon.logger
        )
        let result = await Result<Void, any Error>.catching {
            try await gateway.test(.live) { door in
                try await body(
                    GatewayUnderTest(
                        url: "http://localhost:\(door.port ?? 0)",
                        authority: authority,
                        token: token,
                        http: own.http,
                        seen: seen,
                        raw: door,
                        daemon: daemon,
                        browsers: browsers
                    )
                )
            }
        }
        try await client.http.shutdown()
        try await own.http.shutdown()
        try result.get()
    }
}

extension Result where Failure == any Error {
    fileprivate static func catching(_ body: () async throws -> Success) async -> Self {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}
