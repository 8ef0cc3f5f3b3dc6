/// What a field may hold beyond its Swift type: lengths, ranges, formats. It is checked in front of everything else, and told
/// in the API's document.
public struct Rule: Sendable {
    enum Kind: Sendable {
        case text(TextRule)
        case whole(ClosedRange<Int64>)
        case number(NumberRule)
        case items(ClosedRange<Int>, each: [Rule])
    }

    var kind: Kind?
    var summary: String?
    var example: JSONValue?

    /// Text on one line, not blank when it must have at least one character, and without control characters.
    ///
    /// - Parameter length: In Unicode scalars, as PostgreSQL's `length` counts.
    public static func line(_ length: ClosedRange<Int>) -> Rule {
        Rule(kind: .text(TextRule(length: length, isLine: true)))
    }

    /// Text that may have several lines.
    ///
    /// - Parameter length: In Unicode scalars.
    public static func text(_ length: ClosedRange<Int>) -> Rule {
        Rule(kind: .text(TextRule(length: length, isLine: false)))
    }

    /// Text of a certain form.
    ///
    /// - Parameters:
    ///   - length: In Unicode scalars.
    ///   - format: What JSON Schema calls the form, for example `email`; `nil` when it has no name for it.
    ///   - message: What a text that is not so is told: `must be …`.
    ///   - example: A text that is so.
    ///   - holds: Whether a text is so.
    public static func form(
        _ length: ClosedRange<Int>,
        format: String? = nil,
        pattern: String? = nil,
        _ message: String,
        example: String,
        _ holds: @escaping @Sendable (String) -> Bool
    ) -> Rule {
        let form = TextRule.Form(format: format, pattern: pattern, message: message, holds: holds)
        return Rule(
            kind: .text(TextRule(length: length, isLine: true, form: form)),
            example: .string(example)
        )
    }

    /// A password: any text, in Unicode scalars; it is never shown as an example.
    public static func secret(_ length: ClosedRange<Int>) -> Rule {
        let form = TextRule.Form(format: "password", pattern: nil, message: "must be a password") { _ in true }
        return Rule(kind: .text(TextRule(length: length, isLine: false, form: form)))
    }

    /// A whole number within a range.
    public static func whole(_ range: ClosedRange<Int64>) -> Rule { Rule(kind: .whole(range)) }

    /// A number within a range.
    public static func number(_ range: ClosedRange<Double>) -> Rule {
        Rule(kind: .number(NumberRule(minimum: range.lowerBound, maximum: range.upperBound)))
    }

    /// A number that is not below `minimum`.
    public static func atLeast(_ minimum: Double) -> Rule { Rule(kind: .number(NumberRule(minimum: minimum))) }

    /// A list of so many elements.
    ///
    /// - Parameter each: The rule of every element.
    public static func items(_ count: ClosedRange<Int>, each: Rule? = nil) -> Rule {
        Rule(kind: .items(count, each: each.map { [$0] } ?? []))
    }

    /// Nothing but a meaning, for a field whose type says enough.
    public static func means(_ summary: String) -> Rule { Rule(summary: summary) }

    /// The same rule with a sentence on what the field means.
    public func means(_ summary: String) -> Rule {
        var rule = self
        rule.summary = summary
        return rule
    }

    /// The same rule with an example.
    public func example(_ example: JSONValue) -> Rule {
        var rule = self
        rule.example = example
        return rule
    }
}

/// What a text may be.
public struct TextRule: Sendable {
    struct Form: Sendable {
        var format: String?
        var pattern: String?
        var message: String
        var holds: @Sendable (String) -> Bool
    }

    /// In Unicode scalars.
    var length: ClosedRange<Int>
    var isLine: Bool
    var form: Form?

    /// What is wrong with a text; `nil` when nothing is.
    func problem(of text: String) -> String? {
        // No scalar takes more than four bytes: a giant is refused without being counted.
        let count = text.utf8.count > length.upperBound * 4 ? Int.max : text.unicodeScalars.count
        guard length.contains(count) else {
            return length.lowerBound == 0
                ? "must have at most \(length.upperBound) characters"
                : "must have \(length.lowerBound) to \(length.upperBound) characters"
        }
        if length.lowerBound > 0, text.allSatisfy(\.isWhitespace) { return "must not be blank" }
        for scalar in text.unicodeScalars where scalar.properties.generalCategory == .control {
            if scalar == "\0" { return "must not contain U+0000" }
            if isLine { return "must not contain control characters" }
            if scalar != "\n", scalar != "\t", scalar != "\r" { return "must not contain control characters" }
        }
        if let form, !form.holds(text) { return form.message }
        return nil
    }
}

/// What a number may be.
public struct NumberRule: Hashable, Sendable {
    var minimum: Double?
    var maximum: Double?

    func problem(of number: Double) -> String? {
        switch (minimum, maximum) {
        case (let minimum?, let maximum?):
            (minimum...maximum).contains(number)
                ? nil : "must be from \(Self.text(minimum)) to \(Self.text(maximum))"
        case (let minimum?, nil): number >= minimum ? nil : "must be at least \(Self.text(minimum))"
        case (nil, let maximum?): number <= maximum ? nil : "must be at most \(Self.text(maximum))"
        case (nil, nil): nil
        }
    }

    static func text(_ number: Double) -> String {
        Int64(exactly: number).map(String.init) ?? "\(number)"
    }
}
