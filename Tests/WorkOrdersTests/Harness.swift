import Access
import EventSchema
import Identifiers
import Postgres
import ServiceKit
import TestSupport

@testable import WorkOrders

/// Runs a test against the routes of the work orders with a database of their own, in which Sunfield has an inverter and Anna.
func withWorkOrders(_ body: @escaping @Sendable (ServiceClient, Database) async throws -> Void) async throws {
    try await withDatabase(.all) { database in
        let authority = try await TestAuthority(roles: ["all": Permission.allCases, "none": []])
        try await database.transaction { tx in
            let replicas = Replicas(store: WorkOrderStore(database: database))
            let asset = AssetReplica.inverter
            try await replicas.put(
                AssetState(
                    id: asset.id,
                    tenant: asset.tenant,
                    site: asset.site,
                    siteCode: "S",
                    code: asset.code,
                    name: "Inverter",
                    type: "inverter",
                    status: .operational,
                    parent: nil,
                    level: 1,
                    ratedPowerKW: nil,
                    tags: [],
                    version: 1
                ),
                tx
            )
            try await replicas.put(
                UserState(
                    id: .anna,
                    tenant: .sunfield,
                    email: "a@b",
                    displayName: "Anna",
                    phone: nil,
                    roles: [],
                    sites: [],
                    assets: [],
                    team: nil,
                    isActive: true,
                    version: 1
                ),
                tx
            )
        }
        let routes = try WorkOrderRoutes(store: WorkOrderStore(database: database), replicas: nil).all()
        try await Daemon.forTests("work-orders", authority).withRoutes(authority, routes) {
            try await body($0, database)
        }
    }
}
