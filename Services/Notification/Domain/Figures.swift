import Foundation

/// Numbers as people read them.
enum Figures {
    /// A value with enough digits to show how far it is beyond a limit, at least one after the point.
    static func text(_ value: Double, against limit: Double) -> String {
        // The last digit is smaller than the difference, so rounding can't make the value equal to the limit.
        let digits = -log10((value - limit).magnitude).rounded(.down) + 1
        guard digits.isFinite, digits < 16 else { return exact(value) }
        return rounded(value, digits: max(1, Int(digits)))
    }

    /// A value as it was entered.
    static func exact(_ value: Double) -> String {
        rounded(value, digits: 17)
    }

    private static func rounded(_ value: Double, digits: Int) -> String {
        // Dozens of digits would say nothing: such numbers are written like 3.4e+38.
        guard value.magnitude < 1e15, value == 0 || value.magnitude >= 1e-6 else { return "\(value)" }
        return value.formatted(
            // Without groups: "1,234" is another number in other languages.
            .number.grouping(.never).precision(.fractionLength(0...digits)).locale(Locale(identifier: "en_US"))
        )
    }
}
