/// A type whose properties are the columns of a table: `ratedPowerKW` is `rated_power_kw`.
///
/// ```swift
/// extension AssetState: Record {
///     static let columnNames = ["tenant": "tenant_id", "site": "site_id", "parent": "parent_id"]
///     static let joined: Set = ["siteCode"]
/// }
/// let assets = try rows.decode(AssetState.self)
/// try await tx.execute(.insert("assets", asset, adding: ["created_at": now]))
/// ```
public protocol Record {
    /// Columns that are not named after their property.
    static var columnNames: [String: String] { get }
    /// Properties that are read with the record but belong to other tables: never written.
    static var joined: Set<String> { get }
}

extension Record {
    public static var columnNames: [String: String] { [:] }
    public static var joined: Set<String> { [] }

    static func column(of property: String) -> String { columnNames[property] ?? property.snakeCased }
}

extension Row {
    /// The row as a value; every property needs its column.
    ///
    /// - Parameter given: Values of properties that are no columns.
    /// - Throws: ``PostgresError`` of kind `column`, naming the column that is missing, NULL or of another type.
    public func decode<Value: Record & Decodable>(
        _: Value.Type = Value.self,
        with given: [String: any Sendable] = [:]
    ) throws -> Value {
        let decoder = RowDecoder(Value.self, self)
        decoder.given = given
        return try Value(from: decoder)
    }
}

extension [Row] {
    /// The rows as values; the columns are looked up once for all of them.
    ///
    /// - Parameter given: Values of properties that are no columns, for each row.
    public func decode<Value: Record & Decodable>(
        _: Value.Type = Value.self,
        with given: (Row) throws -> [String: any Sendable] = { _ in [:] }
    ) throws -> [Value] {
        guard let first else { return [] }
        let decoder = RowDecoder(Value.self, first)
        return try map { row in
            decoder.begin(row)
            decoder.given = try given(row)
            return try Value(from: decoder)
        }
    }
}

/// Reads rows of one result into values of one type.
///
/// A type asks for its properties in the same order for each row. The columns that the first row needed are remembered in that order, so
/// that each further row finds its next column by comparing one name.
private final class RowDecoder: Decoder {
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]
    var given: [String: any Sendable] = [:]
    private let column: (String) -> String
    private(set) var row: Row
    private var known: [(property: String, column: String, number: Int32)] = []
    private var next = 0

    init<Value: Record>(_: Value.Type, _ row: Row) {
        column = Value.column(of:)
        self.row = row
    }

    func begin(_ row: Row) {
        self.row = row
        next = 0
    }

    func container<Key: CodingKey>(keyedBy _: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(RowContainer(decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw Self.unfit }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { throw Self.unfit }

    static let unfit = PostgresError(.column("a row is read into a type with properties"), message: "")

    /// The column of a property, which is asked for now.
    func place(of key: some CodingKey) throws -> (column: String, number: Int32) {
        let property = key.stringValue
        if next < known.count, known[next].property == property { return (known[next].column, known[next].number) }
        if let index = known.firstIndex(where: { $0.property == property }) {
            next = index
        } else {
            let column = column(property)
            known.append((property, column, try row.result.number(of: column)))
            next = known.count - 1
        }
        return (known[next].column, known[next].number)
    }

    func isNull(_ key: some CodingKey) throws -> Bool {
        let isNull = row.isNull(try place(of: key).number)
        if isNull { next += 1 }
        return isNull
    }

    func read<Value: PostgresDecodable>(_ key: some CodingKey, as _: Value.Type) throws -> Value {
        let (column, number) = try place(of: key)
        next += 1
        guard let value: Value = try row.value(column, number) else {
            throw PostgresError(.column("column \(column) is NULL"), message: "")
        }
        return value
    }
}

private struct RowContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: RowDecoder
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    /// Always: a column that was forgotten in the statement must not pass for NULL.
    func contains(_: Key) -> Bool { true }

    func decodeNil(forKey key: Key) throws -> Bool {
        if decoder.given[key.stringValue] != nil { return false }
        return try decoder.isNull(key)
    }

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try decoder.read(key, as: type) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try decoder.read(key, as: type) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try decoder.read(key, as: type) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try decoder.read(key, as: type) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try decoder.read(key, as: type) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try decoder.read(key, as: type) }

    func decode<Value: Decodable>(_: Value.Type, forKey key: Key) throws -> Value {
        if let given = decoder.given[key.stringValue] as? Value { return given }
        if let type = Value.self as? any PostgresDecodable.Type { return try fit(decoder.read(key, as: type)) }
        if let type = Value.self as? any ArrayColumn.Type { return try fit(type.read(key, decoder)) }
        throw PostgresError(.column("\(Value.self) is no type of a column"), message: "")
    }

    private func fit<Value>(_ value: Any) throws -> Value {
        guard let value = value as? Value else { throw RowDecoder.unfit }
        return value
    }

    func nestedContainer<Nested: CodingKey>(keyedBy _: Nested.Type, forKey _: Key) throws -> KeyedDecodingContainer<
        Nested
    > {
        throw RowDecoder.unfit
    }
    func nestedUnkeyedContainer(forKey _: Key) throws -> any UnkeyedDecodingContainer { throw RowDecoder.unfit }
    func superDecoder() throws -> any Decoder { throw RowDecoder.unfit }
    func superDecoder(forKey _: Key) throws -> any Decoder { throw RowDecoder.unfit }
}

/// A list that is an array column.
private protocol ArrayColumn {
    static func read(_ key: some CodingKey, _ decoder: RowDecoder) throws -> Self
}

extension Array: ArrayColumn where Element: PostgresValue {
    fileprivate static func read(_ key: some CodingKey, _ decoder: RowDecoder) throws -> [Element] {
        try decoder.read(key, as: PostgresArray<Element>.self).elements
    }
}

extension String {
    /// `rated_power_kw` for `ratedPowerKW`.
    var snakeCased: String {
        let letters = Array(self)
        var name = ""
        for (index, letter) in letters.enumerated() {
            if letter.isUppercase, index > 0 {
                let before = letters[index - 1]
                let after = index + 1 < letters.count ? letters[index + 1] : nil
                if !before.isUppercase || after?.isLowercase == true { name.append("_") }
            }
            name += letter.lowercased()
        }
        return name
    }
}
