/// A statement with its parameters. Interpolation *binds*: a value becomes `$1`, `$2`, … and travels apart from the text, so
/// that no input can ever become SQL.
///
/// ```swift
/// let row = try await database.first("SELECT title FROM work_orders WHERE id = \(id) AND tenant_id = \(tenant)")
/// ```
///
/// Fragments compose with `\(sql: other)`; their parameters are numbered anew.
public struct SQL: ExpressibleByStringInterpolation, Sendable {
    /// The text around the parameters: the n-th one stands behind the n-th piece. There is one piece more than parameters.
    private(set) var pieces: [String]
    private(set) var parameters: [Parameter]

    struct Parameter: Sendable {
        var type: UInt32
        /// The value in PostgreSQL's binary form; `nil` is NULL.
        var bytes: [UInt8]?
        /// Why the statement can't be sent with it.
        var refusal: String?
    }

    public init(stringLiteral value: String) {
        pieces = [value]
        parameters = []
    }

    public init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.sql
    }

    /// The text with `$n` in place of the values.
    public var text: String {
        guard !parameters.isEmpty else { return pieces[0] }
        var text = ""
        text.reserveCapacity(pieces.reduce(pieces.count * 4) { $0 + $1.utf8.count })
        for (index, piece) in pieces.enumerated() {
            if index > 0 { text += "$\(index)" }
            text += piece
        }
        return text
    }

    /// What statements that differ in their values only have in common: one plan serves them all.
    struct Form: Hashable, Sendable {
        let pieces: [String]
        /// They are part of the plan: the same text may come with another type in an optional.
        let types: [UInt32]
    }

    var form: Form { Form(pieces: pieces, types: parameters.map(\.type)) }

    mutating func append(_ text: String) {
        pieces[pieces.count - 1] += text
    }

    mutating func bind(_ parameter: Parameter) {
        parameters.append(parameter)
        pieces.append("")
    }

    /// Appends another statement, whose parameters are numbered after those so far.
    mutating func append(_ other: SQL) {
        append(other.pieces[0])
        pieces += other.pieces.dropFirst()
        parameters += other.parameters
    }

    /// Builds a statement's text and parameters piece by piece.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var sql: SQL = ""

        public init(literalCapacity: Int, interpolationCount: Int) {
            sql.pieces.reserveCapacity(interpolationCount + 1)
            sql.parameters.reserveCapacity(interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) {
            sql.append(literal)
        }

        /// Binds a value.
        public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value) {
            var bytes: [UInt8] = []
            value.encode(into: &bytes)
            sql.bind(Parameter(type: Value.postgresType, bytes: bytes, refusal: value.refusal))
        }

        /// Binds a value or NULL.
        public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
            guard let value else { return sql.bind(Parameter(type: Value.postgresType, bytes: nil)) }
            appendInterpolation(value)
        }

        /// Inserts another statement, whose parameters are numbered after those so far.
        public mutating func appendInterpolation(sql other: SQL) {
            sql.append(other)
        }
    }
}
