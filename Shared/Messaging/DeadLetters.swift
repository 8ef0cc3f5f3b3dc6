import Commands
import EventSchema
import Kafka
import Logging
import ServiceKit

/// Where records are sent that their consumer can't decode or must refuse: `<topic>.dlq`, with the reason in headers.
struct DeadLetters: Sendable {
    let producer: KafkaProducer
    /// The group that sends them.
    let consumer: String
    let metrics: Metrics
    let logger: Logger

    /// - Returns: Whether the letter is without the record's contents, which then are only in the record's topic.
    func bury(_ record: KafkaMessage, _ reason: String) async throws -> Bool {
        func header(_ name: String) -> String {
            record.headers.first { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) } ?? "-"
        }
        let origin: [(String, String)] = [
            ("dlq_reason", reason.prefix(scalars: 1000)), ("dlq_topic", record.topic),
            ("dlq_partition", "\(record.partition)"),
            ("dlq_offset", "\(record.offset)"), ("dlq_consumer", consumer),
        ]
        var letter = KafkaRecord(
            topic: "\(record.topic).dlq",
            key: record.key,
            value: record.value,
            headers: record.headers + origin.map { KafkaHeader(name: $0.0, value: Array($0.1.utf8)) }
        )
        var isCut = false
        if Topic.all.contains(where: { $0.name == record.topic && $0.forgettingHours != nil }) {
            // It may tell of a person, and would stay here after they were erased. It can be read in its topic, until then.
            isCut = record.value != nil
            letter.value = nil
            letter.headers.append(KafkaHeader(name: "dlq_cut", value: Array("value".utf8)))
        }
        do {
            try await producer.send(letter)
        } catch let error as KafkaError where error.isOfRecord {
            isCut = true
            // As large as the log accepts, and the reason makes it larger. Our own events leave room: see EventTooLarge. The
            // record itself can still be read in its topic.
            letter.value = letter.value.map { Array($0.prefix(4096)) }
            letter.key = record.key.map { Array($0.prefix(4096)) }
            letter.headers = letter.headers.suffix(origin.count)
            letter.headers.append(KafkaHeader(name: "dlq_cut", value: Array("value, key, headers".utf8)))
            try await producer.send(letter)
        }
        logger.error(
            "event refused",
            metadata: [
                "topic": "\(record.topic)", "offset": "\(record.partition)/\(record.offset)", "reason": "\(reason)",
                "event": "\(header("ce_id"))", "type": "\(header("ce_type"))",
                "trace_id": "\(TraceContext(traceparent: header("traceparent"))?.trace ?? "-")",
            ]
        )
        metrics.counter("events_refused_total", "Events that went to the dead letters.", ["topic": record.topic])
            .increment()
        return isCut
    }
}
