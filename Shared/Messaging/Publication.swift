import Foundation
import Kafka
import Postgres
import ServiceKit

/// One event on its way from the outbox into the log, with the span that shows how long it waited there.
struct Publication: Sendable {
    let id: Int64
    let record: KafkaRecord
    private let since: Date
    private let parent: TraceContext?
    private let context: TraceContext?

    init(_ row: Row) throws {
        id = try row["id"]
        let json: JSONB = try row["headers"]
        var headers = try JSONDecoder().decode([String: String].self, from: Data(json.text.utf8))
        since = try row["created_at"]
        parent = headers["traceparent"].flatMap(TraceContext.init(traceparent:))
        context = parent?.child()
        // The handling of the event is below its publication in the trace.
        if let context { headers["traceparent"] = context.description }
        record = KafkaRecord(
            topic: try row["topic"],
            key: try row["key"] as [UInt8],
            value: try row["value"] as [UInt8]?,
            headers: headers.sorted { $0.key < $1.key }.map { KafkaHeader(name: $0.key, value: Array($0.value.utf8)) }
        )
    }

    /// The log has it.
    func end(to spans: SpanExporter) {
        guard let context, let parent else { return }
        spans.record(
            .init(
                name: "send \(record.topic)",
                kind: .producer,
                context: context,
                parent: parent.spanID,
                start: since,
                end: Date(),
                attributes: [
                    "messaging.system": "kafka", "messaging.operation.type": "send",
                    "messaging.destination.name": record.topic,
                ],
                isError: false
            )
        )
    }
}
