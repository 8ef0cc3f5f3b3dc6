package import Foundation

/// Whole microseconds, as Avro and PostgreSQL store times. `Date` counts seconds from 2001-01-01T00:00:00Z in a binary fraction:
/// these two are the only place that goes from one to the other, so that the same instant is the same date wherever it is read.
extension Date {
    /// Seconds from 1970-01-01T00:00:00Z to 2001-01-01T00:00:00Z.
    package static let secondsFrom1970To2001: Int64 = 978_307_200

    /// Microseconds since 2001-01-01T00:00:00Z, the nearest to the date; `nil` for one that a 64-bit count can't reach.
    ///
    /// More than 272 years from 2001 a `Date` has no room for microseconds. What was written there was a millisecond, and that
    /// is what it becomes again.
    package var microsecondsSince2001: Int64? {
        let seconds = timeIntervalSinceReferenceDate.rounded(.down)
        guard seconds.magnitude < 9.22336e12 else { return nil }
        let fraction = timeIntervalSinceReferenceDate - seconds
        let microseconds =
            seconds.magnitude < 0x1p33 ? (fraction * 1_000_000).rounded() : (fraction * 1000).rounded() * 1000
        return Int64(seconds) * 1_000_000 + Int64(microseconds)
    }

    package init(microsecondsSince2001 microseconds: Int64) {
        let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let (seconds, fraction) = remainder < 0 ? (quotient - 1, remainder + 1_000_000) : (quotient, remainder)
        self.init(timeIntervalSinceReferenceDate: Double(seconds) + Double(fraction) / 1_000_000)
    }
}
