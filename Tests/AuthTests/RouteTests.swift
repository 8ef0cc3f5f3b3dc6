import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import LocalServers
import Messaging
import NIOCore
import Postgres
import RedisClient
import Sealing
import ServiceKit
import TestSupport
import Testing
import WebAuthn

@testable import Auth

@Suite struct RouteTests {
    @Test func aSessionIsOpenedReadRefreshedAndEnded() async throws {
        try await withAuth { client, _, database in
            let login = try await Self.login(client)
            #expect((login.status, login["tokenType"], login.number("expiresIn")) == (.ok, "Bearer", 900))
            var person = client
            person.token = try #require(login["accessToken"])
            let me = try await person.send(.get, "/api/v1/auth/me")
            #expect((me["email"], me["displayName"]) == ("admin@example.com", "Administrator"))
            #expect((me.object["permissions"] as? [String])?.contains("user:create") == true)
            #expect(!me.text.contains("scrypt"))

            let first = try #require(login["refreshToken"])
            let refreshed = try await client.send(.post, "/api/v1/auth/refresh", ["refreshToken": first])
            #expect(refreshed.status == .ok)
            #expect(refreshed["refreshToken"] != first)
            person.token = try #require(refreshed["accessToken"])
            #expect(try await person.send(.post, "/api/v1/auth/logout").status == .noContent)
            let after = try await client.send(
                .post,
                "/api/v1/auth/refresh",
                ["refreshToken": try #require(refreshed["refreshToken"])]
            )
            #expect((after.status, after["code"]) == (.unauthorized, "refresh_token_invalid"))
            // An event is published, so that every service refuses the access token too.
            let ended = try #require(try await database.outbox(of: SessionEnded.self).first)
            client.authority.authenticator.end(ended)
            let actions = try await database.outbox(of: AuditRecorded.self).map(\.action)
            #expect(actions == ["LOGIN_SUCCESS", "TOKEN_REFRESHED", "LOGOUT"])
        }
    }

    @Test func reusingARefreshTokenEndsTheSession() async throws {
        try await withAuth { client, authenticator, database in
            let login = try await Self.login(client)
            let first = try #require(login["refreshToken"])
            let second = try await Self.refresh(client, first)
            // A repetition, because the answer may have been lost.
            #expect(try await Self.refresh(client, first)["refreshToken"] == second["refreshToken"])
            let third = try await Self.refresh(client, second["refreshToken"])
            #expect(third.status == .ok)
            #expect(try await Self.refresh(client, first).status == .unauthorized)
            #expect(try await Self.refresh(client, third["refreshToken"]).status == .unauthorized)
            authenticator.end(try #require(try await database.outbox(of: SessionEnded.self).first))
            var person = client
            person.token = try #require(second["accessToken"])
            let refused = try await person.send(.get, "/api/v1/auth/me")
            #expect((refused.status, refused["code"]) == (.unauthorized, "session_ended"))
        }
    }

    @Test func aWrongPasswordAndAnUnknownAddressGetTheSameAnswer() async throws {
        try await withAuth { client, _, database in
            let wrong = try await Self.login(client, password: "wrong horse battery")
            let unknown = try await Self.login(client, email: "nobody@example.com")
            for answer in [wrong, unknown] {
                #expect((answer.status, answer["code"]) == (.unauthorized, "invalid_credentials"))
            }
            func withoutRequest(_ answer: ServiceAnswer) -> NSDictionary {
                var object = answer.object
                object["requestId"] = nil
                return object as NSDictionary
            }
            #expect(withoutRequest(wrong) == withoutRequest(unknown))
            let audit = try await database.outbox(of: AuditRecorded.self)
            #expect(audit.map(\.action) == ["LOGIN_FAILED", "LOGIN_FAILED"])
            #expect(audit.map { $0.user != nil } == [true, false])
            // No event contains the typed password.
            #expect(
                try await database.outbox().allSatisfy {
                    !String(decoding: $0.value ?? [], as: UTF8.self).contains("horse")
                }
            )
        }
    }

    @Test(arguments: ["admin@example.com", "nobody@example.com"])
    func fiveWrongPasswordsLockAnAddressEvenIfItIsUnknown(email: String) async throws {
        try await withAuth { client, _, _ in
            for _ in 0..<LoginAttempts.fromOneNetwork.allowed {
                let wrong = try await Self.login(client, email: email, password: "wrong horse battery")
                #expect(wrong.status == .unauthorized)
            }
            let locked = try await Self.login(client, email: email.uppercased())
            #expect((locked.status, locked["code"]) == (.tooManyRequests, "locked"))
            #expect(locked.headers[.retryAfter].flatMap { Int($0) } ?? 0 > 0)
        }
    }

    @Test func aSuccessfulLoginResetsTheCountOfWrongPasswords() async throws {
        try await withAuth { client, _, _ in
            for _ in 0..<2 {
                for _ in 1..<LoginAttempts.fromOneNetwork.allowed {
                    _ = try await Self.login(client, password: "wrong horse battery")
                }
                #expect(try await Self.login(client).status == .ok)
            }
        }
    }

    @Test func parallelLoginsDoNotGetAroundTheLimit() async throws {
        try await withAuth { client, _, _ in
            let statuses = try await withThrowingTaskGroup(of: HTTPResponse.Status.self) { group in
                for number in 0..<100 {
                    group.addTask { try await Self.login(client, password: "wrong horse \(number)").status }
                }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            let allowed = LoginAttempts.fromOneNetwork.allowed
            #expect(statuses == [.unauthorized: allowed, .tooManyRequests: 100 - allowed])
        }
    }

    @Test func whileTheDatabaseIsDownAClientIsToldToRetry() async throws {
        try await withAuth { client, _, database in
            await database.close()
            let answer = try await Self.login(client, password: "correct horse battery")
            #expect(answer.status == .serviceUnavailable)
            #expect(answer.headers[.retryAfter] == "1")
        }
    }

    @Test func aUserCannotGrantMoreThanTheyHave() async throws {
        try await withAuth { client, _, database in
            let registrar = try await client.acting(as: .bo, of: .sunfield, roles: ["registrar"])
            try await database.owner.execute(
                "INSERT INTO tenants (id, name, created_at) VALUES (\(TenantID.sunfield), 'S', \(Date.noon))"
            )
            func create(_ roles: [String]) async throws -> ServiceAnswer {
                try await registrar.send(
                    .post,
                    "/api/v1/users",
                    [
                        "email": "a@example.com", "displayName": "A", "roles": roles, "password": "a long enough one",
                    ]
                )
            }
            for roles in [["admin"], ["viewer", "technician"]] {
                let refused = try await create(roles)
                #expect((refused.status, refused["code"]) == (.forbidden, "role_exceeds_granter"))
                #expect(refused["detail"]?.contains(roles.last ?? "-") == true)
            }
            #expect(try await create(["viewer"]).status == .created)
        }
    }

    @Test func sessionsWorkWithoutRedis() async throws {
        try await withAuth(redis: "redis://127.0.0.1:1") { client, _, _ in
            let first = try #require(try await Self.login(client)["refreshToken"])
            let second = try await Self.refresh(client, first)
            let third = try await Self.refresh(client, second["refreshToken"])
            #expect((second.status, third.status) == (.ok, .ok))
            #expect(try await Self.refresh(client, first).status == .unauthorized)
            #expect(try await Self.refresh(client, third["refreshToken"]).status == .unauthorized)
        }
    }

    @Test func redisCanOnlyRefuseATokenAndNeverAccepts() async throws {
        let redis = try Redis(url: try await TestServers.redis().url)
        try await withAuth { client, _, database in
            let first = try #require(try await Self.login(client)["refreshToken"])
            let second = try await Self.refresh(client, first)
            let third = try await Self.refresh(client, second["refreshToken"])
            // A token that is in Redis is refused, whatever its value there.
            let other = try #require(try await Self.login(client)["refreshToken"])
            try await redis.set(RefusedTokens.key(other), to: Array("valid".utf8), for: .seconds(60))
            #expect(try await Self.refresh(client, other).status == .unauthorized)
            // The reuse ends the session. After that, PostgreSQL isn't asked about this token any more.
            for _ in 0..<2 { #expect(try await Self.refresh(client, first).status == .unauthorized) }
            try await database.owner.execute("UPDATE sessions SET ended_at = NULL")
            try await database.owner.execute("UPDATE refresh_tokens SET used_at = NULL")
            #expect(try await Self.refresh(client, first).status == .unauthorized)
            #expect(try await Self.refresh(client, third["refreshToken"]).status == .ok)
        }
    }

    @Test func theAuditLogHasTheClientAddressFromTheGateway() async throws {
        try await withAuth { client, _, database in
            for (sent, recorded) in [("198.51.100.7", "198.51.100.7"), ("1.2.3.4, 5.6.7.8", nil), ("nonsense", nil)] {
                let login = try await client.send(
                    .post,
                    "/api/v1/auth/login",
                    ["email": "admin@example.com", "password": "correct horse battery"],
                    headers: [.forwardedFor: sent]
                )
                #expect(login.status == .ok)
                let entry = try await database.outbox(of: AuditRecorded.self).last
                #expect(entry?.opened(with: [client.authority.letterbox]).address == recorded)
            }
        }
    }

    @Test func theKeySetVerifiesTokensAndHasNoPrivateParts() async throws {
        try await withAuth { client, _, _ in
            let keys = try await client.send(.get, "/.well-known/jwks.json").object["keys"] as? [[String: Any]]
            let key = try #require(keys?.first)
            #expect(Set(key.keys) == ["kty", "use", "alg", "kid", "n", "e"])
            let authenticator = Authenticator()
            try await authenticator.learn(
                SigningKeyState(
                    kid: key["kid"] as? String ?? "",
                    algorithm: .rs256,
                    modulus: key["n"] as? String ?? "",
                    exponent: key["e"] as? String ?? "",
                    x: "",
                    y: "",
                    createdAt: Date()
                )
            )
            let token = try #require(try await Self.login(client)["accessToken"])
            #expect(try await authenticator.authenticate(token, at: Date()).roles == ["admin", "platform-admin"])
        }
    }

    @Test func usersAreCreatedWithPermissionAndSeenByTheirTenant() async throws {
        try await withAuth { client, _, database in
            var admin = client
            admin.token = try #require(try await Self.login(client)["accessToken"])
            let body: [String: Any] = [
                "email": "Tina@Example.com", "displayName": "Tina", "roles": ["technician"],
                "password": "a long enough one",
            ]
            let created = try await admin.send(.post, "/api/v1/users", body)
            #expect((created.status, created["email"]) == (.created, "tina@example.com"))
            let state = try #require(try await database.outbox(of: UserState.self).last)
            #expect((state.id.description, state.roles) == (created["id"], ["technician"]))
            for (change, field) in [
                (["email": "tina"], "email"), (["email": "a\0@b"], "email"), (["email": "TINA@example.com"], "email"),
                (["password": "short"], "password"), (["roles": [String]()], "roles"), (["roles": ["king"]], "roles"),
                (["displayName": ""], "displayName"), (["phone": "12"], "phone"),
            ] as [([String: Any], String)] {
                let answer = try await admin.send(.post, "/api/v1/users", body.merging(change) { $1 })
                #expect((answer.status, answer.wrongFields) == (.badRequest, [field]))
            }
            #expect(try await admin.all("/api/v1/users", limit: 1).count == 2)
            var tina = client
            tina.token = try #require(
                try await Self.login(client, email: "tina@example.com", password: "a long enough one")["accessToken"]
            )
            #expect(try await tina.send(.post, "/api/v1/users", body).status == .forbidden)
            #expect(try await tina.send(.get, "/api/v1/audit").status == .forbidden)
            let foreign = try await client.acting(as: .bo, of: .windward)
            #expect(try await foreign.send(.get, "/api/v1/users").items.isEmpty)
            for (login, field) in [
                (["email": "a\0"], "email"), (["email": 1], "email"), (["password": ""], "password"),
            ]
                as [([String: Any], String)]
            {
                let whole = ["email": "a@b", "password": "p"].merging(login) { $1 }
                #expect(try await client.send(.post, "/api/v1/auth/login", whole).wrongFields == [field])
            }
        }
    }

    @Test func theAuditLogHasEachServicesActionsOnce() async throws {
        try await withAuth { client, _, database in
            for (tenant, action) in [(TenantID.sunfield, "A"), (.windward, "B"), (.sunfield, "C")] {
                let entry = AuditRecorded(
                    tenant: tenant,
                    user: .anna,
                    service: "assets",
                    action: action,
                    resourceType: "asset",
                    resourceID: "1",
                    changes: "{\"name\":[\"a\",\"b\"]}",
                    at: .noon
                )
                try await database.handle(entry, of: tenant, by: AuditConsumer().handle)
            }
            let auditor = try await client.acting(as: .anna, of: .sunfield)
            let entries = try await auditor.all("/api/v1/audit", limit: 1)
            #expect(entries.compactMap { $0["action"] as? String } == ["C", "A"])
            #expect(entries.first?["at"] as? String == "2026-06-01T12:00:00.000Z")
        }
    }

    @Test func theAuditLogIsSearched() async throws {
        try await withAuth { client, _, database in
            for (number, (user, action, resource)) in [
                (UserID.anna, "ASSET_CREATED", "asset/1"), (.anna, "ASSET_UPDATED", "asset/1"),
                (.bo, "ASSET_UPDATED", "asset/2"), (.bo, "SITE_CREATED", "site/1"),
            ].enumerated() {
                let parts = resource.split(separator: "/").map(String.init)
                let entry = AuditRecorded(
                    tenant: .sunfield,
                    user: user,
                    service: "assets",
                    action: action,
                    resourceType: parts[0],
                    resourceID: parts[1],
                    at: .noon + Double(number) * 60
                )
                try await database.handle(entry, of: .sunfield, by: AuditConsumer().handle)
            }
            let auditor = try await client.acting(as: .anna, of: .sunfield)
            func found(_ query: String) async throws -> [String] {
                try await auditor.all("/api/v1/audit?\(query)", limit: 1).map {
                    "\($0["action"] ?? "") \($0["resourceType"] ?? "")/\($0["resourceId"] ?? "")"
                }
            }
            #expect(try await found("userId=\(UserID.bo)") == ["SITE_CREATED site/1", "ASSET_UPDATED asset/2"])
            #expect(
                try await found("resourceType=asset&resourceId=1") == [
                    "ASSET_UPDATED asset/1", "ASSET_CREATED asset/1",
                ]
            )
            #expect(try await found("action=ASSET_UPDATED").count == 2)
            #expect(try await found("service=work-orders").isEmpty)
            #expect(
                try await found("from=2026-06-01T12:01:00Z&to=2026-06-01T12:03:00Z")
                    == ["ASSET_UPDATED asset/2", "ASSET_UPDATED asset/1"]
            )
            for (query, field) in [
                ("from=2026-06-01T12:00:00Z&to=2026-06-01T12:00:00Z", "to"), ("resourceId=1", "resourceType"),
                ("userId=bo", "userId"),
            ] {
                let refused = try await auditor.send(.get, "/api/v1/audit?\(query)")
                #expect((refused.status, refused.wrongFields) == (.badRequest, [field]))
            }
            let plan = try await database.owner.plan(
                """
                SELECT * FROM audit_log WHERE tenant_id = \(TenantID.sunfield) AND resource_type = 'asset' AND resource_id = '1'
                ORDER BY id DESC LIMIT 50
                """
            )
            #expect(plan.contains("tenant_id_resource_type_resource_id_id_idx"), "\(plan)")
            let byAction = try await database.owner.plan(
                """
                SELECT * FROM audit_log WHERE tenant_id = \(TenantID.sunfield) AND action = 'LOGIN_FAILED' ORDER BY id DESC LIMIT 50
                """
            )
            #expect(byAction.contains("tenant_id_action_id_idx"), "\(byAction)")
        }
    }

    @Test func withoutATokenOnlyLoginRefreshAndKeysAreOpen() async throws {
        try await withAuth { client, _, _ in
            for (method, path) in [
                (HTTPRequest.Method.get, "auth/me"), (.post, "auth/logout"), (.get, "users"), (.get, "audit"),
                (.get, "roles"), (.post, "users"),
            ] {
                let answer = try await client.send(method, "/api/v1/\(path)")
                #expect(answer.status == .unauthorized, "\(path)")
            }
        }
    }

    // MARK: - The service under test

    static func login(
        _ client: ServiceClient,
        email: String = "Admin@Example.com",
        password: String = "correct horse battery",
        from address: String? = nil
    ) async throws -> ServiceAnswer {
        var headers = HTTPFields()
        headers[.forwardedFor] = address
        let body = ["email": email, "password": password]
        return try await client.send(.post, "/api/v1/auth/login", body, headers: headers)
    }

    private static func refresh(_ client: ServiceClient, _ token: String?) async throws -> ServiceAnswer {
        try await client.send(.post, "/api/v1/auth/refresh", ["refreshToken": token ?? ""])
    }
}

/// What the tests' links are sealed with.
let linkKeys = SealingKeys()
/// What the tests' secrets are sealed with.
let secretKeys = SealingKeys()
/// What its sessions of browsers are sealed with.
let browserKeys = BrowserKeys()
/// Its connections to identity providers, which are all on this machine.
enum ProviderConnections {
    /// However busy the machine is, no provider is too slow for these.
    static let patient = ProviderHTTP(isLocal: true, timeout: .seconds(60))
    /// As a daemon has them, for tests of providers that are too slow.
    static let usual = ProviderHTTP(isLocal: true)

    @TaskLocal static var used = patient
}

/// A new installation with its administrator. Its authenticator knows its own key and the tests' key. The client has no token. Passwords
/// are hashed with little work: how much real ones need is another test's concern.
func withAuth(
    redis: String? = nil,
    policy: FactorPolicy = .off,
    _ body: @escaping @Sendable (ServiceClient, Authenticator, Database) async throws -> Void
) async throws {
    try await Password.$rounds.withValue(1 << 4) { try await withFullAuth(redis: redis, policy: policy, body) }
}

private func withFullAuth(
    redis: String?,
    policy: FactorPolicy,
    _ body: @escaping @Sendable (ServiceClient, Authenticator, Database) async throws -> Void
) async throws {
    try await withDatabase(.all) { database in
        let authority = try await TestAuthority(roles: [
            "all": Permission.allCases, "none": [],
            "registrar": [
                .workOrderRead, .siteRead, .assetRead, .sensorRead, .telemetryRead, .alertRead, .alertRuleRead,
                .predictionRead, .procedureRead, .scheduleRead, .userCreate,
            ],
        ])
        let directory = Directory(database: database)
        let keys = try await SigningKeys(database: database).turn(at: Date())
        let issuer = TokenIssuer()
        try await issuer.use(keys)
        try await directory.prepare(
            .init(tenant: "T", email: "admin@example.com", password: "correct horse battery"),
            keys,
            .committed(),
            at: Date()
        )
        for key in issuer.published { try await authority.authenticator.learn(key) }
        for policy in try await database.outbox(of: RolePolicyState.self) { authority.authenticator.learn(policy) }
        try await database.execute("DELETE FROM outbox")
        let url = if let redis { redis } else { try await TestServers.redis().url }
        let cache = try Redis(url: url)
        let routes = Routes(
            directory,
            sessions: SessionRoutes(
                provider: BuiltInIdentities(database: database),
                locks: AddressLocks(database: database),
                logins: Logins(
                    sessions: Sessions(database: database, refused: RefusedTokens(redis: cache)),
                    factors: SecondFactors(database: database, keys: secretKeys),
                    policy: policy,
                    party: RelyingParty(url: "http://localhost:8080")
                ),
                directory: directory,
                issuer: issuer,
                marks: DeviceMarks(keys: secretKeys)
            ),
            links: AccountLinks(database: database, keys: linkKeys),
            browsers: .init(keys: browserKeys, publicURL: "http://localhost:8080", http: ProviderConnections.used),
            auditKey: try await AuditCheckpoints.key(database, at: Date()),
            cache: cache,
            commonPasswords: CommonPasswords(text: "password, 123456, sunflower, qwertyuiop, mailcreated5240"),
            stepUp: .seconds(300)
        )
        let daemon = Daemon.forTests("auth", authority)
        let operations = try OperationsRoutes(database, daemon, EventConsumer(database, daemon)).all()
        try await daemon.withRoutes(authority, try routes.all() + operations, answers: Answers(database, daemon)) {
            client in
            var anonymous = client
            anonymous.token = ""
            try await body(anonymous, authority.authenticator, database)
        }
    }
}
