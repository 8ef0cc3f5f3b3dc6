import HTTPTypes

/// Collects what is wrong with a request's fields, so that a client learns of all of it at once.
public struct Validation: Sendable {
    private var errors: [Problem.FieldError] = []

    public init() {}

    /// Notes a problem unless `holds`.
    public mutating func require(_ holds: Bool, _ field: String, _ message: @autoclosure () -> String) {
        if !holds { errors.append(.init(field: field, message: message())) }
    }

    /// A text with a length within `range` that is not only white space.
    public mutating func text(_ text: String?, _ field: String, _ range: ClosedRange<Int>) {
        guard let text else { return }
        let isBlank = range.lowerBound > 0 && text.allSatisfy(\.isWhitespace)
        require(
            range.contains(text.count) && !isBlank && !text.unicodeScalars.contains("\0"),
            field,
            "must have \(range.lowerBound) to \(range.upperBound) characters"
        )
    }

    /// - Throws: ``Problem`` 400 with every field that is wrong.
    public func check() throws {
        guard !errors.isEmpty else { return }
        let fields = errors.map { "\($0.field) \($0.message)" }.joined(separator: "; ")
        throw Problem(.badRequest, "invalid_fields", fields, errors: errors)
    }
}
