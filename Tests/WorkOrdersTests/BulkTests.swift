import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import TestSupport
import Testing

@testable import WorkOrders

/// One command for many work orders.
@Suite struct BulkTests {
    private static let path = "/api/v1/workorders"

    private static func drafts(_ count: Int, _ client: ServiceClient) async throws -> [String] {
        var ids: [String] = []
        for number in 1...count {
            let created = try await client.send(
                .post,
                path,
                [
                    "assetId": AssetReplica.inverter.id.description, "title": "Draft \(number)", "type": "corrective",
                    "priority": "high",
                ]
            )
            ids.append(try #require(created["id"], "\(created.text)"))
        }
        return ids
    }

    private static func verdicts(_ answer: ServiceAnswer) -> [String] {
        answer.items.map { item in
            let code = (item["problem"] as? [String: Any])?["code"] as? String
            return [item["outcome"] as? String, code ?? item["phase"] as? String].compactMap(\.self)
                .joined(separator: " ")
        }
    }

    @Test func eachWorkOrderHasItsOwnVerdict() async throws {
        try await withWorkOrders { client, database in
            let ids = try await Self.drafts(3, client)
            #expect(try await client.send(.post, "\(Self.path)/\(ids[1])/transitions/submit", [:]).status == .ok)
            let unknown = WorkOrderID.new().description
            let items =
                [
                    ["id": ids[2], "version": 7], ["id": unknown], ["id": ids[1]], ["id": ids[0], "version": 1],
                ] as [[String: Any]]
            let answer = try await client.send(.post, "\(Self.path)/bulk/transitions/submit", ["items": items])
            #expect(answer.status == .ok, "\(answer.text)")
            #expect(
                Self.verdicts(answer) == [
                    "refused stale_version", "refused not_found", "refused illegal_transition", "changed approved",
                ]
            )
            #expect(answer.items.map { $0["id"] as? String } == items.map { $0["id"] as? String })
            let problem = answer.items[2]["problem"] as? [String: Any]
            #expect(problem?["allowedTransitions"] as? [String] == ["schedule", "assign", "start", "cancel"])
            // What was refused is as it was, without a line of its own in the audit log.
            #expect(try await client.send(.get, "\(Self.path)/\(ids[2])")["phase"] == "draft")
            let moved = try await database.outbox(of: AuditRecorded.self).filter {
                $0.action == "WORKORDER_STATE_CHANGED"
            }
            #expect(moved.map(\.resourceID) == [ids[1], ids[0]])
        }
    }

    @Test func fieldsOfManyAreChanged() async throws {
        try await withWorkOrders { client, _ in
            let ids = try await Self.drafts(2, client)
            let body: [String: Any] = ["items": ids.map { ["id": $0] }, "change": ["priority": "low"]]
            let answer = try await client.send(.post, "\(Self.path)/bulk/changes", body)
            #expect(Self.verdicts(answer) == ["changed draft", "changed draft"], "\(answer.text)")
            let again = try await client.send(.post, "\(Self.path)/bulk/changes", body)
            #expect(Self.verdicts(again) == ["unchanged draft", "unchanged draft"])
        }
    }

    /// A client that got no answer asks again with its key, and gets the verdicts of the first time.
    @Test func aRequestThatComesAgainGetsTheSameVerdicts() async throws {
        try await withWorkOrders { client, _ in
            let ids = try await Self.drafts(2, client)
            let body: [String: Any] = ["items": ids.map { ["id": $0] }, "move": ["reason": "Not needed"]]
            let headers: HTTPFields = [HTTPField.Name("Idempotency-Key")!: "spring-cleaning"]
            let first = try await client.send(.post, "\(Self.path)/bulk/transitions/cancel", body, headers: headers)
            let second = try await client.send(.post, "\(Self.path)/bulk/transitions/cancel", body, headers: headers)
            #expect(Self.verdicts(first) == ["changed cancelled", "changed cancelled"], "\(first.text)")
            #expect(second.text == first.text)
        }
    }

    /// The move's permission counts, where it was given, as for one work order.
    @Test func nobodyReachesFurtherThanOneByOne() async throws {
        try await withWorkOrders { client, database in
            let ids = try await Self.drafts(2, client)
            try await database.of(.sunfield).execute(
                "UPDATE work_orders SET site_id = \(SiteID.sample(77)) WHERE id = \(WorkOrderID(ids[1])!)"
            )
            let body: [String: Any] = ["items": ids.map { ["id": $0] }, "move": ["reason": "Not needed"]]
            client.authority.grant("planner", [Grant(.workOrderBulk, .tenant), Grant(.workOrderRead, .tenant)])
            let planner = try await client.acting(as: .anna, of: .sunfield, roles: ["planner"])
            let missing = try await planner.send(.post, "\(Self.path)/bulk/transitions/cancel", body)
            #expect((missing.status, missing["permission"]) == (.forbidden, "workorder:cancel"), "\(missing.text)")

            client.authority.grant(
                "site planner",
                [
                    Grant(.workOrderBulk, .tenant), Grant(.workOrderRead, .tenant), Grant(.workOrderCancel, .sites),
                ]
            )
            client.authority.place(.anna, of: .sunfield, Membership(sites: [AssetReplica.inverter.site]))
            let ofSite = try await client.acting(as: .anna, of: .sunfield, roles: ["site planner"])
            let answer = try await ofSite.send(.post, "\(Self.path)/bulk/transitions/cancel", body)
            #expect(Self.verdicts(answer) == ["changed cancelled", "refused permission_too_narrow"], "\(answer.text)")

            let foreign = try await client.acting(as: .bo, of: .windward, roles: ["all"])
            let theirs = try await foreign.send(.post, "\(Self.path)/bulk/transitions/cancel", body)
            #expect(Self.verdicts(theirs) == ["refused not_found", "refused not_found"])
        }
    }

    @Test func whatIsWrongIsNamed() async throws {
        try await withWorkOrders { client, _ in
            let id = WorkOrderID.new().description
            for (body, field) in [
                (["items": [["id": id], ["id": id]]], "items"), (["items": [[String: Any]]()], "items"),
                (["items": (0...100).map { _ in ["id": WorkOrderID.new().description] }], "items"),
                (["items": [["id": id]], "move": ["version": 1]], "move.version"),
                (["items": [["id": "x"]]], "items[0].id"),
            ] as [([String: Any], String)] {
                let answer = try await client.send(.post, "\(Self.path)/bulk/transitions/submit", body)
                #expect((answer.status, answer.wrongFields) == (.badRequest, [field]), "\(answer.text)")
            }
        }
    }

    /// Two people select the same work orders in another order: one of them waits, nobody is locked out.
    @Test func twoAtTheSameMomentDoNotLockEachOther() async throws {
        try await withWorkOrders { client, _ in
            let ids = try await Self.drafts(20, client)
            let answers = try await withThrowingTaskGroup(of: ServiceAnswer.self) { group in
                for order in [ids, ids.reversed()] {
                    group.addTask {
                        try await client.send(
                            .post,
                            "\(Self.path)/bulk/transitions/submit",
                            ["items": order.map { ["id": $0] }]
                        )
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.map(\.status) == [.ok, .ok])
            let outcomes = answers.flatMap(Self.verdicts)
            #expect(outcomes.count { $0 == "changed approved" } == 20, "\(outcomes)")
            #expect(outcomes.count { $0 == "refused illegal_transition" } == 20)
        }
    }
}
