import EventSchema
import Foundation
import Messaging
import Postgres

/// Files this service's own facts for the webhooks that want them, once they are in the log: what a receiver is told is what everybody is.
struct WebhookConsumer: Sendable {
    let store: WebhookStore
    var now: @Sendable () -> Date = { Date() }

    @Sendable func handle<Fact: Event>(_ delivery: Delivery<Fact>, _ tx: Transaction) async throws {
        try await store.file(delivery, at: now(), tx)
    }
}

extension EventConsumer {
    /// Handles every fact that a webhook can be told.
    func facts(_ handler: WebhookConsumer) -> EventConsumer {
        let orders = on(WorkOrderCreated.self, handler.handle).on(WorkOrderUpdated.self, handler.handle)
            .on(WorkOrderStateChanged.self, handler.handle).on(WorkOrderAssigned.self, handler.handle)
            .on(WorkOrderCompleted.self, handler.handle).on(WorkOrderCommented.self, handler.handle)
            .on(WorkOrderSigned.self, handler.handle).on(WorkOrderServiceLevelReached.self, handler.handle)
        return orders.on(WorkOrderCostBooked.self, handler.handle).on(AttachmentChanged.self, handler.handle)
            .on(PartsPlanned.self, handler.handle).on(PartsMoved.self, handler.handle)
            .on(BudgetThresholdCrossed.self, handler.handle).on(PermitChanged.self, handler.handle)
            .on(IncidentChanged.self, handler.handle).on(CertificateStageReached.self, handler.handle)
    }
}
