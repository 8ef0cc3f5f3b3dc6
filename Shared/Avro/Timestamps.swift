package import Foundation

extension Date {
    /// Logical type `timestamp-micros`: microseconds since 1970-01-01T00:00:00Z; a date that a 64-bit count can't reach becomes
    /// the nearest that it can.
    package var avroMicroseconds: Int64 {
        let count = (timeIntervalSince1970 * 1_000_000).rounded()
        // A hostile timestamp decodes to such a date, and must not end the process that hands it on.
        return Int64(exactly: count) ?? (count > 0 ? .max : .min)
    }

    package init(avroMicroseconds: Int64) {
        self.init(timeIntervalSince1970: Double(avroMicroseconds) / 1_000_000)
    }
}
