package import Commands
public import Foundation
public import Postgres

/// A decimal number of money, of hours or of pieces: at most 15 digits before the point and 4 after it.
///
/// It is exact wherever it goes. In JSON and in events it is a text (`"67.50"`), since readers take JSON's numbers for binary fractions; in PostgreSQL it
/// is `numeric(19,4)`. What an operation would make too large is `nil`, never rounded silently.
public struct Amount: Hashable, Sendable {
    /// Digits before the point.
    public static let maximumWhole = 15
    /// Digits after the point.
    public static let maximumFraction = 4
    /// The first number that is too large.
    static let limit = Decimal(sign: .plus, exponent: maximumWhole, significand: 1)

    public static let zero = Amount(exactly: 0)

    public let decimal: Decimal

    private init(exactly decimal: Decimal) {
        self.decimal = decimal
    }

    /// A number that is within the bounds, and has no more than four digits after the point; otherwise `nil`.
    public init?(_ decimal: Decimal) {
        guard decimal.isFinite, decimal.magnitude < Self.limit, decimal.rounded(to: Self.maximumFraction) == decimal
        else { return nil }
        self.init(exactly: decimal)
    }

    /// A number that is within the bounds, rounded half to even.
    ///
    /// - Parameter fraction: Digits after the point, 0 to 4.
    public init?(rounding decimal: Decimal, to fraction: Int = Amount.maximumFraction) {
        self.init(decimal.rounded(to: min(fraction, Self.maximumFraction)))
    }

    /// A number as JSON writes it, without an exponent: `-12.5`, not `+12.5`, `012` or `12.`.
    public init?(_ text: String) {
        guard let decimal = Decimal(plain: text, whole: Self.maximumWhole, fraction: Self.maximumFraction) else {
            return nil
        }
        self.init(exactly: decimal)
    }

    /// The number with at least so many digits after the point: `67.50` for two.
    public func text(fraction: Int) -> String { decimal.text(fraction: fraction) }

    /// The sum; `nil` if it is too large.
    public func adding(_ other: Amount) -> Amount? { Amount(decimal + other.decimal) }
}

extension Amount: Comparable {
    public static func < (one: Amount, other: Amount) -> Bool { one.decimal < other.decimal }

    public static prefix func - (amount: Amount) -> Amount {
        // Zero has no sign.
        amount.decimal.isZero ? amount : Amount(exactly: -amount.decimal)
    }
}

extension Amount: CustomStringConvertible {
    /// Without zeros that say nothing: `67.5`.
    public var description: String { decimal.text(fraction: 0) }
}

extension Amount: Codable {
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let amount = Amount(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "is not a decimal number")
            )
        }
        self = amount
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Amount: Shaped {
    package static func shaped() -> (shape: Shape, sample: Amount) { (.text(nil), .zero) }
}

extension Amount: PostgresEncodable, PostgresDecodable {
    public static var postgresType: UInt32 { Decimal.postgresType }
    public func encode(into bytes: inout [UInt8]) { decimal.encode(into: &bytes) }
    public init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws {
        let decimal = try Decimal(postgres: bytes, type: type)
        guard let amount = Amount(decimal) else { throw DecodingFailure(expected: "an amount", type: type) }
        self = amount
    }
}
