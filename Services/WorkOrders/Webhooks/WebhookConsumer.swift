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
    /// Handles every fact that a webhook can be told, and those that start rules.
    func facts(_ webhooks: WebhookConsumer, _ rules: AutomationConsumer) -> EventConsumer {
        on(WorkOrderCreated.self) { fact, tx in
            try await webhooks.handle(fact, tx)
            try await rules.handle(fact, .created, of: fact.event.workOrder, tx)
        }
        .on(WorkOrderStateChanged.self) { fact, tx in
            try await webhooks.handle(fact, tx)
            try await rules.handle(fact, .stateChanged, of: fact.event.workOrder, tx)
        }
        .on(WorkOrderAssigned.self) { fact, tx in
            try await webhooks.handle(fact, tx)
            try await rules.handle(fact, .assigned, of: fact.event.workOrder, tx)
        }
        .on(WorkOrderCompleted.self) { fact, tx in
            try await webhooks.handle(fact, tx)
            try await rules.handle(fact, .completed, of: fact.event.workOrder, tx)
        }
        .on(WorkOrderServiceLevelReached.self) { fact, tx in
            try await webhooks.handle(fact, tx)
            try await rules.handle(fact, .serviceLevel, of: fact.event.workOrder, tx)
        }
        .on(WorkOrderCommented.self) { fact, tx in
            try await webhooks.handle(fact, tx)
            guard fact.event.change == .added else { return }
            try await rules.handle(fact, .commented, of: fact.event.workOrder, tx)
        }
        .told(webhooks)
    }

    /// Handles the facts that start no rule.
    private func told(_ webhooks: WebhookConsumer) -> EventConsumer {
        on(WorkOrderUpdated.self, webhooks.handle).on(WorkOrderSigned.self, webhooks.handle)
            .on(WorkOrderCostBooked.self, webhooks.handle).on(AttachmentChanged.self, webhooks.handle)
            .on(PartsPlanned.self, webhooks.handle).on(PartsMoved.self, webhooks.handle)
            .on(BudgetThresholdCrossed.self, webhooks.handle).on(PermitChanged.self, webhooks.handle)
            .on(IncidentChanged.self, webhooks.handle).on(CertificateStageReached.self, webhooks.handle)
    }
}
