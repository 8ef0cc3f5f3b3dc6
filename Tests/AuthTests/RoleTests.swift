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

/// Roles are rows in the database, and changes to them take effect in every service.
@Suite struct RoleTests {
    @Test func theFourBuiltInRolesKeepTheirPermissionsInTheWholeTenant() async throws {
        try await withDatabase(.all) { database in
            let roles = try await Roles(database: database).of(.sunfield)
            #expect(roles.map(\.name) == ["admin", "platform-admin", "supervisor", "technician", "viewer"])
            #expect(roles.map { $0.known.permissions.count } == [Permission.allCases.count - 2, 2, 53, 25, 10])
            for role in roles {
                #expect(role.grants.allSatisfy { $0.scope == "tenant" })
                // No row names a permission that no longer exists.
                let known = Permission.allCases.map(\.rawValue) + ["*", "workorder:transition"]
                #expect(role.grants.allSatisfy { known.contains($0.permission) })
            }
        }
    }

    @Test func everyPermissionIsRequiredByARoute() async throws {
        // These documents describe all routes of the fleet: a permission that none of them requires is unused.
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/api")
        let documents = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }.map { try String(contentsOf: $0, encoding: .utf8) }
        let features = try Matrix.committed().features
        let waiting = Set(features.filter { $0.issue != nil }.flatMap { $0.read + $0.write })
        let usable = Set(features.filter { $0.issue == nil }.flatMap { $0.read + $0.write })
        for permission in Permission.allCases {
            let operations = documents.flatMap { document in
                document.matches(of: /"x-(?:permission|one-of-permissions|further-permissions)": (\[[^\]]*\]|"[^"]*")/)
                    .map { String($0.1) }
            }
            let isRequired = operations.contains { $0.contains("\"\(permission.rawValue)\"") }
            #expect(isRequired != waiting.subtracting(usable).contains(permission), "\(permission.rawValue)")
        }
    }

    @Test func aChangedRoleTakesEffectForTokensIssuedBefore() async throws {
        try await withAuth { client, authenticator, database in
            let viewer = try await client.acting(as: .bo, of: .sunfield, roles: ["viewer"])
            #expect(try await viewer.send(.get, "/api/v1/roles").status == .forbidden)
            try await save(Role(tenant: nil, name: "viewer", grants: [GrantText("role:read", "tenant")]))
            let answer = try await viewer.send(.get, "/api/v1/roles")
            #expect(answer.status == .ok)
            let permissions = answer.items.first { $0["role"] as? String == "viewer" }?["permissions"] as? [String]
            #expect(permissions == ["role:read"])
            try await save(Role(tenant: nil, name: "viewer", grants: []))
            #expect(try await viewer.send(.get, "/api/v1/roles").status == .forbidden)

            func save(_ role: Role) async throws {
                try await Roles(database: database).save(role)
                authenticator.learn(try #require(try await database.outbox(of: RolePolicyState.self).last))
            }
        }
    }

    @Test func aTenantMakesRolesOfItsOwn() async throws {
        try await withCompany { company in
            let grants = [
                ["permission": "role:read", "scope": "tenant"], ["permission": "site:read", "scope": "sites"],
            ]
            let created = try await company.admin.send(
                .post,
                "/api/v1/roles",
                ["name": "planner", "grants": grants + grants]
            )
            #expect(
                (created.status, created["role"], created.object["isSystem"] as? Bool) == (.created, "planner", false)
            )
            #expect(created.object["grants"] as? [[String: String]] == grants)
            let id = try #require(created["id"])
            let twice = try await company.admin.send(.post, "/api/v1/roles", ["name": "planner", "grants": []])
            #expect((twice.status, twice["code"], twice.wrongFields) == (.badRequest, "role_taken", ["name"]))
            let tina = try await company.person("tina", roles: ["planner"])
            try await company.learn()
            let client = try await company.logIn(tina)
            #expect(try await client.send(.get, "/api/v1/roles").status == .ok)

            let used = try await company.admin.send(.delete, "/api/v1/roles/\(id)")
            #expect((used.status, used["code"]) == (.conflict, "role_in_use"))
            let changed = try await company.admin.send(.put, "/api/v1/roles/\(id)", ["grants": []])
            #expect((changed.status, changed.object["permissions"] as? [String]) == (.ok, []))
            try await company.learn()
            #expect(try await client.send(.get, "/api/v1/roles").status == .forbidden)

            _ = try await company.admin.send(.put, "/api/v1/users/\(tina.id)/roles", ["roles": ["viewer"]])
            #expect(try await company.admin.send(.delete, "/api/v1/roles/\(id)").status == .noContent)
            #expect(try await company.admin.send(.put, "/api/v1/roles/\(id)", ["grants": []]).status == .notFound)
            let records = try await company.database.outbox().filter { $0.topic == Topic.authPolicies.name }
            #expect(records.last?.key == "\(company.tenant)/planner" && records.last?.value == nil)
        }
    }

    @Test func whatSomebodyElseHasSavedInARoleIsNotOverwritten() async throws {
        try await withCompany { company in
            let body: [String: Any] = ["name": "planner", "displayName": "Planner", "grants": []]
            let created = try await company.admin.send(.post, "/api/v1/roles", body)
            #expect((created.number("version"), created.headers[.eTag]) == (1, "\"1\""))
            let path = "/api/v1/roles/\(try #require(created["id"]))"
            func change(_ name: String, seen: String? = nil, _ more: [String: Any] = [:]) async throws -> ServiceAnswer
            {
                let body = more.merging(["displayName": name, "grants": [String]()]) { $1 }
                return try await company.admin.send(.put, path, body, headers: seen.map { [.ifMatch: $0] } ?? [:])
            }
            let first = try await change("Planners", seen: "\"1\"")
            #expect((first.status, first.number("version"), first.headers[.eTag]) == (.ok, 2, "\"2\""))
            let late = [
                try await change("Planning", seen: "\"1\""), try await change("Planning", ["version": 1]),
                try await company.admin.send(.delete, path, headers: [.ifMatch: "\"1\""]),
            ]
            for late in late {
                #expect((late.status, late["code"]) == (.conflict, "stale_version"), "\(late.text)")
                #expect(late.number("currentVersion") == 2)
            }
            let kept = try await company.admin.send(.get, "/api/v1/roles").items.first {
                $0["id"] as? String == created["id"]
            }
            #expect((kept?["displayName"] as? String, kept?["version"] as? Int) == ("Planners", 2))
            let changes = try await company.database.outbox(of: AuditRecorded.self).count {
                $0.action == "ROLE_CHANGED"
            }
            #expect(changes == 1)
            // What changes nothing makes no version, and a client that names none writes over the role.
            #expect(try await change("Planners", seen: "\"2\"").number("version") == 2)
            #expect(try await change("Planning").number("version") == 3)
            #expect(try await change("Planning", seen: "seven").wrongFields == ["If-Match"])
            let deleted = try await company.admin.send(.delete, path, headers: [.ifMatch: "\"3\""])
            #expect(deleted.status == .noContent)
        }
    }

    @Test func aRoleSaysHowLongSessionsLast() async throws {
        try await withCompany { company in
            let text = #"{"name": "contractor", "grants": [], "sessionHours": 12}"#
            let created = try await company.admin.send(.post, "/api/v1/roles", text: text)
            #expect(created.number("sessionHours") == 12)
            let path = "/api/v1/roles/\(try #require(created["id"]))"
            let changed = try await company.admin.send(.put, path, text: #"{"grants": [], "sessionHours": 8}"#)
            #expect(changed.number("sessionHours") == 8)
            let listed = try await company.admin.send(.get, "/api/v1/roles").items
            #expect(listed.first { $0["role"] as? String == "contractor" }?["sessionHours"] as? Int == 8)
            let audit = try await company.database.outbox(of: AuditRecorded.self).last { $0.action == "ROLE_CHANGED" }
            #expect(audit?.changes == #"{"sessionHours":[12,8]}"#)
            for hours in [0, 169] {
                let refused = try await company.admin.send(
                    .put,
                    path,
                    text: #"{"grants": [], "sessionHours": \#(hours)}"#
                )
                #expect((refused.status, refused.wrongFields) == (.badRequest, ["sessionHours"]))
            }
        }
    }

    @Test func aRoleHasANameForPeopleAndAnIdleLimit() async throws {
        try await withCompany { company in
            let text = """
                {"name": "planner", "displayName": "Planner", "description": "Plans the week", "grants": [],
                "sessionIdleMinutes": 60}
                """
            let created = try await company.admin.send(.post, "/api/v1/roles", text: text)
            #expect((created["displayName"], created["description"]) == ("Planner", "Plans the week"))
            #expect(created.number("sessionIdleMinutes") == 60 && created["createdAt"] != nil)
            let path = "/api/v1/roles/\(try #require(created["id"]))"
            let changed = try await company.admin.send(.put, path, text: #"{"displayName": "Planners", "grants": []}"#)
            #expect((changed["displayName"], changed["description"]) == ("Planners", nil))
            #expect(changed.object["sessionIdleMinutes"] == nil && changed["createdAt"] == created["createdAt"])
            let refused = try await company.admin.send(
                .put,
                path,
                text: #"{"grants": [], "sessionIdleMinutes": 19}"#
            )
            #expect(refused.wrongFields == ["sessionIdleMinutes"])
            let roles = try await company.admin.send(.get, "/api/v1/roles").items
            #expect(roles.allSatisfy { $0["displayName"] is String })
            let contractor = roles.first { $0["role"] as? String == "contractor-om" }
            #expect(contractor?["displayName"] as? String == "O&M contractor")
            #expect(contractor?["sessionIdleMinutes"] as? Int == 240)
        }
    }

    @Test func nobodyMakesARoleThatPermitsMoreThanTheyMay() async throws {
        try await withCompany { company in
            let clerk = try await company.staff(
                "clerk",
                [Grant(.roleRead), Grant(.roleManage), Grant(.siteRead, .sites)]
            )
            func create(_ permission: String, _ scope: String) async throws -> ServiceAnswer {
                let grant = ["permission": permission, "scope": scope]
                return try await clerk.send(.post, "/api/v1/roles", ["name": "r-\(permission)", "grants": [grant]])
            }
            for (permission, scope) in [("site:read", "tenant"), ("user:create", "sites")] {
                let refused = try await create(permission, scope)
                #expect((refused.status, refused["code"]) == (.forbidden, "role_exceeds_granter"))
            }
            #expect(try await create("site:read", "sites").status == .created)
            let unknown = try await create("site:fly", "sites")
            #expect((unknown.status, unknown.wrongFields) == (.badRequest, ["grants[0].permission"]))
            // A stronger role is not theirs to weaken either.
            try await company.role("strong", [Grant(.userCreate)])
            let items = try await clerk.send(.get, "/api/v1/roles").items
            for (name, method) in [("strong", HTTPRequest.Method.put), ("strong", .delete)] {
                let id = try #require(items.first { $0["role"] as? String == name }?["id"] as? String)
                let refused = try await clerk.send(method, "/api/v1/roles/\(id)", method == .put ? ["grants": []] : nil)
                #expect((refused.status, refused["code"]) == (.forbidden, "role_exceeds_granter"), "\(method)")
            }
        }
    }

    @Test func rolesOfEveryTenantAndOfOthersAreNotChanged() async throws {
        try await withCompany { company in
            let items = try await company.admin.send(.get, "/api/v1/roles").items
            let viewer = try #require(items.first { $0["role"] as? String == "viewer" }?["id"] as? String)
            let system = try await company.admin.send(.put, "/api/v1/roles/\(viewer)", ["grants": []])
            #expect((system.status, system["code"]) == (.conflict, "system_role"))
            try await company.role("planner", [Grant(.siteRead)])
            let own = try #require(
                try await company.admin.send(.get, "/api/v1/roles").items.first { $0["role"] as? String == "planner" }
            )
            let stranger = try await company.anonymous.acting(as: .bo, of: .windward)
            let path = "/api/v1/roles/\(own["id"] as? String ?? "")"
            #expect(try await stranger.send(.put, path, ["grants": []]).status == .notFound)
            #expect(try await stranger.send(.delete, path).status == .notFound)
        }
    }

    /// A tenant's own role replaces the general one of the same name, also that of its administrators.
    @Test func theLastAdministratorsRoleKeepsItsPower() async throws {
        try await withCompany { company in
            try await company.role("chief", Permission.allCases.map { Grant($0) })
            let chief = try await company.logIn(try await company.person("chief", roles: ["chief"]))
            try await company.database.owner.execute(
                "UPDATE users SET is_active = false WHERE email = 'admin@example.com'"
            )
            let items = try await chief.send(.get, "/api/v1/roles").items
            let id = try #require(items.first { $0["role"] as? String == "chief" }?["id"] as? String)
            let refused = try await chief.send(.put, "/api/v1/roles/\(id)", ["grants": []])
            #expect((refused.status, refused["code"]) == (.conflict, "last_administrator"))
        }
    }

    @Test func theServicePublishesTheTablesAtItsStart() async throws {
        try await withDatabase(.all) { database in
            try await database.owner.execute(
                "INSERT INTO tenants (id, name, created_at) VALUES (\(TenantID.sunfield), 'S', \(Date.noon))"
            )
            let own = Role(tenant: .sunfield, name: "viewer", grants: [GrantText("site:read", "sites")])
            try await Roles(database: database).save(own)
            try await database.execute("DELETE FROM outbox")
            _ = try await Directory(database: database).prepare(nil, [], .committed(), at: .noon)
            let states = try await database.outbox(of: RolePolicyState.self)
            #expect(
                try Set(states.map(\.key))
                    == Set(
                        (["admin", "platform-admin", "supervisor", "technician", "viewer"]
                            + Matrix.committed().roles.map(\.name)).map { "system/\($0)" } + [
                                "\(TenantID.sunfield)/viewer"
                            ]
                    )
            )
            #expect(states.contains(own.state))
            let viewers = try await Roles(database: database).of(.sunfield).filter { $0.name == "viewer" }
            #expect(viewers.map(\.id) == [own.id] && viewers.map(\.record) == [own.record])
            #expect(try await Roles(database: database).of(.windward).contains { $0.id == own.id } == false)
        }
    }

    @Test func aUsersMembershipIsPublishedWithTheUser() async throws {
        try await withDatabase(.all) { database in
            try await database.owner.execute(
                "INSERT INTO tenants (id, name, created_at) VALUES (\(TenantID.sunfield), 'S', \(Date.noon))"
            )
            let user = User(
                id: .anna,
                tenant: .sunfield,
                email: "a@example.com",
                displayName: "Anna",
                phone: nil,
                roles: [],
                sites: [.sample(30), .sample(31)],
                assets: [.sample(20)],
                team: .sample(60),
                isActive: true,
                createdAt: .noon,
                updatedAt: .noon,
                version: 1
            )
            try await add(user, database)
            let state = try #require(try await database.outbox(of: UserState.self).last)
            #expect(
                (state.sites, state.assets, state.team) == ([.sample(30), .sample(31)], [.sample(20)], .sample(60))
            )
            #expect(try await Directory(database: database).find(.anna, tenant: .sunfield) == user)
        }
    }

    @Test func usersAndAuditEntriesAreVisibleWithinThePermissionsReach() async throws {
        try await withAuth { client, _, database in
            try await database.owner.execute(
                "INSERT INTO tenants (id, name, created_at) VALUES (\(TenantID.sunfield), 'S', \(Date.noon))"
            )
            let team = TeamID.sample(60)
            for (id, team) in [(UserID.anna, team), (.bo, team), (.sample(3), nil)] {
                let user = User(
                    id: id,
                    tenant: .sunfield,
                    email: "\(id)@example.com",
                    displayName: "U",
                    phone: nil,
                    roles: [],
                    team: team,
                    isActive: true,
                    createdAt: .noon,
                    updatedAt: .noon,
                    version: 1
                )
                try await add(user, database)
                let entry = AuditRecorded(
                    tenant: .sunfield,
                    user: id,
                    service: "assets",
                    action: "A",
                    resourceType: "asset",
                    resourceID: "1",
                    at: .noon
                )
                try await database.handle(entry, of: .sunfield, by: AuditConsumer().handle)
            }
            client.authority.place(.anna, of: .sunfield, Membership(sites: [.sample(30)], team: team))
            for (scope, count) in [(GrantScope.tenant, 3), (.team, 2), (.own, 1), (.sites, 0), (.assets, 0)] {
                client.authority.grantEverything("scoped", scope)
                let anna = try await client.acting(as: .anna, of: .sunfield, roles: ["scoped"])
                #expect(try await anna.all("/api/v1/users", limit: 1).count == count, "users, \(scope)")
                #expect(try await anna.all("/api/v1/audit", limit: 1).count == count, "audit, \(scope)")
                let created = try await anna.send(
                    .post,
                    "/api/v1/users",
                    [
                        "email": "new@example.com", "displayName": "N", "roles": ["viewer"],
                        "password": "a long enough one",
                    ]
                )
                #expect(created.status == (scope == .tenant ? .created : .forbidden), "\(scope)")
                if scope == .tenant {
                    try await database.owner.execute("DELETE FROM users WHERE email = 'new@example.com'")
                }
            }
        }
    }

    private func add(_ user: User, _ database: Database) async throws {
        let act = Act(service: "auth", tenant: user.tenant, time: .noon)
        try await database.transaction(for: act) {
            try await Directory(database: database).create(user, passwordHash: "none", by: act, $0)
        }
    }
}

extension Roles {
    /// Creates a role, or replaces its grants, as a migration does with a role of every tenant.
    func save(_ role: Role) async throws {
        let act = Act(service: "auth", tenant: role.tenant, time: .noon)
        try await database.ofEveryTenant.transaction { tx in
            try await tx.execute(
                "DELETE FROM roles WHERE name = \(role.name) AND tenant_id IS NOT DISTINCT FROM \(role.tenant)"
            )
            try await create(role, by: act, tx)
        }
    }
}
