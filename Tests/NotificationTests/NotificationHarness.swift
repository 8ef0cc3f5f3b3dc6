import Access
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres
import ServiceKit
import TestSupport

@testable import Notification

/// Runs a test against the routes and consumers of the notification daemon with a database of its own.
///
/// - Parameter isBehind: Whether the replicas lag: their consumer does not run.
func withNotification(
    isBehind: Bool = false,
    _ body: @escaping @Sendable (ServiceClient, AlertStore) async throws -> Void
) async throws {
    try await withDatabase(.all) { database in
        let authority = try await TestAuthority(roles: ["all": Permission.allCases, "none": []])
        let store = AlertStore(database: database)
        let daemon = Daemon.forTests("notification", authority)
        let routes = AlertRoutes(store: store, replicas: isBehind ? EventConsumer(database, daemon) : nil)
        let operations = try OperationsRoutes(database, daemon, EventConsumer(database, daemon)).all()
        try await daemon.withRoutes(authority, try routes.all() + operations, answers: Answers(database, daemon)) {
            try await body($0, store)
        }
    }
}

extension AlertStore {
    /// Adds users of both tenants. Only the first is to be notified about Sunfield's alerts.
    func addPeople() async throws {
        for user: UserState in [
            .sample(.anna, of: .sunfield, roles: ["supervisor"]),
            .sample(.sample(3), of: .sunfield, roles: ["technician"]),
            .sample(.sample(4), of: .sunfield, roles: ["supervisor"], isActive: false),
            .sample(.bo, of: .windward, roles: ["supervisor"]),
        ] { try await database.of(user.tenant).transaction { try await put(user, $0) } }
    }

    /// Handles a work order's state as the work orders service publishes it.
    func apply(_ order: WorkOrderState) async throws {
        let alerts = AlertConsumer(store: self, now: { .noon })
        try await database.handle(order, of: order.tenant, by: alerts.put)
    }

    /// Adds a rule of Sunfield.
    func addRule(createsWorkOrder: Bool, asset: AssetID? = nil) async throws -> AlertRuleID {
        let rule = AlertRuleState(
            id: .new(),
            tenant: .sunfield,
            name: "Hot",
            type: "TEMPERATURE_HIGH",
            site: nil,
            asset: asset,
            tag: "inverter_temperature",
            comparison: .above,
            threshold: 60,
            consecutive: 3,
            severity: .critical,
            isEnabled: true,
            createsWorkOrder: createsWorkOrder,
            version: 1
        )
        let act = Act.ofAnna("notification")
        try await database.transaction(for: act) { try await create(rule, within: .tenant, by: act, $0) }
        return rule.id
    }

    /// Adds Sunfield's site 30 with the asset 20, and Windward's site 31 with the asset 25.
    func addAssets(status: AssetStatus = .operational, version: Int64 = 1) async throws {
        let replica = Replicas(store: self, now: { .noon })
        for (tenant, site, asset) in [
            (TenantID.sunfield, SiteID.sample(30), AssetID.sample(20)), (.windward, .sample(31), .sample(25)),
        ] {
            try await database.of(tenant).transaction { tx in
                try await put(.sample(site, of: tenant), tx)
                try await replica.put(.sample(asset, at: site, of: tenant, status, version), tx)
            }
        }
    }

    /// The messages in the queue, and when they are due.
    func messages() async throws -> [(recipient: String, body: String, due: Date)] {
        try await database.of(.sunfield).query("SELECT recipient, body, next_try_at FROM notifications ORDER BY id").map
        {
            (try $0["recipient"], try $0["body"], try $0["next_try_at"])
        }
    }
}

extension SiteState {
    static func sample(_ id: SiteID, of tenant: TenantID) -> SiteState {
        SiteState(
            id: id,
            tenant: tenant,
            code: "S",
            name: "S",
            timeZone: "Europe/Paris",
            latitude: nil,
            longitude: nil,
            capacityMW: nil,
            portfolio: nil,
            status: "active",
            version: 1
        )
    }
}

extension AssetState {
    static func sample(
        _ id: AssetID,
        at site: SiteID,
        of tenant: TenantID,
        _ status: AssetStatus = .operational,
        _ version: Int64 = 1
    ) -> AssetState {
        AssetState(
            id: id,
            tenant: tenant,
            site: site,
            siteCode: "S",
            code: "INV-2",
            name: "Inverter",
            type: "inverter",
            status: status,
            parent: nil,
            level: 1,
            ratedPowerKW: nil,
            tags: [],
            version: version
        )
    }
}

extension AlertCleared {
    static func sample(_ rule: AlertRuleID, asset: AssetID = .sample(20), at: Date = .noon) -> AlertCleared {
        AlertCleared(
            tenant: .sunfield,
            rule: rule,
            asset: asset,
            tag: "inverter_temperature",
            value: 40,
            at: at
        )
    }
}

extension AlertDetected {
    static func sample(
        _ rule: AlertRuleID,
        id: AlertID = .new(),
        asset: AssetID = .sample(20),
        at: Date = .noon,
        since first: Date? = nil
    ) -> Self {
        AlertDetected(
            id: id,
            tenant: .sunfield,
            rule: rule,
            type: "TEMPERATURE_HIGH",
            severity: .critical,
            site: .sample(30),
            siteCode: "NREL-RSF2",
            asset: asset,
            assetCode: "INV-2",
            tag: "inverter_temperature",
            value: 61.25,
            unit: "Cel",
            threshold: 60,
            consecutive: 3,
            firstAt: first ?? at - 1800,
            at: at
        )
    }
}
