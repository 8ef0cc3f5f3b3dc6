import Foundation
import Identifiers
import NIOCore
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite struct RateLimitTests {
    @Test func whoWaitsAsLongAsToldIsAdmittedAndNotMuchSooner() throws {
        let limit = RateLimit(perMinute: 100)
        for previous in [0, 1, 50, 99, 100] {
            for current in [1, 2, 50, 99, 100, 101] {
                for elapsed in stride(from: 0.0, to: 60, by: 7.3) {
                    guard let wait = limit.wait(current: current, previous: previous, elapsed: elapsed) else {
                        continue
                    }
                    func admitted(after seconds: Double) -> Bool {
                        let then = elapsed + seconds
                        // The request that was refused has not been counted.
                        return then < 60
                            ? limit.wait(current: current, previous: previous, elapsed: then) == nil
                            : limit.wait(current: 1, previous: current - 1, elapsed: then - 60) == nil
                    }
                    #expect(admitted(after: Double(wait)), "\(current) \(previous) \(elapsed)")
                    #expect(wait == 1 || !admitted(after: Double(wait) - 1), "\(current) \(previous) \(elapsed)")
                }
            }
        }
    }

    @Test func aBurstOverTheEdgeOfTwoMinutesIsNoDoubleOne() {
        let limit = RateLimit(perMinute: 100)
        #expect(limit.wait(current: 100, previous: 0, elapsed: 59) == nil)
        #expect(limit.wait(current: 10, previous: 100, elapsed: 1) != nil)
    }

    @Test func theRequestOverTheLimitIsRefusedUntilTheTimeThatItIsTold() async throws {
        let clock = Clock()
        try await withGateway(perMinute: 3, now: { clock.now }) { gateway in
            for _ in 0..<3 { #expect(try await gateway.send("GET", "/api/v1/assets").status == 200) }
            let refused = try await gateway.send("GET", "/api/v1/assets")
            #expect(refused.status == 429)
            #expect(refused.code == "rate_limited")
            #expect(refused.headers.first(name: "content-type") == "application/problem+json")
            let wait = try #require(refused.headers.first(name: "retry-after").flatMap { Double($0) })
            // Each person has a count of their own.
            let other = try await gateway.authority.token(.new(), of: .sunfield, roles: [])
            #expect(try await gateway.send("GET", "/api/v1/assets", token: other).status == 200)
            // Asking again and again does not make it longer.
            for _ in 0..<5 { #expect(try await gateway.send("GET", "/api/v1/assets").status == 429) }
            clock.advance(by: wait)
            #expect(try await gateway.send("GET", "/api/v1/assets").status == 200)
            #expect(gateway.seen.all.count == 5)
        }
    }

    @Test func withoutRedisEverythingGoesOnButLogins() async throws {
        try await withGateway(redis: "redis://127.0.0.1:1") { gateway in
            #expect(try await gateway.send("GET", "/api/v1/assets").status == 200)
            #expect(try await gateway.send("POST", "/api/v1/auth/refresh", token: "").status == 200)
            let login = try await gateway.send("POST", "/api/v1/auth/login", token: "")
            #expect(login.status == 503)
            #expect(login.code == "rate_limit_unavailable")
            #expect(login.headers.first(name: "retry-after") != nil)
            #expect(gateway.seen.all.count == 2)
        }
    }
}

/// A clock that stands still until it is told to go on.
private final class Clock: Sendable {
    private let time = Mutex(Date.noon)
    var now: Date { time.withLock { $0 } }
    func advance(by seconds: Double) { time.withLock { $0 += seconds } }
}
