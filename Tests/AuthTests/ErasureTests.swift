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

/// A person is erased: nothing of them is left but an id, and the proof of the audit log still holds.
@Suite struct ErasureTests {
    private static let canaries = [
        "erase-me", "canaryname", "15550777", "198.51.100.77", "canaryagent", "canary-subject",
        "canary-code", "canaryfirst", "canarylast",
    ]

    private static func found(in text: String) -> [String] { canaries.filter { text.lowercased().contains($0) } }

    /// Somebody who has left traces in every table that can have some.
    private func traced(_ company: Company) async throws -> (id: UserID, client: ServiceClient) {
        let admin = company.admin
        let created = try await admin.send(
            .post,
            "/api/v1/users",
            [
                "email": "Erase-Me@example.com", "displayName": "Canaryname", "phone": "+15550777", "roles": ["viewer"],
                "code": "canary-code", "firstName": "Canaryfirst", "lastName": "Canarylast",
                "password": "correct horse battery",
            ],
            headers: [.idempotencyKey: "made"]
        )
        let id = try #require(created["id"].flatMap(UserID.init))
        let headers: HTTPFields = [.forwardedFor: "198.51.100.77", .userAgent: "Canaryagent/1"]
        let login = try await company.anonymous.send(
            .post,
            "/api/v1/auth/login",
            ["email": "erase-me@example.com", "password": "correct horse battery"],
            headers: headers
        )
        var client = company.anonymous
        client.token = try #require(login["accessToken"])
        let preferences = ["language": "de", "timeZone": "Europe/Berlin", "units": "us"]
        #expect(try await client.send(.patch, "/api/v1/auth/me", preferences)["units"] == "us")
        _ = try await client.send(.post, "/api/v1/auth/mfa/totp", [:], headers: headers)
        _ = try await company.addKey(client, named: "Canaryname's key")
        _ = try await RouteTests.login(
            company.anonymous,
            email: "erase-me@example.com",
            password: "wrong horse battery"
        )
        _ = try await company.anonymous.send(
            .post,
            "/api/v1/auth/links",
            ["email": "erase-me@example.com", "purpose": "password_reset"]
        )
        try await company.database.owner.execute(
            """
            UPDATE users SET idp_provider = 'https://login.example.com', idp_user_id = 'canary-subject' WHERE id = \(id)
            """
        )
        return (id, client)
    }

    /// Every row of the database, but for the events that wait.
    private func rows(_ database: Database) async throws -> [(table: String, text: String)] {
        let tables = try await database.owner.query(
            "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'outbox'"
        )
        var rows: [(table: String, text: String)] = []
        for table in tables {
            let name: String = try table["name"]
            let found = try await database.owner.query(
                "SELECT t::text || COALESCE(convert_from((to_jsonb(t)->>'body')::bytea, 'UTF8'), '') AS text FROM \(sql: SQL(stringLiteral: name)) t"
            )
            rows += try found.map { (name, try $0["text"]) }
        }
        return rows
    }

    @Test func nothingIsLeftButTheIdAndTheChainIsIntact() async throws {
        try await withCompany { company in
            let database = company.database
            let (id, client) = try await traced(company)
            let keys = [company.admin.authority.letterbox]
            // A tenant's log as the consumer keeps it.
            func append() async throws {
                for entry in try await database.outbox(of: AuditRecorded.self) where entry.tenant == company.tenant {
                    try await database.handle(entry, of: company.tenant, by: AuditConsumer(keys: keys).handle)
                }
            }
            try await append()
            let before = try await company.admin.send(.get, "/api/v1/audit?limit=200").text
            #expect(
                Set(Self.found(in: before)).isSuperset(of: ["erase-me", "canaryname", "198.51.100.77", "canaryagent"])
            )
            let held = try await rows(database)
            #expect(held.contains { $0.table == "users" && !Self.found(in: $0.text).isEmpty })
            #expect(held.contains { $0.table == "answers" && !Self.found(in: $0.text).isEmpty })
            let key = try await AuditCheckpoints.key(database, at: Date())
            let earlier = try await database.of(company.tenant).transaction { tx in
                try await AuditCheckpoints(database: database, key: key).sign(company.tenant, at: Date(), tx)
            }
            let old = try await AuditVerifier.verify(company.tenant, in: database)

            try await database.execute("DELETE FROM outbox")
            let erased = try await company.admin.send(.post, "/api/v1/users/\(id)/erase", [:])
            #expect(erased.status == .ok && erased.object["isErased"] as? Bool == true)
            #expect(
                (erased["email"], erased["displayName"], erased["phone"]) == ("\(id)@erased.invalid", "erased", nil)
            )

            // In the database.
            for row in try await rows(database) {
                #expect(Self.found(in: row.text).isEmpty, "\(row.table): \(row.text)")
            }
            #expect(
                try await database.owner.count(
                    """
                    SELECT count(*) FROM users
                    WHERE id = \(id) AND language IS NULL AND time_zone IS NULL AND units IS NULL
                    """
                ) == 1
            )
            for table in [
                "sessions", "account_links", "second_factors", "security_keys", "key_challenges", "factor_enrolments",
                "login_challenges", "user_roles",
                "authorization_codes",
            ] {
                #expect(
                    try await database.owner.count(
                        "SELECT count(*) FROM \(sql: SQL(stringLiteral: table)) WHERE user_id = \(id)"
                    ) == 0,
                    "\(table)"
                )
            }
            // In the events: one state that replaces all before it, and one entry.
            for event in try await database.outbox() {
                #expect(Self.found(in: String(decoding: event.value ?? [], as: UTF8.self)).isEmpty, "\(event.topic)")
            }
            let states = try await database.outbox(of: UserState.self)
            let state = try #require(states.first)
            #expect(states.count == 1 && state.isErased && !state.isActive && state.roles.isEmpty && state.phone == nil)
            #expect(try await company.audit(of: .init(id: id, email: "")) == ["USER_ERASED"])

            // In the audit log, also of events that come late.
            try await append()
            var late = AuditRecorded.sample(1, of: company.tenant)
            (late.user, late.address) = (id, "198.51.100.77")
            try await database.handle(late, of: company.tenant, by: AuditConsumer(keys: keys).handle)
            let after = try await company.admin.send(.get, "/api/v1/audit?limit=200")
            #expect(Self.found(in: after.text).isEmpty && after.items.contains { $0["address"] as? String == "erased" })
            #expect(
                after.items.contains {
                    $0["action"] as? String == "LOGIN_SUCCESS" && $0["userId"] as? String == "\(id)"
                }
            )

            // The proof, now and from the checkpoint of before.
            let proof = try await AuditVerifier.verify(company.tenant, in: database, key: key.kid)
            #expect(proof.head.entries > old.head.entries && proof.confirmed == earlier.checkpoint.entries)
            let export = try await company.admin.send(.get, "/api/v1/audit/export")
            let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).jsonl")
            try Data(export.text.utf8).write(to: file)
            var verifier = try AuditVerifier(company.tenant, checkpoints: [earlier.checkpoint])
            try verifier.check(linesOf: FileHandle(forReadingFrom: file))
            try verifier.finish()
            try FileManager.default.removeItem(at: file)

            // The person.
            try await company.learn()
            #expect(try await client.send(.get, "/api/v1/auth/me").status == .unauthorized)
            #expect(
                try await RouteTests.login(company.anonymous, email: "erase-me@example.com").status == .unauthorized
            )
            #expect(
                try await RouteTests.login(company.anonymous, email: "\(id)@erased.invalid").status == .unauthorized
            )
            // The address is free again.
            let namesake = try await company.admin.send(
                .post,
                "/api/v1/users",
                ["email": "erase-me@example.com", "displayName": "Somebody else", "roles": ["viewer"]]
            )
            #expect(namesake.status == .created)
        }
    }

    @Test func nothingOfAnErasedPersonIsChanged() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let path = "/api/v1/users/\(tina.id)"
            #expect(try await company.admin.send(.post, "\(path)/erase", [:]).status == .ok)
            let requests: [(HTTPRequest.Method, String, [String: Any])] = [
                (.patch, path, ["displayName": "Tina"]), (.put, "\(path)/roles", ["roles": ["viewer"]]),
                (.post, "\(path)/activate", [:]), (.post, "\(path)/deactivate", [:]),
                (.post, "\(path)/invitation", [:]),
                (.post, "\(path)/unlock", [:]), (.post, "\(path)/identity-link", [:]), (.post, "\(path)/erase", [:]),
            ]
            for (method, path, body) in requests {
                let refused = try await company.admin.send(method, path, body)
                #expect((refused.status, refused["code"]) == (.conflict, "erased"), "\(method) \(path)")
            }
            #expect(try await company.admin.send(.get, path).object["isErased"] as? Bool == true)
        }
    }

    @Test func nobodyErasesThemselvesOrWhoeverMayDoMoreOrWithoutThePermission() async throws {
        try await withCompany { company in
            let me = try #require(try await company.admin.send(.get, "/api/v1/auth/me")["id"])
            let own = try await company.admin.send(.post, "/api/v1/users/\(me)/erase", [:])
            #expect((own.status, own["code"]) == (.conflict, "own_account"))
            let eraser = try await company.staff("eraser", [Grant(.userErase), Grant(.userRead)])
            let stronger = try await eraser.send(.post, "/api/v1/users/\(me)/erase", [:])
            #expect((stronger.status, stronger["code"]) == (.forbidden, "user_exceeds_granter"))
            let tina = try await company.person("tina")
            let keeper = try await company.staff(
                "keeper",
                [Grant(.userDeactivate), Grant(.userUpdate), Grant(.userRead)]
            )
            let missing = try await keeper.send(.post, "/api/v1/users/\(tina.id)/erase", [:])
            #expect((missing.status, missing["permission"]) == (.forbidden, "user:erase"))
            #expect(try await company.admin.send(.post, "/api/v1/users/\(UserID.new())/erase", [:]).status == .notFound)
            #expect(
                try await company.database.owner.count("SELECT count(*) FROM users WHERE erased_at IS NOT NULL") == 0
            )
        }
    }

    /// Somebody who erases may have a permission that is not that of assigning roles.
    @Test func theLastAdministratorIsNotErased() async throws {
        try await withCompany { company in
            // The same permissions, but one who is no administrator: a role for some time does not count.
            let deputy = try await company.person("deputy", roles: ["viewer"])
            let ends = (Date() + 3600).formatted(.iso8601)
            _ = try await company.admin.send(
                .put,
                "/api/v1/users/\(deputy.id)/roles",
                ["roles": ["viewer"], "temporaryRoles": [["role": "admin", "expiresAt": ends]]]
            )
            try await company.learn()
            let me = try #require(try await company.admin.send(.get, "/api/v1/auth/me")["id"].flatMap(UserID.init))
            // Only the platform's people may touch each other.
            try await company.database.owner.execute(
                "DELETE FROM user_roles WHERE role = 'platform-admin' AND user_id = \(me)"
            )
            try await company.database.owner.execute(
                "UPDATE users SET roles = '{admin}' WHERE id = \(me)"
            )
            let client = try await company.logIn(deputy)
            let refused = try await client.send(.post, "/api/v1/users/\(me)/erase", [:])
            #expect((refused.status, refused["code"]) == (.conflict, "last_administrator"))
            #expect(try await company.database.owner.count("SELECT count(*) FROM person_keys WHERE key IS NULL") == 0)
        }
    }

    @Test func aStolenTokenIsNotEnough() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            var admin = company.admin
            let me = try #require(try await admin.send(.get, "/api/v1/auth/me")["id"].flatMap(UserID.init))
            admin.token = try await admin.authority.token(me, of: company.tenant, roles: ["admin"], provedAgo: 600)
            let refused = try await admin.send(.post, "/api/v1/users/\(tina.id)/erase", [:])
            #expect((refused.status, refused["code"]) == (.unauthorized, "step_up_required"))
        }
    }
}
