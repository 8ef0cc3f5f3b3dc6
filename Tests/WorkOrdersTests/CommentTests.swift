import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import WorkOrders

/// What people write about work orders.
@Suite struct CommentTests {
    private func order(_ site: LaborSite) async throws -> String { "\(try await site.order())/comments" }

    private func acting(as user: UserID, _ site: LaborSite) async throws -> ServiceClient {
        try await site.client.acting(as: user, of: .sunfield, roles: ["all"])
    }

    @Test func whatIsWrittenIsListedAndTold() async throws {
        try await withLabor { site in
            let path = try await order(site)
            let text = "@Carla, the fan has come.\nIt is \"too\" large."
            let mentions = [UserID.carla, .bo, .carla].map(\.description)
            let written = try await site.client.send(.post, path, ["text": text, "mentions": mentions])
            #expect(written.status == .created, "\(written.text)")
            #expect((written["text"], written["createdBy"]) == (text, UserID.anna.description))
            #expect(written.object["mentions"] as? [String] == Array(mentions.prefix(2)))
            #expect(try await site.client.all(path, limit: 10).map { $0["text"] as? String } == [text])
            let told = try await site.database.outbox(of: WorkOrderCommented.self)
            #expect(told.map(\.change) == [.added] && told.map(\.mentions) == [[.carla, .bo]])
            #expect(told.first?.by == .anna && told.first?.comment.description == written["id"])
            let audit = try await site.database.outbox(of: AuditRecorded.self).last
            #expect((audit?.action, audit?.resourceID) == ("COMMENT_CREATED", written["id"]))
        }
    }

    @Test func pagesGoFromTheEarliestToTheLatest() async throws {
        try await withLabor { site in
            let path = try await order(site)
            for number in 1...7 {
                site.clock.set(.noon + TimeInterval(number / 3))
                #expect(try await site.client.send(.post, path, ["text": "Number \(number)"]).status == .created)
            }
            let texts = try await site.client.all(path, limit: 2).compactMap { $0["text"] as? String }
            #expect(texts.count == 7 && Set(texts).count == 7)
            #expect(Set(texts.prefix(2)) == ["Number 1", "Number 2"])
            #expect(Set(texts.suffix(2)) == ["Number 6", "Number 7"])
        }
    }

    @Test func itsAuthorChangesAndDeletesIt() async throws {
        try await withLabor { site in
            let path = try await order(site)
            let written = try await site.client.send(
                .post,
                path,
                ["text": "Now", "mentions": [UserID.carla.description]]
            )
            let comment = "\(path)/\(try #require(written["id"]))"
            site.clock.set(.noon + 60)
            let change: [String: Any] = [
                "text": "Later", "mentions": [UserID.carla.description, UserID.bo.description],
            ]
            let changed = try await site.client.send(.patch, comment, change, headers: [.ifMatch: "\"1\""])
            #expect((changed["text"], changed.number("version")) == ("Later", 2), "\(changed.text)")
            #expect(changed["editedAt"] == "2026-06-01T12:01:00.000Z")
            // Nothing differs: nothing is written.
            #expect(try await site.client.send(.patch, comment, change).number("version") == 2)
            let stale = try await site.client.send(.patch, comment, change, headers: [.ifMatch: "\"1\""])
            #expect((stale.status, stale["code"]) == (.conflict, "stale_version"))
            #expect(try await site.client.send(.delete, comment, headers: [.ifMatch: "\"1\""]).status == .conflict)
            #expect(try await site.client.send(.delete, comment, headers: [.ifMatch: "\"2\""]).status == .noContent)
            // It keeps its place.
            let item = try #require(try await site.client.all(path, limit: 10).first)
            #expect(item["text"] == nil && item["deletedAt"] != nil && item["editedAt"] == nil)
            #expect(item["mentions"] as? [String] == [])
            for method in [HTTPRequest.Method.patch, .delete] {
                let again = try await site.client.send(method, comment, method == .patch ? change : nil)
                #expect((again.status, again["code"]) == (.conflict, "comment_deleted"), "\(again.text)")
            }
            let told = try await site.database.outbox(of: WorkOrderCommented.self)
            #expect(told.map(\.change) == [.added, .edited, .removed])
            #expect(told.map(\.mentions) == [[.carla], [.bo], []])
            let audit = try await site.database.outbox(of: AuditRecorded.self).map(\.action)
            #expect(
                audit.filter { $0.hasPrefix("COMMENT") } == ["COMMENT_CREATED", "COMMENT_UPDATED", "COMMENT_DELETED"]
            )
        }
    }

    @Test func nobodyElseTouchesIt() async throws {
        try await withLabor { site in
            let path = try await order(site)
            let written = try await site.client.send(.post, path, ["text": "Mine"])
            let comment = "\(path)/\(try #require(written["id"]))"
            let carla = try await acting(as: .carla, site)
            for answer in [
                try await carla.send(.patch, comment, ["text": "Hers"]), try await carla.send(.delete, comment),
            ] { #expect((answer.status, answer["code"]) == (.forbidden, "permission_too_narrow"), "\(answer.text)") }
            // On another work order it is not there.
            let other = try await order(site)
            let elsewhere = "\(other)/\(try #require(written["id"]))"
            #expect(try await site.client.send(.patch, elsewhere, ["text": "x"]).status == .notFound)
        }
    }

    @Test func onlyActivePeopleOfTheOrganizationAreMentioned() async throws {
        try await withLabor { site in
            let path = try await order(site)
            let store = WorkOrderStore(database: site.database)
            try await site.database.of(.windward).transaction { tx in
                try await store.put(UserState.sample(.dan, of: .windward, roles: []), tx)
            }
            for stranger in [UserID.dan, .new()] {
                let mentions = [UserID.carla, stranger].map(\.description)
                let answer = try await site.client.send(.post, path, ["text": "You", "mentions": mentions])
                #expect(answer.status == .badRequest, "\(answer.text)")
                #expect((answer["code"], answer.wrongFields) == ("unknown_person", ["mentions[1]"]))
            }
            // Who was mentioned and has left stays mentioned.
            let written = try await site.client.send(
                .post,
                path,
                ["text": "You", "mentions": [UserID.carla.description]]
            )
            try await site.database.of(.sunfield).execute(
                "UPDATE users SET is_active = false WHERE id = \(UserID.carla)"
            )
            let comment = "\(path)/\(try #require(written["id"]))"
            #expect(try await site.client.send(.patch, comment, ["text": "You there"]).status == .ok)
        }
    }

    @Test func whatIsTooLargeOrEmptyIsRefused() async throws {
        try await withLabor { site in
            let path = try await order(site)
            let people = (0...20).map { _ in UserID.new().description }
            for (body, field) in [
                (["text": ""], "text"), (["text": " \n\t"], "text"),
                (["text": String(repeating: "x", count: 4001)], "text"), (["mentions": [String]()], "text"),
                (["text": "x", "mentions": people], "mentions"), (["text": "x", "mentions": ["x"]], "mentions[0]"),
            ] as [([String: Any], String)] {
                let answer = try await site.client.send(.post, path, body)
                #expect((answer.status, answer.wrongFields) == (.badRequest, [field]), "\(answer.text)")
            }
            let longest = String(repeating: "Ü", count: 4000)
            #expect(try await site.client.send(.post, path, ["text": longest]).status == .created)
            let id = try #require(WorkOrderID(String(path.split(separator: "/").dropLast().last ?? "")))
            try await site.database.of(.sunfield).execute(
                """
                INSERT INTO work_order_comments (id, tenant_id, work_order_id, text, mentions, created_at, created_by,
                    updated_at, version)
                SELECT gen_random_uuid(), \(TenantID.sunfield), \(id), 'x', '{}', now(), \(UserID.bo), now(), 1
                FROM generate_series(1, 999)
                """
            )
            let full = try await site.client.send(.post, path, ["text": "One more"])
            #expect((full.status, full["code"]) == (.conflict, "too_many_comments"))
        }
    }

    /// A reader of a site writes where they may write, and reads where they may read.
    @Test func grantsCountByPlace() async throws {
        try await withLabor { site in
            let path = try await order(site)
            let grants = [Grant(.workOrderRead, .tenant), Grant(.workOrderComment, .assigned)]
            site.client.authority.grant("crew", grants)
            for (user, status) in [(UserID.anna, HTTPResponse.Status.created), (.carla, .forbidden)] {
                let person = try await site.client.acting(as: user, of: .sunfield, roles: ["crew"])
                let answer = try await person.send(.post, path, ["text": "Here"])
                #expect(answer.status == status, "\(answer.text)")
                #expect(try await person.send(.get, path).status == .ok)
            }
            let other = try await site.client.acting(as: .bo, of: .windward, roles: ["all"])
            #expect(try await other.send(.get, path).status == .notFound)
            #expect(try await other.send(.post, path, ["text": "x"]).status == .notFound)
        }
    }
}
