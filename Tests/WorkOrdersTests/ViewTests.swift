import Access
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import TestSupport
import Testing

@testable import WorkOrders

/// Lists of work orders that people keep under a name.
@Suite struct ViewTests {
    private static let path = "/api/v1/workorders/views"

    private static func names(_ client: ServiceClient) async throws -> [String] {
        try await client.send(.get, path).items.compactMap { $0["name"] as? String }
    }

    @Test func peopleSeeTheirOwnAndTheSharedOnes() async throws {
        try await withWorkOrders { client, _ in
            let anna = try await client.acting(as: .anna, of: .sunfield, roles: ["all"])
            let dan = try await client.acting(as: .dan, of: .sunfield, roles: ["all"])
            let own = try await anna.send(.post, Self.path, ["name": "Mine", "query": "q=fan"])
            #expect(own.status == .created, "\(own.text)")
            let shared = try await anna.send(.post, Self.path, ["name": "Ours", "query": "", "isShared": true])
            #expect(try await Self.names(anna) == ["Mine", "Ours"])
            #expect(try await Self.names(dan) == ["Ours"])
            let foreign = try await client.acting(as: .bo, of: .windward, roles: ["all"])
            #expect(try await Self.names(foreign) == [])
            // Somebody else's own view does not exist for Dan; the shared one is not his to change, but who sets the organization may
            // remove it.
            let hidden = try #require(own["id"])
            let seen = try #require(shared["id"])
            let body: [String: Any] = ["name": "His", "query": ""]
            #expect(try await dan.send(.put, "\(Self.path)/\(hidden)", body).status == .notFound)
            #expect(try await dan.send(.delete, "\(Self.path)/\(hidden)").status == .notFound)
            #expect(try await dan.send(.put, "\(Self.path)/\(seen)", body)["code"] == "permission_too_narrow")
            client.authority.grant("reader", [Grant(.workOrderRead, .tenant)])
            let reader = try await client.acting(as: .carla, of: .sunfield, roles: ["reader"])
            #expect(try await reader.send(.delete, "\(Self.path)/\(seen)").status == .forbidden)
            #expect(try await dan.send(.delete, "\(Self.path)/\(seen)").status == .noContent)
            #expect(try await Self.names(anna) == ["Mine"])
        }
    }

    @Test func aChangeCountsUpAndAStaleOneIsAConflict() async throws {
        try await withWorkOrders { client, _ in
            let id = try #require(try await client.send(.post, Self.path, ["name": "A", "query": ""])["id"])
            let changed = try await client.send(
                .put,
                "\(Self.path)/\(id)",
                ["name": "B", "query": "q=x", "version": 1]
            )
            #expect((changed.status, changed["name"], changed.number("version")) == (.ok, "B", 2))
            let stale = try await client.send(.put, "\(Self.path)/\(id)", ["name": "C", "query": "", "version": 1])
            #expect((stale.status, stale["code"], stale.number("currentVersion")) == (.conflict, "stale_version", 2))
        }
    }

    @Test func namesAreOnesOwnAndViewsAreFew() async throws {
        try await withWorkOrders { client, _ in
            for number in 1...SavedView.maximum {
                let body: [String: Any] = ["name": "View \(number)", "query": ""]
                #expect(try await client.send(.post, Self.path, body).status == .created)
            }
            let more = try await client.send(.post, Self.path, ["name": "One more", "query": ""])
            #expect((more.status, more["code"]) == (.conflict, "too_many_views"), "\(more.text)")
            let views = try await client.send(.get, Self.path).items
            let id = try #require(views.first { $0["name"] as? String == "View 2" }?["id"] as? String)
            let taken = try await client.send(.put, "\(Self.path)/\(id)", ["name": "View 1", "query": ""])
            #expect((taken.status, taken["code"], taken.wrongFields) == (.badRequest, "view_name_taken", ["name"]))
            #expect(try await client.send(.delete, "\(Self.path)/\(id)").status == .noContent)
            let again = try await client.send(.post, Self.path, ["name": "View 1", "query": ""])
            #expect((again.status, again["code"]) == (.badRequest, "view_name_taken"), "\(again.text)")
        }
    }

    @Test func onlyWhoPlansWorkShares() async throws {
        try await withWorkOrders { client, _ in
            client.authority.grant("reader", [Grant(.workOrderRead, .tenant)])
            let reader = try await client.acting(as: .anna, of: .sunfield, roles: ["reader"])
            let body: [String: Any] = ["name": "Ours", "query": "", "isShared": true]
            let refused = try await reader.send(.post, Self.path, body)
            #expect((refused.status, refused["permission"]) == (.forbidden, "workorder:assign"), "\(refused.text)")
        }
    }

    @Test func theOwnOnesEndWithTheirOwner() async throws {
        try await withWorkOrders { client, database in
            let anna = try await client.acting(as: .anna, of: .sunfield, roles: ["all"])
            for isShared in [true, false] {
                let body: [String: Any] = ["name": "\(isShared)", "query": "", "isShared": isShared]
                #expect(try await anna.send(.post, Self.path, body).status == .created)
            }
            try await database.of(.sunfield).transaction {
                try await WorkOrderStore(database: database).removeUser(.anna, $0)
            }
            #expect(try await Self.names(anna) == ["true"])
        }
    }
}
