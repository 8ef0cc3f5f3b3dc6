import Synchronization

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

    static func column(of property: String) -> String { columnNames[property] ?? ColumnNames.of(property) }
}

/// The columns' names of all properties so far: as many as the program has.
private enum ColumnNames {
    private static let known = Mutex<[String: String]>([:])

    static func of(_ property: String) -> String {
        known.withLock { known in
            if let column = known[property] { return column }
            let column = property.snakeCased
            known[property] = column
            return column
        }
    }
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
        let value = try Value(from: decoder)
        decoder.remember()
        return value
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
        let values = try map { row in
            decoder.begin(row)
            decoder.given = try given(row)
            return try Value(from: decoder)
        }
        decoder.remember()
        return values
    }
}

/// How a type is read from results with certain columns: found once, and then used for each result that has them.
private struct RecordPlan: Sendable {
    /// The names of the results' columns, in their order.
    let columns: [String]
    /// The properties in the order in which the type asks for them.
    var properties: [Property] = []

    struct Property: Sendable {
        let name: String
        let column: String
        let number: Int32
        /// A ``ColumnReader`` of the property's type.
        var reader: (any Sendable & AnyObject)?
    }

    /// A type is read from results of a few forms, which differ in how many columns they have.
    private struct Key: Hashable {
        let type: ObjectIdentifier
        let count: Int
    }

    /// The last plan for each type and number of columns. Where the columns still differ, the plan is made anew each time.
    private static let known = Mutex<[Key: RecordPlan]>([:])

    static func of(_ type: ObjectIdentifier, for result: ResultSet) -> RecordPlan {
        let key = Key(type: type, count: result.columnCount)
        if let plan = known.withLock({ $0[key] }), result.hasColumns(plan.columns) { return plan }
        return RecordPlan(columns: result.columns)
    }

    func remember(for type: ObjectIdentifier) {
        Self.known.withLock { $0[Key(type: type, count: columns.count)] = self }
    }
}

/// Reads a column's values as one type. The way from a type that is only `Decodable` to this costs some dynamic casts, so it is gone
/// once for each property and not for each value.
private class ColumnReader<Value>: @unchecked Sendable {
    // Safe to share: it has no state.
    func read(_ row: Row, _ column: String, _ number: Int32) throws -> Value { throw RowDecoder.unfit }

    static func make() throws -> ColumnReader<Value> {
        let made: AnyObject? =
            if let type = Value.self as? any PostgresDecodable.Type {
                reader(of: type)
            } else if let type = Value.self as? any ArrayColumn.Type {
                type.reader
            } else {
                nil
            }
        guard let reader = made as? ColumnReader<Value> else {
            throw PostgresError(.column("\(Value.self) is no type of a column"), message: "")
        }
        return reader
    }

    private static func reader<Scalar: PostgresDecodable>(of _: Scalar.Type) -> AnyObject { ScalarReader<Scalar>() }
}

private final class ScalarReader<Value: PostgresDecodable>: ColumnReader<Value>, @unchecked Sendable {
    override func read(_ row: Row, _ column: String, _ number: Int32) throws -> Value {
        guard let value: Value = try row.value(column, number) else { throw Row.isNull(column) }
        return value
    }
}

private final class ArrayReader<Element: PostgresValue>: ColumnReader<[Element]>, @unchecked Sendable {
    override func read(_ row: Row, _ column: String, _ number: Int32) throws -> [Element] {
        guard let value: PostgresArray<Element> = try row.value(column, number) else { throw Row.isNull(column) }
        return value.elements
    }
}

/// A list that is an array column.
private protocol ArrayColumn {
    static var reader: AnyObject { get }
}

extension Array: ArrayColumn where Element: PostgresValue {
    fileprivate static var reader: AnyObject { ArrayReader<Element>() }
}

extension Row {
    fileprivate static func isNull(_ column: String) -> PostgresError {
        PostgresError(.column("column \(column) is NULL"), message: "")
    }
}

/// Reads rows of one result into values of one type.
///
/// A type asks for its properties in the same order for each row. So each property is found by comparing one name.
private final class RowDecoder: Decoder {
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]
    var given: [String: any Sendable] = [:]
    private let type: ObjectIdentifier
    private let column: (String) -> String
    private var row: Row
    private var plan: RecordPlan
    private var isNew = false
    private var next = 0

    init<Value: Record>(_: Value.Type, _ row: Row) {
        type = ObjectIdentifier(Value.self)
        column = Value.column(of:)
        self.row = row
        plan = .of(type, for: row.result)
    }

    func begin(_ row: Row) {
        self.row = row
        next = 0
    }

    /// Keeps what was found for the next result.
    func remember() {
        if isNew { plan.remember(for: type) }
    }

    func container<Key: CodingKey>(keyedBy _: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(RowContainer(decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw Self.unfit }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { throw Self.unfit }

    static let unfit = PostgresError(.column("a row is read into a type with properties"), message: "")

    /// Finds the property that is asked for now.
    private func find(_ key: some CodingKey) throws {
        let name = key.stringValue
        if next < plan.properties.count, plan.properties[next].name == name { return }
        if let index = plan.properties.firstIndex(where: { $0.name == name }) {
            next = index
            return
        }
        let column = column(name)
        plan.properties.append(
            RecordPlan.Property(name: name, column: column, number: try row.result.number(of: column))
        )
        next = plan.properties.count - 1
        isNew = true
    }

    func isNull(_ key: some CodingKey) throws -> Bool {
        try find(key)
        let isNull = row.isNull(plan.properties[next].number)
        if isNull { next += 1 }
        return isNull
    }

    func read<Value>(_ key: some CodingKey, as _: Value.Type) throws -> Value {
        try find(key)
        defer { next += 1 }
        let property = plan.properties[next]
        // A property has one type; only a type that reads itself in a way of its own could ask for another one.
        if let reader = property.reader as? ColumnReader<Value> {
            return try reader.read(row, property.column, property.number)
        }
        let reader = try ColumnReader<Value>.make()
        plan.properties[next].reader = reader
        isNew = true
        return try reader.read(row, property.column, property.number)
    }
}

private struct RowContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: RowDecoder
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    /// Always: a column that was forgotten in the statement must not pass for NULL.
    func contains(_: Key) -> Bool { true }

    func decodeNil(forKey key: Key) throws -> Bool {
        if !decoder.given.isEmpty, decoder.given[key.stringValue] != nil { return false }
        return try decoder.isNull(key)
    }

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try decoder.read(key, as: type) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try decoder.read(key, as: type) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try decoder.read(key, as: type) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try decoder.read(key, as: type) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try decoder.read(key, as: type) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try decoder.read(key, as: type) }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        if !decoder.given.isEmpty, let given = decoder.given[key.stringValue] as? Value { return given }
        return try decoder.read(key, as: type)
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
