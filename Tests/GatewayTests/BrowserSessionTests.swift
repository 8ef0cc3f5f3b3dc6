import Commands
import Foundation
import HTTPTypes
import Hummingbird
import Identifiers
import LocalServers
import NIOCore
import NIOHTTP1
import RedisClient
import Sealing
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// Requests of browsers that are logged in.
@Suite struct BrowserSessionTests {
    @Test func aCookieBecomesATokenAndGoesNoFurther() async throws {
        try await withBrowsers { (browsers) async throws in
            let name = try await browsers.session()
            let reply = try await browsers.send("GET", "/api/v1/workorders", name)
            #expect(reply.status == 200)
            let request = try #require(browsers.gateway.seen.all.first)
            #expect(request.headers[.authorization] == "Bearer \(browsers.auth.now.accessToken)")
            #expect(request.headers[values: .cookie].isEmpty)
            #expect(reply.headers["set-cookie"].isEmpty)
        }
    }

    /// Another site can make a browser send a request with its cookie, but it can neither read the token nor set the browser's own headers.
    @Test(
        arguments: [
            [], [("X-CSRF-Token", "own")], [("Origin", site)], [("X-CSRF-Token", "wrong"), ("Origin", site)],
            [("X-CSRF-Token", "own"), ("Origin", "https://other.example")],
            [("X-CSRF-Token", "own"), ("Origin", "null")],
            [("X-CSRF-Token", "own"), ("Sec-Fetch-Site", "cross-site")],
            [("X-CSRF-Token", "own"), ("Sec-Fetch-Site", "same-site"), ("Origin", site)],
        ] as [[(String, String)]]
    )
    func aChangeWithoutTheTokenOrOfAnotherSiteIsRefused(headers: [(String, String)]) async throws {
        try await withBrowsers { (browsers) async throws in
            let name = try await browsers.session()
            let headers = headers.map { ($0, $1 == "own" ? name.token : $1) }
            for (method, path) in [
                ("POST", "/api/v1/workorders"), ("PATCH", "/api/v1/tenant"), ("DELETE", "/api/v1/auth/sessions/1"),
                ("POST", "/api/v1/sync/pull"), ("POST", "/auth/logout"),
            ] {
                let refused = try await browsers.send(method, path, name, headers: headers)
                #expect((refused.status, refused.code) == (403, "csrf"), "\(method) \(path)")
                // Nobody is logged out by it either.
                #expect(refused.headers["set-cookie"].isEmpty)
            }
            #expect(browsers.gateway.seen.all.isEmpty)
            #expect(try await browsers.send("GET", "/api/v1/workorders", name).status == 200)
        }
    }

    @Test func aChangeOfAPageOfOursPasses() async throws {
        try await withBrowsers { (browsers) async throws in
            let name = try await browsers.session()
            for headers in [
                BrowsersUnderTest.own(name), [("X-CSRF-Token", name.token), ("Origin", site)],
                [("X-CSRF-Token", name.token), ("Sec-Fetch-Site", "same-origin")],
            ] {
                #expect(try await browsers.send("POST", "/api/v1/workorders", name, headers: headers).status == 200)
            }
            // The token of another session is worth nothing.
            let other = try await browsers.session()
            let refused = try await browsers.send(
                "POST",
                "/api/v1/workorders",
                name,
                headers: BrowsersUnderTest.own(other)
            )
            #expect(refused.status == 403)
        }
    }

    /// A page of another site can't set this header, so a request with it is none of a browser's own accord.
    @Test func aBearerTokenNeedsNoFurtherProof() async throws {
        try await withBrowsers { (browsers) async throws in
            let name = try await browsers.session()
            let token = try await browsers.gateway.authority.token(.bo, of: .sunfield, roles: [])
            let headers = [("Authorization", "Bearer \(token)")]
            #expect(try await browsers.send("POST", "/api/v1/workorders", name, headers: headers).status == 200)
            #expect(browsers.gateway.seen.all.first?.headers[.authorization] == "Bearer \(token)")
            let wrong = try await browsers.send(
                "GET",
                "/api/v1/workorders",
                name,
                headers: [("Authorization", "Basic x")]
            )
            #expect(wrong.status == 401)
        }
    }

    @Test(arguments: ["", "x", String(repeating: "x", count: 43), String(repeating: "/", count: 43)])
    func aCookieThatIsNobodysIsRefused(value: String) async throws {
        try await withBrowsers { (browsers) async throws in
            let cookie = [("Cookie", "\(BrowserSessions.cookie.name)=\(value)")]
            let reply = try await browsers.gateway.send("GET", "/api/v1/workorders", token: "", headers: cookie)
            #expect(reply.status == 401)
            #expect(browsers.gateway.seen.all.isEmpty)
        }
    }

    /// One of them can be set by somebody else.
    @Test func twoCookiesOfTheSameNameAreNone() async throws {
        try await withBrowsers { (browsers) async throws in
            let names = [try await browsers.session(), try await browsers.session()]
            let cookies = names.map { "\(BrowserSessions.cookie.name)=\($0.text)" }.joined(separator: "; ")
            let reply = try await browsers.gateway.send(
                "GET",
                "/api/v1/workorders",
                token: "",
                headers: [("Cookie", cookies)]
            )
            #expect(reply.status == 401)
        }
    }

    @Test func theSessionSaysWhoIsLoggedInAndWhatChangesNeed() async throws {
        try await withBrowsers { (browsers) async throws in
            #expect(try await browsers.send("GET", "/auth/session", nil).status == 401)
            let name = try await browsers.session()
            let reply = try await browsers.send("GET", "/auth/session", name)
            #expect(reply.status == 200)
            #expect(reply.object["csrfToken"] as? String == name.token)
            #expect((reply.object["user"] as? [String: Any])?["email"] as? String == "anna@sunfield.example")
            #expect(reply.headers["cache-control"] == ["no-store"])
            #expect(!reply.headers.contains { $0.name.lowercased().hasPrefix("access-control-") })
            // It does not tell the session's name, nor does it follow.
            #expect(!String(buffer: reply.body).contains(name.text))
        }
    }

    // MARK: - Logout

    @Test func aLogoutEndsTheSessionHereAndAtAuth() async throws {
        try await withBrowsers { (browsers) async throws in
            let name = try await browsers.session(logout: "https://login.example.com/logout")
            let reply = try await browsers.send("POST", "/auth/logout", name, headers: BrowsersUnderTest.own(name))
            #expect(reply.status == 200)
            #expect(reply.object["logoutUrl"] as? String == "https://login.example.com/logout")
            #expect(reply.headers["set-cookie"].first?.hasPrefix("__Host-dcmms_session=; Max-Age=0;") == true)
            #expect(browsers.auth.now.logouts == ["Bearer \(browsers.auth.now.accessToken)"])
            #expect(try await browsers.gateway.browsers.store.find(name) == nil)
            #expect(try await browsers.send("GET", "/api/v1/workorders", name).status == 401)
            // Once more does no harm.
            #expect(try await browsers.send("POST", "/auth/logout", nil).status == 200)
        }
    }

    // MARK: - Redis

    @Test func whoHasRedisHasNoSession() async throws {
        let redis = try Redis(url: try await TestServers.redis().url)
        try await withBrowsers { (browsers) async throws in
            let (name, other) = (try await browsers.session(), try await browsers.session())
            let sealed = try #require(try await redis.get(name.key))
            #expect(!name.key.contains(name.text))
            #expect(!String(decoding: sealed, as: UTF8.self).contains(browsers.auth.now.accessToken.suffix(40)))
            // A record that is put in another one's place does not open.
            try await redis.set(other.key, to: sealed, for: .seconds(60))
            #expect(try await browsers.send("GET", "/api/v1/workorders", other).status == 401)
            #expect(try await browsers.send("GET", "/api/v1/workorders", name).status == 200)
            var changed = sealed
            changed[changed.count - 1] ^= 1
            try await redis.set(name.key, to: changed, for: .seconds(60))
            #expect(try await browsers.send("GET", "/api/v1/workorders", name).status == 401)
        }
    }

    @Test func keysAreReplacedInTwoSteps() async throws {
        let redis = try Redis(url: try await TestServers.redis().url)
        func store(_ keys: String) throws -> BrowserStore {
            BrowserStore(redis: redis, keys: try #require(BrowserKeys(keys)).sessions)
        }
        let (old, new) = (String(repeating: "o", count: 32), String(repeating: "n", count: 32))
        let name = SessionName()
        let session = BrowserSession(
            accessToken: "a",
            refreshToken: "r",
            expiresAt: .noon,
            begunAt: Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded())
        )
        try await store(old).add(session, name, at: Date())
        let both = try store("\(new),\(old)")
        #expect(try await both.find(name) == session)
        #expect(try await store(new).find(name) == nil)
        // A refresh seals it with the new key.
        #expect(try await both.replace(session, name, at: Date()))
        #expect(try await store(new).find(name) == session)
    }

    /// A refresh makes it last for the idle time again, but not beyond the week.
    @Test(arguments: [(days: 6.9, left: 8640), (days: 1, left: 28_800)] as [(days: Double, left: Int)])
    func aSessionIsForgottenWhenItIsIdleOrAWeekOld(days: Double, left seconds: Int) async throws {
        let redis = try Redis(url: try await TestServers.redis().url)
        let store = BrowserStore(redis: redis, keys: BrowserKeys().sessions)
        let name = SessionName()
        let begun = Date() - days * 86_400
        let session = BrowserSession(accessToken: "a", refreshToken: "r", expiresAt: .noon, begunAt: begun)
        try await store.add(session, name, at: Date())
        for _ in 0..<2 {
            guard case .integer(let left) = try await redis.run(["PTTL", name.key]) else {
                Issue.record("no lifetime")
                return
            }
            #expect((seconds * 1000 - 10_000...seconds * 1000).contains(Int(left)))
            #expect(try await store.replace(session, name, at: Date()))
        }
    }

    /// Redis without its memory: people log in again. It is never an open door.
    @Test func ifRedisLosesTheSessionsPeopleLogInAgain() async throws {
        let server = try await RedisServer.start(in: TestServers.directory.appending(path: "browsers-flushed"))
        let redis = try Redis(url: server.url)
        try await withBrowsers(redis: server.url) { (browsers) async throws in
            let name = try await browsers.session()
            #expect(try await browsers.send("GET", "/api/v1/workorders", name).status == 200)
            _ = try await redis.run(["FLUSHALL"])
            let reply = try await browsers.send("GET", "/api/v1/workorders", name)
            #expect((reply.status, reply.code) == (401, "session_ended"))
            #expect(reply.headers["set-cookie"].first?.contains("Max-Age=0") == true)
            #expect(browsers.gateway.seen.all.count == 1)
        }
        await server.process.stop()
    }

    /// Nobody knows whose a cookie is. The browser keeps it: after the outage it is good again.
    @Test func whileRedisIsAwayRequestsWithACookieWait() async throws {
        let server = try await RedisServer.start(in: TestServers.directory.appending(path: "browsers-away"))
        try await withBrowsers(redis: server.url) { (browsers) async throws in
            let name = try await browsers.session()
            await server.process.kill()
            for (method, path) in [
                ("GET", "/api/v1/workorders"), ("POST", "/api/v1/workorders"), ("GET", "/auth/session"),
                ("POST", "/auth/logout"),
            ] {
                let reply = try await browsers.send(method, path, name, headers: BrowsersUnderTest.own(name))
                #expect((reply.status, reply.code) == (503, "sessions_unavailable"), "\(method) \(path)")
                #expect(reply.headers["retry-after"] == ["1"])
                #expect(reply.headers["set-cookie"].isEmpty)
            }
            #expect(browsers.gateway.seen.all.isEmpty)
            // Others are not affected.
            let token = try await browsers.gateway.authority.token(.bo, of: .sunfield, roles: [])
            #expect(try await browsers.gateway.send("GET", "/api/v1/workorders", token: token).status == 200)
        }
    }
}
