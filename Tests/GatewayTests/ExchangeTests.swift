import Access
import AsyncHTTPClient
import Foundation
import LocalServers
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization
import TestSupport
import Testing

/// Clients and services misbehave thousands of times, at every point of an exchange, while a well-behaved client is served.
@Suite struct ExchangeTests {
    private static let seed: UInt64 = 8
    /// The most memory that a gateway may use during all this (it starts at about 60 MB in a debug build).
    private static let memoryLimit = 400 << 20

    @Test func malformedExchangesNeitherEndTheGatewayNorDisturbOthers() async throws {
        let count = Attack.share(of: 4000, part: 3000)
        try await attack("exchanges", ExchangeForm.plain, exchanges: count) { port, path, token in
            try await onThread { try Self.ask(port, path, token: token) }
        }
    }

    /// The same over TLS: what is no TLS, HTTP/1.1 within it, and frames of HTTP/2 that break its rules.
    @Test func malformedExchangesOverTLSDoNeitherEndItNorDisturbOthers() async throws {
        let folder = TestServers.directory.appending(path: "exchanges-tls-\(UUID().uuidString)")
        let authority = try await CertificateAuthority(in: folder)
        let files = try await authority.issue("localhost")
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(authority.certificate.path)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .init(tlsConfiguration: tls))
        let settings = [
            "GATEWAY_TLS_CERTIFICATE_FILE": files.certificate.path, "GATEWAY_TLS_KEY_FILE": files.key.path,
        ]
        let result: Result<Void, any Error>
        do {
            let count = Attack.share(of: 2000, part: 400)
            try await attack("exchanges-tls", ExchangeForm.overTLS, exchanges: count, settings) { port, path, token in
                var request = HTTPClientRequest(url: "https://localhost:\(port)\(path)")
                if !token.isEmpty { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
                let answer = try await client.execute(request, timeout: .seconds(60))
                _ = try await answer.body.collect(upTo: 1 << 20)
                return "HTTP/1.1 \(answer.status.code)"
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        try await client.shutdown()
        try result.get()
    }

    /// Attacks a gateway while a good client asks, and a WebSocket stays open.
    private func attack(
        _ name: String,
        _ forms: [ExchangeForm],
        exchanges: Int,
        _ settings: [String: String] = [:],
        _ ask: @escaping @Sendable (_ port: Int, _ path: String, _ token: String) async throws -> String
    ) async throws {
        let (fickle, steady) = (try FickleService(), try FickleService(isSteady: true))
        let own = [
            // On a busy machine a steady service can take seconds, too.
            "GATEWAY_REQUESTS_PER_MINUTE": "1000000", "GATEWAY_TIMEOUT_SECONDS": "10",
            "GATEWAY_NOTIFICATION_URL": "http://127.0.0.1:\(steady.port)", "GATEWAY_LIVE_CONNECTIONS_PER_USER": "100",
        ]
        let gateway = try await GatewayProcess(
            name,
            service: "http://127.0.0.1:\(fickle.port)",
            own.merging(settings) { $1 },
            grants: [.init(.workOrderRead), .init(.alertRead), .init(.assetRead)]
        )
        let (process, port, token) = (gateway.daemon.process, gateway.daemon.port, gateway.token)
        let filesBefore = process.openFiles
        let isOver = Atomic(false)
        let goodClient = Task {
            var answered = 0
            while !isOver.load(ordering: .relaxed) {
                let answer = try await ask(port, "/api/v1/alerts", token)
                try #require(answer.hasPrefix("HTTP/1.1 200"), "a good client got \(answer.prefix(300))")
                answered += 1
            }
            return answered
        }
        let done = await Attack.run(
            on: port,
            exchanges: exchanges,
            seed: Self.seed,
            paths: [
                "/api/v1/auth/login", "/api/v1/auth/login", "/api/v1/assets", "/api/v1/sync/push",
                "/api/v1/workorders/x/y/z",
                "/healthz", "/nothing", "/.well-known/jwks.json",
            ],
            token: token,
            forms: forms
        )
        isOver.store(true, ordering: .relaxed)
        try #require(process.isRunning, "the gateway is gone after \(done) exchanges:\n\(process.lastWords)")
        let answered = try await goodClient.value
        #expect(done == exchanges)
        fickle.stop()
        steady.stop()
        let answer = try await ask(port, "/healthz", "")
        #expect(answer.hasPrefix("HTTP/1.1 200"))
        try await eventually("the connections to be closed: \(process.openFiles) files, \(filesBefore) before") {
            process.openFiles <= filesBefore + 8 ? true : nil
        }
        try await eventually("the places of live connections to be given back") {
            let operators = HTTPClientRequest(url: "http://127.0.0.1:\(gateway.daemon.operationsPort)/metrics")
            let page = try await HTTPClient.shared.execute(operators, timeout: .seconds(60))
            let metrics = String(buffer: try await page.body.collect(upTo: 1 << 20))
            return metrics.contains("\nlive_connections 0.0\n") ? true : nil
        }
        #expect(process.peakMemory < Self.memoryLimit, "\(process.peakMemory >> 20) MB")
        print(
            "\(done) exchanges (seed \(Self.seed)), \(answered) good ones between them: at most \(process.peakMemory >> 20) MB"
        )
        await gateway.stop()
    }

    /// Each of these once crashed the process: the answer was sent while the request's body was still being read.
    @Test(arguments: [
        ("/api/v1/auth/login", 1000, 1), ("/api/v1/auth/login", 5_000_000, 1_200_000),
        ("/api/v1/workorders/x/y/z", 1000, 1),
    ])
    func anAnswerBeforeTheWholeBodyEndsTheConnection(path: String, length: Int, sent: Int) async throws {
        let service = try FickleService(isSteady: true)
        let gateway = try await GatewayProcess(
            "early-\(length)-\(path.count)",
            service: "http://127.0.0.1:\(service.port)",
            ["GATEWAY_TIMEOUT_SECONDS": "1"]
        )
        let (port, token) = (gateway.daemon.port, gateway.token)
        let head =
            "POST \(path) HTTP/1.1\r\nHost: case.example\r\nAuthorization: Bearer \(token)\r\nContent-Length: \(length)\r\n\r\n"
        let answer = try await onThread {
            let client = try RawSocket(port: port)
            client.send(Array(head.utf8) + [UInt8](repeating: 32, count: sent))
            // The rest of the body is never sent. If there is no answer by now, the client closes its side.
            if let early = client.receive(within: 500) { return String(decoding: early, as: UTF8.self) }
            client.finishSending()
            return client.rest(within: 60_000).text
        }
        #expect(answer.hasPrefix("HTTP/1.1 4"), "\(answer.prefix(300))")
        #expect(answer.contains("onnection: close"))
        let alive = try await onThread { try Self.ask(port, "/healthz", token: "") }
        #expect(alive.hasPrefix("HTTP/1.1 200"), "\(gateway.daemon.process.lastWords)")
        service.stop()
        await gateway.stop()
    }

    private static func ask(_ port: Int, _ path: String, token: String) throws -> String {
        let socket = try RawSocket(port: port)
        socket.send(
            "GET \(path) HTTP/1.1\r\nHost: case.example\r\nAuthorization: Bearer \(token)\r\nConnection: close\r\n\r\n"
        )
        return socket.rest(within: 60_000).text
    }
}
