import EventSchema
import Foundation
import Identifiers
import LocalServers
import Postgres
import TestSupport
import Testing

/// Work orders across the services, with real processes.
@Suite(.serialized) struct WorkOrderTests {
    /// Each completion waits for its tasks, and the tasks are spread over all partitions.
    @Test func pushedChangesAreAppliedInTheirOrder() async throws {
        try await Fleet.run { fleet in
            let work = try await Work(fleet)
            var tasks: [[String: Any]] = []
            var completions: [[String: Any]] = []
            for _ in 0..<12 {
                let order = try await work.order(tasks: 8)
                try await work.move(order.id, "submit", "start")
                tasks += order.tasks.map {
                    Work.change("task", $0, "update", ["status": "completed"], parent: order.id)
                }
                completions.append(Work.change("work_order", order.id, "transition", ["transition": "complete"]))
            }
            let answer = try await work.push(tasks + completions)
            #expect(answer.errors == [])
            #expect(answer.accepted == tasks.count + completions.count)
            let done = try await fleet.count(
                "work-orders",
                "SELECT count(*) AS n FROM work_orders WHERE status = 'completed'"
            )
            #expect(done == completions.count)
        }
    }

    /// One representation of a record: what a device pulls is what the API shows.
    @Test func aDevicePullsWhatTheAPIShows() async throws {
        try await Fleet.run { fleet in
            let work = try await Work(fleet)
            let order = try await work.order(tasks: 2)
            try await work.move(order.id, "submit", "start")
            let shown = try await work.supervisor.send("GET", "/api/v1/workorders/\(order.id)").body
            let site = try #require(shown["siteId"] as? String)
            let paths = [("workorders", order.id), ("assets", work.asset), ("sites", site)]
            // The asset follows the work, and the device follows both.
            let (pulled, bodies) = try await eventually("the same records") {
                let answer = try await work.supervisor.send("POST", "/api/v1/sync/pull", [:])
                let changes = answer.body["changes"] as? [[String: Any]] ?? []
                let records = changes.reduce(into: [String: [String: Any]]()) { records, change in
                    records[change["id"] as? String ?? ""] = change["data"] as? [String: Any]
                }
                var bodies: [String: [String: Any]] = [:]
                for (path, id) in paths {
                    bodies[id] = try await work.supervisor.send("GET", "/api/v1/\(path)/\(id)").body
                }
                let isCurrent = paths.allSatisfy { _, id in
                    records[id]?["version"] as? Int == bodies[id]?["version"] as? Int && records[id] != nil
                }
                let isFollowed = bodies[work.asset]?["status"] as? String == "maintenance"
                return isCurrent && isFollowed ? (Records(records), Records(bodies)) : nil
            }
            for (path, id) in paths {
                #expect(bodies.dictionary(id)["id"] as? String == id)
                #expect(pulled.dictionary(id) == bodies.dictionary(id), "\(path)")
            }
        }
    }

    /// The database starts empty after the log has deleted the old events.
    @Test func aNewServiceSeesAllWorkOrdersIncludingClosedOnes() async throws {
        try await Fleet.run { fleet in
            let work = try await Work(fleet)
            var expected: [String: String] = [:]
            for number in 0..<9 {
                let order = try await work.order(tasks: 1)
                switch number % 3 {
                case 0: expected[order.id] = "draft"
                case 1:
                    try await work.move(order.id, "submit", "cancel")
                    expected[order.id] = "cancelled"
                default:
                    try await work.move(order.id, "submit", "start")
                    expected[order.id] = "in_progress"
                }
            }
            _ = try await eventually("all events to be published") {
                try await fleet.count("work-orders", "SELECT count(*) AS n FROM outbox") == 0 ? true : nil
            }
            let canDelete = try await Python.run(
                "Tests/Oracles/delete_records.py",
                // Up to the end of the topic.
                [
                    await fleet.bootstrap, Topic.workOrderEvents.name, "-1", Fleet.tester, Fleet.kafkaPassword,
                ],
                needs: "confluent_kafka"
            )
            guard canDelete else { return }
            try await fleet.process("mobile-sync").kill()
            _ = try await fleet.rows("mobile-sync", "TRUNCATE feed, feed_positions, consumer_positions, inbox")
            try await fleet.start("mobile-sync")
            try await fleet.ready("mobile-sync")
            let found = try await eventually("the work orders") {
                let states = try await work.pull()
                return states.count == expected.count ? states : nil
            }
            #expect(found == expected)
        }
    }
}

/// Records as JSON objects, which a closure may return.
private struct Records: @unchecked Sendable {
    private let all: [String: [String: Any]]

    init(_ all: [String: [String: Any]]) {
        self.all = all
    }

    func dictionary(_ id: String) -> NSDictionary { NSDictionary(dictionary: all[id] ?? [:]) }
}

/// The people, the asset and the requests of these tests.
private struct Work: Sendable {
    let supervisor: API
    let technician: API
    let technicianID: String
    let asset: String

    init(_ fleet: Fleet) async throws {
        let administrator = try await API(base: fleet.gateway).login(Fleet.administrator)
        let password = "a long tara password"
        let user = try await administrator.send(
            "POST",
            "/api/v1/users",
            ["email": "tara@fleet.example", "displayName": "Tara", "roles": ["technician"], "password": password]
        )
        technicianID = user.body["id"] as? String ?? ""
        let site = try await administrator.send(
            "POST",
            "/api/v1/sites",
            ["code": "S1", "name": "Roof", "timeZone": "America/Denver"]
        )
        let inverter = try await administrator.send(
            "POST",
            "/api/v1/assets",
            ["siteId": site.body["id"] ?? "", "code": "INV-2", "name": "Inverter 2", "type": "inverter"]
        )
        asset = inverter.body["id"] as? String ?? ""
        supervisor = administrator
        technician = try await API(base: fleet.gateway).login(("tara@fleet.example", password))
    }

    func order(tasks: Int) async throws -> (id: String, tasks: [String]) {
        let created = try await supervisor.make(
            "/api/v1/workorders",
            [
                "assetId": asset, "title": "Inverter overheats", "type": "corrective", "priority": "high",
                "assignedTo": technicianID, "tasks": (1...tasks).map { ["title": "Task \($0)"] },
            ]
        )
        let steps = created["tasks"] as? [[String: Any]] ?? []
        return (try #require(created["id"] as? String), steps.compactMap { $0["id"] as? String })
    }

    func move(_ order: String, _ transitions: String...) async throws {
        for transition in transitions {
            let path = "/api/v1/workorders/\(order)/transitions/\(transition)"
            let moved = try await supervisor.send("POST", path, ["reason": "A test"])
            #expect(moved.status == 200, "\(moved.body)")
        }
    }

    static func change(
        _ entity: String,
        _ id: String,
        _ operation: String,
        _ data: [String: Any],
        parent: String? = nil
    )
        -> [String: Any]
    {
        var change: [String: Any] = [
            "id": SyncChangeID.new().description, "entity": entity, "entityId": id, "operation": operation,
            "data": data,
            "changedAt": "2026-06-01T12:00:00Z",
        ]
        change["parentId"] = parent
        return change
    }

    /// Pushes until every change has a verdict.
    func push(_ changes: [[String: Any]]) async throws -> (accepted: Int, errors: Set<String>) {
        let body: [String: Any] = ["deviceId": DeviceID.sample(70).description, "changes": changes]
        var answer: [String: Any] = [:]
        try await eventually("every verdict", every: .milliseconds(100)) {
            answer = try await technician.send("POST", "/api/v1/sync/push", body).body
            return (answer["pending"] as? [String])?.isEmpty == true ? true : nil
        }
        let errors = answer["errors"] as? [[String: Any]] ?? []
        return (
            (answer["accepted"] as? [[String: Any]])?.count ?? 0, Set(errors.compactMap { $0["reason"] as? String })
        )
    }

    /// The status of each work order, as a new device receives it.
    func pull() async throws -> [String: String] {
        let answer = try await technician.send("POST", "/api/v1/sync/pull", ["entities": ["work_order"]])
        let changes = answer.body["changes"] as? [[String: Any]] ?? []
        return Dictionary(
            changes.map { ($0["id"] as? String ?? "", ($0["data"] as? [String: Any])?["status"] as? String ?? "") }
        ) { $1 }
    }
}
