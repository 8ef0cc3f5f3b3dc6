import Foundation
import HTTPTypes
import Hummingbird
import LocalServers
import NIOCore
import ServiceKit
import Synchronization
import TestSupport
import Testing

/// Requests that the server itself refuses or ends, independent of the handlers.
@Suite struct ServerRulesTests {
    private static func echo(_ notes: Notes = Notes()) -> (Router<DaemonContext>) -> Void {
        { router in
            router.get("/echo") { request, _ in
                notes.note("GET \(request.uri.query ?? "")")
                return "echo"
            }
            router.post("/echo") { request, _ in
                let body = try await request.wholeBody(upTo: 1000)
                notes.note("POST \(body.readableBytes)")
                return "\(body.readableBytes)"
            }
            router.post("/ignore") { _, _ in "ignored" }
        }
    }

    @Test func aRequestHasExactlyOneHost() async throws {
        try await withServer(Self.echo()) { port in
            for head in ["GET /echo HTTP/1.1\r\n\r\n", "GET /echo HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"] {
                let answer = try await RawSocket(port: port).exchange(head)
                #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
                #expect(answer.contains("host_missing"))
            }
            let old = try await RawSocket(port: port).exchange("GET /echo HTTP/1.0\r\n\r\n")
            #expect(old.hasPrefix("HTTP/1.0 200 "), "\(old)")
            #expect(old.hasSuffix("\r\n\r\necho"))
        }
    }

    @Test func expectContinueIsAnswered() async throws {
        try await withServer(Self.echo()) { port in
            let client = try RawSocket(port: port)
            client.send(request("POST", "/echo", ["Content-Length: 5", "Expect: 100-continue", "Connection: close"]))
            let first = try await client.next()
            #expect(first == "HTTP/1.1 100 Continue\r\n\r\n")
            let answer = try await client.exchange("hello")
            #expect(answer.hasPrefix("HTTP/1.1 200 "), "\(answer)")
            #expect(answer.hasSuffix("\r\n\r\n5"))
            // The client need not send a body that would be refused anyway.
            let large = try await RawSocket(port: port).exchange(
                request("POST", "/echo", ["Content-Length: 2000000", "Expect: 100-continue"])
            )
            #expect(large.hasPrefix("HTTP/1.1 413 "), "\(large)")
            let other = try await RawSocket(port: port).exchange(request("GET", "/echo", ["Expect: miracles"]))
            #expect(other.hasPrefix("HTTP/1.1 417 "), "\(other)")
        }
    }

    @Test func aHeadThatIsTooLongIsRefused() async throws {
        try await withServer(Self.echo()) { port in
            for lines in [
                ["X: \(String(repeating: "x", count: 50_000))"], (0..<150).map { "X-\($0): 1" },
                (0..<90).map { "X-\($0): \(String(repeating: "x", count: 1000))" },
            ] {
                let answer = try await RawSocket(port: port).exchange(request("GET", "/echo", lines))
                #expect(answer.hasPrefix("HTTP/1.1 431 "), "\(answer)")
            }
            let path = "/echo?" + String(repeating: "x", count: 100_000)
            let answer = try await RawSocket(port: port).exchange(request("GET", path))
            #expect(answer.hasPrefix("HTTP/1.1 431 "), "\(answer)")
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrderUntilAMalformedOne() async throws {
        let notes = Notes()
        try await withServer(Self.echo(notes)) { port in
            let answer = try await RawSocket(port: port).exchange(
                request("GET", "/echo?1") + request("POST", "/echo", ["Content-Length: 3"], "abc")
                    + request("POST", "/echo", ["Transfer-Encoding: chunked"], "2\r\nab\r\n0\r\n\r\n")
                    + "nonsense\r\n\r\n"
                    + request("GET", "/echo?2")
            )
            #expect(
                answer.components(separatedBy: "HTTP/1.1 ").dropFirst().map { $0.prefix(3) } == [
                    "200", "200", "200", "400",
                ]
            )
            #expect(notes.all == ["GET 1", "POST 3", "POST 2"])
        }
    }

    @Test func requestsAfterConnectionCloseAreIgnored() async throws {
        let notes = Notes()
        try await withServer(Self.echo(notes)) { port in
            for close in ["close", "Close", "x, close"] {
                _ = try await RawSocket(port: port).exchange(
                    request("GET", "/echo?\(close.count)", ["Connection: \(close)"]) + request("GET", "/echo?after")
                )
            }
            #expect(notes.all == ["GET 5", "GET 5", "GET 8"])
        }
    }

    @Test func aTruncatedBodyIsNotMistakenForACompleteOne() async throws {
        let notes = Notes()
        try await withServer(Self.echo(notes)) { port in
            for (header, body) in [
                ("Content-Length: 10", "half"), ("Transfer-Encoding: chunked", "4\r\nhalf\r\n"),
                ("Transfer-Encoding: chunked", "4\r\nhalf\r\nzz\r\n"),
            ] {
                let client = try RawSocket(port: port)
                client.send(request("POST", "/echo", [header], body))
                client.finishSending()
                let answer = try await client.whole()
                #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
            }
            let reset = try RawSocket(port: port)
            reset.send(request("POST", "/echo", ["Content-Length: 10"], "half"))
            reset.resetWhenClosed()
        }
        #expect(notes.all.isEmpty)
    }

    @Test func anEarlyAnswerArrivesWhileTheClientStillSends() async throws {
        try await withServer(Self.echo()) { port in
            for (path, status) in [("/ignore", "200"), ("/nothing", "404"), ("/echo", "413")] {
                let client = try RawSocket(port: port)
                client.send(request("POST", path, ["Content-Length: 5000000"]))
                client.send([UInt8](repeating: 32, count: 1_200_000))
                let answer = try await client.whole()
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
                #expect(answer.contains("onnection: close"))
            }
        }
    }

    /// A task that outlives its handler must not read from the connection, which then serves the next request: NIO would crash the
    /// process.
    @Test func aBodyCannotBeReadAfterItsAnswer() async throws {
        let notes = Notes()
        try await withServer({ router in
            router.post("/leak") { request, _ in
                let isReading = AsyncStream.makeStream(of: Void.self)
                Task {
                    isReading.continuation.finish()
                    do {
                        for try await _ in request.body {}
                        notes.note("read to the end")
                    } catch {
                        notes.note("\(error)")
                    }
                }
                for await _ in isReading.stream {}
                return "answered"
            }
        }) { port in
            for _ in 0..<20 {
                let client = try RawSocket(port: port)
                client.send(request("POST", "/leak", ["Content-Length: 10"], "half"))
                try await Task.sleep(for: .milliseconds(10))
                client.finishSending()
                _ = try await client.whole()
            }
            let whole = try await RawSocket(port: port).exchange(
                request("POST", "/leak", ["Content-Length: 4", "Connection: close"], "full")
            )
            #expect(whole.hasSuffix("answered"), "\(whole)")
        }
        let whole = notes.all.filter { $0 == "read to the end" }
        #expect(whole.count <= 1, "\(notes.all)")
    }
}
