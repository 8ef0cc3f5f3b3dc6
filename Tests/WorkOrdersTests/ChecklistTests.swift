import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import TestSupport
import Testing

@testable import WorkOrders

/// Tasks with checks over HTTP and in PostgreSQL.
@Suite struct ChecklistTests {
    @Test func tasksAreStoredAndReadWithAllThatTheyAskFor() async throws {
        try await withWorkOrders { client, database in
            let check: [String: Any] = ["kind": "number", "unit": "°C", "minimum": "-5", "maximum": "80.50"]
            let order = try await client.order([
                ["title": "Isolate", "isMandatory": true, "description": "Lock the switch"],
                ["title": "Measure", "after": [1], "check": check, "opensFollowUp": false],
                ["title": "Look", "check": ["kind": "choice", "options": ["Good", "Bad"], "failing": ["Bad"]]],
            ])
            #expect(order.tasks.map { $0["position"] as? Int } == [1, 2, 3])
            #expect(order.step(0)["isMandatory"] as? Bool == true)
            #expect(order.step(0)["description"] as? String == "Lock the switch")
            #expect(order.step(1)["dependsOn"] as? [String] == [order.task(0)])
            let stored = order.step(1)["check"] as? [String: Any]
            #expect(stored?["minimum"] as? String == "-5" && stored?["maximum"] as? String == "80.50")
            #expect(order.tasks.map { $0["opensFollowUp"] as? Bool } == [false, false, true])
            let read = try await client.send(.get, order.path)
            #expect(read.text == order.answer.text)
            // The state that others read says the same.
            let state = try #require(try await database.outbox(of: WorkOrderState.self).last)
            #expect(state.tasks.map(\.check?.kind) == [nil, .number, .choice])
            #expect(state.tasks[1].dependsOn == [state.tasks[0].id])
        }
    }

    @Test func anAnswerIsStoredWithItsOutcome() async throws {
        try await withWorkOrders { client, database in
            let order = try await client.order([["title": "Measure", "check": ["kind": "number", "maximum": "80"]]])
            let body: [String: Any] = ["status": "completed", "answer": ["number": "79.90"]]
            let done = try await client.send(.patch, "\(order.path)/tasks/\(order.task(0))", body)
            #expect(done.status == .ok, "\(done.text)")
            let task = try #require(done.tasks.first)
            #expect(task["outcome"] as? String == "passed")
            #expect((task["answer"] as? [String: Any])?["number"] as? String == "79.90")
            #expect(try await client.send(.get, order.path).text == done.text)
            let row = try #require(try await database.of(.sunfield).first("SELECT * FROM work_order_tasks"))
            #expect(try row["outcome"] == TaskOutcome.passed)
            // It is taken back, with its answer.
            let back = try await client.send(.patch, "\(order.path)/tasks/\(order.task(0))", ["status": "pending"])
            #expect(back.tasks.first?["answer"] == nil && back.tasks.first?["outcome"] == nil)
            #expect(try await client.send(.get, order.path).text == back.text)
        }
    }

    @Test(
        arguments: [
            (["kind": "choice"], "check.options", "required"), (["kind": "video"], "check.kind", "not_one_of"),
            (["kind": "number", "minimum": "1e3"], "check.minimum", "not_a_decimal"),
            (["kind": "number", "minimum": 1], "check.minimum", "not_text"),
            (["kind": "yes_no", "unit": "m"], "check.unit", "not_of_kind"),
        ] as [([String: any Sendable], String, String)]
    )
    func aCheckThatIsWrongIsRefusedByItsName(check: [String: any Sendable], field: String, code: String) async throws {
        try await withWorkOrders { client, _ in
            let order = try await client.order([["title": "Measure"]])
            for (method, path, body) in [
                (.post, "\(order.path)/tasks", ["title": "x", "check": check]),
                (.patch, "\(order.path)/tasks/\(order.task(0))", ["check": check]),
            ] as [(HTTPRequest.Method, String, [String: Any])] {
                let answer = try await client.send(method, path, body)
                #expect((answer.status, answer.wrongFields, answer.brokenRules) == (.badRequest, [field], [code]))
            }
            let created = try await client.send(
                .post,
                "/api/v1/workorders",
                ServiceClient.body([["title": "x", "check": check]])
            )
            #expect((created.status, created.wrongFields) == (.badRequest, ["tasks[0].\(field)"]), "\(created.text)")
        }
    }

    @Test func aTaskOfANewListWaitsOnlyForEarlierOnes() async throws {
        try await withWorkOrders { client, _ in
            for after in [[1], [2], [101], [0]] {
                let answer = try await client.send(
                    .post,
                    "/api/v1/workorders",
                    ServiceClient.body([["title": "a", "after": after], ["title": "b"]])
                )
                #expect(
                    answer.status == .badRequest && answer.text.contains("tasks[0].after"),
                    "\(after): \(answer.text)"
                )
            }
        }
    }

    @Test func whoOnlyDoesTheWorkRecordsButDoesNotChangeWhatIsAskedFor() async throws {
        try await withWorkOrders { client, _ in
            let order = try await client.order(
                [["title": "Measure", "isMandatory": true, "check": ["kind": "yes_no", "passes": true]]],
                ["assignedTo": UserID.anna.description]
            )
            client.authority.grant(
                "technician",
                [
                    Grant(.workOrderRead, .assigned),
                    Grant(.workOrderUpdate, .assigned, if: .assignedLimited),
                ]
            )
            let technician = try await client.acting(as: .anna, of: .sunfield, roles: ["technician"])
            let path = "\(order.path)/tasks/\(order.task(0))"
            for change in [
                ["title": "x"], ["isMandatory": false], ["check": NSNull()], ["position": 1], ["opensFollowUp": false],
            ]
                as [[String: Any]]
            {
                let answer = try await technician.send(.patch, path, change.merging(["notes": "x"]) { $1 })
                #expect(
                    (answer.status, answer["code"]) == (.forbidden, "condition_not_met"),
                    "\(change): \(answer.text)"
                )
            }
            #expect(try await technician.send(.delete, path).status == .forbidden)
            let skipped = try await technician.send(.patch, path, ["status": "skipped", "notes": "Rain"])
            #expect((skipped.status, skipped["code"]) == (.forbidden, "task_mandatory"))
            let done = try await technician.send(.patch, path, ["status": "completed", "answer": ["yes": true]])
            #expect(done.status == .ok, "\(done.text)")
            // Who may verify, but elsewhere, does not skip it either.
            client.authority.grant(
                "elsewhere",
                [
                    Grant(.workOrderRead), Grant(.workOrderUpdate), Grant(.workOrderVerify, .assigned),
                ]
            )
            let other = try await client.acting(as: .bo, of: .sunfield, roles: ["elsewhere"])
            #expect(
                try await other.send(.patch, path, ["status": "skipped", "notes": "Rain"])["code"] == "task_mandatory"
            )
            #expect(try await client.send(.patch, path, ["status": "skipped", "notes": "Rain"]).status == .ok)
        }
    }

    @Test func tasksChangePlacesAndAreRemoved() async throws {
        try await withWorkOrders { client, database in
            let order = try await client.order([["title": "a"], ["title": "b"], ["title": "c"]])
            let moved = try await client.send(.patch, "\(order.path)/tasks/\(order.task(2))", ["position": 1])
            #expect(moved.tasks.map { $0["title"] as? String } == ["c", "a", "b"], "\(moved.text)")
            let left = try await client.send(.delete, "\(order.path)/tasks/\(order.task(0))")
            #expect(left.tasks.map { $0["title"] as? String } == ["c", "b"], "\(left.text)")
            #expect(try await client.send(.get, order.path).text == left.text)
            let rows = try await database.of(.sunfield).query("SELECT title FROM work_order_tasks ORDER BY position")
            #expect(try rows.map { try $0["title"] as String } == ["c", "b"])
            let stale = try await client.send(
                .delete,
                "\(order.path)/tasks/\(order.task(1))",
                headers: [.ifMatch: "\"1\""]
            )
            #expect(stale.status == .conflict)
            #expect(try await client.send(.delete, "\(order.path)/tasks/\(order.task(0))").status == .notFound)
        }
    }

    // MARK: - Meters

    @Test func aMeterDoesNotFallOverAllWorkOrdersOfAnAsset() async throws {
        try await withWorkOrders { client, database in
            let task: [String: Any] = ["title": "Read", "check": ["kind": "meter", "meter": "Hours", "unit": "h"]]
            let first = try await client.order([task])
            let second = try await client.order([task])
            func read(_ number: String, _ order: ChecklistOrder, isReset: Bool? = nil) async throws -> ServiceAnswer {
                var answer: [String: Any] = ["number": number]
                answer["isReset"] = isReset
                return try await client.send(
                    .patch,
                    "\(order.path)/tasks/\(order.task(0))",
                    ["status": "completed", "answer": answer]
                )
            }
            #expect(try await read("120.5", first).status == .ok)
            let below = try await read("120.49", second)
            #expect((below.status, below.brokenRules) == (.badRequest, ["below_last_reading"]), "\(below.text)")
            // What was mistyped is corrected: a task's own reading is not the one before it.
            #expect(try await read("12.05", first).status == .ok)
            #expect(try await read("120.49", second).status == .ok)
            #expect(try await read("3", first).brokenRules == ["below_last_reading"])
            // The meter was exchanged.
            #expect(try await read("3", first, isReset: true).status == .ok)
            // What is taken back counts no more.
            _ = try await client.send(.patch, "\(first.path)/tasks/\(first.task(0))", ["status": "pending"])
            #expect(try await database.of(.sunfield).count("SELECT count(*) FROM meter_readings") == 1)
            // Another asset has meters of its own.
            let asset = AssetID.sample(21)
            try await database.of(.sunfield).execute(
                """
                INSERT INTO assets (id, tenant_id, site_id, code, status, version)
                VALUES (\(asset), \(TenantID.sunfield), \(SiteID.sample(30)), 'INV-3', 'operational', 1)
                """
            )
            let other = try await client.order([task], ["assetId": asset.description])
            #expect(try await read("1", other).status == .ok)
        }
    }

    @Test func theLastReadingIsFoundByAnIndex() async throws {
        try await withDatabase(.all) { database in
            let order = WorkOrder.sample(.inProgress)
            let plan = try await database.owner.plan(MeterReadings.last("Hours", "h", of: order, except: .sample(1)))
            #expect(plan.contains("meter_readings_latest"), "\(plan)")
        }
    }

    // MARK: - Instances of the version before

    /// It sets a task back, and knows nothing of the answer: what was answered counts no more.
    @Test func anAnswerThatAnEarlierVersionLeftCountsNoMore() async throws {
        try await withWorkOrders { client, database in
            let order = try await client.order([["title": "Look", "check": ["kind": "yes_no", "passes": true]]])
            let path = "\(order.path)/tasks/\(order.task(0))"
            _ = try await client.send(.patch, path, ["status": "completed", "answer": ["yes": true]])
            try await database.of(.sunfield).execute(
                "UPDATE work_order_tasks SET status = 'pending', completed_at = NULL, completed_by = NULL"
            )
            let read = try await client.send(.get, order.path)
            #expect(read.tasks.first?["answer"] == nil && read.tasks.first?["outcome"] == nil)
            #expect(try await client.send(.patch, path, ["status": "completed"]).brokenRules == ["answer_missing"])
        }
    }
}

/// A work order that a test has created.
struct ChecklistOrder: Sendable {
    let answer: ServiceAnswer

    var id: String { answer["id"] ?? "" }
    var path: String { "/api/v1/workorders/\(id)" }
    var tasks: [[String: Any]] { answer.tasks }
    func step(_ index: Int) -> [String: Any] { answer.step(index) }
    func task(_ index: Int) -> String { tasks[index]["id"] as? String ?? "" }
}

extension ServiceAnswer {
    var tasks: [[String: Any]] { object["tasks"] as? [[String: Any]] ?? [] }

    /// A task by its index; nothing if there is none.
    func step(_ index: Int) -> [String: Any] { index < tasks.count ? tasks[index] : [:] }
}

extension ServiceClient {
    static func body(_ tasks: [[String: Any]], _ further: [String: Any] = [:]) -> [String: Any] {
        let body: [String: Any] = [
            "assetId": AssetReplica.inverter.id.description, "title": "Yearly service", "type": "preventive",
            "priority": "high", "tasks": tasks,
        ]
        return body.merging(further) { $1 }
    }

    /// A new work order with these tasks.
    func order(_ tasks: [[String: Any]], _ further: [String: Any] = [:]) async throws -> ChecklistOrder {
        let answer = try await send(.post, "/api/v1/workorders", Self.body(tasks, further))
        guard answer.status == .created else { throw UnexpectedAnswer(text: answer.text) }
        return ChecklistOrder(answer: answer)
    }
}
