import Commands
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
            let (session, other, bosPhone) = (SessionID.new(), SessionID.new(), SessionID.new())
            let hash = try await Password.hash("correct horse battery")
            try await database.owner.execute(
                "INSERT INTO tenants (id, name, created_at) VALUES (\(TenantID.sunfield), 'S', \(Date.noon))"
            )
            let act = Act.ofAnna("auth")
            for (id, name) in [(UserID.anna, "anna"), (.bo, "bo"), (.sample(7), "new.one"), (.sample(9), "old.one")] {
                let user = User(
                    id: id,
                    tenant: .sunfield,
                    email: "\(name)@example.com",
                    displayName: name,
                    phone: nil,
                    roles: ["admin"],
                    isActive: id != .sample(7),
                    invitedAt: id == .sample(7) ? .noon : nil,
                    createdAt: .noon,
                    updatedAt: .noon,
                    version: 1
                )
                try await database.transaction(for: act) {
                    try await Directory(database: database).create(user, passwordHash: hash, by: act, $0)
                }
            }
            try await database.transaction(for: act) {
                try await APIKeys(database: database).create(.sample(.sample(8)), hash: [1], by: act, $0)
            }
            let factors = SecondFactors(database: database, keys: secretKeys)
            for id in [UserID.anna, .bo] {
                let user = try #require(try await Directory(database: database).find(id, tenant: .sunfield))
                try await database.transaction(for: act) { tx in
                    let secret = try await factors.begin(for: user, by: act, tx)
                    let code = TOTP.code(secret, step: TOTP.step(at: act.time))
                    _ = try await factors.confirm(.app(code), of: user, by: act, tx)
                }
            }
            for (number, key) in [SecurityKeyID.sample(1), .sample(2)].enumerated() {
                try await database.owner.execute(
                    """
                    INSERT INTO security_keys (id, tenant_id, user_id, name, credential_id, public_key, counter, transports, is_synced, added_at)
                    VALUES (\(key), \(TenantID.sunfield), \(UserID.anna), 'Key', \([UInt8(number)]), \([1 as UInt8]), 0, '{}', false, now())
                    """
                )
            }
            try await database.owner.execute(
                "INSERT INTO tenants (id, name, created_at) VALUES (\(TenantID.windward), 'W', \(Date.noon))"
            )
            try await database.owner.execute(
                """
                INSERT INTO tenant_idp_config (tenant_id, kind, issuer, client_id, scopes, groups_claim, role_mapping, trusts_email, allows_passwords,
                    is_enabled, version, created_at, updated_at)
                VALUES (\(TenantID.windward), 'oidc', 'https://login.example.com', 'dcmms', '{openid}', 'groups', '[]', false, false, true, 1,
                    now(), now())
                """
            )
            try await AddressLocks(database: database).admit("bo@example.com", from: nil, at: .noon)
            try await database.owner.execute(
                """
                INSERT INTO sessions (id, tenant_id, user_id, created_at, refreshed_at) VALUES
                    (\(session), \(TenantID.sunfield), \(UserID.anna), now(), now()),
                    (\(other), \(TenantID.sunfield), \(UserID.anna), now(), now()),
                    (\(SessionID.new()), \(TenantID.sunfield), \(UserID.bo), now(), now()),
                    (\(bosPhone), \(TenantID.sunfield), \(UserID.bo), now(), now())
                """
            )
            var client = anonymous
            client.token = try await client.authority.token(.anna, of: .sunfield, roles: ["all"], session: session)
            let user: @Sendable (SampleChange.Answers) -> [String: String] = { ["id": $0["POST /users"]?["id"] ?? ""] }
            let invited: @Sendable (SampleChange.Answers) -> [String: String] = { _ in ["id": "\(UserID.sample(7))"] }
            let tenant: @Sendable (SampleChange.Answers) -> [String: String] = {
                ["id": $0["POST /tenants"]?["id"] ?? ""]
            }
            let key: @Sendable (SampleChange.Answers) -> [String: String] = { _ in ["id": "\(UserID.sample(8))"] }
            let bo: @Sendable (SampleChange.Answers) -> [String: String] = { _ in ["id": "\(UserID.bo)"] }
            let role: @Sendable (SampleChange.Answers) -> [String: String] = { ["id": $0["POST /roles"]?["id"] ?? ""] }
            let hold: @Sendable (SampleChange.Answers) -> [String: String] = {
                ["id": $0["POST /legal-holds"]?["id"] ?? ""]
            }
            let erasable: @Sendable (SampleChange.Answers) -> [String: String] = { _ in ["id": "\(UserID.sample(9))"] }
            let samples = [
                SampleChange("POST /users", records: "USER_CREATED") { _ in
                    [
                        "email": "new@example.com", "displayName": "New", "roles": ["viewer"],
                        "password": "correct horse battery",
                    ]
                },
                SampleChange("POST /users/import", records: "USER_CREATED") { _ in
                    ["csv": "email,displayName,role\nimported@example.com,Imported,viewer\n"]
                },
                SampleChange("POST /users/{id}/invitation", records: "USER_INVITED", path: invited) { _ in [:] },
                SampleChange("PATCH /users/{id}", records: "USER_UPDATED", path: user) { _ in
                    ["displayName": "Newer"]
                },
                SampleChange("PUT /users/{id}/roles", records: "ROLES_ASSIGNED", path: user) { _ in
                    ["roles": ["technician"]]
                },
                SampleChange("PUT /users/{id}/delegation", records: "ROLES_DELEGATED", path: user) { _ in
                    ["roles": ["admin"], "until": .string((Date() + 3600).formatted(.iso8601))]
                },
                SampleChange("DELETE /users/{id}/delegation", records: "DELEGATION_ENDED", path: user) { _ in [:] },
                SampleChange(
                    "POST /users/{id}/identity-link",
                    records: "IDENTITY_LINK_PERMITTED",
                    path: user
                ) { _ in [:] },
                SampleChange("POST /users/{id}/unlock", records: "USER_UNLOCKED", path: bo) { _ in [:] },
                SampleChange(
                    "DELETE /users/{id}/sessions/{session}",
                    records: "USER_SESSION_ENDED",
                    path: { _ in ["id": "\(UserID.bo)", "session": "\(bosPhone)"] }
                ) { _ in [:] },
                SampleChange("DELETE /users/{id}/sessions", records: "USER_SESSIONS_ENDED", path: bo) { _ in [:] },
                SampleChange("DELETE /users/{id}/mfa", records: "MFA_REMOVED", path: bo) { _ in [:] },
                SampleChange(
                    "PATCH /auth/mfa/security-keys/{id}",
                    records: "SECURITY_KEY_RENAMED",
                    path: { _ in ["id": "\(SecurityKeyID.sample(1))"] }
                ) { _ in ["name": "Key on my key ring"] },
                SampleChange(
                    "DELETE /auth/mfa/security-keys/{id}",
                    records: "SECURITY_KEY_REMOVED",
                    path: { _ in ["id": "\(SecurityKeyID.sample(2))"] }
                ) { _ in [:] },
                SampleChange("DELETE /auth/mfa/totp", records: "MFA_REMOVED") { _ in [:] },
                SampleChange("POST /users/{id}/deactivate", records: "USER_DEACTIVATED", path: user) { _ in [:] },
                SampleChange("POST /users/{id}/activate", records: "USER_ACTIVATED", path: user) { _ in [:] },
                SampleChange(
                    "DELETE /auth/sessions/{id}",
                    records: "SESSION_REVOKED",
                    path: { _ in ["id": "\(other)"] }
                ) {
                    _ in [:]
                },
                SampleChange("PATCH /auth/me", records: "USER_UPDATED") { _ in ["language": "de"] },
                SampleChange("PUT /auth/password", records: "PASSWORD_CHANGED") { _ in
                    ["currentPassword": "correct horse battery", "newPassword": "a new long password"]
                },
                SampleChange("POST /tenants", records: "TENANT_CREATED") { _ in
                    [
                        "name": "Windward",
                        "administrator": ["email": "bo@windward.example", "displayName": "Bo"],
                    ]
                },
                SampleChange("PATCH /tenants/{id}", records: "TENANT_CHANGED", path: tenant) { _ in
                    ["currency": "USD"]
                },
                SampleChange("POST /tenants/{id}/suspend", records: "TENANT_SUSPENDED", path: tenant) { _ in
                    ["reason": "The contract has ended"]
                },
                SampleChange("POST /tenants/{id}/resume", records: "TENANT_RESUMED", path: tenant) { _ in [:] },
                SampleChange("PATCH /tenant", records: "TENANT_CHANGED") { _ in ["timeZone": "Europe/Paris"] },
                SampleChange("PUT /tenant/identity-provider", records: "IDENTITY_PROVIDER_CREATED") { _ in
                    [
                        "kind": "keycloak", "issuer": "https://login.example.com/realms/sunfield", "clientId": "dcmms",
                        "clientSecret": "very secret",
                        "roleMapping": [["group": "/technicians", "roles": ["technician"]]],
                    ]
                },
                SampleChange("DELETE /tenant/identity-provider", records: "IDENTITY_PROVIDER_DELETED") { _ in [:] },
                SampleChange(
                    "DELETE /tenants/{id}/identity-provider",
                    records: "IDENTITY_PROVIDER_DELETED",
                    path: { _ in ["id": "\(TenantID.windward)"] }
                ) { _ in [:] },
                SampleChange("DELETE /api-keys/{id}", records: "API_KEY_DELETED", path: key) { _ in [:] },
                SampleChange("POST /roles", records: "ROLE_CREATED") { _ in
                    ["name": "planner", "grants": [["permission": "site:read", "scope": "sites"]]]
                },
                SampleChange("PUT /roles/{id}", records: "ROLE_CHANGED", path: role) { _ in
                    ["grants": [["permission": "site:read", "scope": "tenant"]]]
                },
                SampleChange("DELETE /roles/{id}", records: "ROLE_DELETED", path: role) { _ in [:] },
                SampleChange("POST /users/{id}/erase", records: "USER_ERASED", path: erasable) { _ in [:] },
                SampleChange("POST /legal-holds", records: "LEGAL_HOLD_CREATED") { _ in ["reason": "Case 2026-113"] },
                SampleChange("POST /legal-holds/{id}/release", records: "LEGAL_HOLD_RELEASED", path: hold) { _ in
                    ["reason": "The case is closed"]
                },
                SampleChange("POST /audit/checkpoints", records: "AUDIT_CHECKPOINT_CREATED") { _ in [:] },
                SampleChange("POST /auth/logout", records: "LOGOUT") { _ in [:] },
            ]
            try await RouteContract("auth", client.routes).everyChangeCountsOnceAndIsRecorded(samples, client, database)
        }
    }

    /// A route without an `Idempotency-Key`, whose answer must not be stored.
    @Test func theMakingOfAnAPIKeyIsRecordedAndItsAnswerNotStored() async throws {
        try await withCompany { company in
            let body: [String: Any] = [
                "name": "SCADA", "roles": ["viewer"], "expiresAt": (Date() + 3600).formatted(.iso8601),
            ]
            let made = try await company.admin.send(
                .post,
                "/api/v1/api-keys",
                body,
                headers: [.idempotencyKey: "k"]
            )
            #expect(made.status == .created)
            #expect(try await company.database.owner.count("SELECT count(*) FROM answers") == 0)
            let audit = try await company.database.outbox(of: AuditRecorded.self).last
            #expect(audit?.action == "API_KEY_CREATED" && audit?.changes?.contains("SCADA") == true)
            #expect(audit?.changes?.contains(try #require(made["key"])) == false)
        }
    }

    @Test func everyTableHidesOtherTenantsRows() async throws {
        try await withDatabase(.all) {
            // Keys sign tokens of all tenants; wrong passwords are counted before the user is known.
            let unfenced: Set = [
                "signing_keys", "audit_keys", "letterbox_keys", "role_matrix", "login_failures", "login_networks",
            ]
            // A person who logs in or refreshes has no tenant yet; roles of every tenant are published at the start.
            let open: Set = [
                "users", "sessions", "refresh_tokens", "account_links", "authorization_codes", "tenant_idp_config",
                "provider_replays",
                "api_keys", "user_roles", "tenants", "roles", "role_grants", "role_conditional_grants", "audit_chains",
                "second_factors", "factor_enrolments", "recovery_codes", "login_challenges", "key_challenges",
            ]
            let own = "( SELECT current_tenant() AS current_tenant)"
            // A tenant is its own row; everybody reads the roles of every tenant; the audit log is only added to and read.
            let written = [
                "tenants.of_tenant": "ALL: (id = \(own))", "roles.of_all": "SELECT: (tenant_id IS NULL)",
                "role_grants.of_tenant": "(r.tenant_id = \(own))", "role_grants.of_all": "(r.tenant_id IS NULL)",
                "role_conditional_grants.of_tenant": "(r.tenant_id = \(own))",
                "role_conditional_grants.of_all": "(r.tenant_id IS NULL)",
                "audit_log.of_tenant": "SELECT: (NOT (tenant_id IS DISTINCT FROM \(own)))",
                "audit_log.written": "INSERT: no row CHECK (NOT (tenant_id IS DISTINCT FROM \(own)))",
                "audit_checkpoints.of_tenant": "SELECT: (NOT (tenant_id IS DISTINCT FROM \(own)))",
                "audit_checkpoints.written": "INSERT: no row CHECK (NOT (tenant_id IS DISTINCT FROM \(own)))",
                "audit_cuts.of_tenant": "SELECT: (NOT (tenant_id IS DISTINCT FROM \(own)))",
                "audit_cuts.written": "INSERT: no row CHECK (NOT (tenant_id IS DISTINCT FROM \(own)))",
                "legal_holds.of_tenant": "SELECT: ((tenant_id IS NULL) OR (tenant_id = \(own)))",
                "legal_holds.written": "INSERT: no row CHECK (NOT (tenant_id IS DISTINCT FROM \(own)))",
                "legal_hold_releases.of_tenant": "SELECT: ((tenant_id IS NULL) OR (tenant_id = \(own)))",
                "legal_hold_releases.written": "INSERT: no row CHECK (NOT (tenant_id IS DISTINCT FROM \(own)))",
                "audit_chains.of_tenant": "ALL: (NOT (tenant_id IS DISTINCT FROM \(own)))",
                "audit_chains.of_every_tenant": "SELECT: (( SELECT current_setting('dcmms.every_tenant'",
            ]
            try await TenantFence(unfenced: unfenced, openToEveryTenant: open, written: written).check($0)
        }
    }

    @Test func rolesAndTheAuditLogOfATenantAreItsOwn() async throws {
        try await withDatabase(.all) { database in
            try await database.of(.sunfield).transaction { tx in
                try await tx.execute(
                    "INSERT INTO tenants (id, name, created_at) VALUES (\(TenantID.sunfield), 'Sunfield', \(Date.noon))"
                )
                let role = try await tx.first(
                    "INSERT INTO roles (tenant_id, name) VALUES (\(TenantID.sunfield), 'planner') RETURNING id"
                )
                let id: UUID = try #require(try role?["id"])
                try await tx.execute(
                    "INSERT INTO role_grants (role_id, permission, scope) VALUES (\(id), 'asset:read', 'tenant')"
                )
                try await tx.execute(
                    """
                    INSERT INTO audit_log (tenant_id, id, recorded_at, event_id, service, action, resource_type, at, hash)
                    VALUES (\(TenantID.sunfield), 1, now(), \(UUID()), 'auth', 'LOGIN', 'session', \(Date.noon),
                        \(AuditHead.start.hash))
                    """
                )
            }
            for (table, condition) in [
                ("tenants", "true"), ("roles", "tenant_id IS NOT NULL"), ("audit_log", "true"),
                ("role_grants", "role_id IN (SELECT id FROM roles WHERE tenant_id IS NOT NULL)"),
            ] as [(SQL, SQL)] {
                let count: SQL = "SELECT count(*) FROM \(sql: table) WHERE \(sql: condition)"
                #expect(try await database.of(.sunfield).count(count) == 1, "\(count)")
                #expect(try await database.of(.windward).count(count) == 0, "\(count)")
            }
            // Nobody writes for another tenant.
            await #expect(throws: PostgresError.self) {
                try await database.of(.windward).execute(
                    "INSERT INTO roles (tenant_id, name) VALUES (\(TenantID.sunfield), 'x')"
                )
            }
        }
    }
}
