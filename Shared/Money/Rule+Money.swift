public import Commands

extension Rule {
    /// An ``Amount`` within bounds.
    public static func amount(_ range: ClosedRange<Amount>, example: String) -> Rule {
        form(
            1...20,
            pattern: #"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,4})?$"#,
            .amount(range),
            example: example
        ) { Amount($0).map(range.contains) ?? false }
    }

    /// An ``ExchangeRate``.
    public static let exchangeRate = form(
        1...20,
        pattern: #"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,10})?$"#,
        FieldRule(
            code: "not_an_exchange_rate",
            "must be a number above 0 in quotes, with at most 9 digits before the point and 10 after it"
        ),
        example: "0.9215"
    ) { ExchangeRate($0) != nil }

    /// A ``Currency``.
    public static let currency = form(
        3...3,
        pattern: "^[A-Z]{3}$",
        FieldRule(code: "not_a_currency", "must be the code of a currency (ISO 4217), such as EUR"),
        example: "EUR"
    ) { Currency($0) != nil }
}

extension FieldRule {
    fileprivate static func amount(_ range: ClosedRange<Amount>) -> FieldRule {
        FieldRule(
            code: "not_an_amount",
            "must be a number in quotes from \(range.lowerBound) to \(range.upperBound), with at most 4 digits after the point",
            ["minimum": "\(range.lowerBound)", "maximum": "\(range.upperBound)"]
        )
    }
}
