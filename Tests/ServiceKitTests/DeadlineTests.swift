import Foundation
import Hummingbird
import LocalServers
import NIOCore
import ServiceKit
import TestSupport
import Testing

/// No client can hold a connection for as long as it likes: each part of an exchange has a time limit.
@Suite struct DeadlineTests {
    /// Everything except the limit under test has unlimited time.
    private static func limits(_ set: (inout ServerLimits) -> Void) -> ServerLimits {
        var limits = ServerLimits()
        (limits.idle, limits.head, limits.body, limits.stalledAnswer) = (.hours(1), .hours(1), .hours(1), .hours(1))
        limits.linger = .milliseconds(100)
        set(&limits)
        return limits
    }

    private static func routes(_ router: Router<DaemonContext>) {
        router.get("/quick") { _, _ in "quick" }
        router.post("/body") { request, _ in "\(try await request.wholeBody(upTo: 1000).readableBytes)" }
        router.get("/slow") { _, _ in
            try await Task.sleep(for: .milliseconds(1500))
            return Response(
                status: .ok,
                body: .init { writer in
                    try await writer.write(ByteBuffer(string: "first "))
                    try await Task.sleep(for: .milliseconds(1500))
                    try await writer.write(ByteBuffer(string: "last"))
                    try await writer.finish(nil)
                }
            )
        }
        router.get("/endless") { _, _ in
            Response(
                status: .ok,
                body: .init { writer in
                    while true { try await writer.write(ByteBuffer(repeating: 0, count: 64 << 10)) }
                }
            )
        }
    }

    @Test func anIncompleteHeadIsAnsweredWith408() async throws {
        try await withServer(Self.routes, limits: Self.limits { $0.head = .milliseconds(200) }) { port in
            let client = try RawSocket(port: port)
            // A connection that has already served a request gets no more time for the next one.
            client.send(request("GET", "/quick"))
            #expect(try await client.next().isEmpty == false)
            let answer = try await Self.trickle(
                client,
                "GET /quick HTTP/1.1\r\nHost: case.example\r\n" + String(repeating: "X", count: 2000)
            )
            #expect(answer.hasPrefix("HTTP/1.1 408 "), "\(answer)")
            #expect(answer.contains("onnection: close"))
        }
    }

    @Test func anIncompleteBodyIsAnsweredWith408() async throws {
        try await withServer(Self.routes, limits: Self.limits { $0.body = .milliseconds(200) }) { port in
            for path in ["/body", "/echo"] {
                let client = try RawSocket(port: port)
                client.send(request("POST", path, ["Content-Length: 1000"]))
                let answer = try await Self.trickle(client, String(repeating: " ", count: 900))
                #expect(answer.hasPrefix("HTTP/1.1 4"), "\(answer)")
                if path == "/body" { #expect(answer.contains("request_too_slow")) }
            }
        }
    }

    @Test func aSlowBodyThatKeepsArrivingIsAccepted() async throws {
        // At this rate, 100 bytes are allowed 100 seconds, far more than they take.
        let limits = Self.limits { ($0.body, $0.bodyRate) = (.seconds(2), 1) }
        try await withServer(Self.routes, limits: limits) { port in
            let client = try RawSocket(port: port)
            client.send(request("POST", "/body", ["Content-Length: 100", "Connection: close"]))
            for _ in 0..<10 {
                client.send(String(repeating: " ", count: 10))
                try await Task.sleep(for: .milliseconds(250))
            }
            let answer = try await client.whole()
            #expect(answer.hasPrefix("HTTP/1.1 200 "), "\(answer)")
        }
    }

    @Test func aSilentConnectionIsClosed() async throws {
        try await withServer(Self.routes, limits: Self.limits { $0.idle = .milliseconds(200) }) { port in
            let new = try RawSocket(port: port)
            _ = try await new.whole()
            let used = try RawSocket(port: port)
            used.send(request("GET", "/quick"))
            _ = try await used.whole()
        }
    }

    @Test func anAnswerThatTheClientDoesNotReadIsAborted() async throws {
        try await withServer(Self.routes, limits: Self.limits { $0.stalledAnswer = .milliseconds(200) }) { port in
            let client = try RawSocket(port: port)
            client.send(request("GET", "/endless"))
            try await Task.sleep(for: .seconds(1))
            // What was already sent, and then the end of the connection.
            _ = try await client.whole()
        }
    }

    @Test func anAnswerMayTakeLong() async throws {
        let limits = Self.limits {
            ($0.idle, $0.head, $0.body, $0.stalledAnswer) = (
                .seconds(1), .seconds(1), .seconds(1), .seconds(1)
            )
        }
        try await withServer(Self.routes, limits: limits) { port in
            let answer = try await RawSocket(port: port).exchange(request("GET", "/slow"))
            #expect(answer.contains("first ") && answer.contains("last"), "\(answer)")
        }
    }

    /// Sends the text byte by byte until the server closes the connection or everything is sent.
    private static func trickle(_ client: RawSocket, _ text: String) async throws -> String {
        try await onThread {
            var answer: [UInt8] = []
            for byte in text.utf8 {
                client.send([byte])
                guard let bytes = client.receive(within: 10) else { continue }
                answer += bytes
                if bytes.isEmpty { break }
            }
            return String(decoding: answer, as: UTF8.self)
        }
    }
}
