/// A statement with its parameters. Interpolation *binds*: a value becomes `$1`, `$2`, … and travels apart from the text, so
/// that no input can ever become SQL.
///
/// ```swift
/// let row = try await database.first("SELECT title FROM work_orders WHERE id = \(id) AND tenant_id = \(tenant)")
/// ```
///
/// Fragments compose with `\(sql: other)`; their parameters are numbered anew.
public struct SQL: ExpressibleByStringInterpolation, Sendable {
    /// The text with `$n` in place of the values.
    public private(set) var text: String
    var parameters: [Parameter]

    struct Parameter: Sendable {
        var type: UInt32
        /// The value in PostgreSQL's binary form; `nil` is NULL.
        var bytes: [UInt8]?
        /// Why the statement can't be sent with it.
        var refusal: String?
    }

    public init(stringLiteral value: String) {
        text = value
        parameters = []
    }

    public init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
        parameters = stringInterpolation.parameters
    }

    /// Builds a statement's text and parameters piece by piece.
    public struct StringInterpolation: StringInterpolationProtocol {
        var text = ""
        var parameters: [Parameter] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 3)
            parameters.reserveCapacity(interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        /// Binds a value.
        public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value) {
            var bytes: [UInt8] = []
            value.encode(into: &bytes)
            bind(Parameter(type: Value.postgresType, bytes: bytes, refusal: value.refusal))
        }

        /// Binds a value or NULL.
        public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
            guard let value else { return bind(Parameter(type: Value.postgresType, bytes: nil)) }
            appendInterpolation(value)
        }

        /// Inserts another statement, whose parameters are numbered after those so far.
        public mutating func appendInterpolation(sql other: SQL) {
            var rest = Substring(other.text)
            while let dollar = rest.firstIndex(of: "$") {
                text += rest[..<dollar]
                rest = rest[rest.index(after: dollar)...]
                let digits = rest.prefix { $0.isASCII && $0.isNumber }
                if let number = Int(digits), other.parameters.indices.contains(number - 1) {
                    bind(other.parameters[number - 1])
                    rest = rest[digits.endIndex...]
                } else {
                    text += "$"
                }
            }
            text += rest
        }

        private mutating func bind(_ parameter: Parameter) {
            parameters.append(parameter)
            text += "$\(parameters.count)"
        }
    }
}
