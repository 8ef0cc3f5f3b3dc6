import AsyncHTTPClient
import Foundation
import HTTPTypes
import Hummingbird
import LocalServers
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Gateway

/// nginx before the gateway: it uses a few connections for all clients, so one that gets out of step would give somebody another one's answer.
@Suite(.timeLimit(.minutes(10))) struct ProxyTests {
    private func withNginx(
        _ what: String,
        _ body: @escaping @Sendable (GatewayUnderTest, _ port: Int) async throws -> Void
    ) async throws {
        guard Peer.nginx.isThere(for: what) else { return }
        try await withGateway { gateway in
            let upstream = try #require(URL(string: gateway.url)?.port)
            let directory = TestServers.directory.appending(path: "proxy-\(UUID().uuidString)")
            let nginx = try await NginxServer.start(before: upstream, in: directory)
            let result: Result<Void, any Error>
            do { result = .success(try await body(gateway, nginx.port)) } catch { result = .failure(error) }
            await nginx.process.stop()
            try result.get()
        }
    }

    @Test func everybodyGetsTheirOwnAnswer() async throws {
        try await withNginx("requests through nginx") { gateway, port in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 0..<8 {
                    group.addTask {
                        for number in 0..<40 {
                            let path = "/api/v1/assets?client=\(client)&number=\(number)"
                            var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
                            request.headers.add(name: "Authorization", value: "Bearer \(gateway.token)")
                            if number.isMultiple(of: 3) {
                                request.method = .POST
                                request.body = .bytes(ByteBuffer(repeating: 0x20, count: number * 1000))
                            }
                            let answer = try await gateway.http.execute(request, timeout: .seconds(60))
                            let text = String(buffer: try await answer.body.collect(upTo: 1 << 20))
                            #expect((answer.status, text) == (.ok, "/assets\(path)"))
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(gateway.seen.all.count == 320)
        }
    }

    /// Ways to hide a request in another one's body (RFC 9112, section 11.2): the two hops would have to count its bytes differently.
    private static let hidden = "GET /api/v1/assets?hidden HTTP/1.1\r\nHost: case.example\r\n"
    private static let shapes: [(framing: String, body: String)] = [
        ("Content-Length: 6\r\nTransfer-Encoding: chunked", "0\r\n\r\nG"),
        ("Content-Length: %d\r\nTransfer-Encoding: chunked", "0\r\n\r\n\(hidden)"),
        ("Transfer-Encoding: chunked\r\nContent-Length: 4", "5c\r\n\(hidden)X: 1\r\n\r\n0\r\n\r\n"),
        ("Transfer-Encoding: xchunked", "0\r\n\r\n\(hidden)"), ("Transfer-Encoding : chunked", "0\r\n\r\n\(hidden)"),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\n\(hidden)"),
        ("Transfer-Encoding:\u{b}chunked", "0\r\n\r\n\(hidden)"),
        ("Transfer-Encoding: \"chunked\"", "0\r\n\r\n\(hidden)"),
        ("X: 1\nTransfer-Encoding: chunked\r\nContent-Length: %d", "0\r\n\r\n\(hidden)"),
        ("Content-Length: 0\r\nContent-Length: %d", hidden), ("Content-Length: +%d", hidden),
        ("Content-Length: 0, %d", hidden), ("Content-Length: 0x5", hidden), (" Content-Length: 0", hidden),
        ("Transfer-Encoding: chunked", "0\n\n\(hidden)"), ("Transfer-Encoding: chunked", "0;a=\n\r\n\(hidden)"),
        ("Transfer-Encoding: chunked", "-1\r\n\(hidden)"),
        ("Transfer-Encoding: chunked", "ffffffffffffffff1\r\n\(hidden)"),
        ("Transfer-Encoding: chunked", "1\r\nZZ\r\n0\r\n\r\n\(hidden)"),
        ("Expect: 100-continue\r\nContent-Length: 0\r\nContent-Length: 9", hidden),
    ]

    @Test func noRequestHidesInAnother() async throws {
        try await withNginx("hidden requests through nginx") { gateway, nginx in
            let direct = try #require(URL(string: gateway.url)?.port)
            for (number, shape) in Self.shapes.enumerated() {
                for port in [nginx, direct] {
                    let framing = shape.framing.replacing("%d", with: "\(shape.body.utf8.count)")
                    let token = gateway.token
                    let request =
                        "POST /api/v1/assets?shape=\(number) HTTP/1.1\r\nHost: case.example\r\nAuthorization: Bearer \(token)\r\n\(framing)\r\n\r\n\(shape.body)"
                    let after = "?after=\(number)"
                    let answer = try await onThread {
                        let socket = try RawSocket(port: port)
                        socket.send(request)
                        socket.finishSending()
                        _ = socket.rest(within: 1000)
                        // The next one may get the same connection to the gateway, or the gateway's to the service.
                        let next = try RawSocket(port: port)
                        next.send(
                            "GET /api/v1/assets\(after) HTTP/1.1\r\nHost: case.example\r\nAuthorization: Bearer \(token)\r\nConnection: close\r\n\r\n"
                        )
                        return next.rest(within: 60_000).text
                    }
                    #expect(answer.hasPrefix("HTTP/1.1 200"), "\(shape): \(answer)")
                    #expect(answer.contains("/assets/api/v1/assets\(after)"), "\(shape): \(answer)")
                }
            }
            let hidden = gateway.seen.all.filter { $0.uri.query == "hidden" }
            #expect(hidden.isEmpty)
        }
    }

    @Test func liveUpdatesComeThroughIt() async throws {
        guard Peer.nginx.isThere(for: "live updates through nginx") else { return }
        try await LiveSite.run { site in
            try await site.gateway { gateway in
                let directory = TestServers.directory.appending(path: "proxy-\(UUID().uuidString)")
                let nginx = try await NginxServer.start(before: gateway.port, in: directory)
                let token = try await site.token()
                let (socket, answer) = try await WebSocketClient.following(
                    [.workOrders],
                    port: nginx.port,
                    token: token
                )
                #expect(answer["type"] as? String == "subscribed")
                let stream = try await EventClient.open(
                    port: nginx.port,
                    "/api/v1/live?kinds=workorders",
                    token: token
                )
                #expect(try await stream.next()?.json["type"] as? String == "subscribed")
                try await site.publish(LiveTests.orders(1...3))
                #expect(try await socket.events(3).records.map(\.version) == [1, 2, 3])
                for version in 1...3 { #expect(try await stream.next()?.json["version"] as? Int == version) }
                await nginx.process.stop()
            }
        }
    }
}

/// Clients that others have written to find out what a server stands.
@Suite(.timeLimit(.minutes(10))) struct LoadPeerTests {
    /// Over TLS, with HTTP/2 and its streams, and with HTTP/1.1.
    @Test(arguments: [[], ["--h1"]]) func aLoadGeneratorGetsEveryAnswer(protocols: [String]) async throws {
        guard Peer.h2load.isThere(for: "HTTP/2 with h2load") else { return }
        let folder = TestServers.directory.appending(path: "h2load-\(UUID().uuidString)")
        let authority = try await CertificateAuthority(in: folder)
        let files = try await authority.issue("localhost")
        let service = try FickleService(isSteady: true)
        let gateway = try await GatewayProcess(
            "h2load\(protocols.count)",
            service: "http://127.0.0.1:\(service.port)",
            [
                "GATEWAY_TLS_CERTIFICATE_FILE": files.certificate.path, "GATEWAY_TLS_KEY_FILE": files.key.path,
                "GATEWAY_REQUESTS_PER_MINUTE": "1000000",
            ]
        )
        let port = gateway.daemon.port
        // Not more at one time than may be at one service.
        for (path, connections, streams) in [("/healthz", 20, 20), ("/api/v1/alerts", 5, 4)] {
            let output = try await Tool.run(
                [Peer.h2load.rawValue, "-n2000", "-c\(connections)", "-m\(protocols.isEmpty ? streams : 1)", "-t1"]
                    + protocols + [
                        "-H", "Authorization: Bearer \(gateway.token)", "https://localhost:\(port)\(path)",
                    ]
            )
            #expect(output.contains("2000 done, 2000 succeeded, 0 failed, 0 errored, 0 timeout"), "\(output)")
            let version = protocols.isEmpty ? "Application protocol: h2" : "Application protocol: http/1.1"
            #expect(output.contains(version), "\(output)")
        }
        #expect(gateway.daemon.process.isRunning, "\(gateway.daemon.process.lastWords)")
        service.stop()
        await gateway.stop()
    }

    /// Hundreds of connections whose heads or bodies arrive byte by byte, or that read their answers like that, all at the same time.
    @Test func slowClientsDoNotDelayOthers() async throws {
        guard Peer.slowhttptest.isThere(for: "slow clients with slowhttptest") else { return }
        let service = try FickleService(isSteady: true)
        let gateway = try await GatewayProcess(
            "slow",
            service: "http://127.0.0.1:\(service.port)",
            ["GATEWAY_REQUESTS_PER_MINUTE": "1000000"]
        )
        let (port, token) = (gateway.daemon.port, gateway.token)
        let common = ["-c", "200", "-r", "200", "-i", "1", "-l", "6", "-p", "3"]
        let forms = [
            ["-H", "-u", "http://127.0.0.1:\(port)/api/v1/alerts"],
            ["-B", "-s", "8192", "-u", "http://127.0.0.1:\(port)/api/v1/auth/login"],
            ["-X", "-w", "1", "-y", "2", "-n", "1", "-z", "1", "-u", "http://127.0.0.1:\(port)/openapi.json"],
        ]
        try await withThrowingTaskGroup(of: String.self) { group in
            for form in forms {
                group.addTask { try await Tool.run([Peer.slowhttptest.rawValue] + form + common) }
            }
            var answered = 0
            let others = Task {
                var count = 0
                while !Task.isCancelled {
                    let answer = try await onThread {
                        let socket = try RawSocket(port: port)
                        socket.send(
                            "GET /api/v1/alerts HTTP/1.1\r\nHost: case.example\r\nAuthorization: Bearer \(token)\r\nConnection: close\r\n\r\n"
                        )
                        return socket.rest(within: 60_000).text
                    }
                    try #require(answer.hasPrefix("HTTP/1.1 200"), "\(answer)")
                    count += 1
                }
                return count
            }
            for try await output in group {
                // It asks for itself now and then, and says what it sees.
                #expect(output.contains("service available") && output.contains("YES"), "\(output.suffix(1500))")
            }
            others.cancel()
            answered = try await others.value
            #expect(answered > 0)
        }
        #expect(gateway.daemon.process.isRunning, "\(gateway.daemon.process.lastWords)")
        service.stop()
        await gateway.stop()
    }
}
