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

/// An alert ends with its condition or when a user closes it. After that, the same condition raises a new alert.
@Suite struct EpisodeTests {
    @Sendable private static func alerts(_ store: AlertStore) -> AlertConsumer {
        AlertConsumer(store: store, now: { .noon })
    }

    @Test func anAlertEndsWithItsConditionAndItsReturnIsANewAlert() async throws {
        try await withNotification { client, store in
            try await store.addPeople()
            let rule = try await store.addRule(createsWorkOrder: false)
            let alerts = Self.alerts(store)
            try await store.database.handle(AlertDetected.sample(rule), by: alerts.handle)
            try await store.database.handle(AlertCleared.sample(rule, at: .noon + 60), by: alerts.clear)
            // Neither an alert that was never raised nor the alert of another asset ends.
            try await store.database.handle(AlertCleared.sample(rule, asset: .sample(21)), by: alerts.clear)
            let ended = try #require(try await client.send(.get, "/api/v1/alerts").items.first)
            #expect((ended["status"] as? String, ended["resolution"] as? String) == ("resolved", "cleared"))
            #expect(ended["resolvedAt"] as? String == "2026-06-01T12:00:00.000Z")
            try await store.database.handle(AlertDetected.sample(rule, at: .noon + 3600), by: alerts.handle)
            let statuses = try await client.send(.get, "/api/v1/alerts").items.map { $0["status"] as? String }
            #expect(statuses == ["open", "resolved"])
            #expect(try await store.messages().count == 2)
            let told = try await store.database.outbox(of: AlertChanged.self).map(\.status)
            #expect(told == [.open, .resolved, .open])
        }
    }

    @Test func anAcknowledgedAlertEndsToo() async throws {
        try await withNotification { client, store in
            let rule = try await store.addRule(createsWorkOrder: false)
            let detected = AlertDetected.sample(rule)
            try await store.database.handle(detected, by: Self.alerts(store).handle)
            _ = try await client.send(.post, "/api/v1/alerts/\(detected.id)/acknowledge")
            try await store.database.handle(AlertCleared.sample(rule), by: Self.alerts(store).clear)
            #expect(try await client.send(.get, "/api/v1/alerts?status=resolved").items.count == 1)
            // An alert that has ended no longer changes.
            let late = try await client.send(.post, "/api/v1/alerts/\(detected.id)/acknowledge")
            #expect((late.status, late["status"]) == (.ok, "resolved"))
        }
    }

    @Test func aContinuingPatternIsConfirmedButNotCountedAgain() async throws {
        try await withNotification { client, store in
            let rule = try await store.addRule(createsWorkOrder: false)
            let alerts = Self.alerts(store)
            for (at, since) in [(0.0, -1800.0), (60, -1800), (120, -1800), (900, 600)] {
                let event = AlertDetected.sample(rule, at: .noon + at, since: .noon + since)
                try await store.database.handle(event, by: alerts.handle)
            }
            let alert = try #require(try await client.send(.get, "/api/v1/alerts").items.first)
            #expect(alert["occurrences"] as? Int == 2)
            #expect(alert["lastAt"] as? String == "2026-06-01T12:15:00.000Z")
        }
    }

    @Test func aUserClosesAnAlertAndAPersistingConditionRaisesANewOne() async throws {
        try await withNotification { client, store in
            try await store.addPeople()
            let rule = try await store.addRule(createsWorkOrder: false)
            let detected = AlertDetected.sample(rule)
            try await store.database.handle(detected, by: Self.alerts(store).handle)
            let path = "/api/v1/alerts/\(detected.id)/resolve"
            let powerless = try await client.acting(as: .bo, of: .sunfield, roles: ["none"])
            #expect(try await powerless.send(.post, path).status == .forbidden)
            let foreign = try await client.acting(as: .bo, of: .windward)
            #expect(try await foreign.send(.post, path).status == .notFound)
            for _ in 0..<2 {
                let closed = try await client.send(.post, path)
                #expect((closed["status"], closed["resolution"]) == ("resolved", "closed"))
            }
            let audit = try await store.database.outbox(of: AuditRecorded.self).map(\.action)
            #expect(audit == ["ALERT_RULE_CREATED", "ALERT_RESOLVED"])
            let goesOn = AlertDetected.sample(rule, at: .noon + 60, since: detected.firstAt)
            try await store.database.handle(goesOn, by: Self.alerts(store).handle)
            let open = try await client.send(.get, "/api/v1/alerts?status=open").items
            #expect(open.map { $0["id"] as? String } == [goesOn.id.description])
            #expect(try await store.messages().count == 2)
        }
    }

    // MARK: - Work orders

    @Test func episodesShareAWorkOrderUntilItIsClosed() async throws {
        try await withNotification { client, store in
            try await store.addPeople()
            let rule = try await store.addRule(createsWorkOrder: true)
            let alerts = Self.alerts(store)
            let events = (0..<4).map { AlertDetected.sample(rule, at: .noon + Double($0) * 3600) }
            func episode(_ number: Int) async throws {
                try await store.database.handle(events[number], by: alerts.handle)
                try await store.database.handle(AlertCleared.sample(rule, at: events[number].at + 60), by: alerts.clear)
            }
            let order = WorkOrderState.sample(origin: .alert, originID: events[0].id.description)
            try await episode(0)
            // The work order is requested but does not exist yet, so this message also waits for its number.
            try await episode(1)
            #expect(try await store.messages().map(\.due) == Array(repeating: .noon + AlertConsumer.patience, count: 2))
            try await store.apply(order)
            try await episode(2)
            let messages = try await store.messages()
            #expect(messages.allSatisfy { $0.due == .noon && $0.body.contains("Work order: WO-2026-000001") })
            #expect(messages.count == 3)
            #expect(try await store.database.outbox(of: WorkOrderRequested.self).count == 1)
            let numbers = try await client.send(.get, "/api/v1/alerts").items.map { $0["workOrderNumber"] as? String }
            #expect(numbers == Array(repeating: "WO-2026-000001", count: 3))
            try await store.apply(Self.completed(order))
            try await episode(3)
            #expect(
                try await store.database.outbox(of: WorkOrderRequested.self).map(\.originID) == [
                    events[0].id.description, events[3].id.description,
                ]
            )
        }
    }

    @Test func aPersistingConditionRaisesANewAlertAfterItsWorkOrderIsClosed() async throws {
        try await withNotification { client, store in
            try await store.addPeople()
            let rule = try await store.addRule(createsWorkOrder: true)
            let alerts = Self.alerts(store)
            let detected = AlertDetected.sample(rule)
            let order = WorkOrderState.sample(origin: .alert, originID: detected.id.description)
            try await store.database.handle(detected, by: alerts.handle)
            try await store.apply(order)
            try await store.apply(Self.completed(order))
            #expect(try await client.send(.get, "/api/v1/alerts?status=open").items.isEmpty)
            let goesOn = AlertDetected.sample(rule, at: .noon + 60, since: detected.firstAt)
            try await store.database.handle(goesOn, by: alerts.handle)
            #expect(try await client.send(.get, "/api/v1/alerts?status=open").items.count == 1)
            #expect(try await store.database.outbox(of: WorkOrderRequested.self).count == 2)
        }
    }

    /// A work order can be opened, worked on and closed between two reads of the state topic.
    @Test func aWorkOrderThatIsAlreadyClosedIsNamedAndEndsItsAlert() async throws {
        try await withNotification { client, store in
            try await store.addPeople()
            let rule = try await store.addRule(createsWorkOrder: true)
            let detected = AlertDetected.sample(rule)
            try await store.database.handle(detected, by: Self.alerts(store).handle)
            let order = WorkOrderState.sample(origin: .alert, originID: detected.id.description)
            try await store.apply(Self.completed(order))
            let alert = try #require(try await client.send(.get, "/api/v1/alerts").items.first)
            #expect(alert["workOrderNumber"] as? String == "WO-2026-000001")
            #expect(alert["resolution"] as? String == "work_order_closed")
            let message = try #require(try await store.messages().first)
            #expect(message.body.contains("Work order: WO-2026-000001"))
        }
    }

    /// As when the topic is read again from its beginning.
    @Test func repeatedStatesOfAWorkOrderHaveNoEffect() async throws {
        try await withNotification { _, store in
            try await store.addPeople()
            let rule = try await store.addRule(createsWorkOrder: true)
            let detected = AlertDetected.sample(rule)
            try await store.database.handle(detected, by: Self.alerts(store).handle)
            let order = WorkOrderState.sample(origin: .alert, originID: detected.id.description)
            try await store.apply(order)
            try await store.apply(Self.completed(order))
            let told = try await store.database.outbox(of: AlertChanged.self)
            let messages = try await store.messages().count
            try await store.apply(order)
            try await store.apply(Self.completed(order))
            #expect(try await store.database.outbox(of: AlertChanged.self) == told)
            #expect(try await store.messages().count == messages)
        }
    }

    @Test func aDeletedWorkOrderEndsItsAlert() async throws {
        try await withNotification { client, store in
            let rule = try await store.addRule(createsWorkOrder: true)
            let detected = AlertDetected.sample(rule)
            try await store.database.handle(detected, by: Self.alerts(store).handle)
            let order = WorkOrderState.sample(origin: .alert, originID: detected.id.description)
            try await store.apply(order)
            for _ in 0..<2 {
                try await store.database.of(.sunfield).transaction {
                    try await Self.alerts(store).removeWorkOrder(Deletion(order.id), $0)
                }
            }
            #expect(try await client.send(.get, "/api/v1/alerts?status=open").items.isEmpty)
            #expect(try await store.database.outbox(of: AlertChanged.self).map(\.status) == [.open, .open, .resolved])
        }
    }

    // MARK: - Assets

    @Test func aDecommissionedAssetsAlertRequestsNoWorkOrderAndSaysWhy() async throws {
        try await withNotification { client, store in
            try await store.addPeople()
            try await store.addAssets(status: .decommissioned)
            let rule = try await store.addRule(createsWorkOrder: true)
            try await store.database.handle(AlertDetected.sample(rule), by: Self.alerts(store).handle)
            #expect(try await store.database.outbox(of: WorkOrderRequested.self).isEmpty)
            let message = try #require(try await store.messages().first)
            #expect(message.body.hasSuffix("No work order: the asset is decommissioned"))
            #expect(message.due == .noon)
            let alert = try #require(try await client.send(.get, "/api/v1/alerts").items.first)
            #expect(alert["status"] as? String == "open")
            #expect(alert["workOrderRefusal"] as? String == "asset_decommissioned")
        }
    }

    @Test func decommissioningAnAssetExplainsItsAlertsMissingWorkOrder() async throws {
        try await withNotification { client, store in
            try await store.addAssets()
            let rule = try await store.addRule(createsWorkOrder: true)
            try await store.database.handle(AlertDetected.sample(rule), by: Self.alerts(store).handle)
            try await store.addAssets(status: .decommissioned, version: 2)
            let alert = try #require(try await client.send(.get, "/api/v1/alerts").items.first)
            #expect(alert["workOrderRefusal"] as? String == "asset_decommissioned")
        }
    }

    @Test func deletingAnAssetEndsItsAlertsAndRules() async throws {
        try await withNotification { client, store in
            try await store.addAssets()
            let everywhere = try await store.addRule(createsWorkOrder: false)
            let only = try await store.addRule(createsWorkOrder: false, asset: .sample(20))
            for (rule, asset) in [(everywhere, 20), (only, 20), (everywhere, 21)] as [(AlertRuleID, UInt8)] {
                let detected = AlertDetected.sample(rule, asset: .sample(asset))
                try await store.database.handle(detected, by: Self.alerts(store).handle)
            }
            let replica = Replicas(store: store, now: { .noon })
            for _ in 0..<2 {
                try await store.database.of(.sunfield).transaction { tx in
                    try await replica.removeAsset(Deletion(.sample(20)), tx)
                }
            }
            let alerts = try await client.send(.get, "/api/v1/alerts").items
            let ended = alerts.filter { $0["resolution"] as? String == "asset_deleted" }
            #expect(ended.count == 2)
            #expect(alerts.filter { $0["status"] as? String == "open" }.count == 1)
            let rules = try await store.database.outbox(of: AlertRuleState.self).suffix(1)
            #expect(rules.map(\.id) == [only])
            #expect(rules.map(\.isEnabled) == [false])
            #expect(rules.map(\.version) == [2])
        }
    }

    private static func completed(_ order: WorkOrderState) -> WorkOrderState {
        var closed = order
        closed.status = .completed
        closed.version += 1
        return closed
    }
}
