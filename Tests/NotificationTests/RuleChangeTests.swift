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

/// Alert rules are changed, switched off and deleted, and what becomes of their alerts then.
@Suite struct RuleChangeTests {
    private static let asset = AssetID.sample(20)

    private static func handle(_ event: AlertDetected, _ store: AlertStore) async throws {
        try await store.database.handle(event, by: AlertConsumer(store: store, now: { .noon }).handle)
    }

    @Test func aChangedRuleIsPublishedForTheStreamProcessor() async throws {
        try await withNotification { client, store in
            let created = try await client.send(.post, "/api/v1/alert-rules", RuleRouteTests.body)
            let path = try #require(created.headers[.location])
            #expect(path == "/api/v1/alert-rules/\(created["id"] ?? "")")
            let change: [String: Any] = ["name": "Warm", "threshold": 55, "consecutive": 5, "severity": "warning"]
            let changed = try await client.send(.patch, path, change, headers: [.ifMatch: "\"1\""])
            #expect((changed.status, changed["name"], changed.number("version")) == (.ok, "Warm", 2), "\(changed.text)")
            #expect(try await client.send(.get, path).text == changed.text)
            let states = try await store.database.outbox(of: AlertRuleState.self)
            #expect(states.map(\.version) == [1, 2])
            let last = try #require(states.last)
            #expect((last.threshold, last.consecutive, last.severity) == (55, 5, .warning))
            // What was not named stays.
            #expect((last.tag, last.createsWorkOrder, last.isEnabled) == ("inverter_temperature", true, true))
            let stale = try await client.send(.patch, path, ["threshold": 50], headers: [.ifMatch: "\"1\""])
            #expect((stale.status, stale["code"], stale.number("currentVersion")) == (.conflict, "stale_version", 2))
        }
    }

    /// Nothing could clear the alerts of a rule that no longer watches.
    @Test(arguments: [true, false])
    func theAlertsOfARuleThatNoLongerWatchesEnd(isDeleted: Bool) async throws {
        try await withNotification { client, store in
            let (rule, other) = (
                try await store.addRule(createsWorkOrder: false), try await store.addRule(createsWorkOrder: false)
            )
            for each in [rule, other] { try await Self.handle(.sample(each), store) }
            let path = "/api/v1/alert-rules/\(rule)"
            let answer =
                if isDeleted {
                    try await client.send(.delete, path)
                } else {
                    try await client.send(.patch, path, ["isEnabled": false])
                }
            #expect(answer.status == (isDeleted ? .noContent : .ok), "\(answer.text)")
            let alerts = try await client.all("/api/v1/alerts", limit: 10)
            for alert in alerts {
                let isOfRule = alert["ruleId"] as? String == rule.description
                #expect(alert["status"] as? String == (isOfRule ? "resolved" : "open"))
                #expect(alert["resolution"] as? String == (isOfRule ? "closed" : nil))
            }
            let ended = try await store.database.outbox(of: AlertChanged.self).filter { $0.status == .resolved }
            #expect(ended.map(\.rule) == [rule])
            // What the stream processor has found before it knew is no alert any more.
            try await Self.handle(.sample(rule, at: .noon + 60), store)
            #expect(try await client.all("/api/v1/alerts", limit: 10).count == 2)
            #expect(try await client.send(.get, path).status == (isDeleted ? .notFound : .ok))
            if isDeleted {
                let tombstone = try await store.database.outbox().last { $0.topic == "alerts.rules" }
                #expect(tombstone?.key == rule.description && tombstone?.value == nil)
            } else {
                _ = try await client.send(.patch, path, ["isEnabled": true])
                try await Self.handle(.sample(rule, at: .noon + 120), store)
                #expect(try await client.all("/api/v1/alerts?status=open", limit: 10).count == 2)
            }
        }
    }

    @Test func onlyWhoReachesARuleChangesIt() async throws {
        try await withNotification { client, store in
            try await store.addAssets()
            let (own, general) = (
                try await store.addRule(createsWorkOrder: false, asset: Self.asset),
                try await store.addRule(createsWorkOrder: false)
            )
            for user in [UserID.anna, .bo] {
                client.authority.place(user, of: .sunfield, Membership(sites: [.sample(30)]))
            }
            client.authority.grantEverything("sites", .sites)
            client.authority.grant("reader", [Grant(.alertRuleRead), Grant(.alertRuleCreate, .sites)])
            let anna = try await client.acting(as: .anna, of: .sunfield, roles: ["sites"])
            let reader = try await client.acting(as: .bo, of: .sunfield, roles: ["reader"])
            for (client, rule, status) in [
                (anna, own, HTTPResponse.Status.ok), (anna, general, .notFound), (reader, own, .ok),
                // Visible, but it concerns more than her sites.
                (reader, general, .forbidden),
            ] {
                let path = "/api/v1/alert-rules/\(rule)"
                let isSeen = status != .notFound
                #expect(try await client.send(.get, path).status == (isSeen ? .ok : .notFound))
                #expect(try await client.send(.patch, path, ["threshold": 61]).status == status)
                if status != .ok { #expect(try await client.send(.delete, path).status == status) }
            }
        }
    }

    @Test func theRulesThatWatchAnAssetAreFound() async throws {
        try await withNotification { client, store in
            try await store.addAssets()
            func rule(_ change: [String: Any]) async throws -> String? {
                try await client.send(.post, "/api/v1/alert-rules", RuleRouteTests.body.merging(change) { $1 })["id"]
            }
            let own = try await rule(["assetId": Self.asset.description])
            let ofSite = try await rule(["siteId": SiteID.sample(30).description])
            let general = try await rule(["tag": "ac_power"])
            try await store.database.of(.sunfield).transaction { tx in
                try await store.put(.sample(.sample(33), of: .sunfield), tx)
                _ = try await store.put(.sample(.sample(26), at: .sample(33), of: .sunfield), tx)
            }
            func found(_ query: String) async throws -> [String?] {
                try await client.all("/api/v1/alert-rules?\(query)", limit: 2).map { $0["id"] as? String }
            }
            #expect(try await found("assetId=\(Self.asset)") == [own, ofSite, general])
            #expect(try await found("assetId=\(AssetID.sample(26))") == [general])
            #expect(try await found("assetId=\(Self.asset)&tag=inverter_temperature") == [own, ofSite])
        }
    }
}
