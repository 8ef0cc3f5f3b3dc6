import Foundation
import TestSupport
import Testing

@testable import Gateway

/// When the gateway refuses requests because it can't keep up.
@Suite struct QueueDelayTests {
    private typealias Instant = QueueDelay.Instant

    /// A queue that can be asked within an expectation.
    private final class Queue {
        var delay = QueueDelay()

        func admits(_ waited: Duration, among others: Int = 100, at now: Instant) -> Bool {
            delay.admits(waited, among: others, at: now)
        }
    }

    @Test func aBurstIsServed() {
        let queue = Queue()
        let start = Instant.now
        // Within each interval somebody waits hardly at all.
        for millisecond in 0..<2000 {
            let waited = millisecond % 90 < 60 ? Duration.milliseconds(80) : .milliseconds(1)
            #expect(queue.admits(waited, at: start + .milliseconds(millisecond)))
        }
    }

    @Test func aQueueThatStaysIsShortened() {
        let queue = Queue()
        let start = Instant.now
        var admitted: [Int] = []
        for millisecond in 0..<500 where queue.admits(.milliseconds(30), at: start + .milliseconds(millisecond)) {
            admitted.append(millisecond)
        }
        #expect(admitted == Array(0..<100))
        // Those who have not waited long are served.
        #expect(queue.admits(.milliseconds(9), at: start + .milliseconds(500)))
        #expect(queue.delay.isOverloaded)
        // On a machine that has no time for us, nobody is helped by a refusal.
        #expect(queue.admits(.milliseconds(30), among: QueueDelay.few - 1, at: start + .milliseconds(500)))
        // And when the queue is gone, all are.
        #expect(queue.admits(.milliseconds(1), at: start + .milliseconds(501)))
        #expect(queue.admits(.milliseconds(30), at: start + .milliseconds(502)))
    }

    @Test func nothingIsConcludedFromLongAgo() {
        let queue = Queue()
        let start = Instant.now
        #expect(queue.admits(.milliseconds(30), at: start))
        #expect(queue.admits(.milliseconds(30), at: start + .seconds(10)))
        #expect(!queue.delay.isOverloaded)
    }

    /// Requests in a row, each 1 ms of work, a refusal a fifth of that: at twice the capacity, with and without it.
    @Test(arguments: [true, false]) func atTwiceTheCapacityNobodyWaitsLong(isShedding: Bool) {
        let queue = Queue()
        var random = Seeded(39)
        let start = Instant.now
        var (now, free) = (0.0, 0.0)
        var waits: [Double] = []
        for _ in 0..<40_000 {
            now += -log(Double.random(in: 1e-9..<1, using: &random)) * 0.000_5
            let waited = max(0, free - now)
            let isAdmitted = queue.admits(.seconds(1) * waited, at: start + .seconds(1) * (now + waited))
            free = max(free, now) + (isAdmitted || !isShedding ? 0.001 : 0.000_2)
            if isAdmitted || !isShedding, now > 1 { waits.append(waited) }
        }
        let sorted = waits.sorted()
        #expect((sorted[sorted.count * 99 / 100] < 0.015) == isShedding)
        // Of the time of 19 s, hardly any is left unused.
        if isShedding { #expect(waits.count > 14_000, "\(waits.count)") }
    }
}
