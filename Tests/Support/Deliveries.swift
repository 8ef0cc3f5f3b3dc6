public import EventSchema
public import Foundation
public import Identifiers
public import Kafka
public import Messaging
public import Postgres

extension Delivery {
    /// An event as a consumer receives it.
    public init(_ event: E, of tenant: TenantID, id: EventID = .new(), at time: Date = .noon) {
        self.init(
            event: event,
            metadata: EventMetadata(id: id, type: E.name, source: "test", time: time, tenant: tenant)
        )
    }
}

extension Database {
    /// Handles an event as the consumer does: in one transaction that sees only the event's tenant.
    public func handle<E: Event>(
        _ event: E,
        of tenant: TenantID = .sunfield,
        by handler: (Delivery<E>, Transaction) async throws -> Void
    ) async throws {
        try await of(tenant).transaction { try await handler(Delivery(event, of: tenant), $0) }
    }

    /// Handles a deletion as the consumer does.
    public func handle<Key>(
        _ deletion: Deletion<Key>,
        by handler: (Deletion<Key>, Transaction) async throws -> Void
    ) async throws {
        try await with(deletion.metadata.tenant.map { .of($0) } ?? .noTenant).transaction {
            try await handler(deletion, $0)
        }
    }
}

extension Act {
    /// An act of Anna of Sunfield at noon.
    public static func ofAnna(_ service: String, at time: Date = .noon) -> Act {
        Act(service: service, tenant: .sunfield, user: .anna, cause: "test", time: time)
    }
}

extension Deletion {
    /// A tombstone as a consumer receives it.
    public init(_ key: Key, of tenant: TenantID = .sunfield, at time: Date = .noon) {
        self.init(
            key: key,
            metadata: EventMetadata(id: .new(), type: "test", source: "test", time: time, tenant: tenant)
        )
    }
}

extension KafkaRecord {
    /// An event as a relay publishes it.
    public init<E: Event>(_ event: E, of tenant: TenantID, id: EventID = .new()) throws {
        self.init(
            topic: E.topic.name,
            key: Array(event.key.utf8),
            value: try EventCodec.committed().encode(event),
            headers: Delivery(event, of: tenant, id: id).metadata.headers.map {
                KafkaHeader(name: $0.name, value: $0.value)
            }
        )
    }
}
