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

/// A logout at the provider, and proofs of who somebody is that are young enough.
@Suite struct ProviderLogoutTests {
    private static func notify(_ both: CompanyWithProvider, _ token: String) async throws -> ServiceAnswer {
        try await both.company.anonymous.send(
            .post,
            "/auth/providers/\(both.company.tenant)/logout",
            text: FormText.encoded([("logout_token", token)])
        )
    }

    /// The refresh token of a new login.
    private static func session(_ both: CompanyWithProvider) async throws -> String {
        let given = try await both.browser.exchange(try Browser.code(in: try await both.arrive()))
        return try #require(given["refresh_token"], "\(given.text)")
    }

    private static func isOpen(_ token: String, _ both: CompanyWithProvider) async throws -> Bool {
        let answer = try await both.company.anonymous.send(.post, "/api/v1/auth/refresh", ["refreshToken": token])
        return answer.status == .ok
    }

    @Test(arguments: [ProviderKind.oidc, .keycloak, .auth0, .okta])
    func aLogoutThereEndsThePersonsSessionsHere(kind: ProviderKind) async throws {
        try await withProvider(kind) { (both) async throws in
            let settings = try await both.company.admin.send(.get, "/api/v1/tenant/identity-provider")
            #expect(
                settings["backchannelLogoutUrl"]
                    == "http://localhost:8080/auth/providers/\(both.company.tenant)/logout"
            )
            let tokens = [try await Self.session(both), try await Self.session(both)]
            let waiting = try Browser.code(in: try await both.arrive())
            let admin = try await RouteTests.login(both.company.anonymous)
            let answer = try await Self.notify(both, try both.provider.logoutToken())
            #expect(answer.status == .noContent && answer.headers[.cacheControl] == "no-store")
            for token in tokens { #expect(try await !Self.isOpen(token, both)) }
            // A login that was on its way to its session, too; but nobody else's.
            #expect(try await both.browser.exchange(waiting).status == .badRequest)
            #expect(try await Self.isOpen(try #require(admin["refreshToken"]), both))
            let events = try await both.company.database.outbox(of: AuditRecorded.self)
            let ends = events.filter { $0.action == "PROVIDER_LOGOUT" }
            #expect(ends.count == 2 && ends.allSatisfy { $0.user != nil })
            #expect(try await both.company.database.outbox(of: SessionEnded.self).count == 2)
        }
    }

    @Test func aLogoutOfOneSessionEndsOnlyThat() async throws {
        try await withProvider { (both) async throws in
            both.provider.play { $0.claims["sid"] = "phone" }
            let phone = try await Self.session(both)
            both.provider.play { $0.claims["sid"] = "laptop" }
            let laptop = try await Self.session(both)
            let unknown = try both.provider.logoutToken(["sid": "tablet", "sub": nil])
            #expect(try await Self.notify(both, unknown).status == .noContent)
            let token = try both.provider.logoutToken(["sid": "laptop", "sub": nil])
            #expect(try await Self.notify(both, token).status == .noContent)
            #expect(try await !Self.isOpen(laptop, both))
            // Of somebody else, it is another session.
            let others = try both.provider.logoutToken(["sid": "phone", "sub": "somebody-else"])
            #expect(try await Self.notify(both, others).status == .noContent)
            #expect(try await Self.isOpen(phone, both))
            // The provider's names of sessions are stored only as hashes.
            let rows = try await both.company.database.owner.query("SELECT s::text AS row FROM sessions s")
            #expect(try rows.allSatisfy { try !($0["row"] as String).contains("laptop") })
        }
    }

    @Test func aTokenThatIsNoLogoutIsRefused() async throws {
        try await withProvider { (both) async throws in
            let open = try await Self.session(both)
            let now = Int64(Date().timeIntervalSince1970)
            let changes: [[String: JSONValue?]] = [
                ["iss": "https://other.example"], ["aud": "other"], ["events": nil], ["events": ["other": [:]]],
                ["nonce": "n"], ["jti": nil], ["iat": nil], ["iat": .number("\(now - 3600)")],
                ["iat": .number("\(now + 3600)")], ["exp": .number("\(now - 120)")], ["sub": nil],
            ]
            let other = try FakeProvider(.oidc, base: both.provider.issuer)
            var tokens = try changes.map { try both.provider.logoutToken($0) }
            tokens += [
                try both.provider.logoutToken(header: ["alg": "none"]), try other.logoutToken(), "x", "a.b.c",
                // An ID token.
                try both.provider.logoutToken(["events": nil, "nonce": "n"]),
            ]
            for token in tokens {
                let refused = try await Self.notify(both, token)
                #expect((refused.status, refused["code"]) == (.badRequest, "logout_refused"), "\(token)")
            }
            #expect(try await Self.isOpen(open, both))
            // Strangers make us ask for the keys at most once a minute, and write nothing into the audit log.
            #expect(both.provider.requests(of: both.provider.keysPath) == 1)
            #expect(try await both.reasons().isEmpty)
        }
    }

    @Test func aTokenIsUsedOnce() async throws {
        try await withProvider { (both) async throws in
            let token = try both.provider.logoutToken()
            #expect(try await Self.notify(both, token).status == .noContent)
            let open = try await Self.session(both)
            #expect(try await Self.notify(both, token)["code"] == "logout_refused")
            #expect(try await Self.isOpen(open, both))
        }
    }

    @Test func withoutAProviderNobodyLogsOut() async throws {
        try await withProvider(isSet: false) { (both) async throws in
            #expect(try await Self.notify(both, try both.provider.logoutToken()).status == .badRequest)
        }
    }

    @Test func aProviderWhoseKeysAreAwayIsAskedToTryAgain() async throws {
        try await withProvider { (both) async throws in
            both.provider.play { $0.status = .internalServerError }
            #expect(try await Self.notify(both, try both.provider.logoutToken()).status == .serviceUnavailable)
        }
    }

    // MARK: - Asking again

    /// A browser that is logged in at the provider comes back without having asked anybody.
    @Test func aPersonProvesAtTheProviderWhoTheyAre() async throws {
        try await withProvider { (both) async throws in
            _ = try await both.set(["roleMapping": [["group": "technicians", "roles": ["admin"]]]])
            func logIn(_ fields: [String: String?] = [:]) async throws -> ServiceAnswer {
                let there = try await both.browser.authorize(["tenant": "T"].merging(fields) { $1 })
                let url = there.headers[.location] ?? ""
                #expect(url.contains("&prompt=login&max_age=0") == (fields["prompt"] != nil))
                let back = try both.provider.logIn(at: url)
                return try await both.comeBack(to: back, cookie: CompanyWithProvider.cookie(there))
            }
            func mayGivePower(_ arrived: ServiceAnswer) async throws -> String? {
                let given = try await both.browser.exchange(try Browser.code(in: arrived))
                var person = both.company.anonymous
                person.token = try #require(given["access_token"])
                try await both.company.learn()
                let body: [String: Any] = ["name": "r\(UUID())", "grants": []]
                return try await person.send(.post, "/api/v1/roles", body)["code"]
            }
            // A provider that says nothing, and one that says that it was long ago.
            #expect(try await mayGivePower(try await logIn()) == "step_up_required")
            let now = Int64(Date().timeIntervalSince1970)
            both.provider.play { $0.claims["auth_time"] = .number("\(now - 1000)") }
            #expect(try await mayGivePower(try await logIn()) == "step_up_required")
            for value in [nil, .number("\(now - 1000)"), "soon"] as [JSONValue?] {
                both.provider.play { $0.claims["auth_time"] = .some(value) }
                let refused = try await logIn(["prompt": "login"])
                #expect((refused.status, refused["code"]) == (.unauthorized, "provider_refused"))
            }
            both.provider.play { $0.claims["auth_time"] = .number("\(Int64(Date().timeIntervalSince1970))") }
            #expect(try await mayGivePower(try await logIn(["prompt": "login"])) != "step_up_required")
            // Also right after an ordinary login.
            #expect(try await mayGivePower(try await logIn()) != "step_up_required")
            #expect(
                try await both.reasons() == [
                    "the provider does not say when the person logged in",
                    "the provider has not asked the person anew", "auth_time is malformed",
                ]
            )
        }
    }

    /// The page of the directory here carries the wish on to an organization's provider.
    @Test func theWishIsCarriedThroughThePage() async throws {
        try await withProvider { (both) async throws in
            let page = try await both.browser.authorize(["prompt": "login"])
            #expect(page.text.contains("<input type=\"hidden\" name=\"prompt\" value=\"login\">"))
            let there = try await both.browser.submit(["tenant": "t", "prompt": "login"])
            #expect(there.headers[.init("Refresh")!]?.contains("&prompt=login") == true)
            #expect(try await both.browser.authorize(["prompt": "none"]).status == .badRequest)
        }
    }
}
