import EventSchema
import Foundation
import Hummingbird
import Identifiers
import LocalServers
import Messaging
import Postgres
import ServiceKit
import Synchronization
import Testing

/// One trace covers the work that emits an event, its publication and its handling.
@Suite struct TraceTests {
    @Test func spansOfWorkPublicationAndConsumerAreNested() async throws {
        let collector = Collector()
        try await collector.run { endpoint in
            try await Bus.run(collector: endpoint) { bus in
                let work = TraceContext.root()
                let carried = Carried()
                let consumer = EventConsumer(bus.database, bus.daemon).on(SessionEnded.self) { delivery, tx in
                    carried.traceparent.withLock { $0 = delivery.act(of: "test", at: Date()).traceparent }
                    try await Bus.note(delivery, tx)
                }
                let act = Act(service: "test", tenant: nil, traceparent: work.description, time: Date())
                try await bus.running(OutboxRelay(bus.database, bus.daemon), consumer, bus.daemon.spans) {
                    try await bus.database.transaction { tx in try tx.publish(Bus.session(), by: act) }
                    func span(_ name: String) async throws -> Collector.Span {
                        try await eventually("the span \(name)") { collector.spans.first { $0.name == name } }
                    }
                    let send = try await span("send auth.sessions")
                    let process = try await span("process auth.session-ended.v1")
                    let spans = collector.spans
                    #expect(spans.allSatisfy { $0.trace == work.trace })
                    #expect(send.parent == work.span)
                    #expect(process.parent == send.id)
                    #expect((send.kind, process.kind) == (4, 5))
                    // Events that the handler emits continue the trace below its own span.
                    let next = carried.traceparent.withLock { $0 }.flatMap(TraceContext.init(traceparent:))
                    #expect(next?.span == process.id)
                }
            }
        }
    }
}

private final class Carried: Sendable {
    let traceparent = Mutex<String?>(nil)
}

/// Receives spans as an OpenTelemetry collector does: OTLP over HTTP, in JSON.
private final class Collector: Sendable {
    struct Span: Sendable {
        var name: String
        var trace: String
        var id: String
        var parent: String?
        var kind: Int
    }

    private let received = Mutex<[Span]>([])
    var spans: [Span] { received.withLock { $0 } }

    func run(_ body: (String) async throws -> Void) async throws {
        let router = Router()
        router.post("/v1/traces") { [self] request, _ in
            let body = try await request.body.collect(upTo: 1 << 20)
            receive(try JSONDecoder().decode(Body.self, from: Data(body.readableBytesView)))
            return HTTPResponse.Status.ok
        }
        let port = try Port.free()
        let application = Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)))
        let server = Task { try await application.run() }
        _ = try await eventually("the collector") { Port.answers(port) ? true : nil }
        try await body("http://127.0.0.1:\(port)")
        server.cancel()
        _ = await server.result
    }

    private func receive(_ body: Body) {
        let spans = body.resourceSpans.flatMap(\.scopeSpans).flatMap(\.spans)
        received.withLock { received in
            received += spans.map {
                Span(name: $0.name, trace: $0.traceId, id: $0.spanId, parent: $0.parentSpanId, kind: $0.kind)
            }
        }
    }

    private struct Body: Decodable {
        var resourceSpans: [Resource]
        struct Resource: Decodable { var scopeSpans: [Scope] }
        struct Scope: Decodable { var spans: [Item] }
        struct Item: Decodable {
            var name: String
            var traceId: String
            var spanId: String
            var parentSpanId: String?
            var kind: Int
        }
    }
}
