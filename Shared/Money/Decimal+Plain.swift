import Foundation

extension Decimal {
    /// Reads digits as JSON writes them. Foundation's reader stops at the first character that it does not know, and takes the rest for nothing.
    ///
    /// - Parameters:
    ///   - whole: How many digits there may be before the point.
    ///   - fraction: How many there may be after it.
    init?(plain text: String, whole: Int, fraction: Int) {
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        let parts = digits.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard
            parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }),
            parts[0].count <= whole, parts[0].first != UInt8(ascii: "0") || parts[0].count == 1,
            parts.count == 1 || parts[1].count <= fraction
        else { return nil }
        let value = parts.joined().reduce(Decimal.zero) { $0 * 10 + Decimal(Int($1 - UInt8(ascii: "0"))) }
        let scaled = Decimal(sign: .plus, exponent: parts.count == 1 ? 0 : -parts[1].count, significand: value)
        // Zero has no sign.
        self = digits.count < text.utf8.count && !scaled.isZero ? -scaled : scaled
    }

    /// Rounded half to even.
    func rounded(to fraction: Int) -> Decimal {
        var (value, result) = (self, Decimal.zero)
        NSDecimalRound(&result, &value, fraction, .bankers)
        return result
    }

    /// Plain digits, with at least so many after the point.
    func text(fraction: Int) -> String {
        let text = description
        let shown = text.split(separator: ".").dropFirst().first?.count ?? 0
        guard shown < fraction else { return text }
        return text + (shown == 0 ? "." : "") + String(repeating: "0", count: fraction - shown)
    }
}
