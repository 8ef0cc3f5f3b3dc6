import Access
import Commands
import Crypto
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

/// Logins at a tenant's identity provider.
@Suite struct ProviderTests {
    // MARK: - People

    /// Each vendor's addresses, claims and groups.
    @Test(arguments: ProviderKind.openID)
    func theFirstLoginMakesTheUserAndTheNextFindsThem(kind: ProviderKind) async throws {
        try await withProvider(kind) { (both) async throws in
            let first = try await both.logIn()
            #expect((first["email"], first["displayName"]) == ("anna@sunfield.example", "Anna Berg"))
            #expect(first.object["roles"] as? [String] == ["technician"])
            // The identity is the provider's name for the person, not what can change.
            both.provider.set(["email": "anna.holm@sunfield.example", "name": "Anna Holm"])
            let second = try await both.logIn()
            #expect(second["id"] == first["id"])
            #expect(second["email"] == "anna@sunfield.example")
            let row = try await both.company.database.owner.first(
                "SELECT idp_provider, idp_user_id, password_hash FROM users WHERE idp_user_id IS NOT NULL"
            )
            #expect(try row?["idp_provider"] == both.provider.issuer)
            #expect(try row?["password_hash"] == String?.none)
            let subject: String = try #require(try row?["idp_user_id"])
            // No name of a person leaves the database in clear.
            let events = try await both.company.database.outbox(of: AuditRecorded.self)
            #expect(events.contains { $0.action == "IDENTITY_LINKED" })
            #expect(events.allSatisfy { $0.changes?.contains(subject) != true })
        }
    }

    @Test(arguments: [
        (ProviderKind.keycloak, "/realms/sunfield/protocol/openid-connect/logout"), (.auth0, "/oidc/logout"),
        (.entra, "/5c2e7d6a-0000-4000-8000-000000000001/oauth2/v2.0/logout"), (.okta, "/oauth2/v1/logout"),
    ])
    func theBrowserCanLogOutAtTheVendorToo(kind: ProviderKind, path: String) async throws {
        try await withProvider(kind) { (both) async throws in
            let given = try await both.browser.exchange(try Browser.code(in: try await both.arrive()))
            let url = try #require(URLComponents(string: given["logout_uri"] ?? "nothing given"))
            #expect(url.path == path)
            let fields = Dictionary((url.queryItems ?? []).map { ($0.name, $0.value ?? "") }) { $1 }
            #expect(fields["post_logout_redirect_uri"] == "http://localhost:8080/")
            #expect(fields["client_id"] == FakeProvider.client)
            #expect(fields["id_token_hint"]?.split(separator: ".").count == 3)
            // It names the person, so it is stored only sealed.
            let rows = try await both.company.database.owner.query("SELECT c::text AS row FROM authorization_codes c")
            #expect(try rows.allSatisfy { try !($0["row"] as String).contains("id_token_hint") })
        }
    }

    /// Tenants of Auth0 from before 2023 have only the vendor's own page.
    @Test func anOlderTenantOfAuth0HasItsOwnLogout() async throws {
        try await withProvider(.auth0) { (both) async throws in
            both.provider.play { $0.document["end_session_endpoint"] = .some(nil) }
            let given = try await both.browser.exchange(try Browser.code(in: try await both.arrive()))
            let url = try #require(given["logout_uri"])
            #expect(url.hasPrefix("\(both.provider.issuer)v2/logout?client_id=\(FakeProvider.client)&returnTo="))
        }
    }

    @Test func groupsBecomeRolesAtEachLoginAndNeverMore() async throws {
        try await withProvider { (both) async throws in
            let anna = try await both.logIn()
            // What an administrator gives besides is gone at the next login.
            let id = try #require(anna["id"])
            _ = try await both.company.admin.send(.put, "/api/v1/users/\(id)/roles", ["roles": ["admin"]])
            #expect(try await both.logIn().object["roles"] as? [String] == ["technician"])
            both.provider.set(["groups": ["bosses", "technicians", "admin", "platform-admin"]])
            #expect(try await both.logIn().object["roles"] as? [String] == ["supervisor", "technician", "viewer"])
            // One group, as some providers send it.
            both.provider.set(["groups": "technicians"])
            #expect(try await both.logIn().object["roles"] as? [String] == ["technician"])
            let actions = try await both.company.database.outbox(of: AuditRecorded.self).map(\.action)
            #expect(actions.filter { $0 == "ROLES_FROM_PROVIDER" }.count == 3)
            both.provider.set(["groups": ["strangers"]])
            let refused = try await both.arrive()
            #expect((refused.status, refused["code"]) == (.forbidden, "no_role"))
            #expect(try await both.reasons() == ["no_role"])
        }
    }

    @Test func aPersonInTooManyGroupsForATokenOfEntraIsNotTakenForOneWithout() async throws {
        try await withProvider(.entra) { (both) async throws in
            both.provider.play {
                $0.claims["groups"] = .some(nil)
                $0.claims["_claim_names"] = ["groups": "src1"]
            }
            #expect(try await both.arrive().status == .unauthorized)
            #expect(try await both.reasons().first?.contains("too many groups") == true)
        }
    }

    /// Whoever controls a provider must not become somebody who is here already.
    @Test func anAccountIsTakenOverOnlyIfAnAdministratorHasPermittedIt() async throws {
        try await withProvider { (both) async throws in
            let tina = try await both.company.person("tina", roles: ["technician"])
            both.provider.set(["email": .string(tina.email)])
            let refused = try await both.arrive()
            #expect((refused.status, refused["code"]) == (.forbidden, "not_linked"))
            let permitted = try await both.company.admin.send(.post, "/api/v1/users/\(tina.id)/identity-link", [:])
            #expect(permitted.status == .ok)
            #expect(try await both.logIn()["id"] == tina.id.description)
            // Once: another person with the same address is a stranger.
            both.provider.set(["sub": "somebody-else"])
            #expect(try await both.arrive()["code"] == "not_linked")
            #expect(try await both.reasons() == ["not_linked", "not_linked"])
        }
    }

    @Test func aPermissionToLinkEndsAfterAWeek() async throws {
        try await withProvider { (both) async throws in
            let tina = try await both.company.person("tina")
            both.provider.set(["email": .string(tina.email)])
            _ = try await both.company.admin.send(.post, "/api/v1/users/\(tina.id)/identity-link", [:])
            try await both.company.database.owner.execute("UPDATE users SET idp_link_until = now()")
            #expect(try await both.arrive()["code"] == "not_linked")
        }
    }

    @Test func nobodyPermitsALinkToSomebodyWhoMayDoMore() async throws {
        try await withProvider { (both) async throws in
            _ = try await both.set(["allowsPasswords": true])
            let staff = try await both.company.staff("registrar", [.init(.userUpdate), .init(.userRead)])
            let me = try await both.company.admin.send(.get, "/api/v1/auth/me")
            let refused = try await staff.send(.post, "/api/v1/users/\(try #require(me["id"]))/identity-link", [:])
            #expect((refused.status, refused["code"]) == (.forbidden, "user_exceeds_granter"))
        }
    }

    /// An address belongs to one person of the installation.
    @Test func somebodyOfAnotherTenantIsNotFound() async throws {
        try await withProvider { (both) async throws in
            try await both.company.database.owner.execute(
                "INSERT INTO tenants (id, name, created_at) VALUES (\(TenantID.windward), 'Windward', \(Date.noon))"
            )
            try await both.company.database.owner.execute(
                """
                INSERT INTO users (id, tenant_id, email, display_name, roles, created_at, version, idp_link_until)
                VALUES (\(UserID.bo), \(TenantID.windward), 'anna@sunfield.example', 'A', '{viewer}', now(), 1, now() + interval '1 day')
                """
            )
            #expect(try await both.arrive()["code"] == "not_linked")
        }
    }

    @Test(arguments: [nil, false, "no"] as [JSONValue?])
    func anAddressThatTheProviderDoesNotVouchForMakesNoUser(verified: JSONValue?) async throws {
        try await withProvider { (both) async throws in
            both.provider.play { $0.claims["email_verified"] = .some(verified) }
            let refused = try await both.arrive()
            #expect((refused.status, refused["code"]) == (.forbidden, "email_unverified"))
            let users = try await both.company.database.owner.count("SELECT count(*) FROM users")
            #expect(users == 1)
        }
    }

    /// A directory that never says it, and whose addresses the company itself gives to its people.
    @Test func aTenantCanTrustTheAddressesOfItsProvider() async throws {
        try await withProvider { (both) async throws in
            _ = try await both.set(["trustsEmail": true])
            both.provider.play { $0.claims["email_verified"] = false }
            #expect(try await both.arrive()["code"] == "email_unverified")
            both.provider.play { $0.claims["email_verified"] = .some(nil) }
            #expect(try await both.arrive().status == .seeOther)
        }
    }

    @Test func aDeactivatedUserDoesNotComeBackThroughTheProvider() async throws {
        try await withProvider { (both) async throws in
            let anna = try await both.logIn()
            let id = try #require(anna["id"])
            _ = try await both.company.admin.send(.post, "/api/v1/users/\(id)/deactivate", [:])
            #expect(try await both.arrive().status == .unauthorized)
        }
    }

    // MARK: - The way there and back

    @Test func onlyTheBrowserThatWentThereCanComeBack() async throws {
        try await withProvider { (both) async throws in
            let there = try await both.browser.authorize(["tenant": "T"])
            let cookie = try #require(CompanyWithProvider.cookie(there))
            #expect(cookie.hasPrefix("__Host-dcmms_provider="))
            let attributes = try #require(there.headers[.setCookie])
            for attribute in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
                #expect(attributes.contains(attribute))
            }
            let back = try both.provider.logIn(at: there.headers[.location])
            let other = try await both.browser.authorize(["tenant": "T"])
            for (path, cookie) in [
                (back, nil), (back, CompanyWithProvider.cookie(other)), (back, "__Host-dcmms_provider=x"),
                (back.replacing("state=", with: "state=x"), cookie),
                (back.replacing("\(both.company.tenant)", with: "\(TenantID.windward)"), cookie),
            ] {
                let refused = try await both.comeBack(to: path, cookie: cookie)
                #expect((refused.status, refused["code"]) == (.badRequest, "login_expired"), "\(path)")
            }
            #expect(both.provider.requests(of: "/t") == 0)
            #expect(try await both.comeBack(to: back, cookie: cookie).status == .seeOther)
        }
    }

    /// A code of one provider must not get to another (RFC 9700, section 4.4).
    @Test func aCodeOfAnotherProviderIsNotUsed() async throws {
        try await withProvider(.keycloak) { (both) async throws in
            let other = try await both.arrive { $0.replacing("iss=", with: "iss=https%3A%2F%2Fother.example%2F&x=") }
            #expect(other.status == .unauthorized)
            // It says that it names itself.
            let nobody = try await both.arrive { String($0[..<($0.range(of: "&iss=")?.lowerBound ?? $0.endIndex)]) }
            #expect(nobody.status == .unauthorized)
            #expect(try await both.reasons() == Array(repeating: "the code comes from another provider", count: 2))
            #expect(both.provider.requests(of: "/realms/sunfield/protocol/openid-connect/token") == 0)
        }
    }

    @Test func aFormLeadsThereByAPage() async throws {
        try await withProvider { (both) async throws in
            let page = try await both.browser.submit(["tenant": "t"])
            #expect(page.status == .ok)
            #expect(page.headers[.init("Refresh")!]?.hasPrefix("0; url=\(both.provider.issuer)/a?") == true)
            #expect(CompanyWithProvider.cookie(page) != nil)
        }
    }

    // MARK: - Tokens

    @Test(arguments: ["iss", "aud", "nonce", "exp", "iat", "sub"])
    func aTokenThatSaysSomethingElseIsRefused(claim: String) async throws {
        try await withProvider { (both) async throws in
            let now = Int64(Date().timeIntervalSince1970)
            let wrong: [String: [JSONValue?]] = [
                "iss": [nil, "https://other.example", .string(both.provider.issuer + "/")],
                "aud": [nil, "other", ["other"], .array([.string(FakeProvider.client), "other"])],
                "nonce": [nil, "", "other"],
                "exp": [nil, .number("\(now - 120)"), "soon"],
                "iat": [nil, .number("\(now - 3600)"), .number("\(now + 3600)")],
                "sub": [nil, "", 7, .string(String(repeating: "x", count: 256))],
            ]
            for value in try #require(wrong[claim]) {
                both.provider.play { $0.claims[claim] = .some(value) }
                let refused = try await both.arrive()
                #expect(
                    (refused.status, refused["code"]) == (.unauthorized, "provider_refused"),
                    "\(claim): \(value as Any)"
                )
            }
            #expect(try await both.reasons().count == wrong[claim]?.count)
            #expect(try await both.company.database.owner.count("SELECT count(*) FROM users") == 1)
            both.provider.play { $0.claims[claim] = nil }
            #expect(try await both.arrive().status == .seeOther)
        }
    }

    @Test func aTokenForSeveralIsAcceptedOnlyIfItWasMadeForUs() async throws {
        try await withProvider { (both) async throws in
            both.provider.play {
                $0.claims["aud"] = [.string(FakeProvider.client), "other"]
                $0.claims["azp"] = .string(FakeProvider.client)
            }
            #expect(try await both.arrive().status == .seeOther)
            both.provider.play { $0.claims["azp"] = "other" }
            #expect(try await both.arrive().status == .unauthorized)
        }
    }

    /// The header's wishes do not count: neither no signature, nor one with the public key as a secret.
    @Test func aTokenWithAnotherAlgorithmIsRefused() async throws {
        try await withProvider { (both) async throws in
            let publicKey = SymmetricKey(data: try both.provider.publicKey)
            let tricks: [(String, @Sendable (Data) throws -> Data)] = [
                ("none", { _ in Data() }),
                ("HS256", { Data(HMAC<SHA256>.authenticationCode(for: $0, using: publicKey)) }),
                ("ES256", { _ in Data(repeating: 1, count: 64) }), ("RS512", { _ in Data(repeating: 1, count: 256) }),
                ("rs256", { _ in Data(repeating: 1, count: 256) }),
            ]
            for (algorithm, sign) in tricks {
                both.provider.play {
                    $0.header["alg"] = .string(algorithm)
                    $0.sign = sign
                }
                #expect(try await both.arrive().status == .unauthorized, "\(algorithm)")
            }
        }
    }

    @Test func aTokenThatAnotherKeyHasSignedIsRefused() async throws {
        try await withProvider { (both) async throws in
            let other = try SigningKey.generate(.rs256, activeFrom: .noon, at: .noon)
            both.provider.play { $0.sign = { try FakeProvider.sign($0, other) } }
            #expect(try await both.arrive().status == .unauthorized)
            #expect(try await both.reasons() == ["the signature of the ID token is wrong"])
            // With the name of the attacker's own key, too.
            both.provider.play { $0.header["kid"] = .string(other.kid) }
            #expect(try await both.arrive().status == .unauthorized)
            both.provider.play {
                $0.header = ["jwk": ["kty": "RSA"], "crit": ["b64"]]
                $0.sign = nil
            }
            #expect(try await both.arrive().status == .unauthorized)
        }
    }

    @Test func keysAreRememberedAndAskedForOnceMoreWhenThereIsANewOne() async throws {
        try await withProvider { (both) async throws in
            for _ in 0..<3 { #expect(try await both.arrive().status == .seeOther) }
            #expect(both.provider.requests(of: "/k") == 1)
            try both.provider.rotate(.es256)
            for _ in 0..<2 { #expect(try await both.arrive().status == .seeOther) }
            #expect(both.provider.requests(of: "/k") == 2)
            // A key that it does not have is asked for once.
            both.provider.play { $0.header["kid"] = "unknown" }
            #expect(try await both.arrive().status == .unauthorized)
            #expect(both.provider.requests(of: "/k") == 3)
            #expect(both.provider.requests(of: "/.well-known/openid-configuration") == 1)
        }
    }

    // MARK: - Failures

    @Test func aProviderThatIsAwayOrSlowOrSaysNoIsToldApart() async throws {
        try await ProviderConnections.$used.withValue(ProviderConnections.usual) {
            try await withProvider { (both) async throws in
                let before = try await both.browser.authorize(["tenant": "T"])
                let cookie = CompanyWithProvider.cookie(before)
                func back() throws -> String { try both.provider.logIn(at: before.headers[.location]) }
                let denied = try back().replacing("code=", with: "error=access_denied&was=")
                let answers = [
                    try await both.comeBack(to: denied, cookie: cookie),
                    try await both.playing({ $0.tokenStatus = .badRequest }) {
                        try await both.comeBack(to: try back(), cookie: cookie)
                    },
                    try await both.playing({ $0.status = .internalServerError }) {
                        try await both.comeBack(to: try back(), cookie: cookie)
                    },
                    try await both.playing({ $0.pause = .seconds(30) }) {
                        try await both.comeBack(to: try back(), cookie: cookie)
                    },
                ]
                #expect(answers.map(\.status) == [.unauthorized, .unauthorized, .serviceUnavailable, .gatewayTimeout])
                #expect(
                    answers.map { $0["code"] } == [
                        "provider_refused", "provider_refused", "provider_unavailable", "provider_timeout",
                    ]
                )
                #expect(answers[2].headers[.retryAfter] != nil)
                let reasons = try await both.reasons()
                #expect(reasons.count == 4)
                #expect(reasons[0] == "the provider says access_denied")
                #expect(reasons[1] == "the provider refuses the code (400): invalid_grant")
            }
        }
    }

    @Test func anAnswerThatComesByteByByteIsTooSlow() async throws {
        try await ProviderConnections.$used.withValue(ProviderConnections.usual) {
            try await withProvider { (both) async throws in
                both.provider.play { $0.drips = true }
                let answer = try await both.browser.authorize(["tenant": "T"])
                #expect((answer.status, answer["code"]) == (.gatewayTimeout, "provider_timeout"))
            }
        }
    }

    @Test func anAnswerThatIsTooLargeIsRefused() async throws {
        try await withProvider { (both) async throws in
            both.provider.play { $0.document["x"] = .string(String(repeating: "x", count: ProviderHTTP.largestAnswer)) }
            #expect(try await both.browser.authorize(["tenant": "T"])["code"] == "provider_refused")
        }
    }

    /// A redirect could lead to what only our servers reach.
    @Test func aRedirectOfTheProviderIsNotFollowed() async throws {
        try await withProvider { (both) async throws in
            both.provider.play { $0.status = .found }
            let answer = try await both.browser.authorize(["tenant": "T"])
            #expect((answer.status, answer["code"]) == (.serviceUnavailable, "provider_unavailable"))
        }
    }

    @Test(
        arguments: [
            ("issuer", "https://other.example"), ("token_endpoint", "http://10.0.0.1/t"),
            ("jwks_uri", "http://169.254.169.254/latest"), ("authorization_endpoint", "javascript:alert(1)"),
            ("authorization_endpoint", nil),
        ] as [(String, JSONValue?)]
    )
    func aDocumentThatLeadsElsewhereIsRefused(name: String, value: JSONValue?) async throws {
        try await withProvider { (both) async throws in
            both.provider.play { $0.document[name] = .some(value) }
            let answer = try await both.browser.authorize(["tenant": "T"])
            #expect((answer.status, answer.headers[.location]) == (.unauthorized, nil))
            let test = try await both.company.admin.send(.post, "/api/v1/tenant/identity-provider/test", [:])
            #expect((test.status, test["code"]) == (.conflict, "provider_unfit"))
        }
    }
}

extension CompanyWithProvider {
    /// Lets the provider play a trick for one step.
    func playing<Value>(
        _ trick: (inout FakeProvider.Tricks) -> Void,
        _ body: () async throws -> Value
    ) async throws -> Value {
        provider.play(trick)
        defer { provider.play { $0 = .init() } }
        return try await body()
    }
}
