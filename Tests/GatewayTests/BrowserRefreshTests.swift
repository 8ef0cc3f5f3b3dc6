import Foundation
import HTTPTypes
import LocalServers
import NIOHTTP1
import Sealing
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// Sessions of browsers outlive their access tokens.
@Suite struct BrowserRefreshTests {
    /// Of many requests at many gateways one refreshes the session: two would look like a theft.
    @Test(arguments: [30, -1] as [TimeInterval])
    func ofManyRequestsOneRefreshesTheSession(expiresIn: TimeInterval) async throws {
        let keys = BrowserKeys()
        try await withBrowsers(keys: keys) { (one) async throws in
            // Another gateway with the same Redis and the same keys.
            try await withBrowsers(keys: keys) { (other) async throws in
                let name = try await one.session(expiresIn: expiresIn)
                let token = one.auth.now.accessToken
                for auth in [one.auth, other.auth] {
                    auth.change {
                        ($0.pause, $0.accessToken) = (.milliseconds(300), token)
                    }
                }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<20 {
                        group.addTask {
                            let gateway = number.isMultiple(of: 2) ? one : other
                            let reply = try await gateway.send("GET", "/api/v1/workorders", name)
                            // The other one does not know the key that has signed the token.
                            if number.isMultiple(of: 2) { #expect(reply.status == 200) }
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(one.auth.now.refreshes + other.auth.now.refreshes == 1)
                #expect(try await one.gateway.browsers.store.find(name)?.refreshToken == "refresh-1")
            }
        }
    }

    @Test func aTokenThatIsValidForLongIsNotReplaced() async throws {
        // The clock stands still: a second less, and it would be replaced.
        let start = Date()
        try await withBrowsers(now: { start }) { (browsers) async throws in
            let name = try await browsers.session(expiresIn: 61)
            #expect(try await browsers.send("GET", "/api/v1/workorders", name).status == 200)
            #expect(browsers.auth.now.refreshes == 0)
        }
    }

    @Test func aRefreshThatIsRefusedEndsTheSession() async throws {
        try await withBrowsers { (browsers) async throws in
            let name = try await browsers.session(expiresIn: 30)
            browsers.auth.change { $0.refreshStatus = .unauthorized }
            let reply = try await browsers.send("GET", "/api/v1/workorders", name)
            #expect((reply.status, reply.code) == (401, "session_ended"))
            #expect(reply.headers["set-cookie"].first?.contains("Max-Age=0") == true)
            #expect(try await browsers.gateway.browsers.store.find(name) == nil)
            #expect(browsers.gateway.seen.all.isEmpty)
        }
    }

    @Test func whileAuthIsAwayTheOldTokenIsUsedAsLongAsItIsValid() async throws {
        try await withBrowsers { (browsers) async throws in
            browsers.auth.change { $0.refreshStatus = .serviceUnavailable }
            let valid = try await browsers.session(expiresIn: 30)
            #expect(try await browsers.send("GET", "/api/v1/workorders", valid).status == 200)
            let expired = try await browsers.session(expiresIn: -1)
            #expect(try await browsers.send("GET", "/api/v1/workorders", expired).status == 503)
            // Nothing is lost: after the outage it goes on.
            browsers.auth.change { $0.refreshStatus = .ok }
            #expect(try await browsers.send("GET", "/api/v1/workorders", expired).status == 200)
        }
    }

    /// The gateway that refreshes a session dies: its lock ends by itself.
    @Test func whoTakesALockAndDiesKeepsNobodyOutForLong() async throws {
        try await withBrowsers { (browsers) async throws in
            let name = try await browsers.session(expiresIn: -1)
            #expect(try await browsers.gateway.browsers.store.lock(name) != nil)
            #expect(try await browsers.gateway.browsers.store.lock(name) == nil)
            #expect(try await browsers.send("GET", "/api/v1/workorders", name).status == 200)
            #expect(browsers.auth.now.refreshes == 1)
        }
    }

    @Test func nobodyUnlocksWhatSomebodyElseHas() async throws {
        try await withBrowsers { (browsers) async throws in
            let (store, name) = (browsers.gateway.browsers.store, SessionName())
            let holder = try #require(try await store.lock(name))
            await store.unlock(name, "somebody else")
            #expect(try await store.lock(name) == nil)
            await store.unlock(name, holder)
            #expect(try await store.lock(name) != nil)
        }
    }

    @Test func aRefreshDoesNotUndoALogout() async throws {
        try await withBrowsers { (browsers) async throws in
            let name = try await browsers.session(expiresIn: -1)
            let gate = Gate()
            browsers.auth.change { $0.gate = gate }
            defer { gate.open() }
            async let late = browsers.send("GET", "/api/v1/workorders", name)
            try await eventually("the refresh to begin") { browsers.auth.now.refreshes == 1 ? true : nil }
            try await browsers.gateway.browsers.store.remove(name)
            gate.open()
            #expect(try await late.status == 401)
            #expect(try await browsers.gateway.browsers.store.find(name) == nil)
        }
    }
}
