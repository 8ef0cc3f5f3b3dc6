public import Foundation

extension Date {
    /// Microseconds since 1970-01-01T00:00:00Z; a date that a 64-bit count can't reach becomes the nearest that it can.
    public var microseconds: Int64 {
        let count = (timeIntervalSince1970 * 1_000_000).rounded()
        // A hostile timestamp decodes to such a date, and must not end the process that hands it on.
        return Int64(exactly: count) ?? (count > 0 ? .max : .min)
    }

    /// The date of that many microseconds since 1970-01-01T00:00:00Z.
    public init(microseconds: Int64) {
        self.init(timeIntervalSince1970: Double(microseconds) / 1_000_000)
    }
}
