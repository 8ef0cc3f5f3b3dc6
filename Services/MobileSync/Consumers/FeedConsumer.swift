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
            at: FeedPlace(
                site: order.site,
                asset: order.asset,
                createdBy: order.createdBy,
                assignedTo: order.assignedTo
            ),
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
            at: FeedPlace(site: asset.site, asset: asset.id, parent: asset.parent),
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
            at: FeedPlace(site: site.id),
            tx
        )
    }

    func removeSite(_ id: SiteID, _ tx: Transaction) async throws {
        guard let tenant = try await store.tenant(of: .site, id.rawValue, tx) else { return }
        try await store.put(.site, id.rawValue, tenant: tenant, version: Int64.max, body: nil, tx)
    }

    func putUser(_ user: UserState, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            INSERT INTO users (id, tenant_id, team_id, version)
            VALUES (\(user.id), \(user.tenant), \(user.team), \(user.version))
            ON CONFLICT (id) DO UPDATE SET team_id = excluded.team_id, version = excluded.version
            WHERE users.version <= excluded.version
            """
        )
    }

    func removeUser(_ id: UserID, _ tx: Transaction) async throws {
        try await tx.execute("DELETE FROM users WHERE id = \(id)")
    }

    func decided(_ delivery: Delivery<SyncChangeDecided>, _ tx: Transaction) async throws {
        try await store.decide(delivery.event, tx)
    }

    private func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder.api.encode(value), as: UTF8.self)
    }
}
