import Access
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres
import ServiceKit
import TestSupport

@testable import WorkOrders

/// Runs a test against the routes of the work orders service with a database of its own, in which Sunfield has an inverter and
/// Anna.
///
/// - Parameters:
///   - isBehind: Whether the replicas lag: their consumer does not run.
///   - now: The clock.
func withWorkOrders(
    isBehind: Bool = false,
    now: @escaping @Sendable () -> Date = { Date() },
    _ body: @escaping @Sendable (ServiceClient, Database) async throws -> Void
) async throws {
    try await withDatabase(.all) { database in
        let authority = try await TestAuthority(roles: ["all": Permission.allCases, "none": []])
        let store = WorkOrderStore(database: database)
        try await database.of(.sunfield).transaction { tx in
            let asset = AssetReplica.inverter
            try await store.put(
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
            try await store.put(
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
                    employment: .employee,
                    skills: [],
                    isActive: true,
                    version: 1
                ),
                tx
            )
        }
        let daemon = Daemon.forTests("work-orders", authority)
        let replicas = isBehind ? EventConsumer(database, daemon) : nil
        let routes = try WorkOrderRoutes(store: store, replicas: replicas, now: now).all()
        let labor = try LaborRoutes(
            store: LaborStore(database: database),
            orders: store,
            replicas: replicas,
            now: now
        ).all()
        let costs = try CostRoutes(
            store: CostStore(database: database),
            orders: store,
            labor: LaborStore(database: database),
            now: now
        ).all()
        let operations = try OperationsRoutes(database, daemon, EventConsumer(database, daemon)).all()
        try await daemon.withRoutes(authority, routes + labor + costs + operations, answers: Answers(database, daemon))
        {
            try await body($0, database)
        }
    }
}
