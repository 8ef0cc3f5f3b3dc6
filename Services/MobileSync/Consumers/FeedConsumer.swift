import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres
import ServiceKit

/// Keeps the feed: every record that devices may see, in its latest form.
struct FeedConsumer: Sendable {
    let store: SyncStore

    func putWorkOrder(_ order: WorkOrderState, _ tx: Transaction) async throws {
        try await store.put(
            .workOrder,
            order.id.rawValue,
            tenant: order.tenant,
            version: order.version,
            body: try json(order),
            tx
        )
    }

    func removeWorkOrder(_ id: WorkOrderID, _ tx: Transaction) async throws {
        guard let tenant = try await store.tenant(of: .workOrder, id.rawValue, tx) else { return }
        try await store.put(.workOrder, id.rawValue, tenant: tenant, version: Int64.max, body: nil, tx)
    }

    func putAsset(_ asset: AssetState, _ tx: Transaction) async throws {
        try await store.put(
            .asset,
            asset.id.rawValue,
            tenant: asset.tenant,
            version: asset.version,
            body: try json(asset),
            tx
        )
    }

    func removeAsset(_ id: AssetID, _ tx: Transaction) async throws {
        guard let tenant = try await store.tenant(of: .asset, id.rawValue, tx) else { return }
        try await store.put(.asset, id.rawValue, tenant: tenant, version: Int64.max, body: nil, tx)
    }

    func putSite(_ site: SiteState, _ tx: Transaction) async throws {
        try await store.put(
            .site,
            site.id.rawValue,
            tenant: site.tenant,
            version: site.version,
            body: try json(site),
            tx
        )
    }

    func removeSite(_ id: SiteID, _ tx: Transaction) async throws {
        guard let tenant = try await store.tenant(of: .site, id.rawValue, tx) else { return }
        try await store.put(.site, id.rawValue, tenant: tenant, version: Int64.max, body: nil, tx)
    }

    func decided(_ delivery: Delivery<SyncChangeDecided>, _ tx: Transaction) async throws {
        try await store.decide(delivery.event, tx)
    }

    private func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder.api.encode(value), as: UTF8.self)
    }
}
