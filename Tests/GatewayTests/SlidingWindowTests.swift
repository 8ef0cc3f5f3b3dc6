import APIDocuments
import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import Gateway

/// The rule of the limits, and which limit is for what.
@Suite struct SlidingWindowTests {
    @Test func noMinuteHasMoreThanTheLimitAndNobodyWaitsASecondTooLong() {
        var random = Seeded(3)
        var window = SlidingWindow()
        var admitted: [Int64] = []
        var now: Int64 = 1_000_000_000
        for _ in 0..<20_000 {
            // Bursts, a steady stream, and silence.
            now += [0, 0, 0, 5, 300, 900, 2500, 61_000].randomElement(using: &random) ?? 0
            admitted.removeAll { $0 <= now - 61_000 }
            let usage = window.admit(cost: 1, limit: 20, at: now)
            if usage.isAdmitted {
                admitted.append(now)
                #expect(admitted.count { $0 > now - 60_000 } <= 20)
            } else {
                // Within the last minute and one second there were as many as are allowed.
                #expect(admitted.count == 20)
                var later = window
                let wait = Int64(usage.seconds) * 1000
                let isAdmittedInTime = later.admit(cost: 0, limit: 20, at: now + wait).isAdmitted
                #expect(isAdmittedInTime)
            }
        }
    }

    @Test func aBurstAcrossTwoMinutesCannotDoubleTheLimit() {
        var window = SlidingWindow()
        let last = (0..<100).map { _ in window.admit(cost: 1, limit: 100, at: 59_999).isAdmitted }
        #expect(last.allSatisfy { $0 })
        let next = (0..<100).map { _ in window.admit(cost: 1, limit: 100, at: 60_001).isAdmitted }
        #expect(next.allSatisfy { !$0 })
    }

    @Test func aClockThatWasSetBackLocksNobodyOut() {
        var window = SlidingWindow()
        for _ in 0..<3 { _ = window.admit(cost: 1, limit: 3, at: 10_000_000) }
        let usage = window.admit(cost: 1, limit: 3, at: 5_000_000)
        #expect(usage.isAdmitted)
    }

    @Test func theTightestOfSomeLimitsIsShown() {
        func usage(_ isAdmitted: Bool, _ limit: Int, _ remaining: Int, _ milliseconds: Int64 = 0) -> Usage {
            Usage(isAdmitted: isAdmitted, limit: limit, remaining: remaining, milliseconds: milliseconds)
        }
        let (half, tenth) = (usage(true, 10, 5), usage(true, 1000, 100))
        #expect(Usage.tightest([half, tenth]) == tenth)
        let (short, long) = (usage(false, 10, 0, 1), usage(false, 10, 0, 1001))
        #expect(Usage.tightest([tenth, short, long]) == long)
        #expect(long.seconds == 2)
        #expect(Usage.tightest([]) == nil)
    }

    @Test func everyExceptionIsARoute() throws {
        let table = RouteTable(try APIDocuments.committed())
        for (route, kind) in RouteClass.exceptions {
            let parts = route.split(separator: " ").map(String.init)
            let method = try #require(HTTPRequest.Method(parts[0]))
            guard case .found(let target) = table.match(method, parts[1]) else {
                Issue.record("there is no \(route)")
                continue
            }
            #expect(target.kind == kind)
        }
    }

    @Test func limitsAreSharesOfAUsersUnlessTheyAreSet() throws {
        let limits = try #require(RateLimits(perMinute: 100, changes: " heavy.user=7, sign-in.address = 300,"))
        #expect(limits[.read, .user] == 100)
        #expect(limits[.read, .tenant] == 50_000)
        #expect(limits[.heavy, .user] == 7)
        #expect(limits[.heavy, .tenant] == 400)
        #expect(limits[.signIn, .address] == 300)
        for kind in RouteClass.allCases {
            for scope in RateLimits.Scope.allCases { #expect(RateLimits(perMinute: 1)[kind, scope] >= 1) }
        }
    }

    @Test(arguments: [
        "heavy", "heavy.user", "heavy.user=0", "heavy.user=x", "heavy.everybody=5", "hard.user=5", "heavy.user=5=5",
        "heavy.user=1000000001", "=", ".=1",
    ])
    func aChangeOfNoLimitIsRefused(text: String) {
        #expect(RateLimits(perMinute: 100, changes: text) == nil)
    }
}
