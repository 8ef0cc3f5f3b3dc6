import Testing

@testable import StreamProcessor

@Suite struct SequenceWindowTests {
    @Test func everyNumberIsAcceptedOnceInAnyOrderWithinTheWindow() {
        for seed in UInt64(1)...200 {
            var random = SplitMix(state: seed)
            var window = SequenceWindow()
            var admitted: [Int64: Int] = [:]
            // The numbers 1 to 2000. Each is displaced by less than the window, and every third one comes twice.
            var arrivals = (Int64(1)...2000).map { ($0, Int64(random.next() % 255)) }
            arrivals += arrivals.filter { $0.0 % 3 == 0 }
            for (number, _) in arrivals.sorted(by: { $0.0 + $0.1 < $1.0 + $1.1 }) where window.admit(number) {
                admitted[number, default: 0] += 1
            }
            #expect(admitted.count == 2000, "seed \(seed)")
            #expect(admitted.values.allSatisfy { $0 == 1 }, "seed \(seed)")
        }
    }

    @Test func aNumberOlderThanTheWindowIsADuplicate() {
        var window = SequenceWindow()
        let first = window.admit(1)
        let newest = window.admit(257)
        let older = window.admit(1)
        let edge = window.admit(2)
        #expect((first, newest, older, edge) == (true, true, false, true))
    }

    @Test func extremeNumbersAreHandled() {
        for highest in [0, 1, Int64.max] {
            var window = SequenceWindow(highest: highest)
            let answers = [Int64.min, -1, 0].map { window.admit($0) }
            #expect(answers == [false, false, false], "\(highest)")
        }
        var window = SequenceWindow()
        let (last, first) = (window.admit(.max), window.admit(1))
        #expect((last, first) == (true, false))
    }

    @Test func aLongGapMovesTheWindow() {
        var window = SequenceWindow()
        _ = window.admit(5)
        _ = window.admit(10_000)
        let again = window.admit(5)
        let within = window.admit(9_999)
        #expect((again, within) == (false, true))
    }
}

/// A small seeded generator (Steele, Lea and Flood 2014), so that a failing case can be reproduced.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
