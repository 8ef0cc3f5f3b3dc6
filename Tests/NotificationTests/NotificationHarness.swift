import Access
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres
import ServiceKit
import TestSupport

@testable import Notification

/// Runs a test against the routes and the consumers of the notification daemon with a database of their own.
func withNotification(
    _ body: @escaping @Sendable (ServiceClient, AlertStore) async throws -> Void
) async throws {
    try await withDatabase(.all) { database in
        let authority = try await TestAuthority(roles: ["all": Permission.allCases, "none": []])
        let store = AlertStore(database: database)
        let routes = AlertRoutes(store: store)
        try await Daemon.forTests("notification", authority).withRoutes(authority, try routes.all()) {
            try await body($0, store)
        }
    }
}

extension AlertStore {
    /// People of both tenants; only the first is to be told of Sunfield's alerts.
    func addPeople() async throws {
        let replicas = Replicas()
        for user: UserState in [
            .sample(.anna, of: .sunfield, roles: ["supervisor"]),
            .sample(.sample(3), of: .sunfield, roles: ["technician"]),
            .sample(.sample(4), of: .sunfield, roles: ["supervisor"], isActive: false),
            .sample(.bo, of: .windward, roles: ["supervisor"]),
        ] { try await database.transaction { try await replicas.put(user, $0) } }
    }

    /// A rule of Sunfield's.
    func addRule(createsWorkOrder: Bool) async throws -> AlertRuleID {
        let rule = AlertRuleState(
            id: .new(),
            tenant: .sunfield,
            name: "Hot",
            type: "TEMPERATURE_HIGH",
            site: nil,
            asset: nil,
            tag: "inverter_temperature",
            comparison: .above,
            threshold: 60,
            consecutive: 3,
            severity: .critical,
            isEnabled: true,
            createsWorkOrder: createsWorkOrder,
            version: 1
        )
        let audit = AuditRecorded(
            tenant: .sunfield,
            user: .anna,
            service: "notification",
            action: "ALERT_RULE_CREATED",
            resourceType: "alert_rule",
            resourceID: nil,
            cause: "test",
            at: .noon
        )
        try await create(rule, in: .init(source: "test", tenant: .sunfield, time: .noon), audit: audit)
        return rule.id
    }

    /// The messages in the queue, with the moment from which they are due.
    func messages() async throws -> [(recipient: String, body: String, due: Date)] {
        try await database.query("SELECT recipient, body, next_try_at FROM notifications ORDER BY id").map {
            (try $0["recipient"], try $0["body"], try $0["next_try_at"])
        }
    }
}

extension AlertDetected {
    static func sample(_ rule: AlertRuleID, id: AlertID = .new(), asset: AssetID = .sample(20), at: Date = .noon)
        -> Self
    {
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
            firstAt: at - 1800,
            at: at
        )
    }
}
