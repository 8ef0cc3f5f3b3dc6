import EventSchema
import Messaging
import Postgres

/// Notes when keys of machines were used.
struct APIKeyConsumer: Sendable {
    let keys: APIKeys

    func handle(_ delivery: Delivery<APIKeyUsed>, _ tx: Transaction) async throws {
        try await keys.note(delivery.event, tx)
    }
}
