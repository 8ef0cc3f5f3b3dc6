import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import ObjectStore
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import WorkOrders

/// Signatures are bound to what was signed.
@Suite struct SignatureTests {
    /// Work of Anna's that waits for verification.
    private func completed(_ site: LaborSite) async throws -> String {
        let policy = ["approval": ["when": "never"], "verification": ["when": "always"]]
        #expect(try await site.client.send(.put, "/api/v1/workorders/policy", policy).status == .ok)
        let order = try await site.order()
        try await site.move(order, "start")
        try await site.move(order, "complete")
        return order
    }

    private func intact(_ order: String, _ site: LaborSite) async throws -> [Bool] {
        try await site.client.send(.get, "\(order)/signatures").items.compactMap { $0["intact"] as? Bool }
    }

    @Test func whatWasSignedIsIntactUntilItChanges() async throws {
        try await withLabor { site in
            let order = try await completed(site)
            let bo = try await site.client.acting(as: .bo, of: .sunfield, roles: ["all"])
            let body: [String: Any] = ["meaning": "performed", "version": 4]
            let signed = try await site.client.send(.post, "\(order)/signatures", body)
            #expect(signed.status == .created, "\(signed.text)")
            #expect((signed["meaning"], signed["signedBy"]) == ("performed", UserID.anna.description))
            let told = try await site.database.outbox(of: WorkOrderSigned.self)
            #expect(told.map(\.sha256) == [try #require(signed["sha256"])] && told.map(\.version) == [4])
            let audit = try await site.database.outbox(of: AuditRecorded.self).last
            #expect((audit?.action, audit?.resourceID) == ("SIGNATURE_CREATED", signed["id"]))
            // Where it stands is no part of what was signed.
            #expect(try await bo.send(.post, "\(order)/transitions/verify").status == .ok)
            let verified = try await bo.send(.post, "\(order)/signatures", ["meaning": "verified", "version": 5])
            #expect(verified.status == .created && verified["sha256"] == signed["sha256"], "\(verified.text)")
            #expect(try await intact(order, site) == [true, true])
            #expect(try await site.client.send(.patch, order, ["priority": "low"]).status == .ok)
            #expect(try await intact(order, site) == [false, false])
            // It can be signed as it is now.
            let again: [String: Any] = ["meaning": "performed", "version": 6]
            #expect(try await site.client.send(.post, "\(order)/signatures", again).status == .created)
            #expect(try await intact(order, site) == [false, false, true])
        }
    }

    @Test func nobodySignsWhatTheyHaveNotSeenOrDone() async throws {
        try await withLabor { site in
            let order = try await completed(site)
            let bo = try await site.client.acting(as: .bo, of: .sunfield, roles: ["all"])
            let begun = try await site.order(started: true)
            for (who, path, meaning, version, status, code) in [
                (site.client, order, "performed", 3, .conflict, "stale_version"),
                (bo, order, "performed", 4, .forbidden, "signs_work_of_others"),
                (site.client, order, "verified", 4, .forbidden, "verifies_own_work"),
                (site.client, begun, "performed", 3, .conflict, "not_completed"),
                (site.client, order, "seen", 4, .badRequest, "invalid_request"),
            ] as [(ServiceClient, String, String, Int, HTTPResponse.Status, String)] {
                let body: [String: Any] = ["meaning": meaning, "version": version]
                let answer = try await who.send(.post, "\(path)/signatures", body)
                #expect(answer.status == status, "\(answer.text)")
                if status != .badRequest { #expect(answer["code"] == code, "\(answer.text)") }
            }
            let body: [String: Any] = ["meaning": "accepted", "version": 4]
            #expect(try await site.client.send(.post, "\(order)/signatures", body).status == .created)
            let twice = try await site.client.send(.post, "\(order)/signatures", body)
            #expect((twice.status, twice["code"]) == (.conflict, "signed_already"))
            site.client.authority.grant("reader", [Grant(.workOrderRead, .tenant), Grant(.workOrderVerify, .tenant)])
            let reader = try await site.client.acting(as: .carla, of: .sunfield, roles: ["reader"])
            let refused = try await reader.send(.post, "\(order)/signatures", body)
            #expect((refused.status, refused["permission"]) == (.forbidden, "workorder:close"), "\(refused.text)")
            let other = try await site.client.acting(as: .bo, of: .windward, roles: ["all"])
            #expect(try await other.send(.get, "\(order)/signatures").status == .notFound)
            #expect(try await other.send(.post, "\(order)/signatures", body).status == .notFound)
        }
    }

    @Test func signaturesAreThereForGood() async throws {
        try await withLabor { site in
            let order = try await completed(site)
            let body: [String: Any] = ["meaning": "performed", "version": 4]
            #expect(try await site.client.send(.post, "\(order)/signatures", body).status == .created)
            for statement in [
                "UPDATE work_order_signatures SET meaning = 'accepted'", "DELETE FROM work_order_signatures",
            ] as [SQL] {
                await #expect(throws: PostgresError.self) { try await site.database.of(.sunfield).execute(statement) }
            }
        }
    }

    /// Whatever is changed of what was signed shows, and the form of it is the same in every version.
    @Test func everyPartOfTheContentCounts() throws {
        var order = WorkOrder.sample(in: .completed)
        order.tasks = [
            WorkTask(id: .sample(41), title: "Look", position: 1, status: .completed, completedAt: .noon)
        ]
        let before = order.signedContent
        let changes: [(inout WorkOrder) -> Void] = [
            { $0.number += "1" }, { $0.title += "x" }, { $0.description = "x" }, { $0.type = .inspection },
            { $0.priority = .low }, { $0.site = .sample(99) }, { $0.asset = .sample(99) }, { $0.assignedTo = nil },
            { $0.requiredSkills = ["x"] }, { $0.workedBy = [.bo] }, { $0.scheduledStart = .noon },
            { $0.scheduledEnd = .noon }, { $0.actualStart = .noon }, { $0.actualEnd = .noon }, { $0.tasks = [] },
            { $0.tasks[0].title += "x" }, { $0.tasks[0].description = "x" }, { $0.tasks[0].isMandatory = true },
            { $0.tasks[0].dependsOn = [.sample(42)] }, { $0.tasks[0].check = TaskCheck(kind: .text) },
            { $0.tasks[0].status = .skipped }, { $0.tasks[0].answer = TaskAnswer(text: "x") },
            { $0.tasks[0].outcome = .failed }, { $0.tasks[0].notes = "x" }, { $0.tasks[0].completedAt = nil },
            { $0.tasks[0].completedBy = .bo }, { $0.tasks[0].followUp = .sample(43) },
            { $0.tenant = .windward }, { $0.id = .sample(44) }, { $0.crew = .sample(45) }, { $0.verdict = .unclear },
            { $0.requiredPermits = [.hotWork] }, { $0.cause = "x" },
            { $0.tasks[0].answer = TaskAnswer(attachment: .sample(46)) },
        ]
        var all: Set = [before]
        for change in changes {
            var changed = order
            change(&changed)
            #expect(all.insert(changed.signedContent).inserted)
        }
        order.enter(.closed)
        (order.version, order.updatedAt) = (9, .noon + 900)
        #expect(order.signedContent == before)
        #expect(
            ContentHash(of: before.utf8).text == "ba6e5f5c97f5770e36bb27624226654da627d0332a3e3498a0c1fc2aa0617c47",
            "what was signed by an earlier version would show as changed: raise the form"
        )
    }
}
