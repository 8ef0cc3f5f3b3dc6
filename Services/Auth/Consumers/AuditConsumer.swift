import EventSchema
import Messaging
import Postgres

/// Appends the acts of every service to the one audit log.
struct AuditConsumer: Sendable {
    func handle(_ delivery: Delivery<AuditRecorded>, _ tx: Transaction) async throws {
        try await AuditLog.append(delivery.event, id: delivery.metadata.id, tx)
    }
}
