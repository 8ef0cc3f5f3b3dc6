import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import Postgres
import Sealing
import ServiceKit
import TestSupport
import Testing

@testable import Auth

/// Tenants are created, changed and suspended by those who run the installation.
@Suite struct TenantTests {
    @Test func aNewTenantsAdministratorIsInvitedAndManagesTheirOwnTenantOnly() async throws {
        try await withCompany { company in
            let (tenant, bo) = try await company.windward()
            #expect(try await bo.send(.get, "/api/v1/tenant")["name"] == "Windward")
            let users = try await bo.send(.get, "/api/v1/users").items
            #expect(users.map { $0["email"] as? String } == ["bo@windward.example"])
            // They have everything in their tenant, and nothing beyond it.
            for (method, path, body) in [
                (HTTPRequest.Method.get, "tenants", [:]), (.get, "tenants/\(company.tenant)", [:]),
                (.post, "tenants/\(company.tenant)/suspend", ["reason": "x"]), (.patch, "tenants/\(tenant)", [:]),
            ] as [(HTTPRequest.Method, String, [String: String])] {
                let refused = try await bo.send(method, "/api/v1/\(path)", body)
                #expect(refused.status == .forbidden, "\(path)")
                #expect(refused["detail"]?.contains("platform:") == true, "\(refused.text)")
            }
            // Nor can they give it to somebody, or to a role of their own.
            let role = try await bo.send(
                .post,
                "/api/v1/roles",
                text: #"{"name": "root", "grants": [{"permission": "platform:manage", "scope": "tenant"}]}"#
            )
            #expect((role.status, role["code"]) == (.forbidden, "role_exceeds_granter"))
            let user = try await bo.send(
                .post,
                "/api/v1/users",
                ["email": "x@windward.example", "displayName": "X", "roles": ["platform-admin"]]
            )
            #expect((user.status, user["code"]) == (.forbidden, "role_exceeds_granter"))
            let states = try await company.database.outbox(of: TenantState.self).filter { $0.id == tenant }
            #expect(states.map(\.name) == ["Windward"])
        }
    }

    @Test func aNameIsUsedOnceAndSettingsAreChecked() async throws {
        try await withCompany { company in
            _ = try await company.windward()
            let again = try await company.admin.send(
                .post,
                "/api/v1/tenants",
                [
                    "name": "Windward",
                    "administrator": ["email": "other@windward.example", "displayName": "O"],
                ]
            )
            #expect((again.status, again["code"], again.wrongFields) == (.badRequest, "tenant_taken", ["name"]))
            let taken = try await company.admin.send(
                .post,
                "/api/v1/tenants",
                ["name": "Third", "administrator": ["email": "bo@windward.example", "displayName": "Bo"]]
            )
            #expect((taken.status, taken["code"]) == (.badRequest, "email_taken"))
            // Nothing of it stays.
            #expect(try await company.admin.send(.get, "/api/v1/tenants").items.count == 2)
            for (body, field) in [
                (["currency": "Euro"], "currency"), (["currency": "XXQ"], "currency"),
                (["timeZone": "Mars"], "timeZone"),
                (["language": "qq"], "language"), (["name": ""], "name"),
            ] {
                let refused = try await company.admin.send(.patch, "/api/v1/tenant", body)
                #expect((refused.status, refused.wrongFields) == (.badRequest, [field]))
            }
            let changed = try await company.admin.send(
                .patch,
                "/api/v1/tenant",
                ["currency": "USD", "timeZone": "Europe/Berlin", "language": "de", "version": 1]
            )
            #expect((changed.status, changed["currency"], changed.number("version")) == (.ok, "USD", 2))
            let stale = try await company.admin.send(.patch, "/api/v1/tenant", ["currency": "EUR", "version": 1])
            #expect((stale.status, stale["code"]) == (.conflict, "stale_version"))
        }
    }

    @Test func everythingOfASuspendedTenantIsRefusedForOneReason() async throws {
        try await withCompany { company in
            let (tenant, bo) = try await company.windward()
            let login = try await RouteTests.login(
                company.anonymous,
                email: "bo@windward.example",
                password: Company.password
            )
            let made = try await bo.send(
                .post,
                "/api/v1/api-keys",
                ["name": "SCADA", "roles": ["viewer"], "expiresAt": (Date() + 3600).formatted(.iso8601)]
            )
            var machine = company.anonymous
            machine.token = try #require(made["key"])
            try await company.learn()
            #expect(try await machine.send(.get, "/api/v1/tenant").status == .ok)
            let suspended = try await company.admin.send(
                .post,
                "/api/v1/tenants/\(tenant)/suspend",
                ["reason": "The contract has ended"]
            )
            #expect((suspended.status, suspended["suspensionReason"]) == (.ok, "The contract has ended"))
            try await company.learn()
            let refresh = ["refreshToken": try #require(login["refreshToken"])]
            for (number, refused) in [
                try await bo.send(.get, "/api/v1/users"), try await bo.send(.get, "/api/v1/auth/me"),
                try await machine.send(.get, "/api/v1/tenant"),
                try await RouteTests.login(
                    company.anonymous,
                    email: "bo@windward.example",
                    password: Company.password
                ), try await company.anonymous.send(.post, "/api/v1/auth/refresh", refresh),
            ].enumerated() {
                #expect((refused.status, refused["code"]) == (.forbidden, "tenant_suspended"), "\(number)")
            }
            // Others are not concerned, and strangers learn nothing of it.
            #expect(try await company.admin.send(.get, "/api/v1/users").status == .ok)
            let stranger = try await RouteTests.login(
                company.anonymous,
                email: "bo@windward.example",
                password: "wrong password"
            )
            #expect(stranger["code"] == "invalid_credentials")
            _ = try await company.admin.send(.post, "/api/v1/tenants/\(tenant)/resume", [:])
            try await company.learn()
            #expect(try await bo.send(.get, "/api/v1/users").status == .ok)
            #expect(try await machine.send(.get, "/api/v1/tenant").status == .ok)
            #expect(try await company.anonymous.send(.post, "/api/v1/auth/refresh", refresh).status == .ok)
            // Both logs show it.
            let entries = try await company.database.outbox(of: AuditRecorded.self).filter {
                $0.action == "TENANT_SUSPENDED"
            }
            #expect(Set(entries.map(\.tenant)) == [tenant, company.tenant])
        }
    }

    /// A rule comes before every grant, and each tenant switches it on and off.
    @Test func contractorsWorkOnlyWhenTheTenantSays() async throws {
        try await withCompany { company in
            let employee = try await company.logIn(try await company.person("eva", roles: ["supervisor"]))
            let created = try await company.admin.send(
                .post,
                "/api/v1/users",
                [
                    "email": "carl@example.com", "displayName": "Carl", "roles": ["supervisor"],
                    "password": "correct horse battery", "employment": "contractor",
                ]
            )
            #expect((created.status, created["employment"]) == (.created, "contractor"))
            try await company.learn()
            let contractor = try await company.logIn(
                Company.Person(id: try #require(created["id"].flatMap { UserID($0) }), email: "carl@example.com")
            )
            /// From an hour after now on, for an hour; or the other way round.
            func set(_ isOpen: Bool) async throws {
                let minute = Int(Date().timeIntervalSince1970) / 60 % 1440
                let hour = [minute + 60, minute + 120].map { ContractorHours.text($0 % 1440) }
                let changed = try await company.admin.send(
                    .patch,
                    "/api/v1/tenant",
                    [
                        "timeZone": "UTC", "contractorsFrom": isOpen ? hour[1] : hour[0],
                        "contractorsUntil": isOpen ? hour[0] : hour[1],
                    ]
                )
                #expect(changed.status == .ok, "\(changed.text)")
                try await company.learn()
            }
            for isOpen in [true, false] {
                try await set(isOpen)
                let answer = try await contractor.send(.get, "/api/v1/users")
                #expect(answer.status == (isOpen ? .ok : .forbidden), "\(answer.text)")
                #expect(isOpen || answer["code"] == "outside_contractor_hours", "\(answer.text)")
                // What needs no permission goes on: they can see who they are, and log out.
                #expect(try await contractor.send(.get, "/api/v1/auth/me").status == .ok)
                #expect(try await employee.send(.get, "/api/v1/users").status == .ok)
            }
            let off: [String: Any] = ["contractorsFrom": NSNull(), "contractorsUntil": NSNull()]
            #expect(try await company.admin.send(.patch, "/api/v1/tenant", off).status == .ok)
            try await company.learn()
            #expect(try await contractor.send(.get, "/api/v1/users").status == .ok)
        }
    }

    @Test func rulesOfATenantAreChecked() async throws {
        try await withCompany { company in
            for (body, field) in [
                (["contractorsFrom": "08:00"], "contractorsUntil"), (["contractorsFrom": "8:00"], "contractorsFrom"),
                (["contractorsFrom": "08:00", "contractorsUntil": NSNull()], "contractorsUntil"),
                (["contractorsFrom": "08:00", "contractorsUntil": "08:00"], "contractorsUntil"),
                (["startWindowMinutes": 0], "startWindowMinutes"),
                (["startWindowMinutes": 10_081], "startWindowMinutes"),
            ] as [([String: Any], String)] {
                let refused = try await company.admin.send(.patch, "/api/v1/tenant", body)
                #expect((refused.status, refused.wrongFields.contains(field)) == (.badRequest, true), "\(refused.text)")
            }
            let body: [String: Any] = [
                "contractorsFrom": "22:00", "contractorsUntil": "06:00", "startWindowMinutes": 120,
                "requiresSkills": true,
            ]
            let changed = try await company.admin.send(.patch, "/api/v1/tenant", body)
            #expect((changed["contractorsFrom"], changed["contractorsUntil"]) == ("22:00", "06:00"))
            #expect(changed.object["startWindowMinutes"] as? Int == 120)
            let state = try #require(try await company.database.outbox(of: TenantState.self).last)
            #expect(changed.object["requiresSkills"] as? Bool == true && state.requiresSkills)
            #expect((state.contractorsFrom, state.contractorsUntil, state.startWindowMinutes) == (1320, 360, 120))
        }
    }

    @Test func nobodySuspendsTheirOwnTenant() async throws {
        try await withCompany { company in
            let refused = try await company.admin.send(
                .post,
                "/api/v1/tenants/\(company.tenant)/suspend",
                ["reason": "x"]
            )
            #expect((refused.status, refused["code"]) == (.conflict, "own_tenant"))
        }
    }

    @Test func anOldInstallationsFirstAdministratorRunsIt() async throws {
        try await withDatabase(.all) { database in
            let directory = Directory(database: database)
            let bootstrap = Settings.Bootstrap(
                tenant: "T",
                email: "admin@example.com",
                password: "correct horse battery"
            )
            try await directory.prepare(bootstrap, [], .committed(), at: .noon)
            try await database.owner.execute("UPDATE users SET roles = ARRAY['admin']")
            for _ in 0..<2 { try await directory.prepare(bootstrap, [], .committed(), at: .noon) }
            let user = try #require(try await directory.find(email: "admin@example.com"))
            #expect((user.roles, user.version) == (["admin", "platform-admin"], 2))
        }
    }
}

extension Company {
    static let password = "a password of one's own"

    /// Creates a second tenant, and logs in its administrator.
    fileprivate func windward() async throws -> (TenantID, ServiceClient) {
        let created = try await admin.send(
            .post,
            "/api/v1/tenants",
            ["name": "Windward", "administrator": ["email": "bo@windward.example", "displayName": "Bo"]]
        )
        let id = try #require(created["id"].flatMap { TenantID($0) }, "\(created.text)")
        let mail = try #require(try await database.outbox(of: MailRequested.self).last)
        let token = try linkKeys.open(Array(try #require(mail.token)), for: mail.id.description)
        let accepted = try await anonymous.send(
            .post,
            "/api/v1/auth/invitation",
            ["token": token, "password": Self.password]
        )
        #expect(accepted.status == .noContent)
        try await learn()
        let login = try await RouteTests.login(anonymous, email: "bo@windward.example", password: Self.password)
        var bo = anonymous
        bo.token = try #require(login["accessToken"], "\(login.text)")
        return (id, bo)
    }
}
