extension SQL {
    /// Inserts a record: each of its properties into its column.
    ///
    /// - Parameters:
    ///   - table: A name of the program's, never input.
    ///   - further: Columns that are no properties.
    public static func insert<Value: Record & Encodable>(
        _ table: StaticString,
        _ record: Value,
        adding further: KeyValuePairs<String, (any PostgresEncodable)?> = [:]
    ) throws -> SQL {
        let columns = try RowEncoder.columns(of: record) + further.map { ($0, SQL(binding: $1)) }
        return """
            INSERT INTO \(sql: SQL(name: "\(table)")) \
            (\(sql: .list(columns.map { SQL(name: $0.name) }, ", "))) VALUES (\(sql: .list(columns.map(\.value), ", ")))
            """
    }

    /// Writes a record's properties into the rows that a condition names.
    ///
    /// - Parameter unchanged: Properties that never change, such as the key; they are not written.
    public static func update<Value: Record & Encodable>(
        _ table: StaticString,
        _ record: Value,
        except unchanged: Set<String>,
        where condition: SQL
    ) throws -> SQL {
        let columns = try RowEncoder.columns(of: record, except: unchanged)
        let assignments = columns.map { "\(sql: SQL(name: $0.name)) = \(sql: $0.value)" as SQL }
        return """
            UPDATE \(sql: SQL(name: "\(table)")) SET \(sql: .list(assignments, ", ")) WHERE \(sql: condition)
            """
    }

    /// All conditions together; those that are `nil` demand nothing.
    ///
    /// ```swift
    /// SQL.all(["tenant_id = \(tenant)", filter.status.map { "status = \($0)" }])
    /// ```
    public static func all(_ conditions: [SQL?]) -> SQL {
        let conditions = conditions.compactMap(\.self)
        return conditions.isEmpty ? "true" : list(conditions.map { "(\(sql: $0))" }, " AND ")
    }

    /// Any of the conditions; none of them is met when there are none.
    public static func any(_ conditions: [SQL]) -> SQL {
        conditions.isEmpty ? "false" : list(conditions.map { "(\(sql: $0))" }, " OR ")
    }

    private static func list(_ parts: [SQL], _ separator: String) -> SQL {
        guard var whole = parts.first else { return "" }
        for part in parts.dropFirst() {
            whole.append(separator)
            whole.append(part)
        }
        return whole
    }

    /// An identifier of the program's, quoted.
    private init(name: String) {
        self.init(stringLiteral: "\"\(name.replacing("\"", with: "\"\""))\"")
    }

    fileprivate init(binding value: (any PostgresEncodable)?) {
        func bound(_ value: some PostgresEncodable) -> SQL { "\(value)" }
        self = value.map { bound($0) } ?? "NULL"
    }
}

/// Takes a record apart into columns and values.
private final class RowEncoder: Encoder {
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]
    fileprivate let column: (String) -> String?
    fileprivate var columns: [(name: String, value: SQL)] = []

    private init(_ column: @escaping (String) -> String?) {
        self.column = column
    }

    static func columns<Value: Record & Encodable>(
        of record: Value,
        except: Set<String> = []
    ) throws -> [(name: String, value: SQL)] {
        let encoder = RowEncoder { property in
            Value.joined.contains(property) || except.contains(property) ? nil : Value.column(of: property)
        }
        try record.encode(to: encoder)
        return encoder.columns
    }

    func container<Key: CodingKey>(keyedBy _: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(Container(encoder: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer { Nothing() }
    func singleValueContainer() -> any SingleValueEncodingContainer { Nothing() }

    fileprivate func put(_ property: String, _ value: SQL) {
        guard let name = column(property) else { return }
        columns.append((name, value))
    }

    private struct Container<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let encoder: RowEncoder
        var codingPath: [any CodingKey] { [] }

        func encodeNil(forKey key: Key) throws { encoder.put(key.stringValue, "NULL") }

        func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
            guard encoder.column(key.stringValue) != nil else { return }
            if let value = value as? any PostgresEncodable {
                encoder.put(key.stringValue, SQL(binding: value))
            } else if let list = value as? any ArrayValue {
                encoder.put(key.stringValue, list.bound)
            } else {
                throw PostgresError(.column("\(Value.self) is no type of a column"), message: key.stringValue)
            }
        }

        // The default leaves a `nil` out, and the column would keep what it has.
        func encodeIfPresent<Value: Encodable>(_ value: Value?, forKey key: Key) throws { try put(value, key) }
        func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try put(value, key) }
        func encodeIfPresent(_ value: String?, forKey key: Key) throws { try put(value, key) }
        func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try put(value, key) }
        func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try put(value, key) }
        func encodeIfPresent(_ value: Int64?, forKey key: Key) throws { try put(value, key) }
        func encodeIfPresent(_ value: Int32?, forKey key: Key) throws { try put(value, key) }

        private func put(_ value: (some Encodable)?, _ key: Key) throws {
            if let value { try encode(value, forKey: key) } else { try encodeNil(forKey: key) }
        }

        func nestedContainer<Nested: CodingKey>(keyedBy _: Nested.Type, forKey _: Key) -> KeyedEncodingContainer<Nested>
        {
            encoder.container(keyedBy: Nested.self)
        }
        func nestedUnkeyedContainer(forKey _: Key) -> any UnkeyedEncodingContainer { Nothing() }
        func superEncoder() -> any Encoder { encoder }
        func superEncoder(forKey _: Key) -> any Encoder { encoder }
    }

    /// Where a record that has no properties would go.
    private struct Nothing: UnkeyedEncodingContainer, SingleValueEncodingContainer {
        var codingPath: [any CodingKey] { [] }
        var count: Int { 0 }

        private var unfit: PostgresError { PostgresError(.column("a record is a type with properties"), message: "") }

        func encodeNil() throws { throw unfit }
        func encode<Value: Encodable>(_: Value) throws { throw unfit }
        func nestedContainer<Nested: CodingKey>(keyedBy _: Nested.Type) -> KeyedEncodingContainer<Nested> {
            KeyedEncodingContainer(Refusing<Nested>())
        }
        func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { self }
        func superEncoder() -> any Encoder { RowEncoder { _ in nil } }
    }

    private struct Refusing<Key: CodingKey>: KeyedEncodingContainerProtocol {
        var codingPath: [any CodingKey] { [] }
        func encodeNil(forKey _: Key) throws {}
        func encode<Value: Encodable>(_: Value, forKey key: Key) throws {
            throw PostgresError(.column("a column holds no list of records"), message: key.stringValue)
        }
        func nestedContainer<Nested: CodingKey>(keyedBy _: Nested.Type, forKey _: Key) -> KeyedEncodingContainer<Nested>
        {
            KeyedEncodingContainer(Refusing<Nested>())
        }
        func nestedUnkeyedContainer(forKey _: Key) -> any UnkeyedEncodingContainer { Nothing() }
        func superEncoder() -> any Encoder { RowEncoder { _ in nil } }
        func superEncoder(forKey _: Key) -> any Encoder { RowEncoder { _ in nil } }
    }
}

private protocol ArrayValue {
    var bound: SQL { get }
}

extension Array: ArrayValue where Element: PostgresValue {
    fileprivate var bound: SQL { "\(PostgresArray(self))" }
}
