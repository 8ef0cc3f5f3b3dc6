import Access
import Commands
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

/// What is done by itself.
@Suite struct AutomationTests {
    /// A site whose rules run when their facts come back from the log.
    private struct Plant: Sendable {
        var site: LaborSite
        var client: ServiceClient { site.client }

        private var rules: AutomationConsumer {
            let clock = site.clock
            let orders = WorkOrderStore(database: site.database)
            return AutomationConsumer(
                store: AutomationStore(orders: orders),
                templates: TemplateStore(database: site.database),
                rules: { _ in AttributeRules() },
                now: { clock.now }
            )
        }

        @discardableResult
        func rule(_ name: String, _ when: String, _ actions: [[String: Any]], _ further: [String: Any] = [:])
            async throws
            -> String
        {
            let body = further.merging(["name": name, "when": when, "actions": actions]) { $1 }
            let made = try await client.send(.post, "/api/v1/automation-rules", body)
            #expect(made.status == .created, "\(made.text)")
            return try #require(made["id"])
        }

        func order(_ further: [String: Any] = [:]) async throws -> String {
            let body: [String: Any] = [
                "assetId": AssetReplica.inverter.id.description, "title": "Replace the fan", "type": "corrective",
                "priority": "low",
            ]
            let made = try await client.send(.post, "/api/v1/workorders", body.merging(further) { $1 })
            return try #require(made["id"], "\(made.text)")
        }

        func read(_ order: String) async throws -> ServiceAnswer {
            try await client.send(.get, "/api/v1/workorders/\(order)")
        }

        func runs(_ rule: String) async throws -> [[String: Any]] {
            try await client.all("/api/v1/automation-rules/\(rule)/runs", limit: 50)
        }

        /// Hands the facts in the outbox to the rules, with what they do because of it, until nothing new is there.
        ///
        /// - Returns: How many facts there were.
        @discardableResult func settle() async throws -> Int {
            var last: Int64 = 0
            var count = 0
            while true {
                let rows = try await site.database.query(
                    """
                    SELECT id, value, headers::text AS headers FROM outbox
                    WHERE topic = 'workorders.events' AND id > \(last) ORDER BY id
                    """
                )
                guard !rows.isEmpty else { return count }
                for row in rows {
                    last = try row["id"]
                    count += 1
                    try #require(count < 500, "rules start one another without an end")
                    try await hand(on: try row["value"], try row["headers"])
                }
            }
        }

        private func hand(on value: [UInt8], _ headers: String) async throws {
            let members = try JSONReader.read(headers.utf8).members ?? [:]
            let metadata = try EventMetadata(headers: members.map { ($0.key, Array(($0.value.text ?? "").utf8)) })
            switch metadata.type {
            case WorkOrderCreated.name: try await tell(WorkOrderCreated.self, value, metadata, .created, \.workOrder)
            case WorkOrderStateChanged.name:
                try await tell(WorkOrderStateChanged.self, value, metadata, .stateChanged, \.workOrder)
            case WorkOrderAssigned.name: try await tell(WorkOrderAssigned.self, value, metadata, .assigned, \.workOrder)
            case WorkOrderCompleted.name:
                try await tell(WorkOrderCompleted.self, value, metadata, .completed, \.workOrder)
            case WorkOrderCommented.name:
                try await tell(WorkOrderCommented.self, value, metadata, .commented, \.workOrder)
            default: break
            }
        }

        private func tell<Fact: Event>(
            _: Fact.Type,
            _ value: [UInt8],
            _ metadata: EventMetadata,
            _ trigger: AutomationTrigger,
            _ order: KeyPath<Fact, WorkOrderID>
        ) async throws {
            let fact = try EventCodec.committed().decode(Fact.self, from: value)
            let id = fact[keyPath: order]
            try await site.database.of(metadata.tenant ?? .sunfield).transaction { tx in
                // As the consumer does: a fact that comes twice is handled once.
                let claimed = try await tx.execute(
                    "INSERT INTO inbox (event_id) VALUES (\(metadata.id)) ON CONFLICT DO NOTHING"
                )
                guard claimed == 1 else { return }
                try await rules.handle(Delivery(event: fact, metadata: metadata), trigger, of: id, tx)
            }
        }
    }

    private func withPlant(_ body: @escaping @Sendable (Plant) async throws -> Void) async throws {
        try await withLabor { try await body(Plant(site: $0)) }
    }

    private static var raise: [[String: Any]] { [["kind": "set_priority", "priority": "critical"]] }

    @Test func aRuleDoesWhatItSaysOnce() async throws {
        try await withPlant { plant in
            let template = try await plant.client.send(
                .post,
                "/api/v1/workorders/templates",
                [
                    "name": "Look", "type": "corrective", "priority": "low",
                    "tasks": [["title": "Take photos"], ["title": "Measure", "after": [1]]],
                ]
            )
            let hook = try await plant.client.send(
                .post,
                "/api/v1/webhooks",
                ["name": "Tickets", "url": "https://hooks.example.com/", "events": ["workorder.signed"]]
            )
            let webhook = try #require((hook.object["webhook"] as? [String: Any])?["id"] as? String)
            let actions: [[String: Any]] = [
                ["kind": "set_priority", "priority": "high"], ["kind": "assign", "userId": UserID.carla.description],
                ["kind": "add_tasks", "templateId": try #require(template["id"])],
                ["kind": "comment", "text": "It was given to Carla"], ["kind": "call_webhook", "webhookId": webhook],
            ]
            let rule = try await plant.rule("All", "created", actions)
            let order = try await plant.order(["tasks": [["title": "Come"]]])
            try await plant.settle()
            // All of it arrives once more.
            try await plant.settle()
            let read = try await plant.read(order)
            #expect((read["priority"], read["assignedTo"]) == ("high", UserID.carla.description), "\(read.text)")
            let tasks = read.object["tasks"] as? [[String: Any]] ?? []
            #expect(tasks.map { $0["title"] as? String } == ["Come", "Take photos", "Measure"])
            #expect(tasks.map { $0["position"] as? Int } == [1, 2, 3])
            let comments = try await plant.client.all("/api/v1/workorders/\(order)/comments", limit: 10)
            #expect(comments.map { $0["text"] as? String } == ["It was given to Carla"])
            #expect(comments.first?["createdBy"] as? String == UserID.anna.description)
            let filed = try await plant.client.all("/api/v1/webhooks/\(webhook)/deliveries", limit: 10)
            #expect(filed.map { $0["event"] as? String } == ["automation.fired"])
            let runs = try await plant.runs(rule)
            #expect(
                runs.count == 1 && runs.first?["outcome"] as? String == "done" && runs.first?["actions"] as? Int == 5
            )
            // The system has done it, and the log of changes names the rule.
            let changes = try await plant.site.database.outbox(of: AuditRecorded.self).filter {
                $0.action == "WORKORDER_UPDATED"
            }
            #expect(
                changes.count == 3
                    && changes.allSatisfy { $0.user == nil && $0.cause == "automation rule \(rule): All" }
            )
        }
    }

    @Test func conditionsSayWhichWorkOrders() async throws {
        try await withPlant { plant in
            let condition: [String: Any] = [
                "match": "all", "tests": [["field": "priority", "values": ["low", "medium"]]],
                "groups": [
                    [
                        "match": "any",
                        "tests": [
                            ["field": "type", "values": ["emergency"]], ["field": "skill", "values": ["high voltage"]],
                        ],
                    ]
                ],
            ]
            try await plant.rule("Some", "created", Self.raise, ["condition": condition])
            let orders = try await [
                plant.order(), plant.order(["type": "emergency"]), plant.order(["requiredSkills": ["high voltage"]]),
                plant.order(["type": "emergency", "priority": "high"]),
            ]
            try await plant.settle()
            var found: [String?] = []
            for order in orders { found.append(try await plant.read(order)["priority"]) }
            #expect(found == ["low", "critical", "critical", "high"])
        }
    }

    /// Two rules that start one another, a rule that would start itself, and a chain that is too long.
    @Test func nothingGoesRoundInCircles() async throws {
        try await withPlant { plant in
            func say(_ text: String) -> [[String: Any]] { [["kind": "comment", "text": text]] }
            let itself = try await plant.rule("Itself", "commented", say("Again"))
            let order = try await plant.order()
            let comments = "/api/v1/workorders/\(order)/comments"
            #expect(try await plant.client.send(.post, comments, ["text": "First"]).status == .created)
            try await plant.settle()
            #expect(try await plant.client.all(comments, limit: 50).count == 2)
            #expect(Set(try await plant.runs(itself).map { $0["outcome"] as? String }) == ["done", "stopped"])
            // Four more: each is started by what the others do, three deep and no deeper.
            for number in 1...4 { try await plant.rule("Rule \(number)", "commented", say("Number \(number)")) }
            let second = try await plant.order()
            let more = "/api/v1/workorders/\(second)/comments"
            #expect(try await plant.client.send(.post, more, ["text": "First"]).status == .created)
            try await plant.settle()
            // The first comment starts all five; all of them have then led to what they wrote, so none runs again.
            #expect(try await plant.client.all(more, limit: 50).count == 6)
        }
    }

    @Test func aChainIsThreeDeep() async throws {
        try await withPlant { plant in
            func rule(_ name: String, _ when: String, _ actions: [[String: Any]], from phase: String? = nil)
                async throws
                -> String
            { try await plant.rule(name, when, actions) }
            // Created, then assigned, then commented, and the fourth would follow from the comment.
            let one = try await rule("One", "created", [["kind": "assign", "userId": UserID.carla.description]])
            let two = try await rule("Two", "assigned", [["kind": "comment", "text": "Given"]])
            let three = try await rule("Three", "commented", [["kind": "assign", "userId": UserID.bo.description]])
            let four = try await plant.rule(
                "Four",
                "assigned",
                [["kind": "comment", "text": "Too deep"]],
                ["condition": ["tests": [["field": "priority", "values": ["low"]]]], "position": 200]
            )
            let order = try await plant.order()
            try await plant.settle()
            #expect(try await plant.read(order)["assignedTo"] == UserID.bo.description)
            #expect(try await plant.runs(one).map { $0["depth"] as? Int } == [1])
            #expect(try await plant.runs(three).first { $0["outcome"] as? String == "done" }?["depth"] as? Int == 3)
            let stopped = try await plant.runs(two).filter { $0["outcome"] as? String == "stopped" }
            #expect(!stopped.isEmpty)
            #expect(try await plant.runs(four).filter { $0["outcome"] as? String == "done" }.count == 1)
        }
    }

    @Test func orderCountsAndOneCanStopTheOthers() async throws {
        try await withPlant { plant in
            let late = try await plant.rule("Late", "created", [["kind": "comment", "text": "Late"]], ["position": 3])
            try await plant.rule("Early", "created", [["kind": "comment", "text": "Early"]], ["position": 1])
            try await plant.rule(
                "Middle",
                "created",
                [["kind": "comment", "text": "Middle"]],
                ["position": 2, "stops": true, "condition": ["tests": [["field": "type", "values": ["emergency"]]]]]
            )
            func texts(_ order: String) async throws -> [String?] {
                try await plant.settle()
                return try await plant.client.all("/api/v1/workorders/\(order)/comments", limit: 9).map {
                    $0["text"] as? String
                }
            }
            let stopped = try await texts(try await plant.order(["type": "emergency"]))
            #expect(Set(stopped) == ["Early", "Middle"])
            #expect(Set(try await texts(try await plant.order())) == ["Early", "Late"])
            #expect(try await plant.runs(late).count == 1)
        }
    }

    @Test func aRuleThatFailsIsToldAndSwitchedOff() async throws {
        try await withPlant { plant in
            let assign: [[String: Any]] = [
                ["kind": "set_priority", "priority": "high"], ["kind": "assign", "userId": UserID.carla.description],
            ]
            let rule = try await plant.rule("Carla", "created", assign)
            try await plant.site.database.of(.sunfield).execute(
                "UPDATE users SET is_active = false WHERE id = \(UserID.carla)"
            )
            for number in 1...AutomationRule.mostFailures {
                let order = try await plant.order()
                try await plant.settle()
                // What was done before stays, and the work order is as good as any.
                #expect(try await plant.read(order)["priority"] == "high")
                let read = try await plant.client.send(.get, "/api/v1/automation-rules/\(rule)")
                #expect(read.number("failures") == Double(number), "\(read.text)")
                #expect(read["lastError"]?.hasPrefix("assign: ") == true)
                #expect(read.object["isDisabled"] as? Bool == (number == AutomationRule.mostFailures))
            }
            let last = try #require(try await plant.runs(rule).first)
            #expect(last["outcome"] as? String == "failed" && last["actions"] as? Int == 1)
            _ = try await plant.order()
            try await plant.settle()
            #expect(try await plant.runs(rule).count == AutomationRule.mostFailures)
            let audit = try await plant.site.database.outbox(of: AuditRecorded.self).map(\.action)
            #expect(audit.count { $0 == "AUTOMATION_RULE_DISABLED" } == 1)
        }
    }

    @Test func whatARuleNamesMustBeThere() async throws {
        try await withPlant { plant in
            func refusal(_ action: [String: Any]) async throws -> (String?, [String]) {
                let body: [String: Any] = ["name": "R", "when": "created", "actions": [action]]
                let answer = try await plant.client.send(.post, "/api/v1/automation-rules", body)
                #expect(answer.status == .badRequest, "\(answer.text)")
                return (answer["code"], answer.wrongFields)
            }
            let nobody = UUID().uuidString
            #expect(
                try await refusal(["kind": "assign", "userId": nobody]) == ("unknown_person", ["actions[0].userId"])
            )
            let template = try await refusal(["kind": "add_tasks", "templateId": nobody])
            #expect(template == ("unknown_template", ["actions[0].templateId"]))
            let webhook = try await refusal(["kind": "call_webhook", "webhookId": nobody])
            #expect(webhook == ("unknown_webhook", ["actions[0].webhookId"]))
            #expect(try await refusal(["kind": "comment"]).1 == ["actions[0].text"])
            #expect(
                try await refusal(["kind": "comment", "text": "x", "priority": "low"]).1 == ["actions[0].priority"]
            )
            for test in [
                ["field": "priority", "values": ["urgent"]], ["field": "site", "values": ["north"]],
            ] as [[String: Any]] {
                let body: [String: Any] = [
                    "name": "R", "when": "created", "actions": Self.raise, "condition": ["tests": [test]],
                ]
                let answer = try await plant.client.send(.post, "/api/v1/automation-rules", body)
                #expect(answer.wrongFields == ["condition.tests[0].values[0]"], "\(answer.text)")
            }
        }
    }

    /// A dry run tells what would have been, and changes nothing at all.
    @Test func aDryRunChangesNothing() async throws {
        try await withPlant { plant in
            let early = try await plant.order()
            plant.site.clock.set(.noon + 10 * 86_400)
            let emergency = try await plant.order(["type": "emergency"])
            _ = try await plant.order()
            for move in ["submit", "cancel"] {
                try await plant.site.move("/api/v1/workorders/\(emergency)", move)
            }
            plant.site.clock.set(.noon + 35 * 86_400)
            let rule: [String: Any] = [
                "name": "Dry", "when": "created", "actions": Self.raise,
                "condition": ["tests": [["field": "type", "values": ["emergency", "corrective"]]]],
            ]
            let before = try await dump(plant.site.database)
            let run = try await plant.client.send(.post, "/api/v1/automation-rules/dry-run", ["rule": rule])
            #expect(run.status == .ok, "\(run.text)")
            #expect(run.number("examined") == 2 && run.number("fired") == 2)
            #expect(!run.items.contains { $0["workOrderId"] as? String == early })
            #expect(run.items.first?["actions"] as? [String] == ["set_priority"])
            // The phase is the one of that time: it is cancelled by now.
            var moved = rule
            moved["when"] = "state_changed"
            moved["condition"] = ["tests": [["field": "phase", "values": ["approved"]]]]
            let then = try await plant.client.send(.post, "/api/v1/automation-rules/dry-run", ["rule": moved])
            #expect(then.number("examined") == 2 && then.number("fired") == 1, "\(then.text)")
            #expect(then.items.map { $0["workOrderId"] as? String } == [emergency])
            for when in ["assigned", "completed", "service_level", "commented"] {
                var other = rule
                other["when"] = when
                let answer = try await plant.client.send(.post, "/api/v1/automation-rules/dry-run", ["rule": other])
                #expect(answer.status == .ok && answer.number("fired") == 0, "\(answer.text)")
            }
            #expect(try await dump(plant.site.database) == before)
        }
    }

    /// All rows of all tables, as text.
    private func dump(_ database: Database) async throws -> [String] {
        let tables = try await database.query(
            """
            SELECT relname AS name FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname
            """
        ).map { try $0["name"] as String }
        var all: [String] = []
        for table in tables {
            let statement = SQL(stringLiteral: "SELECT t::text AS text FROM \"\(table)\" t ORDER BY 1")
            all += try await database.of(.sunfield).query(statement).map { "\(table): \(try $0["text"] as String)" }
        }
        return all
    }

    @Test func oldRunsAreRemoved() async throws {
        try await withPlant { plant in
            let rule = try await plant.rule("Any", "created", Self.raise)
            _ = try await plant.order()
            try await plant.settle()
            let store = AutomationStore(orders: WorkOrderStore(database: plant.site.database))
            #expect(try await store.prune(at: .noon + AutomationRun.retention, limit: 9) == 0)
            #expect(try await store.prune(at: .noon + AutomationRun.retention + 1, limit: 9) == 1)
            #expect(try await plant.runs(rule).isEmpty)
        }
    }
}
