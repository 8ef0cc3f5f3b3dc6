import Foundation
import TestSupport
import Testing

@testable import WorkOrders

/// How a person's time is cut into regular, overtime and weekend parts.
@Suite struct LaborHoursTests {
    private static let paris = TimeZone(identifier: "Europe/Paris") ?? .gmt

    private func second(_ text: String) throws -> Int64 { try Date(text, strategy: .iso8601).second }

    private func hours(_ from: String, _ to: String, besides others: [(String, String)] = []) throws -> LaborHours {
        LaborHours(
            of: try second(from)..<(try second(to)),
            besides: try others.map { try second($0)..<(try second($1)) },
            in: Self.paris
        )
    }

    @Test func theNinthHourOfADayIsOvertime() throws {
        // A Monday in winter.
        #expect(try hours("2026-11-30T07:00:00Z", "2026-11-30T15:00:00Z") == LaborHours(regular: 8 * 3600))
        #expect(
            try hours("2026-11-30T07:00:00Z", "2026-11-30T17:00:00Z") == LaborHours(regular: 8 * 3600, overtime: 7200)
        )
        // What was before on the same day counts, also if it was written down later; what comes after does not.
        let morning = ("2026-11-30T06:00:00Z", "2026-11-30T12:00:00Z")
        #expect(
            try hours("2026-11-30T13:00:00Z", "2026-11-30T17:00:00Z", besides: [morning])
                == LaborHours(regular: 7200, overtime: 7200)
        )
        #expect(
            try hours(
                "2026-11-30T06:00:00Z",
                "2026-11-30T12:00:00Z",
                besides: [("2026-11-30T13:00:00Z", "2026-11-30T17:00:00Z")]
            )
                == LaborHours(regular: 6 * 3600)
        )
        // The day before is another day.
        #expect(
            try hours(
                "2026-11-30T23:00:00Z",
                "2026-12-01T07:00:00Z",
                besides: [("2026-11-30T14:00:00Z", "2026-11-30T23:00:00Z")]
            )
                == LaborHours(regular: 8 * 3600)
        )
    }

    @Test func theWeekendBeginsByTheSitesClock() throws {
        // Friday 23:00 to Saturday 01:00 in Paris is 22:00 to 00:00 at Greenwich.
        #expect(try hours("2026-11-27T22:00:00Z", "2026-11-28T00:00:00Z") == LaborHours(regular: 3600, weekend: 3600))
        #expect(try hours("2026-11-29T22:00:00Z", "2026-11-30T00:00:00Z") == LaborHours(regular: 3600, weekend: 3600))
    }

    @Test func aDayCanHaveAnHourMoreOrLess() throws {
        // 29 March 2026 is a Sunday; the night before Monday 30 March has its 24 hours again.
        #expect(try hours("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z") == LaborHours(weekend: 23 * 3600))
        #expect(try hours("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z") == LaborHours(weekend: 25 * 3600))
    }

    /// Minute by minute: which day is it on the wall, and how much has the person worked on it so far?
    @Test(
        .serialized,
        arguments: [
            "Europe/Paris", "America/Denver", "America/St_Johns", "Australia/Lord_Howe", "Asia/Beirut",
            "Africa/Casablanca",
            "America/Santiago", "Asia/Kolkata", "Pacific/Apia", "Atlantic/Azores", "Africa/Cairo", "Etc/UTC",
        ]
    )
    func agreesWithSomebodyWhoCountsEachMinute(identifier: String) async throws {
        let zone = try #require(TimeZone(identifier: identifier))
        var random = Seeded(UInt64(identifier.utf8.reduce(0) { $0 &* 31 &+ Int($1) }.magnitude))
        for _ in 0..<25 {
            // Counting keeps a thread busy, and there are two of them for all tests: those that wait for a database must get a turn.
            await Task.yield()
            // Around a change of the clock, or anywhere.
            let anywhere = Date(timeIntervalSince1970: .random(in: 1_577_836_800...1_893_456_000, using: &random))
            let change = zone.nextDaylightSavingTimeTransition(after: anywhere)
            let around = random.oneIn(3) ? anywhere : change ?? anywhere
            var minute = around.second / 60 - Int64.random(in: 0...2880, using: &random)
            var ranges: [Range<Int64>] = []
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let start = minute + Int64.random(in: 0...300, using: &random)
                minute = start + Int64.random(in: 1...1440, using: &random)
                ranges.append(start..<minute)
            }
            for (index, range) in ranges.enumerated() {
                var others = ranges
                others.remove(at: index)
                let found = LaborHours(of: range.inSeconds, besides: others.map(\.inSeconds), in: zone)
                #expect(found == counted(range, others, zone), "\(range) besides \(others)")
            }
        }
    }

    private func counted(_ work: Range<Int64>, _ others: [Range<Int64>], _ zone: TimeZone) -> LaborHours {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        func day(_ minute: Int64) -> DateComponents {
            calendar.dateComponents(
                [.year, .month, .day, .weekday],
                from: Date(timeIntervalSince1970: Double(minute * 60))
            )
        }
        var worked: [DateComponents: Int64] = [:]
        for minute in others.filter({ $0.lowerBound < work.lowerBound }).joined() {
            worked[day(minute), default: 0] += 1
        }
        var hours = LaborHours()
        for minute in work {
            let today = day(minute)
            if [1, 7].contains(today.weekday) {
                hours.weekend += 60
            } else if worked[today, default: 0] < 480 {
                hours.regular += 60
            } else {
                hours.overtime += 60
            }
            worked[today, default: 0] += 1
        }
        return hours
    }
}

extension Range<Int64> {
    fileprivate var inSeconds: Range<Int64> { lowerBound * 60..<upperBound * 60 }
}
