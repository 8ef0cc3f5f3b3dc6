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

/// From a detected pattern to an alert, a work order and a message.
@Suite struct AlertTests {
    @Sendable private static func alerts(_ store: AlertStore) -> AlertConsumer {
        AlertConsumer(store: store, now: { .noon })
    }

    @Test func anAlertRequestsAWorkOrderAndItsMessageWaitsForTheNumber() async throws {
        try await withNotification { client, store in
            try await store.addPeople()
            let rule = try await store.addRule(createsWorkOrder: true)
            let detected = AlertDetected.sample(rule)
            try await store.database.handle(detected, by: Self.alerts(store).handle)
            let request = try #require(try await store.database.outbox(of: WorkOrderRequested.self).first)
            #expect(
                (request.originID, request.asset, request.priority) == (
                    detected.id.description, detected.asset, .critical
                )
            )
            #expect(request.title == "INV-2: inverter_temperature 61.2 °C > 60 °C" && request.description == nil)
            // If no work order is created, the users are notified without it.
            let waiting = try await store.messages()
            #expect(waiting.map(\.recipient) == ["\(UserID.anna)@example.com"])
            #expect(waiting.first?.due == .noon + AlertConsumer.patience)
            let order = WorkOrderState.sample(origin: .alert, originID: detected.id.description)
            try await store.apply(order)
            let queued = try #require(try await store.messages().first)
            #expect(try await store.messages().count == 1)
            #expect(queued.due == .noon)
            #expect(queued.body.contains("Work order: WO-2026-000001"))
            let listed = try #require(try await client.send(.get, "/api/v1/alerts?status=open").items.first)
            #expect(listed["workOrderNumber"] as? String == "WO-2026-000001")
        }
    }

    @Test func aRepeatedPatternIsCountedAndTheNextEpisodeIsANewAlert() async throws {
        try await withNotification { client, store in
            try await store.addPeople()
            let rule = try await store.addRule(createsWorkOrder: true)
            let first = AlertDetected.sample(rule)
            try await store.database.handle(first, by: Self.alerts(store).handle)
            try await store.database.handle(AlertDetected.sample(rule, at: .noon + 900), by: Self.alerts(store).handle)
            let open = try await client.send(.get, "/api/v1/alerts").items
            #expect(open.count == 1)
            #expect(open[0]["occurrences"] as? Int == 2)
            #expect(try await store.database.outbox(of: WorkOrderRequested.self).count == 1)
            #expect(try await store.messages().count == 1)
            // When the work order ends, the episode ends.
            let order = WorkOrderState.sample(origin: .alert, originID: first.id.description)
            try await store.apply(order)
            var closed = order
            closed.status = .completed
            try await store.apply(closed)
            #expect(try await client.send(.get, "/api/v1/alerts?status=open").items.isEmpty)
            try await store.database.handle(AlertDetected.sample(rule, at: .noon + 3600), by: Self.alerts(store).handle)
            #expect(
                try await client.send(.get, "/api/v1/alerts").items.map { $0["status"] as? String } == [
                    "open", "resolved",
                ]
            )
            #expect(try await store.database.outbox(of: WorkOrderRequested.self).count == 2)
            let told = try await store.database.outbox(of: AlertChanged.self).map(\.status)
            #expect(told == [.open, .open, .resolved, .open])
        }
    }

    @Test func aRuleWithoutWorkOrdersSendsItsMessageAtOnce() async throws {
        try await withNotification { _, store in
            try await store.addPeople()
            let rule = try await store.addRule(createsWorkOrder: false)
            try await store.database.handle(AlertDetected.sample(rule), by: Self.alerts(store).handle)
            #expect(try await store.database.outbox(of: WorkOrderRequested.self).isEmpty)
            #expect(try await store.messages().map(\.due) == [.noon])
        }
    }

    @Test func anEventThatIsDeliveredTwiceRaisesOneAlert() async throws {
        let kafka = try await TestServers.broker().bootstrap
        try await withDatabase(.all) { database in
            let store = AlertStore(database: database)
            let rule = try await store.addRule(createsWorkOrder: true)
            let daemon = Daemon.forTests("notification-\(UUID())", try await TestAuthority(roles: [:]), kafka: kafka)
            try await daemon.ensureTopics([.alertsCritical, .authUsers, .workOrderState, .assetEvents])
            let twice = try KafkaRecord(AlertDetected.sample(rule), of: .sunfield)
            let other = AlertDetected.sample(rule, asset: .sample(21))
            let producer = try KafkaProducer(daemon.settings.kafka)
            // The third record has the same key and so the same partition. It shows when the second was read.
            var last = try KafkaRecord(other, of: .sunfield)
            last.key = twice.key
            for record in [twice, twice, last] { try await producer.send(record) }
            await producer.close()
            let consumer = consumer(of: store, daemon)
            let running = Task { try await consumer.run() }
            try await eventually("the last alert") {
                try await database.of(.sunfield).first("SELECT id FROM alerts WHERE id = \(other.id)")
            }
            running.cancel()
            _ = try? await running.value
            let mine = try await database.of(.sunfield).query(
                "SELECT occurrences FROM alerts WHERE rule_id = \(rule) ORDER BY asset_id"
            )
            #expect(try mine.map { try $0["occurrences"] as Int32 } == [1, 1])
            let requests = try await database.outbox(of: WorkOrderRequested.self)
            #expect(requests.map(\.asset) == [.sample(20), .sample(21)])
        }
    }

    @Test func anotherTenantCanNeitherSeeNorChangeAlerts() async throws {
        try await withNotification { client, store in
            try await store.addPeople()
            let rule = try await store.addRule(createsWorkOrder: true)
            let detected = AlertDetected.sample(rule)
            try await store.database.handle(detected, by: Self.alerts(store).handle)
            let foreign = try await client.acting(as: .bo, of: .windward)
            #expect(try await foreign.send(.get, "/api/v1/alerts").items.isEmpty)
            #expect(try await foreign.send(.get, "/api/v1/alert-rules").items.isEmpty)
            let acknowledged = try await foreign.send(.post, "/api/v1/alerts/\(detected.id)/acknowledge")
            #expect(acknowledged.status == .notFound)
            let order = WorkOrderState.sample(of: .windward, origin: .alert, originID: detected.id.description)
            try await store.apply(order)
            let alert = try #require(try await client.send(.get, "/api/v1/alerts").items.first)
            #expect(alert["workOrderId"] == nil)
            #expect(alert["status"] as? String == "open")
        }
    }

    @Test func anAlertIsAcknowledgedOnceAndTheActionIsAudited() async throws {
        try await withNotification { client, store in
            let rule = try await store.addRule(createsWorkOrder: false)
            let detected = AlertDetected.sample(rule)
            try await store.database.handle(detected, by: Self.alerts(store).handle)
            let powerless = try await client.acting(as: .bo, of: .sunfield, roles: ["none"])
            let path = "/api/v1/alerts/\(detected.id)/acknowledge"
            #expect(try await powerless.send(.post, path).status == .forbidden)
            for _ in 0..<2 { #expect(try await client.send(.post, path)["status"] == "acknowledged") }
            let audit = try await store.database.outbox(of: AuditRecorded.self).map(\.action)
            #expect(audit == ["ALERT_RULE_CREATED", "ALERT_ACKNOWLEDGED"])
            // An acknowledged alert is still active, so the same pattern raises no new alert.
            try await store.database.handle(AlertDetected.sample(rule, at: .noon + 60), by: Self.alerts(store).handle)
            #expect(try await client.send(.get, "/api/v1/alerts").items.count == 1)
        }
    }

    @Test func pagesHaveNoGapsOrDuplicatesWithinOneMillisecond() async throws {
        try await withNotification { client, store in
            let rule = try await store.addRule(createsWorkOrder: false)
            for number in 0..<7 {
                // Some alerts are in the same millisecond, and some at exactly the same time.
                let at = Date.noon + Double(number / 2) * 0.000_1
                let detected = AlertDetected.sample(rule, asset: .sample(UInt8(50 + number)), at: at)
                try await store.database.handle(detected, by: Self.alerts(store).handle)
            }
            for limit in [1, 2, 3] {
                let ids = try await client.all("/api/v1/alerts", limit: limit).compactMap { $0["assetId"] as? String }
                #expect(ids.count == 7)
                #expect(Set(ids).count == 7)
            }
        }
    }
}
