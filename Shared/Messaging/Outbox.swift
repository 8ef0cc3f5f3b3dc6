import Commands
public import EventSchema
import Foundation
import Identifiers
public import Postgres

extension Transaction {
    /// Writes events to the outbox: they are published if and only if this transaction commits.
    ///
    /// - Throws: ``EventTooLarge`` before anything is written to the outbox.
    public func publish(_ events: [any Event], by act: Act) throws {
        guard !events.isEmpty else { return }
        let codec = try EventCodec.committed()
        for statement in try events.map({ try Outbox.insertion(of: $0, by: act, codec) }) { later(statement) }
        notify("outbox")
    }

    /// Writes one event to the outbox.
    public func publish(_ event: some Event, by act: Act) throws {
        try publish([event], by: act)
    }

    /// Writes a tombstone: the state of `key` in a state topic is gone.
    public func publishDeletion<E: Event>(of _: E.Type, key: String, by act: Act) throws {
        let metadata = act.metadata(type: E.name)
        later(try Outbox.insertion(topic: E.topic, key: key, value: nil, metadata))
        notify("outbox")
    }
}

/// The form of events in the outbox.
enum Outbox {
    static func insertion(of event: any Event, by act: Act, _ codec: EventCodec) throws -> SQL {
        func insertion<E: Event>(_ event: E) throws -> SQL {
            try self.insertion(
                topic: E.topic,
                key: event.key,
                value: codec.encode(event),
                act.metadata(type: E.name)
            )
        }
        return try insertion(event)
    }

    /// - Throws: ``EventTooLarge``.
    static func insertion(topic: Topic, key: String, value: [UInt8]?, _ metadata: EventMetadata) throws -> SQL {
        let size = metadata.headers.reduce(key.utf8.count + (value?.count ?? 0)) {
            $0 + $1.name.utf8.count + $1.value.count
        }
        guard size <= EventTooLarge.limit else { throw EventTooLarge(type: metadata.type, size: size) }
        let headers = Dictionary(metadata.headers.map { ($0.name, String(decoding: $0.value, as: UTF8.self)) }) { $1 }
        let json = try JSONWriter.text(headers)
        return """
            INSERT INTO outbox (topic, key, value, headers)
            VALUES (\(topic.name), \(Array(key.utf8)), \(value), \(JSONB(json)))
            """
    }
}
