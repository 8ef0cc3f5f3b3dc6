import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import WorkOrders

/// Drafts can be deleted, and nothing else.
@Suite struct DeletionTests {
    private func draft(_ client: ServiceClient) async throws -> String {
        let created = try await client.send(
            .post,
            "/api/v1/workorders",
            [
                "assetId": AssetReplica.inverter.id.description, "title": "Replace the fan", "type": "corrective",
                "priority": "high", "tasks": [["title": "Order the fan"]],
            ]
        )
        return "/api/v1/workorders/\(try #require(created["id"], "\(created.text)"))"
    }

    @Test func aDraftIsGoneWithWhatBelongsToIt() async throws {
        try await withWorkOrders { client, database in
            let path = try await draft(client)
            #expect(try await client.send(.post, "\(path)/comments", ["text": "Do we need it?"]).status == .created)
            let file = try await client.send(.post, "\(path)/attachments", text: ContractSamples.announcement.text())
            #expect(file.status == .created, "\(file.text)")
            #expect(try await client.send(.delete, path, headers: [.ifMatch: "\"1\""]).status == .noContent)
            #expect(try await client.send(.get, path).status == .notFound)
            #expect(try await client.send(.get, "\(path)/comments").status == .notFound)
            #expect(try await client.send(.delete, path).status == .notFound)
            #expect(try await client.all("/api/v1/workorders?q=fan", limit: 10).isEmpty)
            for table in [
                "work_order_tasks", "work_order_state_history", "work_order_words", "work_order_comments",
            ] as [SQL] {
                let count: SQL = "SELECT count(*) AS count FROM \(sql: table)"
                #expect(try await database.of(.sunfield).count(count) == 0)
            }
            // What is known of the file stays, as with every file that was deleted.
            let files: SQL = "SELECT count(*) AS count FROM work_order_attachments WHERE deleted_by = \(UserID.anna)"
            #expect(try await database.of(.sunfield).count(files) == 1)
            let id = String(path.split(separator: "/").last ?? "")
            let events = try await database.outbox()
            let tombstones = events.filter { $0.topic == WorkOrderState.topic.name && $0.value == nil }
            #expect(tombstones.map(\.key) == [id])
            let audit = try await database.outbox(of: AuditRecorded.self).suffix(2)
            #expect(audit.map(\.action) == ["WORKORDER_DELETED", "ATTACHMENT_DELETED"])
            #expect(audit.first?.resourceID == id)
        }
    }

    @Test func onlyDraftsAreDeleted() async throws {
        try await withWorkOrders { client, database in
            let doors = try await Doors(client, database)
            let path = "/api/v1/workorders/\(doors.orderOverHTTP)"
            for phase in WorkOrderPhase.allCases where phase != .draft {
                try await doors.reset(to: phase)
                let answer = try await client.send(.delete, path)
                #expect((answer.status, answer["code"]) == (.conflict, "not_a_draft"), "\(phase): \(answer.text)")
                #expect(answer.parameters == ["status": phase.status.rawValue])
            }
            try await doors.reset(to: .draft)
            let stale = try await client.send(.delete, path, headers: [.ifMatch: "\"2\""])
            #expect((stale.status, stale["code"]) == (.conflict, "stale_version"))
            #expect(try await client.send(.delete, path, headers: [.ifMatch: "\"3\""]).status == .noContent)
        }
    }

    @Test func aDraftThatHasCostSomethingStays() async throws {
        try await withWorkOrders { client, _ in
            let path = try await draft(client)
            let rates: [String: Any] = ["currency": "EUR", "cards": [[String: Any]]()]
            #expect(try await client.send(.put, "/api/v1/costs/rates", rates).status == .ok)
            let cost = ["category": "parts", "description": "A fuse", "unitRate": "3.50"]
            let entries = path.replacing("/workorders/", with: "/costs/workorders/") + "/entries"
            // Submitted, and rejected: it is a draft again.
            let policy = ["approval": ["when": "always"], "verification": ["when": "never"]]
            #expect(try await client.send(.put, "/api/v1/workorders/policy", policy).status == .ok)
            #expect(try await client.send(.post, "\(path)/transitions/submit").status == .ok)
            let booked = try await client.send(.post, entries, cost)
            #expect(booked.status == .created, "\(booked.text)")
            let rejected = try await client.send(.post, "\(path)/transitions/reject", ["reason": "Too dear"])
            #expect(rejected["phase"] == "draft", "\(rejected.text)")
            let answer = try await client.send(.delete, path)
            #expect((answer.status, answer["code"]) == (.conflict, "draft_has_records"))
        }
    }

    /// Whatever else there is that nobody deletes.
    @Test func aDraftToWhichARecordRefersStays() async throws {
        try await withWorkOrders { client, database in
            let path = try await draft(client)
            let id = try #require(WorkOrderID(String(path.split(separator: "/").last ?? "")))
            try await database.of(.sunfield).execute(
                """
                INSERT INTO work_order_signatures (id, tenant_id, work_order_id, meaning, version, form, sha256, signed_by,
                    signed_at)
                VALUES (\(SignatureID.new()), \(TenantID.sunfield), \(id), 'performed', 1, 1,
                    \(String(repeating: "0", count: 64)), \(UserID.anna), \(Date.noon))
                """
            )
            let answer = try await client.send(.delete, path)
            #expect((answer.status, answer["code"]) == (.conflict, "draft_has_records"), "\(answer.text)")
            #expect(try await client.send(.get, path).status == .ok)
            #expect(try await database.outbox().allSatisfy { $0.value != nil })
        }
    }

    @Test func aGrantForDraftsReachesNothingElse() async throws {
        try await withWorkOrders { client, _ in
            let grants = [Grant(.workOrderRead, .tenant), Grant(.workOrderDelete, .tenant, if: .draftOnly)]
            client.authority.grant("planner", grants)
            let planner = try await client.acting(as: .bo, of: .sunfield, roles: ["planner"])
            let (open, draft) = (try await draft(client), try await draft(client))
            #expect(try await client.send(.post, "\(open)/transitions/submit").status == .ok)
            let refused = try await planner.send(.delete, open)
            #expect((refused.status, refused["code"]) == (.forbidden, "permission_too_narrow"), "\(refused.text)")
            #expect(try await planner.send(.delete, draft).status == .noContent)
            client.authority.grant("reader", [Grant(.workOrderRead, .tenant)])
            let reader = try await client.acting(as: .bo, of: .sunfield, roles: ["reader"])
            #expect(try await reader.send(.delete, open).status == .forbidden)
            let other = try await client.acting(as: .bo, of: .windward, roles: ["all"])
            #expect(try await other.send(.delete, open).status == .notFound)
        }
    }
}
