import EventSchema
import Foundation
import TestSupport
import Testing

@Suite struct RFC3339Tests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00.000Z", 0), ("1969-12-31T23:59:59.999Z", -1),
        ("2026-06-01T12:00:00Z", 1_780_315_200_000), ("2026-06-01T14:00:00.25+02:00", 1_780_315_200_250),
        ("2026-06-01T06:30:00.5-05:30", 1_780_315_200_500), ("2026-06-01T12:00:00-00:00", 1_780_315_200_000),
        ("2000-02-29T00:00:00Z", 951_782_400_000), ("2024-02-29T23:59:59Z", 1_709_251_199_000),
        ("2026-06-01T12:00:00.123456789Z", 1_780_315_200_123), ("2026-06-01T12:00:00.1239Z", 1_780_315_200_123),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ("9999-12-31T23:59:59.999999999Z", 253_402_300_799_999),
        // The year is out of range in the text's own time zone only.
        ("0000-12-31T23:30:00-01:00", -62_135_595_000_000), ("2026-06-01T23:59:00+23:59", 1_780_272_000_000),
    ])
    func aValidTimeIsRead(text: String, milliseconds: Int64) {
        #expect(Date(rfc3339: text)?.microseconds == milliseconds * 1000, "\(text)")
    }

    @Test(arguments: [
        // Days and times that do not exist.
        "2026-02-30T00:00:00Z", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
        "2026-06-31T00:00:00Z", "2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-06-00T00:00:00Z",
        "2026-06-01T24:00:00Z", "2026-06-01T25:00:00Z", "2026-06-01T12:60:00Z", "2026-06-01T12:00:60Z",
        "2016-12-31T23:59:60Z", "2026-06-01T12:00:00+24:00", "2026-06-01T12:00:00+02:60",
        // Years outside the calendar.
        "0000-01-01T00:00:00Z", "0000-12-31T23:59:59.999Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
        "10000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z", "+2026-06-01T12:00:00Z",
        // Something is added before or after, or left out.
        "", "Z", "2026", "2026-06-01", "2026-06-01T12:00Z", "2026-06-01T12:00:00", "2026-06-01T12:00:00Zjunk",
        "2026-06-01T12:00:00Z ", " 2026-06-01T12:00:00Z", "2026-06-01T12:00:00ZZ", "2026-06-01T12:00:00Z\0",
        "2026-06-01T12:00:00+02:00Z", "2026-06-01T12:00:00+0200", "2026-06-01T12:00:00+02", "2026-06-01T12:00:00+",
        // Other formats.
        "2026-06-01 12:00:00Z", "2026-06-01t12:00:00z", "20260601T120000Z", "2026-6-1T12:00:00Z",
        "2026-W23-1T12:00:00Z",
        "2026-06-01T12:00:00.Z", "2026-06-01T12:00:00,5Z", "2026-06-01T12:00:00.1234567890Z", "1780315200",
        "２０２６-06-01T12:00:00Z", "2026-06-01T12:00:00\u{2212}02:00", "tomorrow", "infinity",
    ])
    func anInvalidTimeIsRefused(text: String) {
        #expect(Date(rfc3339: text) == nil)
    }

    @Test func everyMillisecondIsReadBackAsItWasWritten() {
        var random = Seeded(state: 0x339)
        let years = Date.calendarMicroseconds
        for _ in 0..<100 {
            let second = Int64.random(in: years.lowerBound / 1_000_000...years.upperBound / 1_000_000, using: &random)
            let text = Date(microseconds: second * 1_000_000).rfc3339
            #expect(text.utf8.count == 24 && text.hasSuffix(".000Z"))
            var wrong = 0
            for millisecond in 0..<1000 {
                let written = "\(text.dropLast(4))\(String(1000 + millisecond).dropFirst())Z"
                if Date(rfc3339: written)?.rfc3339 != written { wrong += 1 }
            }
            #expect(wrong == 0, "\(text)")
        }
    }

    /// Foundation's calendar computes days with another algorithm. Before October 1582 it uses the Julian calendar.
    @Test func theDaysAgreeWithFoundationsCalendar() {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        var random = Seeded(state: 0xDA7)
        for _ in 0..<3000 {
            let date = Date(microseconds: Int64.random(in: -141_000...2_932_896, using: &random) * 86_400_000_000)
            let parts = calendar.dateComponents([.year, .month, .day], from: date)
            let text = date.rfc3339.prefix(10).split(separator: "-").map { Int($0) }
            #expect(text == [parts.year, parts.month, parts.day])
        }
    }

    @Test(arguments: [
        (Int64.min, "0001-01-01T00:00:00.000Z"), (Int64.max, "9999-12-31T23:59:59.999Z"),
        (253_402_300_799_999_999, "9999-12-31T23:59:59.999Z"), (1_780_315_200_000_499, "2026-06-01T12:00:00.000Z"),
        (1_780_315_200_999_500, "2026-06-01T12:00:01.000Z"),
    ])
    func aDateIsWrittenToTheNearestMillisecondOfTheCalendar(microseconds: Int64, text: String) {
        #expect(Date(microseconds: microseconds).rfc3339 == text)
    }

    @Test func impossibleDatesAreWrittenToo() {
        for seconds in [Double.nan, .infinity, -.infinity, 1e300, -1e300] {
            #expect(Date(timeIntervalSince1970: seconds).rfc3339.utf8.count == 24)
        }
    }
}
