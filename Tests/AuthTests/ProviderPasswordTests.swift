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

/// The API's login for people whose provider checks their passwords.
@Suite struct ProviderPasswordTests {
    private static let password = "a password of the provider"
    private static let path = "/api/v1/auth/login"

    private static func logIn(
        _ both: CompanyWithProvider,
        _ password: String = Self.password,
        email: String = "anna@sunfield.example",
        tenant: String? = "T"
    ) async throws -> ServiceAnswer {
        var body = ["email": email, "password": password]
        body["tenant"] = tenant
        return try await both.company.anonymous.send(.post, path, body)
    }

    private static func with(
        _ kind: ProviderKind = .oidc,
        _ body: @escaping @Sendable (CompanyWithProvider) async throws -> Void
    ) async throws {
        try await withProvider(kind) { (both) async throws in
            both.provider.play { $0.password = password }
            let set = try await both.set(["passwordLogin": true])
            #expect(set.object["passwordLogin"] as? Bool == true)
            try await body(both)
        }
    }

    @Test(arguments: ProviderKind.openID)
    func theFirstLoginMakesTheUserAndTheNextNeedsNoTenant(kind: ProviderKind) async throws {
        try await Self.with(kind) { (both) async throws in
            let unknown = try await Self.logIn(both, tenant: nil)
            #expect((unknown.status, unknown["code"]) == (.unauthorized, "invalid_credentials"))
            #expect(both.provider.requests(of: both.provider.tokenPath) == 0)
            let first = try await Self.logIn(both)
            #expect(first.status == .ok && first.amr == ["pwd"] && first["deviceMark"] != nil)
            try await both.company.learn()
            let me = try await both.company.client(first).send(.get, "/api/v1/auth/me")
            #expect(me["email"] == "anna@sunfield.example" && me.object["roles"] as? [String] == ["technician"])
            let second = try await Self.logIn(both, tenant: nil)
            #expect(second.status == .ok)
            #expect(try await both.company.client(second).send(.get, "/api/v1/auth/me")["id"] == me["id"])
            // It is the person of the browser's logins.
            #expect(try await both.logIn()["id"] == me["id"])
            let events = try await both.company.database.outbox(of: AuditRecorded.self)
            #expect(events.count { $0.action == "LOGIN_SUCCESS" && $0.user?.description == me["id"] } >= 2)
            #expect(events.allSatisfy { $0.changes?.contains(Self.password) != true })
        }
    }

    @Test func itIsOffUntilTheTenantWantsIt() async throws {
        try await Self.with { (both) async throws in
            #expect(try await Self.logIn(both).status == .ok)
            _ = try await both.set()
            #expect(try await Self.logIn(both)["code"] == "invalid_credentials")
            #expect(both.provider.requests(of: both.provider.tokenPath) == 1)
            // Nothing else takes the password: neither the login page nor a step-up.
            _ = try await both.set(["passwordLogin": true])
            let page = try await both.browser.logIn("anna@sunfield.example", Self.password)
            #expect(page.headers[.location] == nil && page.text.contains("wrong"))
            let person = try both.company.client(try await Self.logIn(both))
            try await both.company.learn()
            let stepUp = try await person.send(.post, "/api/v1/auth/step-up", ["password": Self.password])
            #expect((stepUp.status, stepUp["code"]) == (.conflict, "step_up_at_provider"))
        }
    }

    @Test func aWrongPasswordIsCountedAndRecorded() async throws {
        try await Self.with { (both) async throws in
            #expect(try await Self.logIn(both).status == .ok)
            for _ in 0..<5 {
                let refused = try await Self.logIn(both, "wrong", tenant: nil)
                #expect((refused.status, refused["code"]) == (.unauthorized, "invalid_credentials"))
            }
            let before = both.provider.requests(of: both.provider.tokenPath)
            let locked = try await Self.logIn(both)
            #expect((locked.status, locked["code"]) == (.tooManyRequests, "locked"))
            #expect(both.provider.requests(of: both.provider.tokenPath) == before)
            #expect(try await both.reasons() == Array(repeating: "invalid_credentials", count: 5))
        }
    }

    /// Whether somebody can log in must not depend on how often they tried while nobody could answer.
    @Test func aProviderThatIsAwayOrSlowIsSaidAndCostsNoAttempt() async throws {
        try await ProviderConnections.$used.withValue(ProviderConnections.usual) {
            try await Self.with { (both) async throws in
                #expect(try await Self.logIn(both).status == .ok)
                both.provider.play { $0.tokenStatus = .internalServerError }
                for _ in 0..<12 {
                    let away = try await Self.logIn(both)
                    #expect((away.status, away["code"]) == (.serviceUnavailable, "provider_unavailable"))
                    #expect(away.headers[.retryAfter] != nil)
                }
                both.provider.play {
                    $0.tokenStatus = .ok
                    $0.pause = .seconds(30)
                }
                let slow = try await Self.logIn(both)
                #expect((slow.status, slow["code"]) == (.gatewayTimeout, "provider_timeout"))
                both.provider.play { $0.pause = .zero }
                #expect(try await Self.logIn(both).status == .ok)
                let reasons = try await both.reasons()
                #expect(reasons.count == 13 && reasons.last == "the provider did not answer in time")
                #expect(reasons.dropLast().allSatisfy { $0.hasSuffix("answers 500") })
            }
        }
    }

    @Test func theTokenIsVerifiedAsThatOfABrowser() async throws {
        try await Self.with { (both) async throws in
            let now = Int64(Date().timeIntervalSince1970)
            let other = try SigningKey.generate(.rs256, activeFrom: .noon, at: .noon)
            let tricks: [@Sendable (inout FakeProvider.Tricks) -> Void] = [
                { $0.claims["iss"] = "https://other.example" }, { $0.claims["aud"] = "other" },
                { $0.claims["exp"] = .number("\(now - 120)") }, { $0.claims["iat"] = .number("\(now - 3600)") },
                { $0.sign = { try FakeProvider.sign($0, other) } }, { $0.header["alg"] = "none" },
                { $0.tokenStatus = .forbidden },
            ]
            for trick in tricks {
                both.provider.play(trick)
                let refused = try await Self.logIn(both)
                // A status of its own is no word on the password, except the one that means it.
                #expect(refused.status == .unauthorized, "\(refused.text)")
                both.provider.play { $0 = .init(password: Self.password) }
                #expect(try await both.company.database.owner.count("SELECT count(*) FROM users") == 1)
                try await both.company.database.owner.execute("DELETE FROM login_failures")
            }
            #expect(try await both.reasons().count == tricks.count)
            #expect(try await Self.logIn(both).status == .ok)
        }
    }

    /// Our second factor is asked for, since the provider can't ask for its own.
    @Test func aSecondFactorIsAskedForAsAfterEveryPassword() async throws {
        try await Self.with { (both) async throws in
            let client = try both.company.client(try await Self.logIn(both))
            try await both.company.learn()
            let (phone, _) = try await both.company.addPhone(client)
            let half = try await Self.logIn(both)
            #expect((half.status, half["code"]) == (.unauthorized, "mfa_required"))
            let body = ["challenge": try #require(half["challenge"]), "code": phone.code(1)]
            let whole = try await both.company.anonymous.send(.post, Self.path + "/mfa", body)
            #expect(whole.status == .ok && whole.amr == ["pwd", "otp", "mfa"])
        }
    }

    /// A password of our own directory is not told to the provider, and those who run the installation always get in.
    @Test func passwordsOfOurOwnDirectoryStayHere() async throws {
        try await Self.with { (both) async throws in
            let admin = try await RouteTests.login(both.company.anonymous)
            #expect(admin.status == .ok)
            #expect(both.provider.requests(of: both.provider.tokenPath) == 0)
            _ = try await both.set(["passwordLogin": true, "allowsPasswords": true])
            let tina = try await both.company.person("tina")
            let login = try await RouteTests.login(both.company.anonymous, email: tina.email, password: tina.password)
            #expect(login.status == .ok)
            #expect(both.provider.requests(of: both.provider.tokenPath) == 0)
            // Without passwords of our own, Tina's can only be the provider's, where she is nobody.
            _ = try await both.set(["passwordLogin": true])
            let gone = try await RouteTests.login(both.company.anonymous, email: tina.email, password: tina.password)
            #expect(gone["code"] == "invalid_credentials")
            #expect(both.provider.requests(of: both.provider.tokenPath) == 1)
        }
    }

    // MARK: - A tenant without a provider

    @Test func aTenantCanSwitchTheAPILoginOff() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let path = "/api/v1/tenant"
            #expect(try await company.admin.send(.get, path).object["acceptsPasswords"] as? Bool == true)
            let set = try await company.admin.send(.patch, path, ["acceptsPasswords": false])
            #expect(set.object["acceptsPasswords"] as? Bool == false)
            func logIn(_ password: String) async throws -> ServiceAnswer {
                try await RouteTests.login(company.anonymous, email: tina.email, password: password)
            }
            let refused = try await logIn(tina.password)
            #expect((refused.status, refused["code"]) == (.forbidden, "password_login_off"))
            // It tells strangers nothing.
            #expect(try await logIn("wrong")["code"] == "invalid_credentials")
            let browser = Browser(client: company.anonymous)
            #expect(try await browser.exchange(try await browser.code(tina.email, tina.password)).status == .ok)
            _ = try await company.admin.send(.patch, path, ["acceptsPasswords": true])
            #expect(try await logIn(tina.password).status == .ok)
            let events = try await company.database.outbox(of: AuditRecorded.self)
            #expect(
                events.contains { $0.action == "TENANT_CHANGED" && $0.changes?.contains("acceptsPasswords") == true }
            )
            #expect(events.count { $0.action == "LOGIN_FAILED" } == 2)
        }
    }
}
