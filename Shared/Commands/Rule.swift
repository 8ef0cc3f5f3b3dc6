/// What a field may hold beyond its Swift type: lengths, ranges, formats. It is checked before everything else, and described
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
        Rule(kind: .text(TextRule(length)))
    }

    /// Text that may have several lines.
    ///
    /// - Parameter length: In Unicode scalars.
    public static func text(_ length: ClosedRange<Int>) -> Rule {
        Rule(kind: .text(TextRule(length, lines: .many)))
    }

    /// Text of a certain form.
    ///
    /// - Parameters:
    ///   - length: In Unicode scalars.
    ///   - format: What JSON Schema calls the form, for example `email`; `nil` when it has no name for it.
    ///   - rule: What a text that does not hold breaks.
    ///   - example: A valid text.
    ///   - holds: Whether a text is valid.
    public static func form(
        _ length: ClosedRange<Int>,
        format: String? = nil,
        pattern: String? = nil,
        _ rule: FieldRule,
        example: String,
        _ holds: @escaping @Sendable (String) -> Bool
    ) -> Rule {
        let form = TextRule.Form(format: format, pattern: pattern, broken: rule, holds: holds)
        var text = TextRule(length)
        text.form = form
        return Rule(kind: .text(text), example: .string(example))
    }

    /// A password: any text, in Unicode scalars; it is never shown as an example.
    public static func secret(_ length: ClosedRange<Int>) -> Rule {
        let form = TextRule.Form(format: TextRule.secretFormat, pattern: nil, broken: nil) { _ in true }
        var rule = TextRule(length)
        rule.form = form
        return Rule(kind: .text(rule))
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

    /// Only a meaning, for a field whose type says enough.
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
///
/// Its length is counted in Unicode scalars ("code points"), as PostgreSQL's `length()` and JSON Schema's `maxLength` count: what
/// passes here, no store refuses. What a reader sees as one character has no bound: it may hold a hundred thousand scalars.
public struct TextRule: Sendable {
    public enum Lines: Hashable, Sendable {
        /// A name or a title: no line breaks, no control characters.
        case one
        /// A description or a note: line breaks and tabs, but no other control characters.
        case many
    }

    struct Form: Sendable {
        var format: String?
        var pattern: String?
        var broken: FieldRule?
        var holds: @Sendable (String) -> Bool
    }

    /// Unicode scalars.
    public var length: ClosedRange<Int>
    public var lines: Lines
    var form: Form?

    /// What JSON Schema calls a text that is not shown.
    static let secretFormat = "password"
    var isSecret: Bool { form?.format == Self.secretFormat }

    public init(_ length: ClosedRange<Int>, lines: Lines = .one) {
        self.length = length
        self.lines = lines
    }

    /// The rule that the text breaks; `nil` when it breaks none.
    public func broken(by text: String) -> FieldRule? {
        // No scalar is longer than four bytes: a huge text is refused without being counted.
        guard text.utf8.count <= length.upperBound * 4, length.contains(text.unicodeScalars.count) else {
            return .length(length)
        }
        if let scalar = text.unicodeScalars.first(where: isRefused) { return .character(scalar) }
        if length.lowerBound > 0, text.isBlank { return .blank }
        if let form, !form.holds(text) { return form.broken }
        return nil
    }

    private func isRefused(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\t", "\n", "\r": lines == .one
        // Line and paragraph separators break lines without being control characters.
        case "\u{2028}", "\u{2029}": lines == .one
        default: scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
        }
    }
}

extension String {
    /// Whether nobody would see anything of it.
    public var isBlank: Bool { unicodeScalars.allSatisfy(\.isInvisible) }
}

extension Unicode.Scalar {
    fileprivate var isInvisible: Bool {
        properties.isWhitespace || properties.isDefaultIgnorableCodePoint
    }
}

/// What a number may be.
public struct NumberRule: Hashable, Sendable {
    var minimum: Double?
    var maximum: Double?

    /// The rule that the number breaks; `nil` when it is within the bounds.
    func broken(by number: Double) -> FieldRule? {
        guard number < minimum ?? number || number > maximum ?? number else { return nil }
        return .range(minimum.map(Self.text), maximum.map(Self.text))
    }

    static func text(_ number: Double) -> String {
        Int64(exactly: number).map(String.init) ?? "\(number)"
    }
}
