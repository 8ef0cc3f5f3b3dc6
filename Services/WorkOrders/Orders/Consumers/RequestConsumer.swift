import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// Opens the work orders that alerts and predictions request: one per request, even if it arrives several times.
struct RequestConsumer: Sendable {
    let store: WorkOrderStore
    var now: @Sendable () -> Date = { Date() }

    func handle(_ delivery: Delivery<WorkOrderRequested>, _ tx: Transaction) async throws {
        let request = delivery.event
        var act = delivery.act(of: "work-orders", at: now())
        // The cause that people know: the alert or the prediction.
        act.cause = request.originID
        try await store.open(request, by: act, tx)
    }
}
