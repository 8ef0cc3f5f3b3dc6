import EventSchema
import Messaging
import Postgres

/// Queues mails about accounts.
struct MailConsumer: Sendable {
    let store: DeliveryStore

    func handle(_ delivery: Delivery<MailRequested>, _ tx: Transaction) async throws {
        try await store.queue(delivery.event, tx)
    }
}
