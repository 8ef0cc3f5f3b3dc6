import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// What changes of assets mean for work orders.
struct Replicas: Sendable {
    let store: WorkOrderStore
    var now: @Sendable () -> Date = { Date() }

    func put(_ delivery: Delivery<AssetState>, _ tx: Transaction) async throws {
        try await store.put(delivery.event, tx)
    }

    func removeAsset(_ deletion: Deletion<AssetID>, _ tx: Transaction) async throws {
        var act = deletion.act(of: "work-orders", at: now())
        act.cause = "deletion of asset \(deletion.key)"
        try await store.removeAsset(deletion.key, tx)
        // The owner does not delete an asset with open work that it knows of. This work was opened at the same moment.
        try await store.cancelAll(on: deletion.key, because: "the asset was deleted", by: act, tx)
    }
}
