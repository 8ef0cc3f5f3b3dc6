/// What a text must be like: a rule that can stand by itself, apart from the request that brings the text.
///
/// Its length is counted in Unicode scalars ("code points"), as PostgreSQL's `length()` and JSON Schema's `maxLength` count: what
/// passes here, no store refuses. What a reader sees as one character has no size: it may hold a hundred thousand scalars.
public struct TextRule: Hashable, Sendable {
    public enum Lines: Hashable, Sendable {
        /// A name or a title: no line breaks, no control characters.
        case one
        /// A description or a note: line breaks and tabs, but no other control characters.
        case many
    }

    /// Unicode scalars.
    public var length: ClosedRange<Int>
    public var lines: Lines

    public init(_ length: ClosedRange<Int>, lines: Lines = .one) {
        self.length = length
        self.lines = lines
    }

    /// What is wrong with the text, for a person; `nil` when nothing is.
    public func fault(of text: String) -> String? {
        guard length.contains(text.unicodeScalars.count) else {
            return "must have \(length.lowerBound) to \(length.upperBound) characters"
        }
        if let scalar = text.unicodeScalars.first(where: isRefused) {
            let digits = String(scalar.value, radix: 16, uppercase: true)
            return "must not contain U+\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)"
        }
        let isBlank = length.lowerBound > 0 && text.unicodeScalars.allSatisfy(\.isInvisible)
        return isBlank ? "must not be blank" : nil
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

extension Unicode.Scalar {
    fileprivate var isInvisible: Bool {
        properties.isWhitespace || properties.isDefaultIgnorableCodePoint
    }
}
