import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// What work orders mean for the assets that they are on: which work is open, and that an asset is in maintenance while somebody works on it.
///
/// What people say of an asset's status in between counts: then nothing is set back when the work ends.
struct WorkOnAssets: Sendable {
    let store: AssetStore
    var now: @Sendable () -> Date = { Date() }

    func put(_ delivery: Delivery<WorkOrderState>, _ tx: Transaction) async throws {
        let order = delivery.event
        try await OpenWork.put(order, tx)
        guard let isUnderWay = order.isUnderWay else { return }
        // The states of one work order come one after the other, so this stays true.
        let known = try await asset(of: order.id, tx)
        guard isUnderWay != (known != nil) else { return }
        let act = delivery.act(of: "assets", at: now())
        if isUnderWay {
            try await begin(order, by: act, tx)
        } else if let known {
            try await end(order.id, on: known, order, by: act, tx)
        }
    }

    func remove(_ deletion: Deletion<WorkOrderID>, _ tx: Transaction) async throws {
        try await OpenWork.remove(deletion.key, tx)
        guard let asset = try await asset(of: deletion.key, tx) else { return }
        try await end(deletion.key, on: asset, nil, by: deletion.act(of: "assets", at: now()), tx)
    }

    private func begin(_ order: WorkOrderState, by act: Act, _ tx: Transaction) async throws {
        // Other work on the asset waits here.
        let asset = try await store.held(order.asset, order.tenant, tx)
        let isFirst = try await isLeftAlone(order.asset, tx)
        try await tx.execute(
            """
            INSERT INTO work_under_way (work_order_id, tenant_id, asset_id)
            VALUES (\(order.id), \(order.tenant), \(order.asset))
            """
        )
        guard isFirst, let asset, let atWork = AssetAtWork.begin(on: asset.status) else { return }
        try await tx.execute(
            """
            INSERT INTO assets_at_work (asset_id, tenant_id, status_before, is_repaired)
            VALUES (\(asset.id), \(asset.tenant), \(atWork.statusBefore), \(atWork.isRepaired))
            ON CONFLICT (asset_id) DO UPDATE SET status_before = excluded.status_before, is_repaired = excluded.is_repaired
            """
        )
        try await store.set(.maintenance, of: asset, by: act, tx)
    }

    /// - Parameter order: What it has become; `nil` if it was deleted.
    private func end(
        _ id: WorkOrderID,
        on assetID: AssetID,
        _ order: WorkOrderState?,
        by act: Act,
        _ tx: Transaction
    ) async throws {
        guard let tenant = act.tenant else { return }
        let asset = try await store.held(assetID, tenant, tx)
        try await tx.execute("DELETE FROM work_under_way WHERE work_order_id = \(id) AND tenant_id = \(tenant)")
        let row = try await tx.first(
            "SELECT * FROM assets_at_work WHERE asset_id = \(assetID) AND tenant_id = \(tenant)"
        )
        // Whoever has changed its status since has taken the row away.
        guard let row, let asset else { return }
        var atWork = AssetAtWork(statusBefore: try row["status_before"], isRepaired: try row["is_repaired"])
        if let order { atWork.note(order) }
        guard try await isLeftAlone(assetID, tx) else {
            try await tx.execute(
                """
                UPDATE assets_at_work SET is_repaired = \(atWork.isRepaired)
                WHERE asset_id = \(assetID) AND tenant_id = \(tenant)
                """
            )
            return
        }
        try await tx.execute("DELETE FROM assets_at_work WHERE asset_id = \(assetID) AND tenant_id = \(tenant)")
        try await store.set(atWork.statusAfter, of: asset, by: act, tx)
    }

    private func asset(of order: WorkOrderID, _ tx: Transaction) async throws -> AssetID? {
        try await tx.first("SELECT asset_id FROM work_under_way WHERE work_order_id = \(order)")?["asset_id"]
    }

    /// Whether nobody works on it.
    private func isLeftAlone(_ asset: AssetID, _ tx: Transaction) async throws -> Bool {
        try await tx.first("SELECT 1 FROM work_under_way WHERE asset_id = \(asset) LIMIT 1") == nil
    }
}
