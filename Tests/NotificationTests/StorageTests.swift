import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Notification

/// What is stored, column by column.
@Suite struct StorageTests {
    @Test func anAlertItsRuleAndItsMessagesAreStoredCompletely() async throws {
        try await withNotification { client, store in
            try await store.addPeople()
            let rule = try await store.addRule(createsWorkOrder: false)
            let first = AlertDetected.sample(rule)
            let other = AlertDetected.sample(rule, asset: .sample(21))
            for event in [first, other] {
                try await store.database.handle(event, by: AlertConsumer(store: store, now: { .noon }).handle)
            }
            let database = store.database.of(.sunfield)
            let alert = try #require(try await database.first("SELECT * FROM alerts WHERE id = \(first.id)"))
            #expect(try (alert["type"], alert["severity"]) == ("TEMPERATURE_HIGH", AlertSeverity.critical))
            #expect(try alert["first_at"] == first.firstAt)
            #expect(
                try await database.first("SELECT type FROM alert_rules")?.decode(RuleType.self).type
                    == "TEMPERATURE_HIGH"
            )
            let message = try #require(
                try await database.first("SELECT * FROM notifications WHERE alert_id = \(first.id)")
            )
            #expect(try message["channel"] == NotificationChannel.email)
            // Each alert has its own message, and the list can be filtered by alert.
            #expect(try await client.send(.get, "/api/v1/notifications").items.count == 2)
            let listed = try await client.send(.get, "/api/v1/notifications?alertId=\(other.id)").items
            #expect(listed.map { $0["alertId"] as? String } == [other.id.description])
        }
    }

    private struct RuleType: Codable, Record {
        var type: String
    }
}
