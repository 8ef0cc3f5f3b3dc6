import Foundation
import Identifiers
import LocalServers
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// What is refused before, and what ends, a WebSocket (RFC 6455).
@Suite(.timeLimit(.minutes(3))) struct LiveHandshakeTests {
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
                        return socket.receive(within: 10_000).map { String(decoding: $0, as: UTF8.self) } ?? ""
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

    /// An independent client judges the protocol.
    @Test func anotherImplementationUnderstandsIt() async throws {
        try await LiveSite.run { site in
            try await site.gateway { gateway in
                let token = try await site.token()
                async let judged = Python.run(
                    "Tests/GatewayTests/Clients/live.py",
                    ["ws://127.0.0.1:\(gateway.port)/ws", token],
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
}
