import AsyncHTTPClient
import EventSchema
public import Foundation
public import Logging
import NIOCore
import NIOHTTP1
public import ServiceLifecycle
import Synchronization

/// Finished spans on their way to a collector: OTLP over HTTP in its JSON form, in batches, in the background. Off without an
/// endpoint. What can't be sent is dropped and counted: tracing never delays work, and its memory is bounded.
public final class SpanExporter: Service {
    /// What the collector gets of one span.
    public struct Span: Sendable {
        public enum Kind: Int, Sendable {
            case server = 2
            case producer = 4
            case consumer = 5
        }

        public var name: String
        public var kind: Kind
        public var context: TraceContext
        public var parent: UInt64?
        public var start: Date
        public var end: Date
        public var attributes: [String: String]
        public var isError: Bool

        public init(
            name: String,
            kind: Kind,
            context: TraceContext,
            parent: UInt64?,
            start: Date,
            end: Date,
            attributes: [String: String],
            isError: Bool
        ) {
            self.name = name
            self.kind = kind
            self.context = context
            self.parent = parent
            self.start = start
            self.end = end
            self.attributes = attributes
            self.isError = isError
        }
    }

    private let endpoint: String?
    private let service: String
    private let logger: Logger
    private let waiting = Mutex<[Span]>([])
    private let dropped: Metrics.Counter
    private static let capacity = 4096

    /// - Parameter endpoint: The collector's base URL, `OTEL_EXPORTER_OTLP_ENDPOINT`; `nil` turns tracing off.
    public init(endpoint: String?, service: String, metrics: Metrics, logger: Logger) {
        self.endpoint = endpoint
        self.service = service
        self.logger = logger
        dropped = metrics.counter("trace_spans_dropped_total", "Spans that were not sent to the collector.")
    }

    /// Whether there is a collector to send spans to.
    var isOn: Bool { endpoint != nil }

    /// Adds a finished span.
    public func record(_ span: Span) {
        guard endpoint != nil, span.context.isSampled else { return }
        let isTaken = waiting.withLock { waiting in
            guard waiting.count < Self.capacity else { return false }
            waiting.append(span)
            return true
        }
        if !isTaken { dropped.increment() }
    }

    /// Sends every two seconds until graceful shutdown, and once more after it.
    public func run() async throws {
        guard let endpoint else {
            try? await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(2))
                await self.flush(to: endpoint)
            }
        }
        await flush(to: endpoint)
    }

    private func flush(to endpoint: String) async {
        let spans = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        guard !spans.isEmpty else { return }
        do {
            var request = HTTPClientRequest(url: endpoint.trimmingSuffix("/") + "/v1/traces")
            request.method = .POST
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: try Self.body(spans, service: service)))
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(5))
            guard (200..<300).contains(response.status.code) else { throw NotReady("status \(response.status.code)") }
        } catch {
            dropped.increment(by: Double(spans.count))
            logger.debug("spans not sent", metadata: ["error": "\(error)"])
        }
    }

    /// The request's body (opentelemetry-proto, `ExportTraceServiceRequest`, JSON mapping).
    static func body(_ spans: [Span], service: String) throws -> Data {
        func attribute(_ key: String, _ value: String) -> [String: Any] {
            ["key": key, "value": ["stringValue": value]]
        }
        let list: [[String: Any]] = spans.map { span in
            var fields: [String: Any] = [
                "traceId": span.context.trace, "spanId": span.context.span, "name": span.name,
                "kind": span.kind.rawValue, "startTimeUnixNano": nanoseconds(span.start),
                "endTimeUnixNano": nanoseconds(span.end),
                "attributes": span.attributes.sorted { $0.key < $1.key }.map { attribute($0.key, $0.value) },
                "status": ["code": span.isError ? 2 : 1],
            ]
            if let parent = span.parent {
                fields["parentSpanId"] = TraceContext(traceID: (0, 0), spanID: parent, isSampled: true).span
            }
            return fields
        }
        let resource: [String: Any] = ["attributes": [attribute("service.name", service)]]
        let scope: [String: Any] = ["scope": ["name": "dcmms"], "spans": list]
        return try JSONSerialization.data(
            withJSONObject: ["resourceSpans": [["resource": resource, "scopeSpans": [scope]]]])
    }

    private static func nanoseconds(_ date: Date) -> String {
        "\(date.microseconds * 1000)"
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
