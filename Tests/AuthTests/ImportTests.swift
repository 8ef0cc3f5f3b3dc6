import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import ServiceKit
import TestSupport
import Testing

@testable import Auth

/// Many people come from one table.
@Suite struct ImportTests {
    @Test func everybodyInTheTableIsInvited() async throws {
        try await withCompany { company in
            let site = SiteID.sample(30)
            let csv = #"""
                email;code;firstName;lastName;phone;roles;siteIds
                Anna@example.com;T-1;Anna;Berg;+4930123456;supervisor,viewer;\#(site)
                bo@example.com;;Bo;"O'Neil ""Bo""";;technician;

                """#
            let checked = try await company.send(csv, onlyChecks: true)
            #expect(checked.items.map { $0["email"] as? String } == ["anna@example.com", "bo@example.com"])
            #expect(try await company.admin.send(.get, "/api/v1/users").items.count == 1)
            let imported = try await company.send(csv)
            #expect(imported.status == .ok)
            #expect(imported.items.map { $0["line"] as? Int } == [2, 3])
            let users = try await company.admin.send(.get, "/api/v1/users").items.filter {
                $0["isInvited"] as? Bool == true
            }
            .sorted { ($0["email"] as? String ?? "") < ($1["email"] as? String ?? "") }
            #expect(users.map { $0["displayName"] as? String } == ["Anna Berg", "Bo O'Neil \"Bo\""])
            #expect(users.map { $0["code"] as? String } == ["T-1", nil])
            #expect(users.map { $0["lastName"] as? String } == ["Berg", "O'Neil \"Bo\""])
            #expect(users.map { $0["roles"] as? [String] } == [["supervisor", "viewer"], ["technician"]])
            #expect(users.first?["siteIds"] as? [String] == ["\(site)"])
            #expect(
                try await company.database.outbox(of: MailRequested.self).map(\.template) == [.invitation, .invitation]
            )
        }
    }

    @Test func nobodyIsImportedWhenALineIsWrong() async throws {
        try await withCompany { company in
            let csv = """
                email,displayName,role
                anna@example.com,Anna,supervisor
                anna,Anna,viewer
                ANNA@example.com,Anna,viewer
                admin@example.com,Admin,viewer
                bo@example.com,Bo,nonsense
                cy@example.com,Cy,viewer,more
                di@example.com,Di,
                """
            let refused = try await company.send(csv)
            #expect(refused.status == .badRequest)
            #expect(
                refused.wrongFields == [
                    "line 3: email", "line 4: email", "line 7: fields", "line 8: roles",
                ]
            )
            // What concerns other records is checked when the lines themselves are right.
            let known = try await company.send(
                "email,displayName,role\nadmin@example.com,A,viewer\nbo@example.com,B,nonsense\n"
            )
            #expect(known.wrongFields == ["line 2: email", "line 3: roles"])
            #expect(known.brokenRules == ["email_taken", "unknown_role"])
            #expect(try await company.admin.send(.get, "/api/v1/users").items.count == 1)
            #expect(try await company.database.outbox(of: UserState.self).isEmpty)
        }
    }

    @Test(arguments: [
        ("", "csv"), ("email,displayName,roles\n", "csv"), ("email,name\nx,y\n", "line 1: name"),
        ("email,email\nx,y\n", "line 1: email"), ("displayName\nx\n", "line 1"), ("email\n\"x\n", "line 2"),
    ])
    func aTableOfAnotherFormIsRefused(csv: String, field: String) async throws {
        try await withCompany { company in
            let refused = try await company.send(csv)
            #expect((refused.status, refused.wrongFields) == (.badRequest, [field]))
        }
    }

    @Test func nobodyGivesMoreThanTheyHaveByATable() async throws {
        try await withCompany { company in
            let clerk = try await company.staff("clerk", [.init(.userCreate, .tenant)])
            let csv = "email,displayName,role\nbo@example.com,Bo,admin\n"
            let refused = try await clerk.send(.post, "/api/v1/users/import", ["csv": csv])
            #expect((refused.status, refused.wrongFields) == (.badRequest, ["line 2: roles"]))
        }
    }
}

extension Company {
    fileprivate func send(_ csv: String, onlyChecks: Bool = false) async throws -> ServiceAnswer {
        let body: [String: Any] = ["csv": csv, "onlyChecks": onlyChecks]
        return try await admin.send(.post, "/api/v1/users/import", body)
    }
}
