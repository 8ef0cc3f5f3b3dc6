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

/// What the lists of alerts and messages are filtered by, and how alerts are counted.
@Suite struct AlertListTests {
    /// Three alerts: `a` is critical and open at site 30, `b` a warning and acknowledged there, `c` is informative and ended at site 31.
    private func withAlerts(
        _ body: @escaping @Sendable (ServiceClient, AlertStore, _ letters: [String: String]) async throws -> Void
    ) async throws {
        try await withNotification { client, store in
            try await store.addPeople()
            var letters: [String: String] = [:]
            for (letter, severity, asset, site, at) in [
                ("a", AlertSeverity.critical, 20, 30, 0.0), ("b", .warning, 21, 30, 3600), ("c", .info, 22, 31, 7200),
            ] as [(String, AlertSeverity, UInt8, UInt8, Double)] {
                let rule = try await store.addRule(createsWorkOrder: false)
                var event = AlertDetected.sample(rule, asset: .sample(asset), at: .noon + at)
                (event.severity, event.site) = (severity, .sample(site))
                letters[event.id.description] = letter
                try await store.database.handle(event, by: AlertConsumer(store: store, now: { .noon }).handle)
            }
            func id(_ letter: String) -> String { letters.first { $0.value == letter }?.key ?? "" }
            _ = try await client.send(.post, "/api/v1/alerts/\(id("b"))/acknowledge")
            _ = try await client.send(.post, "/api/v1/alerts/\(id("c"))/resolve")
            try await store.database.of(.sunfield).execute(
                "UPDATE alerts SET resolved_at = \(Date.noon + 7300) WHERE status = 'resolved'"
            )
            try await body(client, store, letters)
        }
    }

    private static func found(_ client: ServiceClient, _ query: String, _ letters: [String: String]) async throws
        -> String
    {
        try await client.all("/api/v1/alerts?\(query)", limit: 1).compactMap { letters[$0["id"] as? String ?? ""] }
            .joined()
    }

    @Test func alertsAreFiltered() async throws {
        try await withAlerts { client, _, letters in
            for (query, found) in [
                ("severity=critical", "a"), ("severity=critical&severity=info", "ca"),
                ("status=open&status=resolved", "ca"),
                ("siteId=\(SiteID.sample(30))", "ba"),
                ("siteId=\(SiteID.sample(30))&siteId=\(SiteID.sample(31))", "cba"),
                ("siteId=\(SiteID.sample(31))&siteId=\(SiteID.sample(99))", "c"),
                ("assetId=\(AssetID.sample(22))", "c"),
                // Standing alerts have no end; `c` ended at 14:01:40.
                ("from=2026-06-01T14:01:00Z", "cba"), ("from=2026-06-01T14:02:00Z", "ba"),
                ("to=2026-06-01T12:00:00Z", "a"), ("from=2026-06-02T00:00:00Z&status=resolved", ""),
            ] {
                #expect(try await Self.found(client, query, letters) == found, "\(query)")
            }
            let first = try #require(try await client.send(.get, "/api/v1/alerts?severity=critical").items.first)
            #expect(try await Self.found(client, "ruleId=\(first["ruleId"] ?? "")", letters) == "a")
            let one = try await client.send(.get, "/api/v1/alerts/\(first["id"] ?? "")")
            #expect((one.status, one["severity"]) == (.ok, "critical"))
            let reversed = "from=2026-06-02T00:00:00Z&to=2026-06-01T00:00:00Z"
            #expect(try await client.send(.get, "/api/v1/alerts?\(reversed)").wrongFields == ["to"])
        }
    }

    @Test func alertsThatHaveNotEndedAreCounted() async throws {
        try await withAlerts { client, _, _ in
            func words(_ counts: Any?) -> [String] {
                (counts as? [[String: Any]] ?? []).map {
                    "\($0["severity"] ?? "") \($0["open"] ?? "") \($0["acknowledged"] ?? "")"
                }
            }
            func counts(_ client: ServiceClient, _ list: String, _ query: String = "") async throws -> [String] {
                words(try await client.send(.get, "/api/v1/alerts/summary\(query)").object[list])
            }
            #expect(try await counts(client, "bySeverity") == ["info 0 0", "warning 0 1", "critical 1 0"])
            #expect(try await counts(client, "bySite") == ["critical 1 1"])
            let summary = try await client.send(.get, "/api/v1/alerts/summary")
            let site = try #require((summary.object["bySite"] as? [[String: Any]])?.first)
            #expect(words(site["bySeverity"]) == ["info 0 0", "warning 0 1", "critical 1 0"])
            let (here, elsewhere) = ("?siteId=\(SiteID.sample(30))", "?siteId=\(SiteID.sample(31))")
            #expect(try await counts(client, "bySeverity", here) == ["info 0 0", "warning 0 1", "critical 1 0"])
            #expect(try await counts(client, "bySite", here) == ["critical 1 1"])
            #expect(try await counts(client, "bySeverity", elsewhere) == ["info 0 0", "warning 0 0", "critical 0 0"])
            #expect(try await counts(client, "bySite", elsewhere).isEmpty)
            client.authority.grantEverything("sites", .sites)
            client.authority.place(.anna, of: .sunfield, Membership(sites: [.sample(31)]))
            let anna = try await client.acting(as: .anna, of: .sunfield, roles: ["sites"])
            #expect(try await counts(anna, "bySeverity") == ["info 0 0", "warning 0 0", "critical 0 0"])
            #expect(try await counts(anna, "bySite").isEmpty)
        }
    }

    @Test func theSitesOfOthersAreAsGoodAsNone() async throws {
        try await withAlerts { client, _, _ in
            let foreign = try await client.acting(as: .bo, of: .windward)
            for path in ["/api/v1/alerts", "/api/v1/alerts/summary"] {
                let theirs = try await foreign.send(
                    .get,
                    "\(path)?siteId=\(SiteID.sample(30))&siteId=\(SiteID.sample(31))"
                )
                let none = try await foreign.send(.get, "\(path)?siteId=\(SiteID.sample(99))")
                #expect((theirs.status, theirs.text) == (.ok, none.text))
                let many = (0...100).map { _ in "siteId=\(SiteID.sample(30))" }.joined(separator: "&")
                let refused = try await client.send(.get, "\(path)?\(many)")
                #expect((refused.status, refused.wrongFields) == (.badRequest, ["siteId"]), "\(refused.text)")
            }
        }
    }

    @Test func messagesAreFoundByPersonAndOutcome() async throws {
        try await withAlerts { client, store, _ in
            func count(_ query: String) async throws -> Int {
                try await client.all("/api/v1/notifications?\(query)", limit: 1).count
            }
            let all = try await count("userId=\(UserID.anna)")
            #expect(all > 0)
            #expect(try await count("userId=\(UserID.sample(3))") == 0)
            #expect(try await count("status=pending") == all)
            try await store.database.of(.sunfield).execute("UPDATE notifications SET status = 'sent', sent_at = now()")
            #expect(try await count("status=pending") == 0)
            #expect(try await count("status=sent&userId=\(UserID.anna)") == all)
        }
    }

    @Test func theListsUseAnIndex() async throws {
        try await withDatabase(.all) { database in
            let tenant = TenantID.sunfield
            for (condition, index) in [
                ("status = 'open'", "alerts_by_status"), ("site_id = \(SiteID.sample(1))", "alerts_by_site"),
                ("asset_id = \(AssetID.sample(1))", "alerts_by_asset_and_age"),
                ("rule_id = \(AlertRuleID.sample(1))", "alerts_by_rule"),
            ] as [(SQL, String)] {
                let plan = try await database.owner.plan(
                    """
                    SELECT * FROM alerts WHERE tenant_id = \(tenant) AND \(sql: condition) ORDER BY last_at DESC, id DESC LIMIT 25
                    """
                )
                #expect(plan.contains(index), "\(plan)")
            }
            let ofTwoSites = try await database.owner.plan(
                .first(
                    25,
                    of: "alerts",
                    where: "tenant_id = \(tenant)",
                    andOneOf: [SiteID.sample(1), .sample(2)],
                    "site_id",
                    by: "last_at DESC, id DESC"
                )
            )
            #expect(
                ofTwoSites.contains("alerts_by_site") && ofTwoSites.contains("site_id = wanted.one"),
                "\(ofTwoSites)"
            )
        }
    }
}
