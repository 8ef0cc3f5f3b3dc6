import EventSchema
import Testing

@testable import Edge

/// Measurements of long ago as if they were made now.
@Suite struct MovedTests {
    private static let minute = Int64(60_000_000)
    private static let day = 24 * 60 * minute

    /// A reading every six hours on two days, from midnight.
    private var readings: [Reading] {
        (0..<8).map {
            Reading(
                asset: "a",
                tag: "t",
                timestamp: 1_000 * Self.day + $0 * Self.day / 4,
                value: Double($0),
                quality: .good
            )
        }
    }

    @Test func theLastOneIsNow() {
        var moved = readings
        moved.moveToEnd(at: 5_000 * Self.day + 7)
        #expect(moved.map(\.timestamp) == (0..<8).map { 5_000 * Self.day + 7 - (7 - $0) * Self.day / 4 })
    }

    /// At seven in the morning, those of midnight and six o'clock have been made today.
    @Test(arguments: [(7 * 60, 6), (18 * 60, 8), (18 * 60 - 1, 7), (0, 5)]) func eachKeepsItsTimeOfDay(
        now: Int,
        count: Int
    ) {
        for today in [2_000, 1_001] as [Int64] {
            var moved = readings
            moved.moveByWholeDays(until: today * Self.day + Int64(now) * Self.minute)
            #expect(moved.map(\.value) == (0..<count).map(Double.init))
            #expect(moved.map { $0.timestamp % Self.day } == readings.prefix(count).map { $0.timestamp % Self.day })
            #expect(moved.last.map { $0.timestamp / Self.day } == today)
        }
    }

    @Test func withoutReadingsNothingHappens() {
        var none: [Reading] = []
        none.moveByWholeDays(until: 1)
        none.moveToEnd(at: 1)
        #expect(none.isEmpty)
    }
}
