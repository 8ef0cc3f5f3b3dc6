public import Foundation

/// Times as our APIs, queries and event headers write them: RFC 3339, in UTC, to the millisecond.
///
/// Foundation's own styles read 30 February as 2 March and 25 o'clock as 1 o'clock of the next day, ignore what follows the
/// zone, and lose a millisecond where a binary fraction is a little too low. These accept nothing that is not a time, and
/// return every millisecond as it was written.
extension Date {
    /// Parses a time such as `2026-06-01T12:00:00Z` or `2026-06-01T14:00:00.250+02:00`.
    ///
    /// Strict: a date and a time that exist (no `24:00`; no leap second, which no store here can hold), a zone (`Z` or an
    /// offset of at most 23:59), capital `T` and `Z`, nothing before or after, and a year from 1 to 9999 in UTC.
    ///
    /// A fraction has up to nine digits. Times are kept to the millisecond: what is finer is cut off, so that what comes back
    /// is how the text began.
    public init?(rfc3339 text: String) {
        var text = text
        let milliseconds = text.withUTF8 { bytes in
            var reader = RFC3339Reader(bytes: bytes)
            return reader.milliseconds()
        }
        guard let milliseconds, Self.milliseconds.contains(milliseconds) else { return nil }
        self.init(microseconds: milliseconds * 1000)
    }

    /// The time in UTC with three digits of a second, such as `2026-06-01T12:00:00.250Z`: rounded to the nearest millisecond,
    /// since a `Date` holds a binary fraction next to it. A date beyond the years 1 to 9999 is written as the nearest in them.
    public var rfc3339: String {
        String(unsafeUninitializedCapacity: 24) { bytes in
            writeRFC3339(to: bytes)
            return 24
        }
    }

    /// Writes ``rfc3339`` over 24 bytes.
    public func writeRFC3339(to bytes: UnsafeMutableBufferPointer<UInt8>) {
        let (nearest, _) = (microseconds + 500).dividedDown(by: 1000)
        let milliseconds = min(max(nearest, Self.milliseconds.lowerBound), Self.milliseconds.upperBound)
        let (days, ofDay) = milliseconds.dividedDown(by: 86_400_000)
        let date = CalendarDay(daysSince1970: Int(days))
        let time = Int(ofDay)
        func write(_ number: Int, _ digits: Int, at position: Int, then separator: UInt8) {
            var rest = number
            for index in stride(from: position + digits - 1, through: position, by: -1) {
                bytes[index] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            }
            bytes[position + digits] = separator
        }
        write(date.year, 4, at: 0, then: UInt8(ascii: "-"))
        write(date.month, 2, at: 5, then: UInt8(ascii: "-"))
        write(date.day, 2, at: 8, then: UInt8(ascii: "T"))
        write(time / 3_600_000, 2, at: 11, then: UInt8(ascii: ":"))
        write(time / 60_000 % 60, 2, at: 14, then: UInt8(ascii: ":"))
        write(time / 1000 % 60, 2, at: 17, then: UInt8(ascii: "."))
        write(time % 1000, 3, at: 20, then: UInt8(ascii: "Z"))
    }

    private static let milliseconds = calendarMicroseconds.lowerBound / 1000...calendarMicroseconds.upperBound / 1000
}

/// Reads the bytes of one time.
private struct RFC3339Reader {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0

    init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// Milliseconds since 1970, or `nil` when the bytes are no time.
    mutating func milliseconds() -> Int64? {
        guard let year = number(4), accept("-"), let month = number(2), accept("-"), let day = number(2), accept("T"),
            let hour = number(2), accept(":"), let minute = number(2), accept(":"), let second = number(2),
            hour < 24, minute < 60, second < 60,
            let fraction = fraction(), let offset = offset(), position == bytes.count,
            let date = CalendarDay(year: year, month: month, day: day)
        else { return nil }
        let seconds = date.daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second - offset
        return Int64(seconds * 1000 + fraction)
    }

    private mutating func accept(_ byte: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: byte) else { return false }
        position += 1
        return true
    }

    private mutating func digit() -> Int? {
        guard position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) else {
            return nil
        }
        position += 1
        return Int(bytes[position - 1] - UInt8(ascii: "0"))
    }

    private mutating func number(_ digits: Int) -> Int? {
        var number = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            number = number * 10 + digit
        }
        return number
    }

    /// Milliseconds; 0 when there is no fraction.
    private mutating func fraction() -> Int? {
        guard accept(".") else { return 0 }
        var milliseconds = 0
        var digits = 0
        while let digit = digit() {
            digits += 1
            if digits <= 3 { milliseconds = milliseconds * 10 + digit }
        }
        guard (1...9).contains(digits) else { return nil }
        return milliseconds * [100, 10, 1][min(digits, 3) - 1]
    }

    /// Seconds that the zone is ahead of UTC.
    private mutating func offset() -> Int? {
        if accept("Z") { return 0 }
        let sign = accept("+") ? 1 : accept("-") ? -1 : 0
        guard sign != 0, let hours = number(2), accept(":"), let minutes = number(2), hours < 24, minutes < 60 else {
            return nil
        }
        return sign * (hours * 3600 + minutes * 60)
    }
}
