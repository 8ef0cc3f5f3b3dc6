import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import TestSupport
import Testing

@testable import WorkOrders

/// What is written down before the work and at its end.
@Suite struct NotesTests {
    @Test func whatIsSaidAtTheEndStaysUntilItIsClosed() async throws {
        try await withWorkOrders { client, database in
            let verified = ["approval": ["when": "never"], "verification": ["when": "always"]]
            #expect(try await client.send(.put, "/api/v1/workorders/policy", verified).status == .ok)
            let order = try await Self.order(client, ["safetyNotes": "The roof is slippery"])
            #expect(try await client.send(.get, order)["safetyNotes"] == "The roof is slippery")
            // Nobody knows yet what will have been done.
            let early = try await client.send(.patch, order, ["completionNotes": "Fan replaced"])
            #expect((early.status, early["code"]) == (.badRequest, "fields_fixed"), "\(early.text)")
            try await Self.move(client, order, "start")
            let late = try await client.send(.patch, order, ["safetyNotes": "Wear a harness"])
            #expect((late.status, late["code"]) == (.badRequest, "fields_fixed"), "\(late.text)")
            try await Self.move(client, order, "complete", ["completionNotes": "Fan replaced", "rootCause": "Dust"])
            let bo = try await client.acting(as: .bo, of: .sunfield, roles: ["all"])
            try await Self.move(
                bo,
                order,
                "verify",
                ["rootCause": "A torn filter", "preventiveActions": "Filters twice a year"]
            )
            let corrected = try await bo.send(.patch, order, ["preventiveActions": NSNull()])
            #expect(corrected.status == .ok && corrected.object["preventiveActions"] == nil, "\(corrected.text)")
            // What is emptied goes.
            try await Self.move(
                bo,
                order,
                "close",
                ["preventiveActions": "Filters every quarter", "rootCause": NSNull()]
            )
            let read = try await client.send(.get, order)
            #expect(read["completionNotes"] == "Fan replaced")
            #expect((read["rootCause"], read["preventiveActions"]) == (nil, "Filters every quarter"))
            let closed = try await client.send(.patch, order, ["rootCause": "Rust"])
            #expect((closed.status, closed["code"]) == (.conflict, "closed"), "\(closed.text)")
        }
    }

    @Test func thePolicyAsksForThem() async throws {
        try await withWorkOrders { client, _ in
            let policy: [String: Any] = [
                "approval": ["when": "never"], "verification": ["when": "never"],
                "notes": ["when": "types", "types": ["corrective"]],
            ]
            #expect(try await client.send(.put, "/api/v1/workorders/policy", policy).status == .ok)
            let order = try await Self.order(client)
            try await Self.move(client, order, "start")
            for notes in [[:], ["completionNotes": " \n"]] {
                let refused = try await client.send(.post, "\(order)/transitions/complete", notes)
                #expect((refused.status, refused["code"]) == (.badRequest, "notes_missing"), "\(refused.text)")
            }
            #expect(try await client.send(.patch, order, ["completionNotes": "Fan replaced"]).status == .ok)
            let emptied = try await client.send(
                .post,
                "\(order)/transitions/complete",
                ["completionNotes": NSNull()]
            )
            #expect((emptied.status, emptied["code"]) == (.badRequest, "notes_missing"), "\(emptied.text)")
            try await Self.move(client, order, "complete")
            let inspection = try await Self.order(client, ["type": "inspection"])
            try await Self.move(client, inspection, "start")
            try await Self.move(client, inspection, "complete")
        }
    }

    @Test func theyAreSigned() {
        var order = WorkOrder.sample(.completed)
        let before = order.signedContent
        order.completionNotes = "Fan replaced"
        #expect(order.signedContent != before && order.signedContent.contains(#""completionNotes":"Fan replaced""#))
    }

    @Test func theyArePublished() {
        var order = WorkOrder.sample(.completed)
        (order.safetyNotes, order.completionNotes) = ("The roof is slippery", "Fan replaced")
        (order.rootCause, order.preventiveActions) = ("Dust", "Filters twice a year")
        let state = WorkOrderState(order)
        #expect((state.safetyNotes, state.completionNotes) == (order.safetyNotes, order.completionNotes))
        #expect((state.rootCause, state.preventiveActions) == (order.rootCause, order.preventiveActions))
    }

    /// An open work order of Anna's.
    private static func order(_ client: ServiceClient, _ more: [String: Any] = [:]) async throws -> String {
        let new: [String: Any] = [
            "assetId": AssetReplica.inverter.id.description, "title": "Replace the fan", "type": "corrective",
            "priority": "high", "assignedTo": UserID.anna.description,
        ]
        let created = try await client.send(.post, "/api/v1/workorders", new.merging(more) { $1 })
        let order = "/api/v1/workorders/\(try #require(created["id"], "\(created.text)"))"
        try await move(client, order, "submit")
        return order
    }

    private static func move(_ client: ServiceClient, _ order: String, _ move: String, _ body: [String: Any] = [:])
        async throws
    {
        let moved = try await client.send(.post, "\(order)/transitions/\(move)", body)
        #expect(moved.status == .ok, "\(move): \(moved.text)")
    }
}
