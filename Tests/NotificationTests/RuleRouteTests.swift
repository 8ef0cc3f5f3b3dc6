import EventSchema
import Foundation
import HTTPTypes
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

    @Test func aRuleIsCreatedListedToldAndAudited() async throws {
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

    @Test func everyWrongFieldIsNamed() async throws {
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

    @Test func withoutThePermissionNothingHappens() async throws {
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
