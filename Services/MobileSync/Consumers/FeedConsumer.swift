import Commands
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres
import Responses
import ServiceKit

/// Maintains the feed: every record that devices can see, in its latest form, as the API shows it.
struct FeedConsumer: Sendable {
    let store: SyncStore

    func put(_ delivery: Delivery<WorkOrderState>, _ tx: Transaction) async throws {
        let order = delivery.event
        try await store.put(
            .workOrder,
            order.id.rawValue,
            tenant: order.tenant,
            version: order.version,
            body: try json(WorkOrderResponse(order)),
            at: FeedPlace(
                site: order.site,
                asset: order.asset,
                createdBy: order.createdBy,
                assignedTo: order.assignedTo,
                crewMembers: order.crewMembers
            ),
            tx
        )
    }

    func put(_ delivery: Delivery<AssetState>, _ tx: Transaction) async throws {
        let asset = delivery.event
        try await store.put(
            .asset,
            asset.id.rawValue,
            tenant: asset.tenant,
            version: asset.version,
            body: try json(AssetResponse(asset)),
            at: FeedPlace(site: asset.site, asset: asset.id, parent: asset.parent),
            tx
        )
    }

    func put(_ delivery: Delivery<SiteState>, _ tx: Transaction) async throws {
        let site = delivery.event
        try await store.put(
            .site,
            site.id.rawValue,
            tenant: site.tenant,
            version: site.version,
            body: try json(SiteResponse(site)),
            at: FeedPlace(site: site.id),
            tx
        )
    }

    func removeWorkOrder(_ deletion: Deletion<WorkOrderID>, _ tx: Transaction) async throws {
        try await store.remove(.workOrder, deletion.key.rawValue, tenant: deletion.metadata.tenant, tx)
    }

    func removeAsset(_ deletion: Deletion<AssetID>, _ tx: Transaction) async throws {
        try await store.remove(.asset, deletion.key.rawValue, tenant: deletion.metadata.tenant, tx)
    }

    func removeSite(_ deletion: Deletion<SiteID>, _ tx: Transaction) async throws {
        try await store.remove(.site, deletion.key.rawValue, tenant: deletion.metadata.tenant, tx)
    }

    func decided(_ delivery: Delivery<SyncChangeDecided>, _ tx: Transaction) async throws {
        try await store.decide(delivery.event, tx)
    }

    private func json(_ value: some Encodable) throws -> String {
        try JSONWriter.text(value)
    }
}
