import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Kafka
import LocalServers
import Messaging
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Notification

@Suite struct RuleRouteTests {
    static var body: [String: Any] {
        [
            "name": "Hot inverter", "type": "TEMPERATURE_HIGH", "tag": "inverter_temperature", "comparison": "above",
            "threshold": 60.5, "consecutive": 3, "severity": "critical", "createsWorkOrder": true,
        ]
    }

    @Test func aRuleIsCreatedListedPublishedAndAudited() async throws {
        try await withNotification { client, store in
            let created = try await client.send(.post, "/api/v1/alert-rules", Self.body)
            #expect((created.status, created.number("threshold")) == (.created, 60.5))
            for _ in 0..<4 { _ = try await client.send(.post, "/api/v1/alert-rules", Self.body) }
            let listed = try await client.all("/api/v1/alert-rules", limit: 2).compactMap { $0["id"] as? String }
            #expect(listed.count == 5)
            #expect(Set(listed).count == 5)
            let events = try await store.database.outbox()
            #expect(events.prefix(2).map(\.topic) == ["alerts.rules", "audit.events"])
            #expect(events[0].key == created["id"])
            let state = try events[0].decode(AlertRuleState.self)
            #expect((state.tenant, state.consecutive, state.isEnabled) == (.sunfield, 3, true))
        }
    }

    /// Whether an asset exists can't be said while the replica lags: 400 would be wrong.
    @Test func aReplicaThatLagsIsNoReasonToRefuse() async throws {
        try await withNotification(isBehind: true) { client, store in
            for field in ["assetId", "siteId"] {
                let body = Self.body.merging([field: UUID().uuidString]) { $1 }
                let answer = try await client.send(.post, "/api/v1/alert-rules", body)
                #expect((answer.status, answer["code"]) == (.serviceUnavailable, "replica_behind"), "\(answer.text)")
            }
            #expect(try await store.database.owner.count("SELECT count(*) FROM alert_rules") == 0)
        }
    }

    @Test func everyInvalidFieldIsNamed() async throws {
        try await withNotification { client, store in
            for (change, field) in [
                (["name": ""], "name"), (["type": nil], "type"), (["tag": " "], "tag"), (["tag": "a\0"], "tag"),
                (["comparison": "near"], "comparison"), (["threshold": "hot"], "threshold"),
                (["consecutive": 0], "consecutive"), (["consecutive": 1001], "consecutive"),
                (["severity": "bad"], "severity"), (["createsWorkOrder": "yes"], "createsWorkOrder"),
                (["siteId": "x"], "siteId"), (["assetId": 1], "assetId"),
            ] as [([String: Any?], String)] {
                var body = Self.body
                for (name, value) in change { body[name] = value }
                let answer = try await client.send(.post, "/api/v1/alert-rules", body)
                #expect((answer.status, answer.wrongFields) == (.badRequest, [field]))
            }
            for query in ["alerts?status=closed", "alerts?cursor=x", "alert-rules?limit=201"] {
                #expect(try await client.send(.get, "/api/v1/\(query)").status == .badRequest)
            }
            #expect(try await store.database.outbox().isEmpty)
        }
    }

    @Test func aRuleForAnUnknownTargetIsRefused() async throws {
        try await withNotification { client, store in
            try await store.addAssets()
            let (mine, theirs) = (AssetID.sample(20).description, AssetID.sample(25).description)
            let (site, theirSite) = (SiteID.sample(30).description, SiteID.sample(31).description)
            for (change, field, code) in [
                (["assetId": AssetID.new().description], "assetId", "unknown_asset"),
                (["assetId": theirs], "assetId", "unknown_asset"), (["siteId": theirSite], "siteId", "unknown_site"),
                (["siteId": SiteID.new().description], "siteId", "unknown_site"),
                (["siteId": site, "assetId": theirs], "assetId", "unknown_asset"),
            ] {
                let answer = try await client.send(.post, "/api/v1/alert-rules", Self.body.merging(change) { $1 })
                #expect((answer.status, answer["code"], answer.wrongFields) == (.badRequest, code, [field]))
            }
            try await store.database.of(.sunfield).transaction { tx in
                try await store.put(.sample(.sample(33), of: .sunfield), tx)
            }
            let elsewhere = ["siteId": SiteID.sample(33).description, "assetId": mine]
            let other = try await client.send(.post, "/api/v1/alert-rules", Self.body.merging(elsewhere) { $1 })
            #expect((other.status, other["code"]) == (.badRequest, "asset_of_other_site"))
            #expect(try await store.database.outbox().isEmpty)
            for change in [["assetId": mine], ["siteId": site], ["siteId": site, "assetId": mine]] {
                let answer = try await client.send(.post, "/api/v1/alert-rules", Self.body.merging(change) { $1 })
                #expect(answer.status == .created)
            }
        }
    }

    /// The rule is created a moment after its asset. The service waits until it knows the asset.
    @Test func aRuleForANewAssetIsAccepted() async throws {
        let kafka = try await TestServers.broker().bootstrap
        try await withDatabase(.all) { database in
            let authority = try await TestAuthority(roles: ["all": Permission.allCases])
            let store = AlertStore(database: database)
            let daemon = Daemon.forTests("notification-\(UUID())", authority, kafka: kafka)
            try await daemon.ensureTopics([.alertsCritical, .authUsers, .workOrderState, .assetEvents])
            let consumer = consumer(of: store, daemon)
            let running = Task { try await consumer.run() }
            let producer = try KafkaProducer(daemon.settings.kafka)
            let routes = AlertRoutes(store: store, replicas: consumer)
            try await daemon.withRoutes(authority, try routes.all()) { client in
                try await eventually("the consumer") { try? consumer.check() }
                let asset = AssetID.new()
                let state = AssetState.sample(asset, at: .sample(30), of: .sunfield)
                try await producer.send(try KafkaRecord(state, of: .sunfield))
                let body = Self.body.merging(["assetId": asset.description]) { $1 }
                // Under load the service answers that it can't know yet. It never answers that there is no such asset.
                let answer = try await eventually("an answer") {
                    let answer = try await client.send(.post, "/api/v1/alert-rules", body)
                    return answer.status == .serviceUnavailable ? nil : answer
                }
                #expect(answer.status == .created)
            }
            await producer.close()
            running.cancel()
            _ = try? await running.value
        }
    }

    @Test func withoutThePermissionTheRequestIsRefused() async throws {
        try await withNotification { client, store in
            let powerless = try await client.acting(as: .bo, of: .sunfield, roles: ["none"])
            #expect(try await powerless.send(.post, "/api/v1/alert-rules", Self.body).status == .forbidden)
            #expect(try await powerless.send(.get, "/api/v1/alert-rules").status == .forbidden)
            #expect(try await powerless.send(.get, "/api/v1/alerts").status == .forbidden)
            var anonymous = client
            anonymous.token = ""
            #expect(try await anonymous.send(.get, "/api/v1/alerts").status == .unauthorized)
            #expect(try await store.database.outbox().isEmpty)
        }
    }
}
