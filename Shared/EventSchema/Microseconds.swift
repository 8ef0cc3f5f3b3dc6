import Avro
public import Foundation

extension Date {
    /// The microseconds of the years 1 to 9999, which is what calendars, JSON's readers and Avro's can hold.
    public static var calendarMicroseconds: ClosedRange<Int64> { avroTimes }

    /// Microseconds since 1970-01-01T00:00:00Z; a date beyond the years 1 to 9999 becomes the nearest that is in them.
    public var microseconds: Int64 { avroMicroseconds }

    /// The date of that many microseconds since 1970-01-01T00:00:00Z.
    public init(microseconds: Int64) {
        self.init(avroMicroseconds: microseconds)
    }
}
