import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// From a pattern to an alert, a work order and a message, and back from the work order to the alert.
struct AlertConsumer: Sendable {
    let store: AlertStore
    var now: @Sendable () -> Date = { Date() }

    /// How long a message waits for the work order that it should name; then it goes without: people have to be told, whatever
    /// has become of the work order.
    static let patience: TimeInterval = 60

    func handle(_ delivery: Delivery<AlertDetected>, _ tx: Transaction) async throws {
        let event = delivery.event
        let (alert, isNew) = try await store.found(event, tx)
        // An episode is one alert, one work order, one message: what comes while it stands open only counts.
        guard isNew else { return }
        let scope = delivery.scope(of: "notification", at: now())
        var events: [any Event] = [
            AlertChanged(
                id: alert,
                tenant: event.tenant,
                rule: event.rule,
                asset: event.asset,
                severity: event.severity,
                status: .open,
                workOrder: nil,
                at: event.at,
                version: 1
            )
        ]
        var due = scope.time
        if try await store.createsWorkOrder(event.rule, tx) {
            events.append(request(event, alert, at: scope.time))
            due += Self.patience
        }
        try await store.notify(event, alert: alert, AlertMessage(event, workOrder: nil), at: scope.time, due: due, tx)
        try await tx.publish(events, in: scope)
    }

    /// The alert's work order is there: the message that goes out can name it.
    func link(_ delivery: Delivery<WorkOrderCreated>, _ tx: Transaction) async throws {
        let order = delivery.event.workOrder
        guard order.origin == .alert, let alert = order.originID.flatMap(AlertID.init) else { return }
        guard let changed = try await store.link(alert, to: order, tx) else { return }
        let scope = delivery.scope(of: "notification", at: now())
        if let event = try await store.detected(alert, tx) {
            try await store.notify(
                event,
                alert: alert,
                AlertMessage(event, workOrder: order.number),
                at: scope.time,
                due: scope.time,
                tx
            )
        }
        try await tx.publish(changed, in: scope)
    }

    /// A closed work order resolves its alert: the next violation is a new episode.
    func resolve(_ delivery: Delivery<WorkOrderStateChanged>, _ tx: Transaction) async throws {
        guard delivery.event.to == .completed || delivery.event.to == .cancelled else { return }
        guard let changed = try await store.resolve(delivery.event.workOrder, tx) else { return }
        try await tx.publish(changed, in: delivery.scope(of: "notification", at: now()))
    }

    private func request(_ event: AlertDetected, _ alert: AlertID, at now: Date) -> WorkOrderRequested {
        let message = AlertMessage(event, workOrder: nil)
        return WorkOrderRequested(
            // The alert's own id: however often it is asked for, it is one work order.
            request: RequestID(alert.rawValue),
            tenant: event.tenant,
            site: event.site,
            asset: event.asset,
            title: message.subject,
            description: message.body,
            type: .emergency,
            priority: event.severity == .critical ? .critical : .high,
            origin: .alert,
            originID: alert.description,
            requestedAt: now
        )
    }
}
