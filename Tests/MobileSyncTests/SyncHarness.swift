import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import Postgres
import ServiceKit
import TestSupport

@testable import MobileSync

/// Runs a test against the routes and the feed of the mobile sync service with a database of its own.
func withSync(
    patience: Duration = .zero,
    _ body: @escaping @Sendable (ServiceClient, SyncStore) async throws -> Void
) async throws {
    try await withDatabase(.all) { database in
        let authority = try await TestAuthority(roles: ["all": Permission.allCases, "none": []])
        let store = SyncStore(database: database)
        let routes = SyncRoutes(store: store, patience: patience)
        let daemon = Daemon.forTests("mobile-sync", authority)
        let operations = try OperationsRoutes(database, daemon, EventConsumer(database, daemon)).all()
        try await daemon.withRoutes(
            authority,
            try routes.all() + DeviceRoutes(store: store).all() + operations,
            answers: Answers(database, daemon)
        ) {
            try await body($0, store)
        }
    }
}

extension AssetState {
    static func sample(_ id: AssetID = .sample(20), of tenant: TenantID = .sunfield, version: Int64 = 1) -> AssetState {
        AssetState(
            id: id,
            tenant: tenant,
            site: .sample(30),
            siteCode: "S",
            code: "INV-2",
            name: "Inverter, version \(version)",
            type: "inverter",
            status: .operational,
            parent: nil,
            level: 1,
            ratedPowerKW: 100,
            tags: [],
            version: version
        )
    }
}

/// The data that a device has after it pulled.
struct Device {
    let client: ServiceClient
    var cursor: String?
    /// The records by id, without deleted ones.
    var records: [String: [String: Any]] = [:]
    /// The ids of all changes in the order in which they arrived.
    var received: [String] = []

    /// Pulls until there are no more changes.
    mutating func pull(limit: Int = 2, entities: [String]? = nil) async throws {
        while true {
            var body: [String: Any] = ["limit": limit]
            body["cursor"] = cursor
            body["entities"] = entities
            let answer = try await client.send(.post, "/api/v1/sync/pull", body)
            guard answer.status == .ok, let changes = answer.object["changes"] as? [[String: Any]] else {
                throw UnexpectedAnswer(text: answer.text)
            }
            for change in changes {
                let id = change["id"] as? String ?? ""
                received.append(id)
                records[id] = change["deleted"] as? Bool == true ? nil : change["data"] as? [String: Any]
            }
            cursor = answer["cursor"]
            if answer.object["hasMore"] as? Bool != true { return }
        }
    }
}
