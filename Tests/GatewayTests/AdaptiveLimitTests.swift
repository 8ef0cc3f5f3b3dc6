import Foundation
import TestSupport
import Testing

@testable import Gateway

/// How many requests can be at a service, in services that are computed instead of run.
@Suite struct AdaptiveLimitTests {
    /// A service with cores that all requests share, and whose clients come at random, whether it keeps up or not.
    private struct Simulation {
        struct Job {
            var place: AdaptiveLimit.Place
            var work: Double
            var began: Double
        }

        struct Result {
            var times: [Double] = []
            var refused = 0

            func percentile(_ part: Double) -> Double {
                let sorted = times.sorted()
                return sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))]
            }
        }

        static let read = AdaptiveLimit.Route(method: "GET", path: "/read")

        var limit = AdaptiveLimit(most: 64)
        var cores = 2.0
        private var random = Seeded(39)
        private var now = 0.0
        private let start = AdaptiveLimit.Instant.now
        private var jobs: [Job] = []

        /// Requests at a rate for some seconds.
        ///
        /// - Parameter work: The seconds that one takes alone.
        mutating func run(_ rate: Double, for seconds: Double, work: Double) -> Result {
            var result = Result()
            let end = now + seconds
            var arrival = now + pause(rate)
            while now < end {
                let speed = jobs.isEmpty ? 1 : min(1, cores / Double(jobs.count))
                let shortest = jobs.indices.min { jobs[$0].work < jobs[$1].work }
                let done = shortest.map { now + jobs[$0].work / speed } ?? .infinity
                let next = min(arrival, done)
                for index in jobs.indices { jobs[index].work -= (next - now) * speed }
                now = next
                if let shortest, done <= arrival {
                    let job = jobs.remove(at: shortest)
                    limit.leave(job.place, .answered, at: instant)
                    result.times.append(now - job.began)
                } else {
                    arrival = now + pause(rate)
                    guard limit.hasRoom(for: .read) else {
                        result.refused += 1
                        continue
                    }
                    let place = limit.enter(.read, Self.read, at: instant)
                    // Half of the work is the same for all.
                    jobs.append(Job(place: place, work: work / 2 + work / 2 * exponential(), began: now))
                }
            }
            return result
        }

        private var instant: AdaptiveLimit.Instant { start + .seconds(1) * now }
        private mutating func exponential() -> Double { -log(Double.random(in: 1e-9..<1, using: &random)) }
        private mutating func pause(_ rate: Double) -> Double { exponential() / rate }
    }

    /// Two cores and 2 ms a request: 1,000 a second.
    @Test func atTwiceTheCapacityThoseThatAreAdmittedAreAnsweredInTime() {
        var service = Simulation()
        let half = service.run(500, for: 3, work: 0.002)
        #expect(half.refused == 0)
        let full = service.run(1000, for: 10, work: 0.002)
        let twice = service.run(2000, for: 10, work: 0.002)
        #expect(twice.percentile(0.99) < 2 * full.percentile(0.99))
        // Not only in proportion: with the 64 that were fixed before, half of them take 64 ms and more.
        #expect(twice.percentile(0.5) < 0.03, "\(twice.percentile(0.5))")
        // And what can be done is done.
        #expect(Double(twice.times.count) > 9000, "\(twice.times.count)")
        #expect(service.limit.limit < 40)
    }

    @Test func afterAnOverloadThereIsRoomForAllAgain() {
        var service = Simulation()
        _ = service.run(500, for: 3, work: 0.002)
        _ = service.run(4000, for: 5, work: 0.002)
        _ = service.run(900, for: 2, work: 0.002)
        let after = service.run(700, for: 5, work: 0.002)
        #expect(after.refused < after.times.count / 100, "\(after.refused)")
    }

    /// Whoever waits for something else than the service's cores needs many places.
    @Test func aServiceThatIsSlowForGoodGetsItsPlacesBack() {
        var service = Simulation()
        service.cores = 1000
        _ = service.run(100, for: 3, work: 0.002)
        _ = service.run(400, for: 10, work: 0.1)
        let result = service.run(400, for: 10, work: 0.1)
        #expect(result.refused < result.times.count / 50, "\(result.refused), \(service.limit.limit)")
    }

    /// A list that takes a second is not late because another route takes a millisecond.
    @Test func aRouteIsComparedWithItself() {
        var limit = AdaptiveLimit(most: 64)
        var now = AdaptiveLimit.Instant.now
        for _ in 0..<200 {
            for (path, time) in [("/quick", Duration.milliseconds(1)), ("/slow", .seconds(1))] {
                let places = (0..<40).compactMap { _ in
                    limit.hasRoom(for: .read) ? limit.enter(.read, .init(method: "GET", path: path), at: now) : nil
                }
                now += time
                for place in places { limit.leave(place, .answered, at: now) }
            }
        }
        #expect(limit.limit >= 40)
    }

    /// Refusals come at once and broken connections at any time: neither says that a service has too much to do, or little.
    @Test(arguments: [(AdaptiveLimit.Outcome.unknown, 64), (.overloaded, 8)])
    func onlyWhatAServiceSaysCounts(outcome: AdaptiveLimit.Outcome, expected: Int) {
        var limit = AdaptiveLimit(most: 64)
        var now = AdaptiveLimit.Instant.now
        for _ in 0..<50 {
            var places: [AdaptiveLimit.Place] = []
            while limit.hasRoom(for: .read) { places.append(limit.enter(.read, Simulation.read, at: now)) }
            now += .milliseconds(110)
            for place in places { limit.leave(place, outcome, at: now) }
        }
        #expect(limit.limit == expected)
        #expect(limit.count == 0)
    }

    @Test(arguments: RouteClass.allCases, RouteClass.allCases)
    func noKindDisplacesAnother(many: RouteClass, few: RouteClass) {
        var limit = AdaptiveLimit(most: 64)
        while limit.hasRoom(for: many) { _ = limit.enter(many, Simulation.read, at: .now) }
        #expect(limit.count == 64)
        var count = 0
        while limit.hasRoom(for: few) {
            _ = limit.enter(few, Simulation.read, at: .now)
            count += 1
        }
        #expect(count == (many == few ? 0 : 8))
    }

    @Test(arguments: [1, 2, 5]) func theLimitIsNeverAboveWhatWasSet(most: Int) {
        var limit = AdaptiveLimit(most: most)
        #expect(limit.limit == most)
        var now = AdaptiveLimit.Instant.now
        for outcome in Array(repeating: AdaptiveLimit.Outcome.answered, count: 400)
            + Array(repeating: .overloaded, count: 400)
        {
            var places: [AdaptiveLimit.Place] = []
            while limit.hasRoom(for: .read) { places.append(limit.enter(.read, Simulation.read, at: now)) }
            now += .milliseconds(10)
            for place in places { limit.leave(place, outcome, at: now) }
        }
        #expect(limit.limit == most)
    }
}
