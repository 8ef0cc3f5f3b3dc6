import AsyncHTTPClient
import Foundation
import Identifiers
import LocalServers
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// What is refused before, and what ends, a WebSocket (RFC 6455).
@Suite(.timeLimit(.minutes(10))) struct LiveHandshakeTests {
    @Test func handshakesAreChecked() async throws {
        try await LiveSite.run { site in
            try await site.gateway { gateway in
                let token = try await site.token()
                let good = WebSocketClient.request("/ws", token: token)
                let cases: [(name: String, request: String, status: Int)] = [
                    ("a plain request", good.replacing("Upgrade: websocket\r\n", with: ""), 426),
                    ("another protocol", good.replacing("Upgrade: websocket", with: "Upgrade: h2c"), 426),
                    ("another version", good.replacing("Version: 13", with: "Version: 8"), 426),
                    ("a short key", good.replacing("dGhlIHNhbXBsZSBub25jZQ==", with: "dGhl"), 400),
                    ("a body", good.replacing("Host:", with: "Content-Length: 3\r\nHost:") + "abc", 400),
                    ("no token", WebSocketClient.request("/ws", token: nil), 401),
                    ("a token that is none", WebSocketClient.request("/ws", token: "x.y.z"), 401),
                    ("another page", good.replacing("Host:", with: "Origin: https://evil.example\r\nHost:"), 403),
                    ("a page of nowhere", good.replacing("Host:", with: "Origin: null\r\nHost:"), 403),
                    ("another path", good.replacing("GET /ws", with: "GET /nothing"), 404),
                ]
                for (name, request, status) in cases {
                    let answer = try await onThread {
                        let socket = try RawSocket(port: gateway.port)
                        socket.send(request)
                        return socket.receive(within: 60_000).map { String(decoding: $0, as: UTF8.self) } ?? ""
                    }
                    #expect(answer.hasPrefix("HTTP/1.1 \(status)"), "\(name): \(answer)")
                    if status == 426 { #expect(answer.contains("Sec-WebSocket-Version: 13"), "\(name)") }
                }
                let own = try await WebSocketClient.connect(
                    port: gateway.port,
                    token: token,
                    headers: ["Origin: https://case.example"]
                )
                own.send(9, [1, 2, 3])
                #expect(try await own.next() == .pong([1, 2, 3]))
                #expect(gateway.hub.connections == 1)
            }
        }
    }

    @Test func whatNoClientMaySendEndsTheConnectionWithItsCode() async throws {
        try await LiveSite.run { site in
            try await site.gateway { gateway in
                let token = try await site.token()
                let tooLong = [UInt8](repeating: 32, count: 20_000)
                let cases: [(name: String, bytes: [UInt8], code: Int)] = [
                    ("not masked", WebSocketClient.frame(1, [0x68], isMasked: false), 1002),
                    ("binary", WebSocketClient.frame(2, [1]), 1003),
                    ("no UTF-8", WebSocketClient.frame(1, [0xC3, 0x28]), 1007),
                    ("too long", WebSocketClient.frame(1, tooLong), 1009),
                    ("a length of eight bytes", [0x81, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4], 1009),
                    ("an opcode that is reserved", WebSocketClient.frame(3, []), 1002),
                    ("a control frame in pieces", WebSocketClient.frame(9, [1], isLast: false), 1002),
                    ("a long ping", WebSocketClient.frame(9, [UInt8](repeating: 1, count: 126)), 1002),
                    ("nothing to continue", WebSocketClient.frame(0, [1]), 1002),
                    ("a malformed close", WebSocketClient.frame(8, [3]), 1002),
                    ("a code that never travels", WebSocketClient.frame(8, [0x03, 0xEE]), 1002),
                    ("an extension", [0xC1] + WebSocketClient.frame(1, [0x68]).dropFirst(), 1002),
                ]
                for (name, bytes, code) in cases {
                    let client = try await WebSocketClient.connect(port: gateway.port, token: token)
                    client.socket.send(bytes)
                    #expect(try await client.closeCode() == code, "\(name)")
                }
                _ = try await eventually("the connections to end") { gateway.hub.connections == 0 ? true : nil }
            }
        }
    }

    @Test func errorsAreToldAndTooManyMessagesEndTheConnection() async throws {
        try await LiveSite.run { site in
            try await site.gateway { gateway in
                let client = try await WebSocketClient.connect(port: gateway.port, token: try await site.token())
                for text in ["x", "[]", "{}", #"{"type":"subscribe","kinds":["alerts"],"cursor":"x"}"#] {
                    client.send(text)
                    #expect(try await client.json()["type"] as? String == "error", "\(text)")
                }
                for _ in 0..<60 { client.send("x") }
                #expect(try await client.closeCode() == 4429)
            }
        }
    }

    /// An independent client judges the protocol, without and with TLS.
    @Test(arguments: [false, true]) func anotherImplementationUnderstandsIt(isSecure: Bool) async throws {
        let folder = TestServers.directory.appending(path: "live-tls-\(UUID())")
        let authority = try await CertificateAuthority(in: folder)
        let files = try await authority.issue("localhost")
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let tls = try ServerTLS(certificate: files.certificate.path, key: files.key.path, logger: quiet)
        try await LiveSite.run { site in
            try await site.gateway(tls: isSecure ? tls : nil) { gateway in
                let token = try await site.token()
                let scheme = isSecure ? "wss" : "ws"
                async let judged = Python.run(
                    "Tests/GatewayTests/Clients/live.py",
                    ["\(scheme)://localhost:\(gateway.port)/ws", token, authority.certificate.path],
                    needs: "websockets"
                )
                // It asks for nothing else: what is published goes on until it has seen enough.
                let publisher = Task {
                    var version: Int64 = 1
                    while !Task.isCancelled {
                        try await site.publish(LiveTests.orders(version...version))
                        version += 1
                        try await Task.sleep(for: .milliseconds(20))
                    }
                }
                _ = try await judged
                publisher.cancel()
            }
        }
    }

    /// A stream of HTTP/2 is one of several on its connection: it begins, goes on and ends by itself.
    @Test func eventsComeOverHTTP2() async throws {
        let folder = TestServers.directory.appending(path: "live-h2-\(UUID())")
        let authority = try await CertificateAuthority(in: folder)
        let files = try await authority.issue("localhost")
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = try ServerTLS(certificate: files.certificate.path, key: files.key.path, logger: quiet)
        var trust = TLSConfiguration.makeClientConfiguration()
        trust.trustRoots = .file(authority.certificate.path)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .init(tlsConfiguration: trust))
        let result: Result<Void, any Error>
        do {
            try await LiveSite.run { site in
                try await site.gateway(tls: server) { gateway in
                    let token = try await site.token()
                    var request = HTTPClientRequest(
                        url: "https://localhost:\(gateway.port)/api/v1/live?kinds=workorders"
                    )
                    request.headers.add(name: "Authorization", value: "Bearer \(token)")
                    let answer = try await client.execute(request, timeout: .seconds(60))
                    #expect(answer.version == .http2)
                    var text = ""
                    for try await part in answer.body {
                        text += String(buffer: part)
                        if text.contains("subscribed"), !text.contains("event") {
                            try await site.publish(LiveTests.orders(1...2))
                        }
                        if text.contains(#""version":2"#) { break }
                    }
                    #expect(text.contains(#""version":1"#))
                    // A WebSocket needs HTTP/1.1, and is told so.
                    request.url = "https://localhost:\(gateway.port)/ws"
                    let refused = try await client.execute(request, timeout: .seconds(60))
                    #expect((refused.version, refused.status.code) == (.http2, 426))
                    _ = try await eventually("the place to be free") { gateway.hub.connections == 0 ? true : nil }
                }
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        try await client.shutdown()
        try result.get()
    }
}
