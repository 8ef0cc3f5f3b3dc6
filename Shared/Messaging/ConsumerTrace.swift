import EventSchema
import Foundation
import Identifiers
import ServiceKit
import Synchronization

/// The span of one event's handling, below the span that published the event. An event outside of every trace has none.
final class ConsumerTrace: Sendable {
    /// What the handler's own events carry.
    let context: TraceContext?
    private let parent: TraceContext?
    private let metadata: EventMetadata
    private let times = Mutex<(start: Date, end: Date)>((.distantPast, .distantPast))

    init(of metadata: EventMetadata) {
        parent = metadata.traceparent.flatMap(TraceContext.init(traceparent:))
        context = parent?.child()
        self.metadata = metadata
    }

    /// The handler begins; of several attempts the last one counts.
    func begin() { times.withLock { $0 = (Date(), .distantPast) } }

    func finish() { times.withLock { $0.end = Date() } }

    /// Exports the span once its outcome is known. An event that had been handled before has none.
    func end(isError: Bool, to spans: SpanExporter) {
        let (start, end) = times.withLock { $0 }
        guard let context, let parent, start != .distantPast, isError || end != .distantPast else { return }
        spans.record(
            .init(
                name: "process \(metadata.type)",
                kind: .consumer,
                context: context,
                parent: parent.spanID,
                start: start,
                end: end == .distantPast ? Date() : end,
                attributes: [
                    "messaging.system": "kafka", "messaging.operation.type": "process",
                    "messaging.message.id": metadata.id.description, "dcmms.event.type": metadata.type,
                    "dcmms.event.source": metadata.source,
                ],
                isError: isError
            )
        )
    }
}
