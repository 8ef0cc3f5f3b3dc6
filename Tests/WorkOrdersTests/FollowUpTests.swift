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

@testable import WorkOrders

/// A check that fails opens one work order, whatever is repeated, late or at the same moment.
@Suite struct FollowUpTests {
    private static let failing: [String: any Sendable] = [
        "status": "completed", "answer": ["number": "95.5"], "notes": "The fan is loud",
    ]
    private static let tasks: [[String: any Sendable]] = [
        ["title": "Isolate"],
        ["title": "Oil temperature", "check": ["kind": "number", "unit": "°C", "minimum": "10", "maximum": "80"]],
    ]

    private func followUps(_ database: Database) async throws -> Int {
        Int(try await database.of(.sunfield).count("SELECT count(*) FROM work_orders WHERE origin = 'follow_up'"))
    }

    @Test func aFailedCheckOpensAWorkOrderThatSaysWhereItComesFrom() async throws {
        try await withWorkOrders { client, database in
            let order = try await client.order(Self.tasks)
            let number = try #require(order.answer["number"])
            let failed = try await client.send(.patch, "\(order.path)/tasks/\(order.task(1))", Self.failing)
            #expect(failed.status == .ok && failed.step(1)["outcome"] as? String == "failed", "\(failed.text)")
            let id = try #require(failed.step(1)["followUp"] as? String)
            let opened = try await client.send(.get, "/api/v1/workorders/\(id)")
            #expect(opened["title"] == "Oil temperature: 95.5 °C")
            #expect(
                opened["description"]
                    == "Found with task 2 of \(number), Oil temperature: 95.5 °C. Expected: from 10 to 80 °C.\n\nThe fan is loud"
            )
            #expect((opened["type"], opened["priority"], opened["status"]) == ("corrective", "high", "open"))
            #expect((opened["assetId"], opened["siteId"]) == (order.answer["assetId"], order.answer["siteId"]))
            #expect((opened["origin"], opened["originId"]) == ("follow_up", "\(order.id)/\(order.task(1))"))
            #expect(opened["number"]?.hasSuffix("000002") == true && opened["createdBy"] == UserID.anna.description)
            // Both are published and recorded, each once.
            let states = try await database.outbox(of: WorkOrderState.self)
            #expect(states.suffix(2).map(\.id.description) == [order.id, id])
            #expect(try await database.outbox(of: WorkOrderCreated.self).map(\.origin) == [.person, .followUp])
            let audit = try await database.outbox(of: AuditRecorded.self)
            #expect(audit.suffix(2).map(\.action) == ["WORKORDER_UPDATED", "WORKORDER_CREATED_BY_FOLLOW_UP"])
            let history = try await client.send(.get, "/api/v1/workorders/\(id)/history")
            #expect(history.items.map { $0["toPhase"] as? String } == ["approved"])
        }
    }

    @Test func itPassesTheOrganizationsPolicyLikeEveryOther() async throws {
        try await withWorkOrders { client, database in
            let demand: [String: Any] = ["approval": ["when": "always"], "verification": ["when": "never"]]
            _ = try await client.send(.put, "/api/v1/workorders/policy", demand)
            let order = try await client.order(Self.tasks)
            let failed = try await client.send(.patch, "\(order.path)/tasks/\(order.task(1))", Self.failing)
            let id = try #require(failed.step(1)["followUp"] as? String)
            #expect(try await client.send(.get, "/api/v1/workorders/\(id)")["phase"] == "submitted")
            // Nobody approves what they have asked for.
            let own = try await client.send(.post, "/api/v1/workorders/\(id)/transitions/approve")
            #expect(own["code"] == "approves_own_request")
        }
    }

    @Test func whatPassesAndWhatSaysSoOpensNothing() async throws {
        try await withWorkOrders { client, database in
            var quiet = Self.tasks
            quiet[1]["opensFollowUp"] = false
            for (tasks, number) in [(Self.tasks, "80"), (quiet, "80.1")] {
                let order = try await client.order(tasks)
                let body: [String: Any] = ["status": "completed", "answer": ["number": number]]
                let done = try await client.send(.patch, "\(order.path)/tasks/\(order.task(1))", body)
                #expect(done.status == .ok && done.step(1)["followUp"] == nil)
            }
            #expect(try await followUps(database) == 0)
        }
    }

    @Test func twelveDevicesAtOnceOpenOne() async throws {
        try await withWorkOrders { client, database in
            let order = try await client.order(Self.tasks)
            let path = "\(order.path)/tasks/\(order.task(1))"
            let store = WorkOrderStore(database: database)
            let consumer = SyncConsumer(store: store, authenticator: client.authority.authenticator)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<12 {
                    group.addTask {
                        // Half of them answer over HTTP, half were offline. Each measured something else.
                        guard number.isMultiple(of: 2) else {
                            let change = Self.change(
                                order,
                                "{\"status\":\"completed\",\"answer\":{\"number\":\"\(90 + number)\"}}"
                            )
                            return try await database.handle(change, by: consumer.handle)
                        }
                        let body: [String: Any] = ["status": "completed", "answer": ["number": "\(90 + number)"]]
                        let answer = try await client.send(.patch, path, body)
                        #expect(answer.status == .ok, "\(answer.text)")
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await followUps(database) == 1)
            let verdicts = try await database.outbox(of: SyncChangeDecided.self).map(\.verdict)
            #expect(verdicts == Array(repeating: .accepted, count: 6))
            let states = try await database.outbox(of: WorkOrderState.self).filter { $0.id.description == order.id }
            #expect(Set(states.compactMap { $0.tasks[1].followUp }).count == 1)
        }
    }

    @Test func aRequestThatIsRepeatedOpensOne() async throws {
        try await withWorkOrders { client, database in
            let order = try await client.order(Self.tasks)
            let path = "\(order.path)/tasks/\(order.task(1))"
            // With the key of the first, and without any.
            let key: HTTPFields = [.idempotencyKey: UUID().uuidString]
            let body = #"{"status":"completed","answer":{"number":"95"}}"#
            let answers = [
                try await client.send(.patch, path, text: body, headers: key),
                try await client.send(.patch, path, text: body, headers: key),
                try await client.send(.patch, path, text: body),
            ]
            #expect(answers.allSatisfy { $0.status == .ok && $0.step(1)["followUp"] != nil })
            #expect(Set(answers.map { $0.step(1)["followUp"] as? String }).count == 1)
            #expect(try await followUps(database) == 1)
        }
    }

    @Test func aTaskThatFailsAgainOpensNoSecondOne() async throws {
        try await withWorkOrders { client, database in
            let order = try await client.order(Self.tasks)
            let path = "\(order.path)/tasks/\(order.task(1))"
            let first = try await client.send(.patch, path, Self.failing).step(1)["followUp"] as? String
            for body in [["status": "pending"], Self.failing, ["status": "pending"]] as [[String: any Sendable]] {
                let answer = try await client.send(.patch, path, body)
                #expect(answer.status == .ok && answer.step(1)["followUp"] as? String == first, "\(answer.text)")
            }
            let repaired: [String: Any] = ["status": "completed", "answer": ["number": "60"]]
            #expect(try await client.send(.patch, path, repaired).step(1)["followUp"] as? String == first)
            #expect(try await followUps(database) == 1)
        }
    }

    @Test func aDevicesChangeThatArrivesAgainOpensOne() async throws {
        try await withWorkOrders { client, database in
            let order = try await client.order(Self.tasks)
            let consumer = SyncConsumer(
                store: WorkOrderStore(database: database),
                authenticator: client.authority.authenticator
            )
            let change = Self.change(order, "{\"status\":\"completed\",\"answer\":{\"number\":\"95\"}}")
            // Without the inbox, which lets a record through once: the decision alone opens one.
            for _ in 0..<3 { try await database.handle(change, by: consumer.handle) }
            #expect(try await followUps(database) == 1)
            #expect(
                try await database.outbox(of: SyncChangeDecided.self).map(\.verdict) == [
                    .accepted, .accepted, .accepted,
                ]
            )
        }
    }

    /// Devices make the ids of tasks, and may take one that another tenant has.
    @Test func anotherTaskWithTheSameIDOpensItsOwn() async throws {
        try await withWorkOrders { client, database in
            let consumer = SyncConsumer(
                store: WorkOrderStore(database: database),
                authenticator: client.authority.authenticator
            )
            let task = TaskID.new().description
            for _ in 0..<2 {
                let order = try await client.order([])
                let new = #"{"title":"Look","check":{"kind":"yes_no","passes":true}}"#
                try await database.handle(Self.change(order, new, .create, task: task), by: consumer.handle)
                let failed = #"{"status":"completed","answer":{"yes":false}}"#
                try await database.handle(Self.change(order, failed, task: task), by: consumer.handle)
            }
            #expect(try await followUps(database) == 2)
        }
    }

    @Test func ofAnAssetThatIsOutOfServiceNothingFollows() async throws {
        try await withWorkOrders { client, database in
            let order = try await client.order(Self.tasks)
            try await database.of(.sunfield).execute("UPDATE assets SET status = 'decommissioned'")
            let failed = try await client.send(.patch, "\(order.path)/tasks/\(order.task(1))", Self.failing)
            #expect(failed.step(1)["outcome"] as? String == "failed" && failed.step(1)["followUp"] == nil)
            #expect(try await followUps(database) == 0)
        }
    }

    /// The asset is deleted at the same moment: no follow-up stays open on it, and nothing waits for ever.
    @Test func aDeletionOfTheAssetAtTheSameMomentLeavesNothingOpen() async throws {
        try await withWorkOrders { client, database in
            let order = try await client.order(Self.tasks)
            let replicas = Replicas(store: WorkOrderStore(database: database), now: { .noon })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = try await client.send(.patch, "\(order.path)/tasks/\(order.task(1))", Self.failing)
                }
                group.addTask {
                    try await database.handle(Deletion(AssetReplica.inverter.id), by: replicas.removeAsset)
                }
                try await group.waitForAll()
            }
            let open = "SELECT count(*) FROM work_orders WHERE status <> 'cancelled'" as SQL
            #expect(try await database.of(.sunfield).count(open) == 0)
        }
    }

    @Test func itsTitleIsCutToTheLengthOfOne() throws {
        var order = WorkOrder.sample(.inProgress)
        var task = WorkTask.pending(id: .sample(51), title: String(repeating: "t", count: 200), position: 1)
        (task.check, task.answer) = (TaskCheck(kind: .yesNo, passes: true), TaskAnswer(yes: false))
        order.tasks = [task]
        let decision = WorkOrder.followUp(
            .init(id: .sample(41), task: task),
            of: order,
            number: WorkOrderNumber(year: 2026, count: 2),
            under: WorkPolicy(),
            by: .anna,
            at: .noon
        )
        #expect(decision.workOrder.title == String(repeating: "t", count: 199) + "…")
        #expect(decision.workOrder.description?.contains("Expected: yes.") == true)
    }

    private static func change(
        _ order: ChecklistOrder,
        _ fields: String,
        _ operation: SyncOperation = .update,
        task: String? = nil
    ) -> SyncChangeProposed {
        SyncChangeProposed(
            change: .new(),
            tenant: .sunfield,
            user: .anna,
            roles: ["all"],
            device: .new(),
            entity: .task,
            entityID: task ?? order.task(1),
            parentID: order.id,
            aggregate: order.id,
            operation: operation,
            baseVersion: nil,
            strategy: .merge,
            fields: fields,
            changedAt: .noon,
            proposedAt: .noon
        )
    }
}
