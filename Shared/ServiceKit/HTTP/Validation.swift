import HTTPTypes

/// Collects what is wrong with a request's fields, so that a client learns of all of it at once.
public struct Validation: Sendable {
    private var errors: [Problem.FieldError] = []

    public init() {}

    /// Notes a problem unless `holds`.
    public mutating func require(_ holds: Bool, _ field: String, _ message: @autoclosure () -> String) {
        if !holds { errors.append(.init(field: field, message: message())) }
    }

    /// A text that keeps a ``TextRule``: a length in Unicode scalars within `length`, no control characters, not blank.
    public mutating func text(
        _ text: String?,
        _ field: String,
        _ length: ClosedRange<Int>,
        lines: TextRule.Lines = .one
    ) {
        guard let text, let fault = TextRule(length, lines: lines).fault(of: text) else { return }
        require(false, field, fault)
    }

    /// - Throws: ``Problem`` 400 with every field that is wrong.
    public func check() throws {
        guard !errors.isEmpty else { return }
        let fields = errors.map { "\($0.field) \($0.message)" }.joined(separator: "; ")
        throw Problem(.badRequest, "invalid_fields", fields, errors: errors)
    }
}
