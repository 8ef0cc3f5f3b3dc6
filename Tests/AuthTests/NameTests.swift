import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import TestSupport
import Testing

@testable import Auth

/// Who refers to a person can be told who that is.
@Suite struct NameTests {
    private let names = "/api/v1/users/names"

    @Test func whoMayNotReadPeopleLearnsTheNamesOfThoseWhoAreReferredTo() async throws {
        try await withCompany { company in
            let (tina, bo) = (try await company.person("tina"), try await company.person("bo"))
            let anna = try await company.staff("anna", [Grant(.workOrderRead)])
            #expect(try await anna.send(.get, "/api/v1/users/\(tina.id)").status == .forbidden)
            // Somebody of another tenant, and somebody who is nobody.
            let other = (tenant: TenantID.new(), person: UserID.new())
            try await company.database.owner.execute(
                "INSERT INTO tenants (id, name, created_at) VALUES (\(other.tenant), 'W', \(Date.noon))"
            )
            try await company.database.owner.execute(
                """
                INSERT INTO users (id, tenant_id, email, display_name, roles, created_at, version)
                VALUES (\(other.person), \(other.tenant), 'w@example.com', 'Wanda', '{}', \(Date.noon), 1)
                """
            )
            let asked = [bo.id, tina.id, tina.id, other.person, .new()].map(\.description)
            let answer = try await anna.send(.post, names, ["ids": asked])
            #expect(answer.status == .ok)
            let people = answer.object["people"] as? [[String: Any]] ?? []
            #expect(people.map { $0["displayName"] as? String } == ["tina", "bo"])
            #expect(people.map { $0["isErased"] as? Bool } == [false, false])
            // Nothing else about them.
            #expect(people.allSatisfy { Set($0.keys) == ["id", "displayName", "isErased"] })
            #expect(try await company.anonymous.send(.post, names, ["ids": asked]).status == .unauthorized)
        }
    }

    @Test func whoWasErasedHasNoName() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let path = "/api/v1/users/\(tina.id)"
            #expect(try await company.admin.send(.post, "\(path)/deactivate").status == .ok)
            let erased = try await company.admin.send(.post, "\(path)/erase", [:])
            #expect(erased.status == .ok, "\(erased.text)")
            let answer = try await company.admin.send(.post, names, ["ids": [tina.id.description]])
            let people = answer.object["people"] as? [[String: Any]] ?? []
            #expect(people.map { $0["isErased"] as? Bool } == [true])
            #expect(!answer.text.contains("tina"))
        }
    }

    @Test func whoseRoleMakesAConditionIsToldSo() async throws {
        try await withCompany { company in
            let free = [Grant(.permitApprove, .sites), Grant(.permitApprove, if: .lotoOnly)]
            let bound = try await company.staff("bound", [Grant(.permitApprove, if: .lotoOnly), Grant(.workOrderRead)])
            let read = try await bound.send(.get, "/api/v1/auth/me")
            let limits = read.object["limits"] as? [[String: String]]
            #expect(limits == [["permission": "permit:approve", "condition": "loto-only"]], "\(read.text)")
            let anywhere = try await company.staff("free", free)
            #expect((try await anywhere.send(.get, "/api/v1/auth/me").object["limits"] as? [Any])?.isEmpty == true)
        }
    }

    @Test(arguments: [0, 201])
    func aListHasItsBounds(count: Int) async throws {
        try await withCompany { company in
            let ids = (0..<count).map { _ in UserID.new().description }
            let answer = try await company.admin.send(.post, names, ["ids": ids])
            #expect(answer.status == .badRequest && answer.text.contains("\"ids\""), "\(answer.text)")
        }
    }
}
