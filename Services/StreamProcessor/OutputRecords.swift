import EventSchema
import Foundation
import Identifiers
import Kafka
import Messaging
import ServiceKit

/// Converts outputs to Kafka records.
enum OutputRecords {
    static func records(_ output: Output, at now: Date) throws -> [KafkaRecord] {
        let codec = try EventCodec.committed()
        return try output.validated.map { record($0, $0.tenant, TelemetryEncoding.encode($0), now) }
            + output.rejected.map { try record($0, nil, codec, now) }
            + output.aggregates.map { try record($0, $0.tenant, codec, now) }
            + output.findings.map { try record($0, codec, now) }
    }

    private static func record(_ finding: Output.Finding, _ codec: EventCodec, _ now: Date) throws -> KafkaRecord {
        switch finding {
        case .detected(let alert):
            // A replay that detects the same alert must give it the same event id. The alert also starts the trace of
            // everything that people and services do about it: a trace per reading would cost more than the reading.
            record(
                alert,
                alert.tenant,
                try codec.encode(alert),
                now,
                id: EventID(alert.id.rawValue),
                trace: TraceContext.root()
            )
        case .cleared(let end): record(end, end.tenant, try codec.encode(end), now, id: end.eventID)
        }
    }

    private static func record<E: Event>(
        _ event: E,
        _ tenant: TenantID?,
        _ codec: EventCodec,
        _ now: Date
    ) throws -> KafkaRecord {
        record(event, tenant, try codec.encode(event), now)
    }

    private static func record<E: Event>(
        _ event: E,
        _ tenant: TenantID?,
        _ value: [UInt8],
        _ now: Date,
        id: EventID = .new(),
        trace: TraceContext? = nil
    ) -> KafkaRecord {
        let metadata = EventMetadata(
            id: id,
            type: E.name,
            source: "stream-processor",
            time: now,
            tenant: tenant,
            traceparent: trace?.description
        )
        return KafkaRecord(
            topic: E.topic.name,
            key: Array(event.key.utf8),
            value: value,
            headers: metadata.headers.map { KafkaHeader(name: $0.name, value: $0.value) }
        )
    }
}
