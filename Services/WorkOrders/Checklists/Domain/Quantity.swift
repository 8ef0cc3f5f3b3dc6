import Commands
import Foundation

/// An exact decimal, read from plain digits. What is kept and sent is the text, with the digits that somebody wrote.
struct Quantity: Comparable, Sendable {
    private let value: Decimal

    /// - Returns: `nil` unless the text is as ``Commands/Rule/decimal`` says.
    init?(_ text: String) {
        guard Self.isValid(text), let value = Decimal(string: text, locale: Locale(identifier: "en_US_POSIX")) else {
            return nil
        }
        self.value = value
    }

    static func < (one: Quantity, other: Quantity) -> Bool { one.value < other.value }

    /// Up to 12 digits before the point and 6 after it, without zeros in front.
    fileprivate static func isValid(_ text: String) -> Bool {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, (1...12).contains(whole.utf8.count), whole.utf8.allSatisfy(isDigit) else {
            return false
        }
        guard whole.utf8.count == 1 || whole.utf8.first != UInt8(ascii: "0") else { return false }
        return parts.count == 1 || (1...6).contains(parts[1].utf8.count) && parts[1].utf8.allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

extension Rule {
    /// A decimal as a text, so that no reader rounds it.
    static let decimal = form(
        1...20,
        pattern: "^-?(0|[1-9][0-9]{0,11})(\\.[0-9]{1,6})?$",
        FieldRule(
            code: "not_a_decimal",
            "must be a decimal number such as -12.5, with at most 12 digits before the point and 6 after it"
        ),
        example: "12.5"
    ) { Quantity.isValid($0) }
}
