import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// Opens the work orders that alerts and predictions ask for: one for a request, however often it arrives.
struct RequestConsumer: Sendable {
    let store: WorkOrderStore
    var now: @Sendable () -> Date = { Date() }

    func handle(_ delivery: Delivery<WorkOrderRequested>, _ tx: Transaction) async throws {
        let request = delivery.event
        var act = delivery.act(of: "work-orders", at: now())
        // What people know: the alert or the prediction.
        act.cause = request.originID
        // The work order takes the request's id: a request that is emitted twice can't become two.
        try await store.open(request, id: WorkOrderID(request.request.rawValue), by: act, tx)
    }
}
