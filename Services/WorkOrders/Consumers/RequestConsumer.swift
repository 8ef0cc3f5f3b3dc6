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
        // The work order takes the request's id: a request that is emitted twice can't become two.
        let id = WorkOrderID(delivery.event.request.rawValue)
        try await store.open(delivery.event, id: id, in: delivery.scope(of: "work-orders", at: now()), tx)
    }
}
