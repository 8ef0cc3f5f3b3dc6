import Commands
import Foundation
import Identifiers
import Messaging
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Auth

/// Checks that apply to every route of this service.
@Suite struct ContractTests {
    @Test func theAPIDocumentIsUpToDate() async throws {
        try await withAuth { anonymous, _, _ in
            let client = try await anonymous.acting(as: .anna, of: .sunfield)
            try RouteContract("auth", client.routes).isCommitted()
        }
    }

    @Test func everyRouteRefusesUnauthorizedAndInvalidRequests() async throws {
        try await withAuth { anonymous, _, _ in
            let client = try await anonymous.acting(as: .anna, of: .sunfield)
            try await RouteContract("auth", client.routes).refusesStrangersAndNonsense(client)
        }
    }

    @Test func everyChangeIsAppliedOnceAndRecorded() async throws {
        try await withAuth { anonymous, _, database in
            let session = SessionID.new()
            try await database.owner.execute(
                "INSERT INTO tenants (id, name, created_at) VALUES (\(TenantID.sunfield), 'S', \(Date.noon))"
            )
            let anna = User(
                id: .anna,
                tenant: .sunfield,
                email: "anna@example.com",
                displayName: "Anna",
                phone: nil,
                roles: ["admin"],
                isActive: true,
                version: 1
            )
            let act = Act.ofAnna("auth")
            try await database.transaction(for: act) {
                try await Directory(database: database).create(anna, passwordHash: "none", by: act, $0)
            }
            try await database.owner.execute(
                """
                INSERT INTO sessions (id, tenant_id, user_id, created_at)
                VALUES (\(session), \(TenantID.sunfield), \(UserID.anna), \(Date.noon))
                """
            )
            var client = anonymous
            client.token = try await client.authority.token(.anna, of: .sunfield, roles: ["all"], session: session)
            let samples = [
                SampleChange("POST /users", records: "USER_CREATED") { _ in
                    [
                        "email": "new@example.com", "displayName": "New", "roles": ["viewer"],
                        "password": "correct horse battery",
                    ]
                },
                SampleChange("POST /auth/logout", records: "LOGOUT") { _ in [:] },
            ]
            try await RouteContract("auth", client.routes).everyChangeCountsOnceAndIsRecorded(samples, client, database)
        }
    }

    @Test func everyTableHidesOtherTenantsRows() async throws {
        try await withDatabase(.all) {
            // Keys sign tokens of all tenants; wrong passwords are counted before the user is known.
            let unfenced: Set = ["signing_keys", "login_failures", "login_networks"]
            // A person who logs in or refreshes has no tenant yet; roles of every tenant are published at the start.
            let open: Set = ["users", "sessions", "refresh_tokens", "tenants", "roles", "role_grants"]
            try await TenantFence(unfenced: unfenced, openToEveryTenant: open).check($0)
        }
    }
}
