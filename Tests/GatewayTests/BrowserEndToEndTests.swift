import AsyncHTTPClient
import Foundation
import LocalServers
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Gateway

/// A browser, the gateway and auth, each as a process of its own, with their own stores.
@Suite struct BrowserEndToEndTests {
    /// A real browser keeps to the rules that no test of ours can know.
    @Test func aPersonLogsInWithChromium() async throws {
        try await BrowserStack.run("chromium") { port in
            guard FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium") else {
                print("SKIPPED: the login in a browser needs Chromium; deploy/local/setup.sh installs it")
                return
            }
            let picture = ProcessInfo.processInfo.environment["TEST_SCREENSHOT"].map { [$0] } ?? []
            _ = try await Python.run(
                "Tests/Oracles/browser_login.py",
                ["http://localhost:\(port)", BrowserStack.person.email, BrowserStack.person.password] + picture,
                needs: "playwright"
            )
        }
    }

    /// From the tenant's setting to the answer, with real tokens.
    @Test func aPageOfAnOriginThatTheTenantAllowsUsesTheAPIWithAToken() async throws {
        try await BrowserStack.run("origins") { port in
            let client = HTTPBrowser(base: "http://localhost:\(port)")
            let json = [("Content-Type", "application/json")]
            let app = [("Origin", "https://app.browser.example")]
            let preflight =
                app + [
                    ("Access-Control-Request-Method", "PATCH"), ("Access-Control-Request-Headers", "authorization"),
                ]
            let credentials =
                #"{"email": "\#(BrowserStack.person.email)", "password": "\#(BrowserStack.person.password)"}"#
            let login = try await client.send("POST", "/api/v1/auth/login", json, credentials)
            let token = [("Authorization", "Bearer \(try #require(login.object["accessToken"] as? String))")]
            let before = try await client.send("OPTIONS", "/api/v1/tenant", preflight)
            #expect(!before.headers.contains(name: "access-control-allow-origin"))
            #expect(try await client.send("GET", "/api/v1/tenant", token + app).code == "origin_not_allowed")
            let setting = #"{"allowedOrigins": ["https://app.browser.example"]}"#
            #expect(try await client.send("PATCH", "/api/v1/tenant", token + json, setting).status == 200)
            try await eventually("the origin to be allowed") {
                let reply = try await client.send("OPTIONS", "/api/v1/tenant", preflight)
                return reply.headers["access-control-allow-origin"] == ["https://app.browser.example"] ? true : nil
            }
            // What the page then does: it logs in, and changes something.
            let own = try await client.send("POST", "/api/v1/auth/login", app + json, credentials)
            #expect((own.status, own.headers["access-control-allow-origin"]) == (200, ["https://app.browser.example"]))
            let mine = [("Authorization", "Bearer \(try #require(own.object["accessToken"] as? String))")]
            let changed = try await client.send("PATCH", "/api/v1/tenant", mine + app + json, #"{"currency": "USD"}"#)
            #expect((changed.status, changed.object["currency"] as? String) == (200, "USD"))
            #expect(changed.headers["access-control-allow-origin"] == ["https://app.browser.example"])
        }
    }

    @Test func aSessionGoesOnThroughRefreshesAndEndsWithItsUser() async throws {
        try await BrowserStack.run("sessions") { port in
            let browser = HTTPBrowser(base: "http://localhost:\(port)")
            try await browser.logIn(BrowserStack.person)
            let session = try await browser.send("GET", "/auth/session")
            #expect(session.status == 200)
            let own = [
                ("X-CSRF-Token", try #require(session.object["csrfToken"] as? String)),
                ("Origin", "http://localhost:\(port)"),
            ]
            // Auth tells the gateway when the session ends, at the login and at each refresh; without a role's idle time a refresh puts nothing off.
            let end = try #require(session.object["endsAt"] as? String)
            let stayed = try await browser.send("POST", "/auth/session", own)
            #expect((stayed.status, stayed.object["endsAt"] as? String) == (200, end))
            #expect(stayed.object["endsAtLatest"] as? String == end)
            let tenant = try await browser.send("GET", "/api/v1/tenant")
            #expect(tenant.object["name"] as? String == "Browser")
            let changed = try await browser.send("PATCH", "/api/v1/tenant", own, #"{"currency": "USD"}"#)
            #expect((changed.status, changed.object["currency"] as? String) == (200, "USD"))
            // A new password ends all other sessions: a browser's, too.
            let other = HTTPBrowser(base: browser.base)
            try await other.logIn(BrowserStack.person)
            let new = #"{"currentPassword": "correct horse battery", "newPassword": "another horse battery"}"#
            #expect(try await browser.send("PUT", "/api/v1/auth/password", own, new).status == 204)
            try await eventually("the other session to end") {
                try await other.send("GET", "/auth/session").status == 401 ? true : nil
            }
            #expect(try await browser.send("GET", "/auth/session").status == 200)
            #expect(try await browser.send("POST", "/auth/logout", own).status == 200)
            #expect(try await browser.send("GET", "/auth/session").status == 401)
            // Tokens were never in the browser.
            #expect(browser.cookies.keys.allSatisfy { $0 == "__Host-dcmms_session" || $0 == "__Host-dcmms_login" })
        }
    }
}

/// What a browser does with cookies and redirects, without its screen.
final class HTTPBrowser {
    let base: String
    var cookies: [String: String] = [:]

    init(base: String) {
        self.base = base
    }

    func send(
        _ method: String,
        _ path: String,
        _ headers: [(String, String)] = [],
        _ body: String? = nil
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: path.hasPrefix("http") ? path : base + path)
        request.method = .init(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if !cookies.isEmpty {
            request.headers.add(name: "Cookie", value: cookies.map { "\($0)=\($1)" }.joined(separator: "; "))
        }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await Self.client.execute(request, timeout: .seconds(60))
        for cookie in response.headers["set-cookie"] {
            let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            cookies[String(pair[0])] = cookie.contains("Max-Age=0") ? nil : String(pair.last ?? "")
        }
        return Reply(
            status: response.status.code,
            headers: response.headers,
            body: try await response.body.collect(upTo: 1 << 20)
        )
    }

    /// Follows redirects to the page behind them.
    func follow(_ reply: Reply) async throws -> Reply {
        var reply = reply
        while reply.status == 303, let location = reply.headers["location"].first {
            reply = try await send("GET", location)
        }
        return reply
    }

    func logIn(_ person: (email: String, password: String)) async throws {
        let page = String(buffer: try await follow(try await send("GET", "/auth/login")).body)
        var fields: [(String, String)] = page.matches(
            of: /<input type="hidden" name="([a-z_]+)" value="([^"]*)">/
        ).prefix(4).map { (String($0.output.1), String($0.output.2)) }
        fields += [("email", person.email), ("password", person.password)]
        let form = fields.map { "\($0)=\($1.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")" }
        let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Origin", base)]
        let landed = try await follow(try await send("POST", "/auth/authorize", headers, form.joined(separator: "&")))
        guard landed.status == 200, cookies["__Host-dcmms_session"] != nil else {
            throw UnexpectedAnswer(text: "\(landed.status) \(String(buffer: landed.body))")
        }
    }

    /// A redirect is the browser's matter.
    private static let client = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()
}
