import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Auth

/// Roles that end by themselves.
@Suite struct DelegationTests {
    @Test func aTemporaryRoleEndsInTime() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let end = Date() + 3600
            let path = "/api/v1/users/\(tina.id)"
            let assigned = try await company.admin.send(
                .put,
                "\(path)/roles",
                [
                    "roles": ["viewer"],
                    "temporaryRoles": [["role": "supervisor", "expiresAt": end.formatted(.iso8601)]],
                ]
            )
            #expect(assigned.object["roles"] as? [String] == ["viewer", "supervisor"])
            let read = try await company.admin.send(.get, path)
            let temporary = try #require(read.object["temporaryRoles"] as? [[String: Any]])
            #expect(temporary.map { $0["role"] as? String } == ["supervisor"])
            #expect(
                temporary[0]["assignedBy"] as? String == (try await company.admin.send(.get, "/api/v1/auth/me")["id"])
            )
            let assignments = RoleAssignments(directory: Directory(database: company.database))
            #expect(try await assignments.expire(at: end - 1) == 0)
            #expect(try await assignments.expire(at: end) == 1)
            #expect(try await assignments.expire(at: end) == 0)
            let state = try #require(
                try await company.database.outbox(of: UserState.self).last { $0.id == tina.id }
            )
            #expect((state.roles, state.version) == (["viewer"], 3))
            #expect(try await company.audit(of: tina).suffix(2) == ["ROLE_ENDS_SET", "ROLES_EXPIRED"])
        }
    }

    @Test func aRoleEndsInTheFutureAndIsNamedOnce() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            for (roles, end) in [(["viewer"], Date() - 1), (["supervisor"], Date() + 60)] {
                let refused = try await company.admin.send(
                    .put,
                    "/api/v1/users/\(tina.id)/roles",
                    [
                        "roles": roles,
                        "temporaryRoles": [["role": "supervisor", "expiresAt": end.formatted(.iso8601)]],
                    ]
                )
                #expect((refused.status, refused.wrongFields) == (.badRequest, ["temporaryRoles"]))
            }
        }
    }

    @Test func anAdministratorForSomeTimeIsNotTheLastOne() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let end = (Date() + 3600).formatted(.iso8601)
            let path = "/api/v1/users/\(tina.id)/roles"
            let temporary = [["role": "admin", "expiresAt": end]]
            _ = try await company.admin.send(.put, path, ["roles": [], "temporaryRoles": temporary])
            let me = try #require(try await company.admin.send(.get, "/api/v1/auth/me")["id"])
            let refused = try await company.admin.send(.put, "/api/v1/users/\(me)/roles", ["roles": ["viewer"]])
            #expect((refused.status, refused["code"]) == (.conflict, "last_administrator"))
            // Nor can they make themselves temporary.
            let limited = try await company.admin.send(
                .put,
                "/api/v1/users/\(me)/roles",
                ["roles": ["platform-admin"], "temporaryRoles": temporary]
            )
            #expect((limited.status, limited["code"]) == (.conflict, "last_administrator"))
        }
    }

    // MARK: - Delegation

    @Test func aPersonPassesOnTheirOwnRolesForSomeTime() async throws {
        try await withCompany { company in
            let sam = try await company.person("sam", roles: ["supervisor"])
            let tina = try await company.person("tina", roles: ["technician"])
            let client = try await company.logIn(sam)
            let path = "/api/v1/users/\(tina.id)/delegation"
            let delegated = try await client.send(.put, path, Self.body(["supervisor"]))
            #expect(delegated.object["roles"] as? [String] == ["technician", "supervisor"])
            try await company.learn()
            // What was passed on is not passed on again.
            let deputy = try await company.logIn(tina)
            let other = try await company.person("otto")
            let again = try await deputy.send(.put, "/api/v1/users/\(other.id)/delegation", Self.body(["supervisor"]))
            #expect((again.status, again["code"]) == (.badRequest, "not_own_role"))
            #expect(try await client.send(.delete, path).status == .noContent)
            #expect(try await client.send(.delete, path).status == .notFound)
            let state = try #require(
                try await company.database.outbox(of: UserState.self).last { $0.id == tina.id }
            )
            #expect(state.roles == ["technician"])
            let actions = try await company.audit(of: tina)
            #expect(actions.contains("ROLES_DELEGATED") && actions.contains("DELEGATION_ENDED"))
        }
    }

    @Test func aDelegationGivesNothingThatItsGiverDoesNotHave() async throws {
        try await withCompany { company in
            let sam = try await company.person("sam", roles: ["supervisor"])
            let tina = try await company.person("tina")
            let client = try await company.logIn(sam)
            let path = "/api/v1/users/\(tina.id)/delegation"
            let more = try await client.send(.put, path, Self.body(["admin"]))
            #expect((more.status, more["code"]) == (.badRequest, "not_own_role"))
            let long = try await client.send(.put, path, Self.body(["supervisor"], until: Date() + 91 * 86_400))
            #expect((long.status, long.wrongFields) == (.badRequest, ["until"]))
            let own = try await client.send(.put, "/api/v1/users/\(sam.id)/delegation", Self.body(["supervisor"]))
            #expect((own.status, own["code"]) == (.conflict, "own_delegation"))
            // Nor beyond the giver's own sites.
            try await company.role(
                "chief",
                [.init(.roleDelegate, .tenant), .init(.userRead, .tenant), .init(.siteRead, .sites)]
            )
            let chief = try await company.person("chris", roles: ["chief"], sites: [.sample(30)])
            let elsewhere = try await company.person("otto", sites: [.sample(31)])
            let narrow = try await company.logIn(chief).send(
                .put,
                "/api/v1/users/\(elsewhere.id)/delegation",
                Self.body(["chief"])
            )
            #expect((narrow.status, narrow["code"]) == (.forbidden, "permission_too_narrow"))
            // Nor to somebody beyond the reach of their permission to delegate.
            try await company.role("chief", [.init(.roleDelegate, .sites), .init(.userRead, .sites)])
            let unseen = try await company.logIn(chief).send(
                .put,
                "/api/v1/users/\(elsewhere.id)/delegation",
                Self.body(["chief"])
            )
            #expect(unseen.status == .notFound)
        }
    }

    @Test func aDelegationDoesNotShortenWhatIsForGood() async throws {
        try await withCompany { company in
            let sam = try await company.person("sam", roles: ["supervisor"])
            let tina = try await company.person("tina", roles: ["supervisor"])
            let client = try await company.logIn(sam)
            _ = try await client.send(.put, "/api/v1/users/\(tina.id)/delegation", Self.body(["supervisor"]))
            let assignments = RoleAssignments(directory: Directory(database: company.database))
            #expect(try await assignments.expire(at: Date() + 100 * 86_400) == 0)
        }
    }

    private static func body(_ roles: [String], until: Date = Date() + 86_400) -> [String: Any] {
        ["roles": roles, "until": until.formatted(.iso8601)]
    }
}
