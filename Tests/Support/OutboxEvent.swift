public import EventSchema
import Foundation
public import Postgres

/// An event that waits in the outbox of a service.
public struct OutboxEvent: Sendable {
    /// Its place in the outbox.
    public var id: Int64
    public var topic: String
    public var key: String
    /// `nil` for a tombstone.
    public var value: [UInt8]?
    /// Its `ce_type` header.
    public var type: String

    /// The event itself.
    public func decode<E: Event>(_: E.Type) throws -> E {
        try EventCodec.committed().decode(E.self, from: value ?? [])
    }
}

extension Database {
    /// The events that wait in the outbox, in order.
    public func outbox() async throws -> [OutboxEvent] {
        try await query("SELECT id, topic, key, value, headers->>'ce_type' AS type FROM outbox ORDER BY id").map {
            OutboxEvent(
                id: try $0["id"],
                topic: try $0["topic"],
                key: String(decoding: try $0["key"] as [UInt8], as: UTF8.self),
                value: try $0["value"],
                type: try $0["type"]
            )
        }
    }

    /// The waiting events of one type, in order.
    public func outbox<E: Event>(of type: E.Type) async throws -> [E] {
        try await outbox().filter { $0.type == E.name && $0.value != nil }.map { try $0.decode(type) }
    }

    /// The number in a statement's `count` column.
    public func count(_ statement: SQL) async throws -> Int {
        guard let row = try await first(statement) else { return 0 }
        return Int(try row["count"] as Int64)
    }
}

extension FencedDatabase {
    /// The number in a statement's `count` column, of the rows that the tenant sees.
    public func count(_ statement: SQL) async throws -> Int {
        guard let row = try await first(statement) else { return 0 }
        return Int(try row["count"] as Int64)
    }
}
