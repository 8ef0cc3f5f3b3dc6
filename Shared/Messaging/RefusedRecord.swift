import EventSchema
import HTTPTypes
import Identifiers
import Kafka
import ServiceKit

/// The record behind a dead letter, as the log has it now.
enum RefusedRecord: Sendable {
    /// It can be handled once more.
    case found(KafkaMessage)
    /// It is a state, and a newer one of the same key has taken its place: to handle it now would bring back what is over.
    case superseded
    /// The log keeps it no longer.
    case gone

    /// How long a search may take: a state topic may have to be read to its end.
    private static let patience = Duration.seconds(20)

    /// Looks for the record: in its topic, and for a fact in the dead letters as well.
    ///
    /// - Throws: ``Problem`` 503 when that takes too long. ``KafkaError``.
    static func find(_ letter: DeadLetter, _ settings: KafkaSettings) async throws -> RefusedRecord {
        do {
            return try await within(patience) {
                let isState = Topic.all.contains { $0.name == letter.topic && $0.isCompacted }
                return isState ? try await state(letter, settings) : try await fact(letter, settings)
            }
        } catch is NotReady {
            throw Problem(
                .serviceUnavailable,
                "log_slow",
                "the record was not found in the log within \(patience); try again later",
                retryAfter: 30
            )
        }
    }

    private static func fact(_ letter: DeadLetter, _ settings: KafkaSettings) async throws -> RefusedRecord {
        var found: KafkaMessage?
        try await read(letter.source, from: letter.offset, settings) { record in
            if letter.isOf(record) { found = record }
            return false
        }
        if let found { return .found(found) }
        return letter.hasContents ? try await amongLetters(letter, settings) : .gone
    }

    private static func amongLetters(_ letter: DeadLetter, _ settings: KafkaSettings) async throws -> RefusedRecord {
        let letters = TopicPartition(topic: "\(letter.topic).dlq", partition: 0)
        var found: KafkaMessage?
        try await read(letters, from: 0, settings) { record in
            found = letter.original(of: record)
            return found == nil
        }
        return found.map(RefusedRecord.found) ?? .gone
    }

    /// A compacted topic has the newest record of each key, so a state that is missing was replaced. Only a tombstone goes by itself.
    private static func state(_ letter: DeadLetter, _ settings: KafkaSettings) async throws -> RefusedRecord {
        var found: KafkaMessage?
        var isReplaced = false
        var key = letter.key
        try await read(letter.source, from: letter.offset, settings) { record in
            if letter.isOf(record) {
                found = record
                key = record.key
            } else if record.offset > letter.offset, let key, record.key == key {
                isReplaced = true
            }
            return !isReplaced
        }
        if isReplaced { return .superseded }
        if let found { return .found(found) }
        guard letter.isDeletion, key != nil else { return .superseded }
        return try await amongLetters(letter, settings)
    }

    /// Reads a partition to its present end, or until `visit` wants no more.
    private static func read(
        _ partition: TopicPartition,
        from offset: Int64,
        _ settings: KafkaSettings,
        _ visit: (KafkaMessage) -> Bool
    ) async throws {
        let consumer = try KafkaConsumer(settings, reading: [partition: offset])
        do {
            reading: while let event = try await consumer.next() {
                switch event {
                case .records(let records):
                    for record in records where !visit(record) { break reading }
                case .reachedEnd: break reading
                case .assigned, .revoked, .idle: break
                }
            }
        } catch {
            await consumer.close()
            throw error
        }
        await consumer.close()
        try Task.checkCancellation()
    }
}

extension DeadLetter {
    fileprivate var source: TopicPartition { TopicPartition(topic: topic, partition: Int32(partition)) }

    /// Whether that is the record: another log may have another one at the same place.
    fileprivate func isOf(_ record: KafkaMessage) -> Bool {
        record.offset == offset && record.eventID == eventId
    }

    /// The record as it was, when that is its letter.
    fileprivate func original(of record: KafkaMessage) -> KafkaMessage? {
        guard record.text("dlq_topic") == topic, record.text("dlq_partition") == "\(partition)",
            record.text("dlq_offset") == "\(offset)", record.eventID == eventId
        else { return nil }
        return KafkaMessage(
            topic: topic,
            partition: Int32(partition),
            offset: offset,
            timestamp: record.timestamp,
            key: record.key,
            value: record.value,
            headers: record.headers.filter { !$0.name.hasPrefix("dlq_") }
        )
    }
}

extension KafkaMessage {
    fileprivate var eventID: EventID? { text("ce_id").flatMap(EventID.init) }

    fileprivate func text(_ header: String) -> String? {
        headers.last { $0.name == header }.map { String(decoding: $0.value, as: UTF8.self) }
    }
}
