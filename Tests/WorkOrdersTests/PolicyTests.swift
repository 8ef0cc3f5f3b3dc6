import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import TestSupport
import Testing

@testable import WorkOrders

/// What an organization asks for before and after work, over HTTP.
@Suite struct PolicyTests {
    private static let path = "/api/v1/workorders/policy"
    private static var always: [String: Any] { ["when": "always"] }

    @Test func withoutAPolicyNothingIsAskedFor() async throws {
        try await withWorkOrders { client, _ in
            let policy = try await client.send(.get, Self.path)
            #expect(policy.text.contains(#""approval":{"when":"never"}"#), "\(policy.text)")
            #expect(policy.text.contains(#""version":0"#))
        }
    }

    @Test func whatWasSetIsReadAndAudited() async throws {
        try await withWorkOrders { client, database in
            let inspections: [String: Any] = ["when": "types", "types": ["inspection", "emergency"]]
            let set = try await client.send(.put, Self.path, ["approval": Self.always, "verification": inspections])
            #expect(set.status == .ok, "\(set.text)")
            let read = try await client.send(.get, Self.path)
            #expect(read.text == set.text)
            #expect(
                read.text.contains(#""verification":{"when":"types","types":["inspection","emergency"]}"#),
                "\(read.text)"
            )
            let audit = try #require(try await database.outbox(of: AuditRecorded.self).last)
            #expect(audit.action == "WORK_POLICY_SET")
            // Another organization's stays as it is.
            let other = try await client.acting(as: .bo, of: .windward, roles: ["all"])
            #expect(try await other.send(.get, Self.path).text.contains(#""version":0"#))
        }
    }

    @Test func aPolicyThatSomebodyElseHasChangedIsAConflict() async throws {
        try await withWorkOrders { client, _ in
            let body: [String: Any] = ["approval": Self.always, "verification": Self.always, "version": 0]
            #expect(try await client.send(.put, Self.path, body).status == .ok)
            let stale = try await client.send(.put, Self.path, body)
            #expect((stale.status, stale["code"]) == (.conflict, "stale_version"))
        }
    }

    @Test(
        arguments: [
            (["when": "types"], "approval.types"), (["when": "always", "types": ["inspection"]], "approval.types"),
            (["when": "types", "types": [String]()], "approval.types"), (["when": "sometimes"], "approval.when"),
        ] as [([String: any Sendable], String)]
    )
    func aPolicyThatContradictsItselfIsRefused(demand: [String: any Sendable], field: String) async throws {
        try await withWorkOrders { client, _ in
            let answer = try await client.send(.put, Self.path, ["approval": demand, "verification": Self.always])
            #expect(answer.status == .badRequest && answer.text.contains("\"\(field)\""), "\(answer.text)")
        }
    }

    @Test func onlyWhoSetsTheWholeOrganizationSetsIt() async throws {
        try await withWorkOrders { client, _ in
            client.authority.grant("settings", [Grant(.tenantUpdate, .sites)])
            client.authority.place(.anna, of: .sunfield, Membership(sites: [AssetReplica.inverter.site]))
            let anna = try await client.acting(as: .anna, of: .sunfield, roles: ["settings"])
            let answer = try await anna.send(.put, Self.path, ["approval": Self.always, "verification": Self.always])
            #expect((answer.status, answer["code"]) == (.forbidden, "permission_too_narrow"), "\(answer.text)")
        }
    }

    /// Submitted, approved by somebody else, done, verified by somebody else, closed: each step by who may take it.
    @Test func workGoesThroughAllPhases() async throws {
        try await withWorkOrders { client, database in
            let body: [String: Any] = ["approval": Self.always, "verification": Self.always]
            #expect(try await client.send(.put, Self.path, body).status == .ok)
            let bo = try await client.acting(as: .bo, of: .sunfield, roles: ["all"])
            let created = try await client.send(
                .post,
                "/api/v1/workorders",
                [
                    "assetId": AssetReplica.inverter.id.description, "title": "Replace the fan", "type": "corrective",
                    "priority": "high", "assignedTo": UserID.anna.description,
                ]
            )
            let path = "/api/v1/workorders/\(try #require(created["id"]))"
            for (who, move, outcome) in [
                (client, "submit", "submitted"), (client, "start", "illegal_transition"),
                (client, "approve", "approves_own_request"), (bo, "approve", "approved"),
                (client, "start", "in_progress"),
                (client, "complete", "completed"), (client, "verify", "verifies_own_work"),
                (bo, "close", "illegal_transition"),
                (bo, "verify", "verified"), (bo, "reopen", "illegal_transition"), (bo, "close", "closed"),
            ] {
                let answer = try await who.send(.post, "\(path)/transitions/\(move)", ["reason": "A test"])
                #expect((answer["phase"] ?? answer["code"]) == outcome, "\(move): \(answer.text)")
            }
            let phases = try await database.of(.sunfield).query(
                "SELECT to_phase FROM work_order_state_history ORDER BY version"
            ).map { try $0["to_phase"] as WorkOrderPhase? }
            #expect(phases == [.draft, .submitted, .approved, .inProgress, .completed, .verified, .closed])
            for (filter, count) in [("closed", 1), ("verified", 0), ("completed", 0), ("draft&phase=closed", 1)] {
                let found = try await client.all("/api/v1/workorders?phase=\(filter)", limit: 10)
                #expect(found.count == count, "\(filter)")
            }
        }
    }

    /// Each phase in SQL is the phase in Swift.
    @Test func theListFindsEachPhase() async throws {
        try await withWorkOrders { client, database in
            let doors = try await Doors(client, database)
            for phase in WorkOrderPhase.allCases {
                try await doors.reset(to: phase)
                for other in WorkOrderPhase.allCases {
                    let found = try await client.all("/api/v1/workorders?phase=\(other.rawValue)", limit: 10)
                    #expect(found.count == (other == phase ? 2 : 0), "\(phase): \(other)")
                    #expect(found.allSatisfy { $0["phase"] as? String == phase.rawValue })
                }
            }
        }
    }

    @Test func whatAnAlertAsksForWaitsWhereThePolicySaysSo() {
        let request = WorkOrderRequested(
            request: .new(),
            tenant: .sunfield,
            site: AssetReplica.inverter.site,
            asset: AssetReplica.inverter.id,
            title: "Inverter overheating",
            description: nil,
            type: .emergency,
            priority: .critical,
            origin: .alert,
            originID: "a",
            requestedAt: .noon
        )
        let demand = WorkPolicy.Demand(when: .types, types: [request.type])
        for (policy, phase) in [(WorkPolicy(), WorkOrderPhase.approved), (WorkPolicy(approval: demand), .submitted)] {
            let decision = WorkOrder.requested(
                request,
                id: .new(),
                number: WorkOrderNumber(year: 2026, count: 1),
                under: policy,
                at: .noon
            )
            #expect(decision.workOrder.phase == phase)
            #expect(decision.move?.to == phase)
        }
    }
}
