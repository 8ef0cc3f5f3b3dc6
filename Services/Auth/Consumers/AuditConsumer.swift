import EventSchema
import Foundation
import Messaging
import Postgres

/// Appends what every service did to the audit log.
struct AuditConsumer: Sendable {
    var now: @Sendable () -> Date = { Date() }

    func handle(_ delivery: Delivery<AuditRecorded>, _ tx: Transaction) async throws {
        try await AuditLog.append(delivery.event, id: delivery.metadata.id, at: now(), tx)
    }
}
