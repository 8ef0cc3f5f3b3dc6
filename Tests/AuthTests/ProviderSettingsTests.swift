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

/// A tenant's identity provider is set by its administrators.
@Suite struct ProviderSettingsTests {
    private static let path = "/api/v1/tenant/identity-provider"

    @Test func theSecretGoesInAndNeverOut() async throws {
        try await withProvider(isSet: false) { (both) async throws in
            let admin = both.company.admin
            #expect(try await admin.send(.get, Self.path).status == .notFound)
            let set = try await both.set()
            #expect((set.status, set["issuer"], set.object["hasSecret"] as? Bool) == (.ok, both.provider.issuer, true))
            #expect(set["callbackUrl"] == "http://localhost:8080/auth/providers/\(both.company.tenant)/callback")
            let read = try await admin.send(.get, Self.path)
            #expect(read.object as NSDictionary == set.object as NSDictionary)
            let rows = try await both.company.database.owner.query("SELECT c::text AS row FROM tenant_idp_config c")
            let stored: String = try rows[0]["row"]
            let events = try await both.company.database.outbox(of: AuditRecorded.self).compactMap(\.changes)
            let hex = Data(FakeProvider.secret.utf8).map { String(format: "%02x", $0) }.joined()
            for text in [stored, set.text, read.text] + events {
                #expect(!text.contains(FakeProvider.secret) && !text.contains(hex))
            }
            let change = try #require(events.last)
            #expect(change.contains("hasNewSecret") && change.contains(both.provider.issuer))
        }
    }

    /// Otherwise somebody could let the secret be sent to a provider of their own.
    @Test func anotherProviderDoesNotGetTheOldSecret() async throws {
        try await withProvider { (both) async throws in
            func set(_ changes: [String: Any]) async throws -> Bool? {
                let changes = changes.merging(["clientSecret": NSNull()]) { $1 }
                var body = changes
                body["kind"] = "oidc"
                body["roleMapping"] = []
                body["clientSecret"] = nil
                let answer = try await both.company.admin.send(.put, Self.path, body)
                return answer.object["hasSecret"] as? Bool
            }
            let (issuer, client) = (both.provider.issuer, FakeProvider.client)
            #expect(try await set(["issuer": issuer, "clientId": client]) == true)
            #expect(try await set(["issuer": "https://other.example", "clientId": client]) == false)
        }
    }

    @Test func aChangeFromAnOldVersionIsAConflict() async throws {
        try await withProvider { (both) async throws in
            #expect(try await both.set(["version": 1]).number("version") == 2)
            let stale = try await both.set(["version": 1])
            #expect((stale.status, stale["code"], stale.number("currentVersion")) == (.conflict, "stale_version", 2))
            let admin = both.company.admin
            let early = try await admin.send(.delete, Self.path, headers: [.ifMatch: "\"1\""])
            #expect((early.status, early["code"], early.number("currentVersion")) == (.conflict, "stale_version", 2))
            #expect(try await admin.send(.get, Self.path).number("version") == 2)
            #expect(try await admin.send(.delete, Self.path, headers: [.ifMatch: "\"2\""]).status == .noContent)
        }
    }

    @Test(arguments: [
        "http://login.example.com", "https://10.0.0.1/", "https://169.254.169.254/", "https://[fd00::1]/",
        "https://0x7f.1/", "https://2130706433/", "https://auth:8081/", "https://auth.dcmms.svc", "https://a.internal/",
        "ftp://login.example.com", "https://login.example.com/?x=1", "https://user@login.example.com",
        "login.example.com",
    ])
    func anIssuerThatOurServersMustNotCallIsRefused(issuer: String) async throws {
        try await withProvider(isSet: false) { (both) async throws in
            let refused = try await both.set(["issuer": issuer])
            #expect((refused.status, refused.wrongFields) == (.badRequest, ["issuer"]))
        }
    }

    /// Only an installation for trying things out, which is on this machine itself, can have its provider here.
    @Test(arguments: ["http://localhost:8081", "https://localhost", "http://127.0.0.1:1", "http://[::1]/"])
    func thisMachineIsCalledOnlyByAnInstallationOnIt(url: String) {
        #expect(ProviderURL.isAllowed(url, isLocal: true))
        #expect(!ProviderURL.isAllowed(url, isLocal: false))
        #expect(ProviderURL.isAllowed("https://login.example.com/realms/x", isLocal: false))
    }

    @Test func nobodyGivesRolesByAMappingThatTheyCouldNotGive() async throws {
        try await withProvider(isSet: false) { (both) async throws in
            let staff = try await both.company.staff("settings", [.init(.tenantUpdate), .init(.siteRead)])
            func set(_ role: String, as client: ServiceClient) async throws -> ServiceAnswer {
                try await client.send(
                    .put,
                    Self.path,
                    [
                        "kind": "oidc", "issuer": both.provider.issuer, "clientId": "c",
                        "roleMapping": [["group": "g", "roles": [role]]],
                    ]
                )
            }
            let refused = try await set("admin", as: staff)
            #expect((refused.status, refused["code"]) == (.forbidden, "role_exceeds_granter"))
            let unknown = try await set("nothing", as: both.company.admin)
            #expect(unknown["code"] == "unknown_role")
            let platform = try await set("platform-admin", as: both.company.admin)
            #expect((platform.status, platform.wrongFields) == (.badRequest, ["roleMapping"]))
            #expect(try await set("admin", as: both.company.admin).status == .ok)
        }
    }

    @Test func theTestOfAProviderSaysWhatItFound() async throws {
        try await ProviderConnections.$used.withValue(ProviderConnections.usual) {
            try await withProvider(.keycloak) { (both) async throws in
                func test() async throws -> ServiceAnswer {
                    try await both.company.admin.send(.post, Self.path + "/test", [:])
                }
                let found = try await test()
                #expect((found.status, found.number("keys")) == (.ok, 1))
                #expect(found.object["announcesPkce"] as? Bool == true)
                #expect(found["endSessionEndpoint"]?.hasSuffix("/logout") == true)
                // It asks anew each time.
                let away = try await both.playing({ $0.status = .notFound }) { try await test() }
                #expect((away.status, away["code"]) == (.serviceUnavailable, "provider_unavailable"))
                let slow = try await both.playing({ $0.pause = .seconds(30) }) { try await test() }
                #expect((slow.status, slow["code"]) == (.gatewayTimeout, "provider_timeout"))
            }
        }
    }

    // MARK: - Passwords

    @Test func passwordsAreOffWhereThereIsAProviderUnlessTheTenantWantsThem() async throws {
        try await withProvider { (both) async throws in
            let tina = try await both.company.person("tina")
            func logIn(_ password: String) async throws -> ServiceAnswer {
                try await RouteTests.login(both.company.anonymous, email: tina.email, password: password)
            }
            let refused = try await logIn(tina.password)
            #expect((refused.status, refused["code"]) == (.forbidden, "password_login_off"))
            #expect(try await both.browser.logIn(tina.email, tina.password).status == .forbidden)
            // A wrong password does not tell it.
            #expect(try await logIn("wrong")["code"] == "invalid_credentials")
            // Whoever runs the installation can mend a mistake.
            #expect(try await RouteTests.login(both.company.anonymous).status == .ok)
            #expect(try await both.set(["allowsPasswords": true]).status == .ok)
            #expect(try await logIn(tina.password).status == .ok)
            #expect(try await both.set(["isEnabled": false]).status == .ok)
            #expect(try await logIn(tina.password).status == .ok)
            #expect(try await both.browser.authorize(["tenant": "T"]).text.contains("name=\"password\""))
        }
    }

    @Test func afterTheRemovalPeopleLogInHere() async throws {
        try await withProvider { (both) async throws in
            let tina = try await both.company.person("tina")
            #expect(try await both.company.admin.send(.delete, Self.path).status == .noContent)
            let login = try await RouteTests.login(both.company.anonymous, email: tina.email, password: tina.password)
            #expect(login.status == .ok)
            #expect(try await both.company.admin.send(.delete, Self.path).status == .notFound)
        }
    }

    @Test func secretsAreSealedWithTheNewestKeyAtTheStart() async throws {
        try await withDatabase(.all) { database in
            try await database.owner.execute(
                "INSERT INTO tenants (id, name, created_at) VALUES (\(TenantID.sunfield), 'S', \(Date.noon))"
            )
            let (old, new) = (String(repeating: "o", count: 32), String(repeating: "n", count: 32))
            func providers(_ keys: String) throws -> IdentityProviders {
                IdentityProviders(database: database, keys: try #require(BrowserKeys(keys)).providers)
            }
            let act = Act.ofAnna("auth")
            let config = ProviderConfig(
                tenant: .sunfield,
                kind: .oidc,
                issuer: "https://login.example.com",
                clientID: "c",
                scopes: ["openid"],
                groupsClaim: "groups",
                roleMapping: [],
                allowsPasswords: false,
                isEnabled: true,
                version: 1
            )
            let first = try providers(old)
            _ = try await database.transaction(for: act) {
                try await first.set(config, secret: "s", seen: nil, by: act, $0)
            }
            await #expect(throws: CannotOpen.self) { try await providers(new).secret(of: .sunfield) }
            try await providers("\(new),\(old)").sealAnew()
            #expect(try await providers(new).secret(of: .sunfield) == "s")
            // It opens only for its own tenant.
            try await database.owner.execute(
                "INSERT INTO tenants (id, name, created_at) VALUES (\(TenantID.windward), 'W', \(Date.noon))"
            )
            try await database.owner.execute("UPDATE tenant_idp_config SET tenant_id = \(TenantID.windward)")
            await #expect(throws: CannotOpen.self) { try await providers(new).secret(of: .windward) }
        }
    }
}
