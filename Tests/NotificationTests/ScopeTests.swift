import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Notification

/// Which rules, alerts and messages a user may see, by the scopes of their grants.
@Suite struct ScopeTests {
    private static let (plant, otherPlant) = (SiteID.sample(30), SiteID.sample(32))
    private static let (inverter, fan, elsewhere) = (AssetID.sample(20), AssetID.sample(21), AssetID.sample(22))
    private static let team = TeamID.sample(60)

    @Test(arguments: [
        (GrantScope.tenant, Membership(), [inverter, fan, elsewhere]),
        (.sites, Membership(sites: [plant]), [inverter, fan]),
        (.assets, Membership(assets: [inverter]), [inverter, fan]),
        (.assets, Membership(assets: [fan]), [fan]),
        (.own, Membership(), []), (.sites, Membership(), []),
    ])
    func rulesAndAlertsAreVisibleWhereTheirAssetIs(scope: GrantScope, membership: Membership, reached: [AssetID])
        async throws
    {
        try await withAlerts { client, _, alerts in
            let anna = try await scoped(client, scope, membership)
            let expected = Set(reached.map(\.description))
            func assets(_ path: String) async throws -> Set<String> {
                Set(try await anna.all(path, limit: 1).compactMap { $0["assetId"] as? String })
            }
            #expect(try await assets("/api/v1/alert-rules") == expected)
            #expect(try await assets("/api/v1/alerts") == expected)
            for (asset, alert) in alerts {
                let status = try await anna.send(.post, "/api/v1/alerts/\(alert)/acknowledge").status
                #expect(status == (reached.contains(asset) ? .ok : .notFound), "\(asset)")
            }
        }
    }

    @Test func messagesAreVisibleToTheirRecipientAndWhereTheirAlertIs() async throws {
        try await withAlerts { client, _, _ in
            // Anna, Carl (of her team) and Dora each got a message for each of the three alerts.
            for (scope, membership, count) in [
                (GrantScope.tenant, Membership(), 9), (.own, Membership(), 3), (.team, Membership(team: Self.team), 6),
                (.sites, Membership(sites: [Self.otherPlant]), 3), (.assets, Membership(assets: [Self.inverter]), 6),
                (.team, Membership(), 0),
            ] {
                let anna = try await scoped(client, scope, membership)
                #expect(try await anna.all("/api/v1/notifications", limit: 2).count == count, "\(scope)")
            }
        }
    }

    @Test func aUserCreatesRulesOnlyWhereTheyReach() async throws {
        try await withAlerts { client, _, _ in
            for (scope, membership, place, status) in [
                (GrantScope.sites, Membership(sites: [Self.plant]), ["siteId": Self.plant.description], .created),
                (.sites, Membership(sites: [Self.plant]), ["assetId": Self.fan.description], .created),
                (.sites, Membership(sites: [Self.plant]), ["siteId": Self.otherPlant.description], .badRequest),
                (.sites, Membership(sites: [Self.plant]), ["assetId": Self.elsewhere.description], .badRequest),
                (.sites, Membership(sites: [Self.plant]), [:], .forbidden),
                (.assets, Membership(assets: [Self.inverter]), ["assetId": Self.fan.description], .created),
                (.assets, Membership(assets: [Self.inverter]), ["siteId": Self.plant.description], .badRequest),
                (.tenant, Membership(), [:], .created),
            ] as [(GrantScope, Membership, [String: String], HTTPResponse.Status)] {
                let anna = try await scoped(client, scope, membership)
                let rule: [String: Any] = [
                    "name": "Hot", "type": "HOT", "tag": "t", "comparison": "above", "threshold": 1, "consecutive": 1,
                    "severity": "info", "createsWorkOrder": false,
                ]
                let answer = try await anna.send(.post, "/api/v1/alert-rules", rule.merging(place) { $1 })
                #expect(answer.status == status, "\(scope) \(place): \(answer.text)")
            }
        }
    }

    @Test func changingAVisibleButReadOnlyAlertIsForbidden() async throws {
        try await withAlerts { client, _, alerts in
            client.authority.grant("watcher", [Grant(.alertRead), Grant(.alertAcknowledge, .sites)])
            client.authority.place(.anna, of: .sunfield, Membership(sites: [Self.plant]))
            let anna = try await client.acting(as: .anna, of: .sunfield, roles: ["watcher"])
            for (asset, status) in [(Self.fan, HTTPResponse.Status.ok), (Self.elsewhere, .forbidden)] {
                let alert = try #require(alerts[asset])
                #expect(try await anna.send(.post, "/api/v1/alerts/\(alert)/resolve").status == status)
            }
        }
    }

    // MARK: - Parts

    private func scoped(_ client: ServiceClient, _ scope: GrantScope, _ membership: Membership) async throws
        -> ServiceClient
    {
        client.authority.grantEverything("scoped", scope)
        client.authority.place(.anna, of: .sunfield, membership)
        return try await client.acting(as: .anna, of: .sunfield, roles: ["scoped"])
    }

    /// Each of three assets has an alert by its own rule: the inverter, its fan, and an asset at another site.
    private func withAlerts(
        _ body: @escaping @Sendable (ServiceClient, AlertStore, [AssetID: AlertID]) async throws -> Void
    ) async throws {
        try await withNotification { client, store in
            let replicas = Replicas(store: store, now: { .noon })
            try await store.database.of(.sunfield).transaction { tx in
                for site in [Self.plant, Self.otherPlant] { try await store.put(.sample(site, of: .sunfield), tx) }
                for (id, site, parent) in [
                    (Self.inverter, Self.plant, nil), (Self.fan, Self.plant, Self.inverter),
                    (Self.elsewhere, Self.otherPlant, nil),
                ] as [(AssetID, SiteID, AssetID?)] {
                    var asset = AssetState.sample(id, at: site, of: .sunfield)
                    asset.parent = parent
                    try await replicas.put(asset, tx)
                }
                for (id, team) in [(UserID.anna, Self.team), (.sample(3), Self.team), (.sample(4), nil)] {
                    var user = UserState.sample(id, of: .sunfield, roles: ["supervisor"])
                    user.team = team
                    try await store.put(user, tx)
                }
            }
            var alerts: [AssetID: AlertID] = [:]
            for asset in [Self.inverter, Self.fan, Self.elsewhere] {
                let rule = try await store.addRule(createsWorkOrder: false, asset: asset)
                var detected = AlertDetected.sample(rule, asset: asset)
                if asset == Self.elsewhere { detected.site = Self.otherPlant }
                try await store.database.handle(detected, by: AlertConsumer(store: store, now: { .noon }).handle)
                alerts[asset] = detected.id
            }
            try await body(client, store, alerts)
        }
    }
}
