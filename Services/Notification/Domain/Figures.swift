import Foundation

/// Figures as people read them.
enum Figures {
    /// A value with as many digits as it takes to see how far it is beyond a limit, one after the point at least.
    static func text(_ value: Double, against limit: Double) -> String {
        // The last digit is worth less than the difference: rounding never brings the value to the limit.
        let digits = -log10((value - limit).magnitude).rounded(.down) + 1
        guard digits.isFinite, digits < 16 else { return exact(value) }
        return rounded(value, digits: max(1, Int(digits)))
    }

    /// A value as somebody entered it.
    static func exact(_ value: Double) -> String {
        rounded(value, digits: 17)
    }

    private static func rounded(_ value: Double, digits: Int) -> String {
        // Dozens of digits that say nothing: as programs write such numbers, 3.4e+38.
        guard value.magnitude < 1e15, value == 0 || value.magnitude >= 1e-6 else { return "\(value)" }
        return value.formatted(
            .number.precision(.fractionLength(0...digits)).locale(Locale(identifier: "en_US"))
        )
    }
}
