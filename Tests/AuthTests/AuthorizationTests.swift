import Access
import Commands
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

/// Logins in a browser, with the directory here.
@Suite struct AuthorizationTests {
    @Test func aLoginOnThePageGivesACodeThatGivesTokens() async throws {
        try await withAuth { (client, _, database) async throws in
            let browser = Browser(client: client)
            let page = try await browser.authorize()
            #expect(page.status == .ok)
            #expect(page.headers[.contentType] == "text/html; charset=utf-8")
            #expect(page.text.contains("<form method=\"post\" action=\"/auth/authorize\">"))
            #expect(!page.text.contains("<script"))
            let landed = try await browser.logIn("Admin@Example.com")
            #expect(landed.status == .seeOther)
            #expect(landed.headers[.location]?.hasPrefix(Browser.callback + "?code=") == true)
            #expect(landed.headers[.location]?.hasSuffix("&state=state-of-the-gateway") == true)
            let given = try await browser.exchange(try Browser.code(in: landed))
            #expect((given.status, given["token_type"], given.number("expires_in")) == (.ok, "Bearer", 900))
            #expect(given["logout_uri"] == nil)
            var person = client
            person.token = try #require(given["access_token"])
            #expect(try await person.send(.get, "/api/v1/auth/me")["email"] == "admin@example.com")
            let refreshed = try await client.send(
                .post,
                "/api/v1/auth/refresh",
                ["refreshToken": try #require(given["refresh_token"])]
            )
            #expect(refreshed.status == .ok)
            let actions = try await database.outbox(of: AuditRecorded.self).map(\.action)
            #expect(actions == ["AUTHORIZATION_CODE_ISSUED", "LOGIN_SUCCESS", "TOKEN_REFRESHED"])
        }
    }

    @Test func neitherTheCodeNorThePasswordIsStored() async throws {
        try await withAuth { (client, _, database) async throws in
            let browser = Browser(client: client)
            let code = try await browser.code()
            _ = try await browser.exchange(code)
            let stored = try await database.owner.query("SELECT c::text AS row FROM authorization_codes c")
            let row: String = try #require(try stored.first?["row"])
            #expect(!row.contains(code))
            let events = try await database.outbox().map { String(decoding: $0.value ?? [], as: UTF8.self) }
            #expect(events.allSatisfy { !$0.contains(code) && !$0.contains("horse") })
        }
    }

    @Test func theReuseOfACodeEndsTheSessionThatItGave() async throws {
        try await withAuth { (client, _, database) async throws in
            let browser = Browser(client: client)
            let code = try await browser.code()
            let given = try await browser.exchange(code)
            let again = try await browser.exchange(code)
            #expect((again.status, again["code"]) == (.badRequest, "invalid_grant"))
            let refresh = try await client.send(
                .post,
                "/api/v1/auth/refresh",
                ["refreshToken": try #require(given["refresh_token"])]
            )
            #expect(refresh.status == .unauthorized)
            #expect(try await database.outbox(of: SessionEnded.self).count == 1)
            let actions = try await database.outbox(of: AuditRecorded.self).map(\.action)
            #expect(actions.last == "AUTHORIZATION_CODE_REUSED")
        }
    }

    @Test func ofManyExchangesAtTheSameTimeAtMostOneGivesTokens() async throws {
        try await withAuth { (client, _, _) async throws in
            let browser = Browser(client: client)
            let code = try await browser.code()
            let given = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<10 { group.addTask { try await browser.exchange(code).status == .ok } }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(given == 1)
        }
    }

    /// A thief of a code has one attempt, and the owner of the code none afterwards: both notice.
    @Test(arguments: [
        ["code_verifier": String(repeating: "x", count: 43)], ["redirect_uri": "http://localhost:8080/other"],
    ])
    func aWrongExchangeUsesTheCodeUp(changes: [String: String]) async throws {
        try await withAuth { (client, _, database) async throws in
            let browser = Browser(client: client)
            let code = try await browser.code()
            let refused = try await browser.exchange(code, changes)
            #expect((refused.status, refused["code"]) == (.badRequest, "invalid_grant"))
            #expect(try await browser.exchange(code)["code"] == "invalid_grant")
            #expect(try await database.owner.count("SELECT count(*) FROM sessions") == 0)
        }
    }

    @Test func onlyTheGatewayExchangesCodes() async throws {
        try await withAuth { (client, _, _) async throws in
            let browser = Browser(client: client)
            let code = try await browser.code()
            let forOther = try browserKeys.clientSecret(for: "another code")
            let byOther = try BrowserKeys(String(repeating: "z", count: 32))?.clientSecret(for: code)
            for changes in [
                ["client_id": "somebody"], ["client_secret": forOther], ["client_secret": try #require(byOther)],
                ["client_secret": "x"],
            ] {
                let refused = try await browser.exchange(code, changes)
                #expect((refused.status, refused["code"]) == (.unauthorized, "invalid_client"), "\(changes)")
            }
            // Who is not the client does not use the code up.
            #expect(try await browser.exchange(code).status == .ok)
        }
    }

    @Test func aCodeIsValidForAMinute() async throws {
        try await withAuth { (client, _, database) async throws in
            let browser = Browser(client: client)
            let code = try await browser.code()
            let row = try await database.owner.first(
                "SELECT expires_at - created_at = '1 minute' AS fits FROM authorization_codes"
            )
            #expect(try row?["fits"] == true)
            try await database.owner.execute("UPDATE authorization_codes SET expires_at = now()")
            #expect(try await browser.exchange(code)["code"] == "invalid_grant")
        }
    }

    @Test func nobodyGetsTokensWhoIsDeactivatedInBetween() async throws {
        try await withAuth { (client, _, database) async throws in
            let browser = Browser(client: client)
            let code = try await browser.code()
            try await database.owner.execute("UPDATE users SET is_active = false")
            #expect(try await browser.exchange(code).status == .badRequest)
        }
    }

    /// What is not a request of our client is never sent on (RFC 9700, section 4.11).
    @Test(
        arguments: [
            ["redirect_uri": "https://attacker.example/auth/callback"],
            ["redirect_uri": "http://localhost:8080/auth/callback/"],
            ["redirect_uri": "http://localhost:8080/auth/callback?x=1"], ["client_id": "other"],
            ["code_challenge_method": "plain"], ["code_challenge_method": nil], ["code_challenge": nil],
            ["code_challenge": "short"], ["response_type": "token"], ["state": nil], ["state": "a\"b"],
        ] as [[String: String?]]
    )
    func aRequestThatIsNotOursIsRefusedOnTheSpot(changes: [String: String?]) async throws {
        try await withAuth { (client, _, _) async throws in
            let answer = try await Browser(client: client).authorize(changes)
            #expect(answer.status == .badRequest)
            #expect(answer.headers[.location] == nil)
            #expect(answer.wrongFields == Array(changes.keys))
        }
    }

    @Test func theFormIsCheckedAsItsPageWas() async throws {
        try await withAuth { (client, _, _) async throws in
            let fields = [
                "email": "admin@example.com", "password": "correct horse battery",
                "redirect_uri": "https://attacker.example/",
            ]
            let answer = try await Browser(client: client).submit(fields)
            #expect((answer.status, answer.wrongFields) == (.badRequest, ["redirect_uri"]))
        }
    }

    @Test func aWrongPasswordIsSaidOnThePageAndCounts() async throws {
        try await withAuth { (client, _, database) async throws in
            let browser = Browser(client: client)
            for email in ["admin@example.com", "nobody@example.com"] {
                let wrong = try await browser.submit(["email": email, "password": "wrong horse"], from: "198.51.100.7")
                #expect(wrong.status == .unauthorized)
                #expect(wrong.text.contains("The e-mail address or the password is wrong."))
                #expect(wrong.text.contains("value=\"\(email)\""))
                #expect(!wrong.text.contains("horse"))
            }
            #expect(
                try await database.outbox(of: AuditRecorded.self).map(\.action) == ["LOGIN_FAILED", "LOGIN_FAILED"]
            )
            // The page and the API count together.
            for _ in 1..<LoginAttempts.fromOneNetwork.allowed {
                _ = try await RouteTests.login(client, password: "wrong horse", from: "198.51.100.7")
            }
            let locked = try await browser.submit(
                ["email": "admin@example.com", "password": "correct horse battery"],
                from: "198.51.100.7"
            )
            #expect(locked.status == .tooManyRequests)
            #expect(locked.headers[.retryAfter].flatMap { Int($0) } ?? 0 > 0)
            #expect(locked.text.contains("Too many wrong passwords. Try again in 15 minutes"))
        }
    }

    @Test func whatWasTypedCanNotBecomePartOfThePage() async throws {
        try await withAuth { (client, _, _) async throws in
            let browser = Browser(client: client)
            let attack = "\"><img src=x onerror=alert(1)>'"
            let wrong = try await browser.submit(["email": attack, "password": "x", "tenant": attack])
            #expect(wrong.status == .unauthorized)
            #expect(wrong.text.contains("&quot;&gt;&lt;img"))
            #expect(!wrong.text.contains("<img"))
            #expect(try await !browser.authorize(["tenant": attack]).text.contains("<img"))
            let policy = try #require(wrong.headers[.contentSecurityPolicy])
            #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
            #expect(policy.contains("form-action 'self'") && !policy.contains("unsafe-inline"))
            #expect(wrong.headers[.cacheControl] == "no-store")
        }
    }

    /// The login page of one tenant is no door to another.
    @Test func peopleLogInOnlyAtTheirOwnTenant() async throws {
        try await withAuth { (client, _, database) async throws in
            try await database.owner.execute(
                "INSERT INTO tenants (id, name, created_at) VALUES (\(TenantID.windward), 'Windward', \(Date.noon))"
            )
            let browser = Browser(client: client)
            let fields = ["email": "admin@example.com", "password": "correct horse battery"]
            for (tenant, status) in [
                ("Windward", HTTPResponse.Status.unauthorized), ("nowhere", .unauthorized), ("t", .seeOther),
            ] {
                let answer = try await browser.submit(fields.merging(["tenant": tenant]) { $1 })
                #expect(answer.status == status, "\(tenant)")
            }
        }
    }

    @Test func aSuspendedTenantsPeopleAreToldSo() async throws {
        try await withAuth { (client, _, database) async throws in
            try await database.owner.execute("UPDATE tenants SET is_suspended = true")
            let answer = try await Browser(client: client).logIn()
            #expect(answer.status == .forbidden)
            #expect(answer.text.contains("Your organization is suspended"))
        }
    }

    @Test func codesAreForgottenAfterADay() async throws {
        try await withAuth { (client, _, database) async throws in
            let browser = Browser(client: client)
            _ = try await browser.exchange(try await browser.code())
            let sessions = Sessions(database: database, refused: RefusedTokens(redis: try await testRedis()))
            _ = try await sessions.prune(at: Date() + AuthorizationCodes.memory)
            #expect(try await database.owner.count("SELECT count(*) FROM authorization_codes") == 1)
            _ = try await sessions.prune(at: Date() + AuthorizationCodes.memory + 61)
            #expect(try await database.owner.count("SELECT count(*) FROM authorization_codes") == 0)
        }
    }

    /// Another implementation, which is strict, accepts our tokens and our keys.
    @Test(arguments: [SigningAlgorithm.rs256, .es256])
    func aStrictLibraryAcceptsOurTokens(algorithm: SigningAlgorithm) async throws {
        let issuer = TokenIssuer()
        try await issuer.use([try SigningKey.generate(algorithm, activeFrom: .noon, at: .noon)])
        let user = User(
            id: .anna,
            tenant: .sunfield,
            email: "a@example.com",
            displayName: "A",
            roles: ["viewer"],
            isActive: true,
            createdAt: .noon,
            updatedAt: .noon,
            version: 1
        )
        let token = try await issuer.issue(for: user, session: .new(), .password(at: Date()), at: Date())
        let keys = KeyRoutes.KeysResponse(keys: issuer.published.map(KeyRoutes.KeysResponse.Key.init))
        let file = TestServers.directory.appending(path: "jwks-\(algorithm.rawValue).json")
        try Data(JSONWriter.write(keys)).write(to: file)
        _ = try await Python.run(
            "Tests/Oracles/tokens.py",
            [file.path, token, AccessToken.issuer, AccessToken.audience],
            needs: "joserfc"
        )
    }
}
