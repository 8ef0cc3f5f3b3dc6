import EventSchema
import Foundation
import Messaging
import Postgres
import Sealing

/// Appends what every service did to the audit log.
struct AuditConsumer: Sendable {
    /// They open what the services have sealed.
    var keys: [LetterboxKey] = []
    var now: @Sendable () -> Date = { Date() }

    func handle(_ delivery: Delivery<AuditRecorded>, _ tx: Transaction) async throws {
        let entry = delivery.event.opened(with: keys)
        try await AuditLog.append(entry, id: delivery.metadata.id, at: now(), tx)
    }
}
