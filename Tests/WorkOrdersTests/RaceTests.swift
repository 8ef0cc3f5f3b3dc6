import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import TestSupport
import Testing

@testable import WorkOrders

/// A hundred clients and one work order.
@Suite struct RaceTests {
    @Test func exactlyOneWinsEachStep() async throws {
        try await withLabor { site in
            let verified = ["approval": ["when": "always"], "verification": ["when": "always"]]
            #expect(try await site.client.send(.put, "/api/v1/workorders/policy", verified).status == .ok)
            let created = try await site.client.send(
                .post,
                "/api/v1/workorders",
                [
                    "assetId": AssetReplica.inverter.id.description, "title": "Replace the fan", "type": "corrective",
                    "priority": "high", "assignedTo": UserID.anna.description,
                ]
            )
            let path = "/api/v1/workorders/\(try #require(created["id"]))"
            let bo = try await site.client.acting(as: .bo, of: .sunfield, roles: ["all"])
            var version = 1.0
            for (who, move) in [
                (site.client, "submit"), (bo, "approve"), (site.client, "start"), (site.client, "pause"),
                (site.client, "resume"), (site.client, "complete"), (bo, "verify"), (bo, "close"),
            ] {
                let answers = try await withThrowingTaskGroup(of: ServiceAnswer.self) { group in
                    for _ in 0..<100 {
                        group.addTask {
                            try await who.send(.post, "\(path)/transitions/\(move)", ["reason": "A race"])
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                let won = answers.filter { $0.status == .ok }
                #expect(won.count == 1, "\(move)")
                let codes = Set(answers.filter { $0.status != .ok }.map { $0["code"] ?? $0.text })
                #expect(codes == ["illegal_transition"], "\(move): \(codes)")
                version += 1
                #expect(won.first?.number("version") == version)
            }
            // One line of history, one fact and one line of the audit log for each step.
            let history: SQL = "SELECT count(*) AS count FROM work_order_state_history"
            #expect(try await site.database.of(.sunfield).count(history) == 9)
            #expect(try await site.database.outbox(of: WorkOrderStateChanged.self).count == 8)
            let audit = try await site.database.outbox(of: AuditRecorded.self).map(\.action)
            #expect(audit.count { $0 == "WORKORDER_STATE_CHANGED" } == 8)
            let clocks: SQL = "SELECT count(*) AS count FROM labor_entries"
            #expect(try await site.database.of(.sunfield).count(clocks) == 2)
        }
    }

    /// Some moves may be made again and again, such as a new plan: there the version that each has seen decides.
    @Test func oneOfThoseWhoHaveSeenTheSameVersionMakesTheMove() async throws {
        try await withLabor { site in
            let asked = ["approval": ["when": "always"], "verification": ["when": "always"]]
            #expect(try await site.client.send(.put, "/api/v1/workorders/policy", asked).status == .ok)
            let created = try await site.client.send(
                .post,
                "/api/v1/workorders",
                [
                    "assetId": AssetReplica.inverter.id.description, "title": "Replace the fan", "type": "corrective",
                    "priority": "high",
                ]
            )
            let path = "/api/v1/workorders/\(try #require(created["id"]))"
            let bo = try await site.client.acting(as: .bo, of: .sunfield, roles: ["all"])
            let steps: [(ServiceClient, Transition)] = [
                (site.client, .submit), (bo, .reject), (site.client, .submit), (bo, .approve), (bo, .schedule),
                (bo, .schedule), (bo, .unschedule), (bo, .schedule), (bo, .assign), (bo, .assign),
                (site.client, .start),
                (site.client, .pause), (site.client, .resume), (site.client, .complete), (bo, .reopen),
                (site.client, .complete), (bo, .reopen), (site.client, .pause), (bo, .cancel),
            ]
            for (version, (who, move)) in zip(1..., steps) {
                let body = [
                    "reason": "A race", "scheduledStart": "2026-06-01T12:00:00Z", "assignedTo": UserID.anna.description,
                ]
                let answers = try await withThrowingTaskGroup(of: ServiceAnswer.self) { group in
                    for _ in 0..<100 {
                        group.addTask {
                            try await who.send(
                                .post,
                                "\(path)/transitions/\(move)",
                                body,
                                headers: [.ifMatch: "\"\(version)\""]
                            )
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.count { $0.status == .ok } == 1, "\(move): \(answers.first?.text ?? "")")
                let codes = Set(answers.filter { $0.status != .ok }.map { $0["code"] ?? $0.text })
                #expect(codes == ["stale_version"], "\(move): \(codes)")
            }
            #expect(try await site.client.send(.get, path)["phase"] == "cancelled")
            let history: SQL = "SELECT count(*) AS count FROM work_order_state_history"
            #expect(try await site.database.of(.sunfield).count(history) == Int64(1 + steps.count))
        }
    }

    /// The same version is changed by one of them; all others are told that it is another one by now.
    @Test func aVersionIsChangedOnce() async throws {
        try await withLabor { site in
            let path = try await site.order()
            let answers = try await withThrowingTaskGroup(of: ServiceAnswer.self) { group in
                for number in 1...100 {
                    group.addTask {
                        try await site.client.send(
                            .patch,
                            path,
                            ["title": "Title \(number)"],
                            headers: [.ifMatch: "\"2\""]
                        )
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0.status == .ok } == 1)
            #expect(answers.count { $0["code"] == "stale_version" } == 99)
        }
    }
}
