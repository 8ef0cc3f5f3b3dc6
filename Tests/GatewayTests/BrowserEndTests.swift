import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import LocalServers
import NIOHTTP1
import RedisClient
import Sealing
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// A browser is told when its session ends, and can put that off.
@Suite struct BrowserEndTests {
    private static let minute: TimeInterval = 60

    /// It shows the present time, for tokens, in whole seconds, and stands still.
    private static var clock: Clock {
        let clock = Clock()
        clock.advance(by: Date().timeIntervalSince(clock.now).rounded())
        return clock
    }

    @Test func theSessionSaysWhenItEnds() async throws {
        let clock = Self.clock
        try await withBrowsers(now: { clock.now }) { (browsers) async throws in
            let latest = clock.now + 3 * 86_400
            browsers.auth.change { $0.end = (clock.now + 20 * Self.minute, latest) }
            let name = try #require(BrowsersUnderTest.session(in: try await browsers.logIn("")))
            #expect(try await browsers.end(of: name) == [clock.now + 20 * Self.minute, latest])
            // The access token is due: what reads puts the end off, as ever.
            clock.advance(by: 14.5 * Self.minute)
            browsers.auth.change { $0.end = (clock.now + 20 * Self.minute, latest) }
            #expect(try await browsers.end(of: name) == [clock.now + 20 * Self.minute, latest])
            #expect(browsers.auth.now.refreshes == 1)
        }
    }

    /// During a rollout auth may be of the version before.
    @Test func withoutAWordOfAuthNobodyIsTold() async throws {
        try await withBrowsers { (browsers) async throws in
            let name = try #require(BrowsersUnderTest.session(in: try await browsers.logIn("")))
            let reply = try await browsers.send("GET", "/auth/session", name)
            #expect(reply.object["endsAt"] is NSNull && reply.object["endsAtLatest"] is NSNull)
        }
    }

    @Test func aSessionThatAVersionBeforeHasStoredGoesOn() async throws {
        let (redis, keys) = (try Redis(url: try await TestServers.redis().url), BrowserKeys())
        try await withBrowsers(keys: keys) { (browsers) async throws in
            let name = SessionName()
            let token = try await browsers.gateway.authority.token(.anna, of: .sunfield, roles: [])
            let (expires, begun) = ((Date() + 900).rfc3339, Date().rfc3339)
            let record =
                #"{"accessToken":"\#(token)","refreshToken":"r","expiresAt":"\#(expires)","begunAt":"\#(begun)"}"#
            try await redis.set(name.key, to: try keys.sessions.seal(record, for: name.key), for: .seconds(60))
            let reply = try await browsers.send("GET", "/auth/session", name)
            #expect(reply.status == 200 && reply.object["endsAt"] is NSNull)
        }
    }

    // MARK: - Staying

    @Test(arguments: [900, 30, -1] as [TimeInterval])
    func whoStaysGetsOneRefreshAtOnce(expiresIn: TimeInterval) async throws {
        try await withBrowsers { (browsers) async throws in
            let name = try await browsers.session(expiresIn: expiresIn)
            let end = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 + 1200).rounded())
            browsers.auth.change { $0.end = (end, end + 60) }
            let reply = try await browsers.send("POST", "/auth/session", name, headers: BrowsersUnderTest.own(name))
            #expect(reply.status == 200)
            #expect(reply.object["endsAt"] as? String == end.rfc3339)
            #expect(reply.object["csrfToken"] as? String == name.token)
            #expect(browsers.auth.now.refreshes == 1)
            #expect(try await browsers.gateway.browsers.store.find(name)?.refreshToken == "refresh-1")
            #expect(try await browsers.end(of: name) == [end, end + 60])
        }
    }

    @Test func nobodyStaysByAnotherSite() async throws {
        try await withBrowsers { (browsers) async throws in
            let name = try await browsers.session()
            for headers in [[], [("Origin", site)], [("X-CSRF-Token", name.token), ("Sec-Fetch-Site", "cross-site")]] {
                let refused = try await browsers.send("POST", "/auth/session", name, headers: headers)
                #expect((refused.status, refused.code) == (403, "csrf"))
            }
            #expect(browsers.auth.now.refreshes == 0)
            #expect(try await browsers.send("POST", "/auth/session", nil).code == "session_ended")
        }
    }

    @Test func whoStaysTooOftenIsRefusedBeforeAuthIsAsked() async throws {
        let clock = Self.clock
        // Counts of its own: tokens that other tests forge come from the same address.
        let server = try await RedisServer.start(in: TestServers.directory.appending(path: "browsers-staying"))
        try await withBrowsers(redis: server.url, perMinute: 3, now: { clock.now }) { (browsers) async throws in
            let name = try await browsers.session()
            let own = BrowsersUnderTest.own(name)
            var statuses: [UInt] = []
            for _ in 0..<5 {
                statuses.append(try await browsers.send("POST", "/auth/session", name, headers: own).status)
            }
            #expect(statuses == [200, 200, 200, 429, 429])
            #expect(browsers.auth.now.refreshes == 3)
        }
        await server.process.stop()
    }

    @Test func whoCannotStayIsTold() async throws {
        try await withBrowsers { (browsers) async throws in
            let name = try await browsers.session()
            let own = BrowsersUnderTest.own(name)
            browsers.auth.change { $0.refreshStatus = .serviceUnavailable }
            #expect(try await browsers.send("POST", "/auth/session", name, headers: own).status == 503)
            // Nothing has ended.
            #expect(try await browsers.send("GET", "/api/v1/workorders", name).status == 200)
            browsers.auth.change { $0.refreshStatus = .unauthorized }
            let ended = try await browsers.send("POST", "/auth/session", name, headers: own)
            #expect((ended.status, ended.code) == (401, "session_ended"))
            #expect(ended.headers["set-cookie"].first?.contains("Max-Age=0") == true)
            #expect(try await browsers.send("GET", "/api/v1/workorders", name).status == 401)
        }
    }

    // MARK: - The end

    /// The last access token is valid for longer than the session.
    @Test func aSessionEndsWhenItWasSaidThatItDoes() async throws {
        let clock = Self.clock
        try await withBrowsers(now: { clock.now }) { (browsers) async throws in
            let end = clock.now + 5 * Self.minute
            browsers.auth.change { $0.end = (end, end) }
            let name = try #require(BrowsersUnderTest.session(in: try await browsers.logIn("")))
            clock.advance(by: 5 * Self.minute - 1)
            #expect(try await browsers.send("GET", "/api/v1/workorders", name).status == 200)
            #expect(browsers.auth.now.refreshes == 0)
            browsers.auth.change { $0.refreshStatus = .unauthorized }
            clock.advance(by: 1)
            let reply = try await browsers.send("GET", "/api/v1/workorders", name)
            #expect((reply.status, reply.code) == (401, "session_ended"))
        }
    }

    /// The gateway forgets a session that nobody has used for eight hours. An open page keeps it, unless a role's idle time is longer than that.
    @Test(
        arguments: [
            (end: 20, latest: 60, told: 20), (end: 600, latest: 10_000, told: 480),
            (end: 10_000, latest: 10_000, told: 10_000),
        ] as [(end: Double, latest: Double, told: Double)]
    )
    func anEndThatComesEarlierHereIsTold(end: Double, latest: Double, told: Double) {
        var session = BrowserSession(accessToken: "a", refreshToken: "r", expiresAt: .noon + 900, begunAt: .noon)
        session.ends(at: .noon + end * Self.minute, latest: .noon + latest * Self.minute, told: .noon)
        #expect(session.endsAt == .noon + told * Self.minute)
        #expect(session.endsAtLatest == .noon + latest * Self.minute)
    }
}

extension BrowsersUnderTest {
    /// What a page is told: the end if nobody uses it, and the last one.
    fileprivate func end(of name: SessionName) async throws -> [Date?] {
        let reply = try await send("GET", "/auth/session", name)
        return ["endsAt", "endsAtLatest"].map { (reply.object[$0] as? String).flatMap { Date(rfc3339: $0) } }
    }
}
