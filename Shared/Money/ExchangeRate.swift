package import Commands
public import Foundation
public import Postgres

/// What one unit of a currency is worth in another one: above 0, at most 9 digits before the point and 10 after it. In PostgreSQL it is `numeric(19,10)`,
/// everywhere else a text.
public struct ExchangeRate: Hashable, Sendable, CustomStringConvertible {
    public static let maximumWhole = 9
    public static let maximumFraction = 10

    /// Of a currency in itself.
    public static let one = ExchangeRate(exactly: 1)

    public let decimal: Decimal

    private init(exactly decimal: Decimal) {
        self.decimal = decimal
    }

    /// A positive number as JSON writes it, without an exponent.
    public init?(_ text: String) {
        guard let decimal = Decimal(plain: text, whole: Self.maximumWhole, fraction: Self.maximumFraction), decimal > 0
        else { return nil }
        self.init(exactly: decimal)
    }

    public var description: String { decimal.text(fraction: 0) }
}

extension ExchangeRate: Codable {
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let rate = ExchangeRate(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "is not an exchange rate")
            )
        }
        self = rate
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension ExchangeRate: Shaped {
    package static func shaped() -> (shape: Shape, sample: ExchangeRate) { (.text(nil), .one) }
}

extension ExchangeRate: PostgresEncodable, PostgresDecodable {
    public static var postgresType: UInt32 { Decimal.postgresType }
    public func encode(into bytes: inout [UInt8]) { decimal.encode(into: &bytes) }
    public init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws {
        self.init(exactly: try Decimal(postgres: bytes, type: type))
    }
}
