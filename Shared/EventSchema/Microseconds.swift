import Avro
public import Foundation

extension Date {
    /// Microseconds since 1970-01-01T00:00:00Z; a date that a 64-bit count can't reach becomes the nearest that it can.
    public var microseconds: Int64 { avroMicroseconds }

    /// The date of that many microseconds since 1970-01-01T00:00:00Z.
    public init(microseconds: Int64) {
        self.init(avroMicroseconds: microseconds)
    }
}
