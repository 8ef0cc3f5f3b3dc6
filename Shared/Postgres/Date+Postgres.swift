public import Foundation
import Instants

/// A `timestamptz`. PostgreSQL's `infinity` is no date here: neither the clients' JSON nor calendars can represent it,
/// so that reading it is an error, and the server refuses what no timestamp can hold as an invalid value.
extension Date: PostgresEncodable, PostgresDecodable {
    /// PostgreSQL counts microseconds from 2000-01-01T00:00:00Z, Foundation seconds from a year later, a leap year.
    private static let leapYear: Int64 = 366 * 86_400 * 1_000_000
    private static let infinity = Int64.max
    private static let minusInfinity = Int64.min

    public static var postgresType: UInt32 { TypeID.timestamptz }

    public func encode(into bytes: inout [UInt8]) {
        let sum = microsecondsSince2001?.addingReportingOverflow(Self.leapYear)
        // Not `infinity`, but next to it, where the server finds it out of range.
        bytes.append(bigEndian: sum.flatMap { $0.overflow ? nil : $0.partialValue } ?? Self.infinity - 1)
    }

    public init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws {
        guard type == TypeID.timestamptz, bytes.count == 8 else {
            throw DecodingFailure(expected: "a timestamp with time zone", type: type)
        }
        let microseconds = bytes.bigEndian(Int64.self)
        guard microseconds != Self.infinity, microseconds != Self.minusInfinity else {
            throw DecodingFailure(expected: "a finite timestamp", type: type)
        }
        // No timestamp of the server is so small that it overflows.
        self.init(microsecondsSince2001: microseconds &- Self.leapYear)
    }
}
