import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// Turns a pattern into an alert, a work order and a message, and ends the alert when the work order is closed.
struct AlertConsumer: Sendable {
    let store: AlertStore
    var now: @Sendable () -> Date = { Date() }

    /// How long a message waits for the number of its work order. Then it is sent without the number, because people must be notified in
    /// any case.
    static let patience: TimeInterval = 60

    func handle(_ delivery: Delivery<AlertDetected>, _ tx: Transaction) async throws {
        let event = delivery.event
        // The stream processor may not know yet that somebody has switched the rule off.
        guard try await store.isWatching(event.rule, tx) else { return }
        // An episode is one alert, one work order and one message. Further detections while it is open are only counted.
        guard try await store.found(event, tx) else { return }
        let act = delivery.act(of: "notification", at: now())
        let work = AlertWork.decide(
            createsWorkOrder: try await store.createsWorkOrder(event.rule, tx),
            asset: try await store.assetStatus(event.asset, tx),
            asked: try await store.askedWork(of: event, tx),
            at: act.time
        )
        try await store.note(work, of: event.id, at: act.time, tx)
        var events: [any Event] = [AlertChanged(opened: event, workOrder: work.workOrder)]
        if work == .ask { events.append(request(event, at: act.time)) }
        try await store.notify(
            event,
            alert: event.id,
            AlertMessage(event, work: work.text),
            at: act.time,
            due: work.isAwaited ? act.time + Self.patience : act.time,
            tx
        )
        try tx.publish(events, by: act)
    }

    /// The condition of an alert no longer holds.
    func clear(_ delivery: Delivery<AlertCleared>, _ tx: Transaction) async throws {
        let act = delivery.act(of: "notification", at: now())
        guard let changed = try await store.clear(delivery.event, at: act.time, tx) else { return }
        try tx.publish(changed, by: act)
    }

    /// Handles the state of an alert's work order. Not every state arrives here: a work order that is new to this service can be closed.
    func put(_ delivery: Delivery<WorkOrderState>, _ tx: Transaction) async throws {
        let order = delivery.event
        let act = delivery.act(of: "notification", at: now())
        try await link(order, by: act, tx)
        guard order.status == .completed || order.status == .cancelled else { return }
        // A closed work order ends its alert. If the condition still holds, this is a new episode.
        try tx.publish(try await store.close(order.id, of: act.tenant, at: act.time, tx), by: act)
    }

    /// A deleted work order ends its alert, like a closed one.
    func removeWorkOrder(_ deletion: Deletion<WorkOrderID>, _ tx: Transaction) async throws {
        let act = deletion.act(of: "notification", at: now())
        try tx.publish(try await store.close(deletion.key, of: act.tenant, at: act.time, tx), by: act)
    }

    /// The alert's work order exists, so the messages can name it.
    private func link(_ order: WorkOrderState, by act: Act, _ tx: Transaction) async throws {
        guard order.origin == .alert, let request = order.originID.flatMap(AlertID.init) else { return }
        let alerts = try await store.link(request, to: order, tx)
        for alert in alerts {
            guard let event = try await store.detected(alert.id, tx) else { continue }
            try await store.notify(
                event,
                alert: alert.id,
                AlertMessage(event, work: "Work order: \(order.number)"),
                at: act.time,
                due: act.time,
                tx
            )
        }
        try tx.publish(alerts, by: act)
    }

    private func request(_ event: AlertDetected, at now: Date) -> WorkOrderRequested {
        WorkOrderRequested(
            // The alert's own id: repeated requests lead to one work order.
            request: RequestID(event.id.rawValue),
            tenant: event.tenant,
            site: event.site,
            asset: event.asset,
            title: event.title,
            // Its alert says the rest, in the language of whoever reads it.
            description: nil,
            type: .emergency,
            priority: event.severity == .critical ? .critical : .high,
            origin: .alert,
            originID: event.id.description,
            evidence: RequestEvidence(
                rule: event.rule,
                tag: event.tag,
                unit: event.unit,
                condition: "\(event.consecutive) in a row beyond \(event.threshold) \(event.unit)",
                model: nil,
                probability: nil,
                readings: event.readings,
                features: []
            ),
            requestedAt: now
        )
    }
}

extension AlertWork {
    /// What a message says about it.
    fileprivate var text: String? {
        switch self {
        case .none, .ask: nil
        case .share(let asked): asked.number.map { "Work order: \($0)" }
        case .refused(let refusal): refusal.text
        }
    }

    fileprivate var workOrder: WorkOrderID? {
        if case .share(let asked) = self { asked.workOrder } else { nil }
    }

    /// Whether a message should wait for the work order's number.
    fileprivate var isAwaited: Bool {
        switch self {
        case .none, .refused: false
        case .ask: true
        case .share(let asked): asked.number == nil
        }
    }
}

extension AlertChanged {
    fileprivate init(opened event: AlertDetected, workOrder: WorkOrderID?) {
        self.init(
            id: event.id,
            tenant: event.tenant,
            rule: event.rule,
            asset: event.asset,
            severity: event.severity,
            status: .open,
            workOrder: workOrder,
            at: event.at,
            version: 1
        )
    }
}
