import AsyncHTTPClient
import Foundation
import HTTPTypes
import Hummingbird
import LocalServers
import NIOCore
import NIOHTTP1
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import Gateway

/// Services that break connections, are away, or have too much to do.
@Suite struct ResilienceTests {
    /// A service that closes the first connections without an answer, when the request has arrived.
    private final class BreakingService: Sendable {
        let url: String
        private let listener: RawListener
        private let requests = Mutex(0)

        /// The requests that have arrived.
        var count: Int { requests.withLock { $0 } }

        init(breaking: Int) throws {
            let listener = try RawListener()
            self.listener = listener
            url = "http://127.0.0.1:\(listener.port)"
            Thread.detachNewThread { [self] in
                while let connection = listener.accept() {
                    guard let bytes = connection.receive(within: 60_000), !bytes.isEmpty else { continue }
                    let number = requests.withLock { count in
                        count += 1
                        return count
                    }
                    if number > breaking {
                        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
                    }
                }
            }
        }

        func stop() { listener.stop() }
    }

    @Test func aReadIsSentAgainWhenTheConnectionBreaksButAChangeIsNot() async throws {
        let service = try BreakingService(breaking: 1)
        try await withGateway(serviceURL: service.url) { gateway in
            let reply = try await gateway.send("GET", "/api/v1/assets")
            #expect(reply.status == 200)
            #expect(service.count == 2)
        }
        service.stop()
        let other = try BreakingService(breaking: 1)
        try await withGateway(serviceURL: other.url) { gateway in
            // The service may have carried it out.
            let reply = try await gateway.send("POST", "/api/v1/assets", body: .bytes(.init(string: "{}")))
            #expect(reply.status == 503)
            #expect(reply.code == "upstream_unavailable")
            #expect(other.count == 1)
        }
        other.stop()
    }

    @Test func aReadIsRepeatedOnlyOnce() async throws {
        let service = try BreakingService(breaking: 100)
        try await withGateway(serviceURL: service.url) { gateway in
            let reply = try await gateway.send("GET", "/api/v1/assets")
            #expect(reply.status == 503)
            #expect(service.count == 2)
        }
        service.stop()
    }

    @Test func aChangeThatWasNeverSentIsSentAgain() async throws {
        try await withGateway(serviceURL: "http://127.0.0.1:\(try Port.free())") { gateway in
            let reply = try await gateway.send("POST", "/api/v1/assets")
            #expect(reply.status == 503)
            #expect(gateway.metrics.contains("gateway_retries_total{service=\"assets\"} 1.0"))
        }
    }

    @Test func aServiceThatIsAwayIsCutOffAndFoundAgain() async throws {
        let port = try Port.free()
        try await withGateway(serviceURL: "http://127.0.0.1:\(port)") { gateway in
            for _ in 0..<CircuitBreaker.failures {
                #expect(try await gateway.send("GET", "/api/v1/assets").code == "upstream_unavailable")
            }
            // One that comes after the pause is not refused: it tries the service, and the next pause is longer.
            try await eventually("a request to be refused") {
                let refused = try await gateway.send("GET", "/api/v1/assets")
                #expect(refused.status == 503)
                #expect(refused.code == "upstream_unavailable")
                #expect(refused.headers.first(name: "retry-after") != nil)
                let none = "gateway_refusals_total{service=\"assets\",reason=\"unreachable\"} 0.0"
                return gateway.metrics.contains(none) ? nil : true
            }
            #expect(gateway.metrics.contains("gateway_service_is_cut_off{service=\"assets\"} 1.0"))
            // The other services are not.
            #expect(gateway.metrics.contains("gateway_service_is_cut_off{service=\"auth\"} 0.0"))
            let listener = try RawListener(port: port)
            Thread.detachNewThread {
                while let connection = listener.accept() {
                    _ = connection.receive(within: 60_000)
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
                }
            }
            try await eventually("the service to be found again") {
                try await gateway.send("GET", "/api/v1/assets").status == 200 ? true : nil
            }
            #expect(gateway.metrics.contains("gateway_service_is_cut_off{service=\"assets\"} 0.0"))
            listener.stop()
        }
    }

    @Test func aFullServiceIsRefusedMoreAtOnce() async throws {
        let gate = Gate()
        try await withGateway(
            concurrency: 2,
            service: { seen in
                let router = Router()
                router.get("/assets/**") { request, _ in
                    seen.note(request)
                    await gate.wait()
                    return "slow"
                }
                router.get("/work-orders/**") { _, _ in "quick" }
                return router
            }
        ) { gateway in
            try await withThrowingTaskGroup(of: UInt.self) { group in
                defer { gate.open() }
                for _ in 0..<2 { group.addTask { try await gateway.send("GET", "/api/v1/assets").status } }
                try await eventually("both at the service") { gateway.seen.all.count == 2 ? () : nil }
                let refused = try await gateway.send("GET", "/api/v1/assets")
                #expect(refused.status == 503)
                #expect(refused.code == "overloaded")
                #expect(refused.headers.first(name: "retry-after") == "1")
                #expect(gateway.seen.all.count == 2)
                // Another service has room.
                #expect(try await gateway.send("GET", "/api/v1/workorders").status == 200)
                gate.open()
                for try await status in group { #expect(status == 200) }
            }
            #expect(try await gateway.send("GET", "/api/v1/assets").status == 200)
        }
    }

    /// A client that reads slowly occupies its own connection only.
    @Test func anAnswerThatHasBegunTakesNoPlace() async throws {
        let gate = Gate()
        try await withGateway(
            concurrency: 1,
            service: { _ in
                let router = Router()
                router.get("/**") { _, _ in
                    Response(
                        status: .ok,
                        body: .init { writer in
                            try await writer.write(ByteBuffer(string: "first"))
                            await gate.wait()
                            try await writer.finish(nil)
                        }
                    )
                }
                return router
            }
        ) { gateway in
            defer { gate.open() }
            let first = try await gateway.start("GET", "/api/v1/assets")
            let second = try await gateway.start("GET", "/api/v1/assets")
            #expect(second.status == .ok)
            gate.open()
            for answer in [first, second] { _ = try await answer.body.collect(upTo: 100) }
        }
    }

    @Test func theServiceLearnsHowMuchTimeIsLeft() async throws {
        try await withGateway(timeout: .seconds(7)) { gateway in
            let headers = [("X-Dcmms-Time-Left", "999999")]
            let reply = try await gateway.send("GET", "/api/v1/assets", headers: headers)
            #expect(reply.status == 200)
            let left = try #require(gateway.seen.all.last?.headers[.timeLeft].flatMap { Int($0) })
            #expect((1...7000).contains(left))
        }
    }
}
