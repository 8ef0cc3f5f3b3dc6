import EventSchema
import Identifiers
import Messaging
import Postgres

/// Appends what every service did to the one audit log.
struct AuditConsumer: Sendable {
    func handle(_ delivery: Delivery<AuditRecorded>, _ tx: Transaction) async throws {
        let entry = delivery.event
        try await tx.execute(
            """
            INSERT INTO audit_log (event_id, tenant_id, user_id, service, action, resource_type, resource_id, cause,
                address, user_agent, changes, at)
            VALUES (\(delivery.metadata.id), \(entry.tenant), \(entry.user), \(entry.service), \(entry.action),
                \(entry.resourceType), \(entry.resourceID), \(entry.cause), \(entry.address), \(entry.userAgent),
                \(entry.changes.map { JSONB($0) }), \(entry.at))
            """
        )
    }
}
