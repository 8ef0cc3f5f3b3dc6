package import Foundation
import Instants

/// Logical type `timestamp-micros`: microseconds since 1970-01-01T00:00:00Z.
extension Date {
    /// The years 1 to 9999: common readers of Avro fail on a time beyond them.
    package static let avroTimes: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_999_999

    /// A date beyond the years 1 to 9999 becomes the nearest that is in them.
    package var avroMicroseconds: Int64 {
        // A hostile timestamp decodes to such a date, and must not end the process that passes it on.
        guard timeIntervalSinceReferenceDate.magnitude < 1e12, let count = microsecondsSince2001 else {
            return timeIntervalSinceReferenceDate > 0 ? Self.avroTimes.upperBound : Self.avroTimes.lowerBound
        }
        return min(max(count + Self.from1970, Self.avroTimes.lowerBound), Self.avroTimes.upperBound)
    }

    package init(avroMicroseconds: Int64) {
        // What doesn't fit is far beyond the years that are written again.
        let (count, isTooSmall) = avroMicroseconds.subtractingReportingOverflow(Self.from1970)
        self.init(microsecondsSince2001: isTooSmall ? .min : count)
    }

    private static let from1970 = secondsFrom1970To2001 * 1_000_000
}
