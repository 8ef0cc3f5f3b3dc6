import AsyncHTTPClient
import Foundation
import HTTPTypes
import Hummingbird
import LocalServers
import NIOCore
import NIOHTTP1
import Sealing
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// How a browser logs in, at the gateway's side.
@Suite struct BrowserLoginTests {
    @Test func aLoginLeadsToAuthWithAProofOfPossession() async throws {
        try await withBrowsers { (browsers) async throws in
            let login = try await browsers.begin("?tenant=Sunfield%20Renewables&return_to=%2Fassets%3Fa=1")
            let url = try #require(URLComponents(string: login.location))
            #expect(login.location.hasPrefix("\(site)/auth/authorize?"))
            let fields = Dictionary((url.queryItems ?? []).map { ($0.name, $0.value ?? "") }) { $1 }
            #expect(fields["response_type"] == "code" && fields["code_challenge_method"] == "S256")
            #expect(fields["redirect_uri"] == "\(site)/auth/callback")
            #expect(fields["tenant"] == "Sunfield Renewables")
            #expect(login.setCookie.hasPrefix("__Host-dcmms_login="))
            for attribute in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=900"] {
                #expect(login.setCookie.contains("; \(attribute)"))
            }
            // The browser can't read the verifier, nor anything else of it.
            let state = try #require(fields["state"])
            #expect(!login.setCookie.contains(state))
            // Each login has its own.
            let other = try await browsers.begin("")
            #expect(other.state != state && other.challenge != fields["code_challenge"])
        }
    }

    @Test func theWayBackOpensASession() async throws {
        try await withBrowsers { (browsers) async throws in
            let landed = try await browsers.logIn("?return_to=/assets")
            #expect(landed.status == 303)
            #expect(landed.headers["location"] == ["/assets"])
            let cookies = landed.headers["set-cookie"]
            #expect(cookies.contains { $0.hasPrefix("__Host-dcmms_login=; Max-Age=0") })
            let session = try #require(cookies.first { $0.hasPrefix("__Host-dcmms_session=") })
            for attribute in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
                #expect(session.contains("; \(attribute)"))
            }
            #expect(!session.contains("Domain"))
            let name = try #require(BrowsersUnderTest.session(in: landed))
            #expect(try await browsers.send("GET", "/api/v1/workorders", name).status == 200)
            #expect(String(buffer: landed.body).isEmpty)
        }
    }

    /// Whoever could put a session into a browser before must not be in it afterwards.
    @Test func eachLoginHasANewSessionAndEndsTheOneBefore() async throws {
        try await withBrowsers { (browsers) async throws in
            let planted = try await browsers.session()
            let landed = try await browsers.logIn("", with: planted)
            let name = try #require(BrowsersUnderTest.session(in: landed))
            #expect(name != planted)
            #expect(try await browsers.send("GET", "/api/v1/workorders", planted).status == 401)
            #expect(browsers.auth.now.logouts.count == 1)
        }
    }

    /// A login that an attacker has begun does not end in somebody else's browser.
    @Test func onlyTheLoginThatThisBrowserHasBegunCanEndHere() async throws {
        try await withBrowsers { (browsers) async throws in
            let login = try await browsers.begin("")
            let other = try await browsers.begin("")
            let path = "/auth/callback?code=\(FakeAuth.code)&state=\(login.state)"
            for (path, cookie) in [
                (path, nil), (path, other.cookie), (path, login.cookie + "x"), (path, "__Host-dcmms_login=x"),
                ("/auth/callback?code=\(FakeAuth.code)&state=x", login.cookie),
                ("/auth/callback?code=\(FakeAuth.code)", login.cookie),
                ("/auth/callback?error=access_denied&state=\(login.state)", login.cookie),
            ] {
                let refused = try await browsers.comeBack(path, cookie)
                #expect((refused.status, refused.code) == (400, "login_expired"), "\(path)")
                #expect(refused.headers["set-cookie"].isEmpty)
            }
        }
    }

    @Test func aLoginMayTakeAQuarterOfAnHour() async throws {
        let clock = Clock()
        try await withBrowsers(now: { clock.now }) { (browsers) async throws in
            let login = try await browsers.begin("")
            clock.advance(by: BrowserLogin.lifetime)
            let path = "/auth/callback?code=\(FakeAuth.code)&state=\(login.state)"
            #expect(try await browsers.comeBack(path, login.cookie).status == 400)
        }
    }

    @Test func aCodeThatAuthRefusesOpensNothing() async throws {
        try await withBrowsers { (browsers) async throws in
            let login = try await browsers.begin("")
            let refused = try await browsers.comeBack("/auth/callback?code=other&state=\(login.state)", login.cookie)
            #expect((refused.status, refused.code) == (400, "invalid_grant"))
            #expect(refused.headers["set-cookie"].isEmpty)
        }
    }

    @Test(arguments: [
        "https://other.example/", "//other.example", "/\\other.example", "/\t/other.example", "javascript:alert(1)",
        "other", "", "/a\nb", "/auth/login", "/é",
    ])
    func aLoginLeadsToNoOtherSite(path: String) {
        #expect(ReturnPath.checked(path) == "/")
    }

    @Test(arguments: ["/", "/assets", "/assets/1?tab=history#x", "/a%2f%2fb"])
    func aLoginLeadsBackToOurPages(path: String) {
        #expect(ReturnPath.checked(path) == path)
    }

    // MARK: - The steps that are auth's

    @Test func theStepsOfALoginAreForwardedWithoutOurCookies() async throws {
        try await withBrowsers { (browsers) async throws in
            let name = try await browsers.session()
            let cookie = "__Host-dcmms_provider=p; __Host-dcmms_session=\(name.text); __Host-dcmms_login=l"
            let reply = try await browsers.gateway.send(
                "GET",
                "/auth/authorize?a=1",
                token: "",
                headers: [("Cookie", cookie)]
            )
            #expect(reply.status == 200)
            let request = try #require(browsers.gateway.seen.all.first)
            #expect(request.uri.description.hasSuffix("/auth/authorize?a=1"))
            #expect(request.headers[.cookie] == "__Host-dcmms_provider=p")
            #expect(request.headers[.authorization] == nil)
        }
    }

    /// Whoever can send a form to it could log people in as somebody else.
    @Test func aFormOfAnotherSiteIsRefused() async throws {
        try await withBrowsers { (browsers) async throws in
            for headers in [[("Origin", "https://other.example")], [("Sec-Fetch-Site", "cross-site")]] {
                let reply = try await browsers.gateway.send("POST", "/auth/authorize", token: "", headers: headers)
                #expect((reply.status, reply.code) == (403, "cross_site"))
            }
            #expect(browsers.gateway.seen.all.isEmpty)
            let own = [("Origin", site), ("Sec-Fetch-Site", "same-origin")]
            #expect(try await browsers.gateway.send("POST", "/auth/authorize", token: "", headers: own).status == 200)
        }
    }

    /// The answer of a SAML provider is such a form, and larger than others.
    @Test func onlyTheFormOfAProviderComesFromAnotherSite() async throws {
        try await withBrowsers { (browsers) async throws in
            let foreign = [
                ("Origin", "https://login.example"), ("Sec-Fetch-Site", "cross-site"),
                ("Cookie", "__Host-dcmms_saml=s; __Host-dcmms_login=l"),
                ("Content-Type", "application/x-www-form-urlencoded"),
            ]
            let path = "/auth/providers/\(UUID())/saml"
            let body = ByteBuffer(string: "SAMLResponse=" + String(repeating: "x", count: 300_000))
            let reply = try await browsers.gateway.send("POST", path, token: "", headers: foreign, body: .bytes(body))
            #expect(reply.status == 200)
            let request = try #require(browsers.gateway.seen.all.first)
            #expect(request.headers[.cookie] == "__Host-dcmms_saml=s")
            let large = ByteBuffer(string: String(repeating: "x", count: 500_000))
            let refused = try await browsers.gateway.send(
                "POST",
                path,
                token: "",
                headers: foreign,
                body: .bytes(large)
            )
            #expect(refused.status == 413)
            let other = try await browsers.gateway.send(
                "POST",
                "/auth/authorize",
                token: "",
                headers: foreign
            )
            #expect((other.status, other.code) == (403, "cross_site"))
        }
    }

    @Test func aWishToBeAskedAnewIsHandedOn() async throws {
        try await withBrowsers { (browsers) async throws in
            for (query, isAsked) in [("?prompt=login", true), ("", false), ("?prompt=none", false)] {
                let reply = try await browsers.gateway.send("GET", "/auth/login\(query)", token: "")
                #expect(reply.headers["location"].first?.contains("&prompt=login") == isAsked)
            }
        }
    }

    @Test func theExchangeOfCodesIsNotForEverybody() async throws {
        try await withBrowsers { (browsers) async throws in
            for path in ["/auth/token", "/auth/nothing", "/auth"] {
                let reply = try await browsers.gateway.send("POST", path, token: "")
                #expect(reply.status == 404, "\(path)")
            }
            let document = try await browsers.gateway.send("GET", "/openapi.json", token: "")
            #expect(!String(buffer: document.body).contains("/auth/token"))
        }
    }

    @Test func loginsHaveALimit() async throws {
        let server = try await RedisServer.start(in: TestServers.directory.appending(path: "browsers-limit"))
        try await withBrowsers(redis: server.url, perMinute: 3) { (browsers) async throws in
            for _ in 0..<3 { _ = try await browsers.begin("") }
            let reply = try await browsers.gateway.send(
                "GET",
                "/auth/login",
                token: "",
                headers: [("Accept", "text/html")]
            )
            #expect(reply.status == 429)
            #expect(reply.headers["retry-after"].first.flatMap { Int($0) } ?? 0 > 0)
            #expect(String(buffer: reply.body).contains("Too many attempts"))
        }
        await server.process.stop()
    }

    /// People see it, not programs.
    @Test func aRefusalIsAPageForABrowser() async throws {
        try await withBrowsers { (browsers) async throws in
            let html = [("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")]
            let reply = try await browsers.gateway.send("GET", "/auth/callback", token: "", headers: html)
            #expect(reply.status == 400)
            #expect(reply.headers["content-type"] == ["text/html; charset=utf-8"])
            let text = String(buffer: reply.body)
            #expect(text.contains("This sign-in can&#39;t go on") && text.contains("href=\"/auth/login\""))
            #expect(reply.headers.first(name: "content-security-policy")?.contains("default-src 'none'") == true)
        }
    }
}

/// A login that a browser has begun.
struct BegunLogin {
    var location: String
    var setCookie: String
    var cookie: String { String(setCookie.prefix { $0 != ";" }) }

    private func field(_ name: String) -> String {
        URLComponents(string: location)?.queryItems?.first { $0.name == name }?.value ?? ""
    }
    var state: String { field("state") }
    var challenge: String { field("code_challenge") }
}

extension BrowsersUnderTest {
    func begin(_ query: String) async throws -> BegunLogin {
        let reply = try await gateway.send("GET", "/auth/login\(query)", token: "")
        guard reply.status == 303, let location = reply.headers["location"].first,
            let cookie = reply.headers["set-cookie"].first
        else { throw UnexpectedAnswer(text: "\(reply.status) \(reply.headers)") }
        return BegunLogin(location: location, setCookie: cookie)
    }

    func comeBack(_ path: String, _ cookie: String?) async throws -> Reply {
        try await gateway.send("GET", path, token: "", headers: cookie.map { [("Cookie", $0)] } ?? [])
    }

    func logIn(_ query: String, with planted: SessionName? = nil) async throws -> Reply {
        let login = try await begin(query)
        let token = try await gateway.authority.token(.anna, of: .sunfield, roles: [])
        auth.change { ($0.challenge, $0.accessToken) = (login.challenge, token) }
        let old = planted.map { "; \(BrowserSessions.cookie.name)=\($0.text)" } ?? ""
        return try await comeBack("/auth/callback?code=\(FakeAuth.code)&state=\(login.state)", login.cookie + old)
    }

    static func session(in reply: Reply) -> SessionName? {
        reply.headers["set-cookie"].first { $0.hasPrefix("__Host-dcmms_session=") }
            .flatMap { SessionName(String($0.dropFirst("__Host-dcmms_session=".count).prefix { $0 != ";" })) }
    }
}
