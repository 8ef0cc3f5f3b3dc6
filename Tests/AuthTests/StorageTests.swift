import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import LocalServers
import Messaging
import Postgres
import RedisClient
import ServiceKit
import TestSupport
import Testing

@testable import Auth

/// What is stored, column by column.
@Suite struct StorageTests {
    @Test func anAuditEntryIsStoredCompletelyAndReadWithItsChanges() async throws {
        try await withAuth { anonymous, _, database in
            let entry = AuditRecorded(
                tenant: .sunfield,
                user: .bo,
                service: "assets",
                action: "ASSET_UPDATED",
                resourceType: "asset",
                resourceID: "0190",
                cause: "request-1",
                address: "203.0.113.7",
                userAgent: "dCMMS/1",
                changes: #"{"name":["Old","New"]}"#,
                at: .noon
            )
            try await database.handle(entry, of: .sunfield, by: AuditConsumer().handle)
            let row = try #require(try await database.of(.sunfield).first("SELECT * FROM audit_log"))
            #expect(try row["user_id"] == UserID.bo)
            #expect(try (row["resource_type"], row["resource_id"]) == ("asset", "0190"))
            let address: String = try row["address"]
            #expect(address.hasPrefix("sealed:"))
            #expect(try row["cause"] == "request-1")
            let client = try await anonymous.acting(as: .anna, of: .sunfield)
            let read = try #require(try await client.send(.get, "/api/v1/audit").items.first)
            #expect(read["changes"] as? [String: [String]] == ["name": ["Old", "New"]])
            #expect(read["address"] as? String == "203.0.113.7")
            #expect(read["userAgent"] as? String == "dCMMS/1")
            let foreign = try await anonymous.acting(as: .anna, of: .windward)
            #expect(try await foreign.send(.get, "/api/v1/audit").items.isEmpty)
        }
    }

    @Test func aUserIsStoredWithPhoneAndTimes() async throws {
        try await withAuth { anonymous, _, database in
            let began = Date()
            let token = try #require(try await RouteTests.login(anonymous)["accessToken"])
            var admin = anonymous
            admin.token = token
            let user: [String: Any] = [
                "email": "new@example.com", "displayName": "New", "phone": "+491701234567", "roles": ["viewer"],
                "password": "correct horse battery",
            ]
            #expect(try await admin.send(.post, "/api/v1/users", user).status == .created)
            let new = try #require(
                try await database.owner.first("SELECT * FROM users WHERE email = 'new@example.com'")
            )
            #expect(try new["phone"] == "+491701234567")
            let created: Date = try new["created_at"]
            #expect(created >= began - 1 && created <= Date())
            #expect(try new["last_login_at"] as Date? == nil)
            let old = try #require(
                try await database.owner.first("SELECT * FROM users WHERE email = 'admin@example.com'")
            )
            let loggedIn: Date = try old["last_login_at"]
            #expect(loggedIn >= began - 1 && loggedIn <= Date())
        }
    }

    /// While a version is rolled out, instances of the version before go on logging people in.
    @Test func theVersionBeforeCanStillWriteUsersAndSessions() async throws {
        try await withDatabase(.all) { database in
            try await database.owner.execute(
                "INSERT INTO tenants (id, name, created_at) VALUES (\(TenantID.sunfield), 'S', \(Date.noon))"
            )
            try await database.of(.sunfield).execute(
                """
                INSERT INTO users (id, tenant_id, email, display_name, roles, password_hash, created_at, version)
                VALUES (\(UserID.anna), \(TenantID.sunfield), 'a@example.com', 'A', '{}', 'none', \(Date.noon), 1)
                """
            )
            try await database.of(.sunfield).execute(
                """
                INSERT INTO sessions (id, tenant_id, user_id, created_at)
                VALUES (\(SessionID.new()), \(TenantID.sunfield), \(UserID.anna), \(Date.noon))
                """
            )
        }
    }

    @Test func theCurrentUserIsCachedForHalfAnHour() async throws {
        try await withAuth { anonymous, authenticator, database in
            var admin = anonymous
            admin.token = try #require(try await RouteTests.login(anonymous)["accessToken"])
            let me = try #require(try await admin.send(.get, "/api/v1/auth/me")["id"])
            let redis = try Redis(url: try await TestServers.redis().url)
            // Before the state of the user has arrived, nobody knows which version is the current one.
            #expect(try await redis.get("auth:user:\(me):1") == nil)
            authenticator.learn(
                try #require(try await Directory(database: database).find(email: "admin@example.com")).state
            )
            _ = try await admin.send(.get, "/api/v1/auth/me")
            let answer = try await redis.run(RedisCommand(["TTL", "auth:user:\(me):1"]))
            guard case .integer(let seconds) = answer else { return #expect(Bool(false), "\(answer)") }
            #expect((1790...1800).contains(seconds))
            redis.close()
        }
    }

    @Test func usersOfATenantAreFoundByAnIndex() async throws {
        try await withDatabase(.all) { database in
            let plan = try await database.owner.plan(
                "SELECT * FROM users WHERE tenant_id = \(TenantID.sunfield) ORDER BY id LIMIT 50"
            )
            #expect(plan.contains("users_by_tenant"), "\(plan)")
        }
    }
}
