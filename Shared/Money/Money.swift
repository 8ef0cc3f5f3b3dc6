import Foundation

/// An amount in a currency. In JSON it is `{"amount": "67.50", "currency": "EUR"}`, with as many digits as the currency has, or more where there are more.
public struct Money: Hashable, Sendable, CustomStringConvertible {
    public var amount: Amount
    public var currency: Currency

    public init(_ amount: Amount, _ currency: Currency) {
        self.amount = amount
        self.currency = currency
    }

    /// So many units of something, each at a price: exact, and then rounded half to even to the currency's digits.
    ///
    /// - Returns: `nil` if it is too large.
    public init?(_ quantity: Amount, at price: Amount, _ currency: Currency) {
        // At most 38 digits, which `Decimal` has.
        guard let amount = Amount(rounding: quantity.decimal * price.decimal, to: currency.fraction) else { return nil }
        self.init(amount, currency)
    }

    /// The same in another currency, rounded half to even to its digits; `nil` if it is too large.
    public func exchanged(at rate: ExchangeRate, into other: Currency) -> Money? {
        guard let amount = Amount(rounding: amount.decimal * rate.decimal, to: other.fraction) else { return nil }
        return Money(amount, other)
    }

    /// The amount with the currency's digits: `67.50`.
    public var text: String { amount.text(fraction: currency.fraction) }

    public var description: String { "\(text) \(currency)" }
}

extension Money: Codable {
    private enum CodingKeys: CodingKey { case amount, currency }

    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        amount = try members.decode(Amount.self, forKey: .amount)
        currency = try members.decode(Currency.self, forKey: .currency)
    }

    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(text, forKey: .amount)
        try members.encode(currency, forKey: .currency)
    }
}
