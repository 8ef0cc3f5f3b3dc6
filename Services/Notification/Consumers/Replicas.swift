import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// Updates alerts and rules when their assets change.
struct Replicas: Sendable {
    let store: AlertStore
    var now: @Sendable () -> Date = { Date() }

    func put(_ asset: AssetState, _ tx: Transaction) async throws {
        guard try await store.put(asset, tx), asset.status == .decommissioned else { return }
        // The work orders service refuses requests that were made at the same moment.
        try await store.refuseWork(of: asset.id, .assetDecommissioned, tx)
    }

    /// Ends the alerts and disables the rules of a deleted asset: without the asset, nothing could end the alerts or make the rules
    /// fire.
    func removeAsset(_ deletion: Deletion<AssetID>, _ tx: Transaction) async throws {
        let act = deletion.act(of: "notification", at: now())
        let id = deletion.key
        try await store.removeAsset(id, tx)
        try await store.endAlerts(of: id, by: act, tx)
        try await store.disableRules(of: id, by: act, tx)
    }
}
