import Foundation

/// Turns bytes into `Decodable` values, by the schema they were written with and the schema of the type.
public enum AvroDecoder {
    /// A symbol for which the reader's enumeration has only its default.
    public struct UnknownSymbol: Hashable, Sendable, CustomStringConvertible {
        /// Leads to the field.
        public let path: String
        /// The enumeration's name without its namespace.
        public let enumeration: String
        /// What was written.
        public let symbol: String

        public var description: String { "\(path): \(symbol) is no \(enumeration) that this version knows" }
    }

    /// - Parameters:
    ///   - bytes: Avro binary without framing; nothing may follow the value.
    ///   - writer: The schema that it was written with.
    ///   - reader: The schema of `Value`, for the resolution of differences.
    ///   - unknown: Receives the symbols for which the value has its enumerations' defaults.
    /// - Throws: ``AvroError`` with the path of the field in question.
    public static func decode<Value: Decodable>(
        _: Value.Type,
        from bytes: ArraySlice<UInt8>,
        writer: AvroSchema,
        reader: AvroSchema,
        unknown: inout [UnknownSymbol]
    ) throws -> Value {
        var source = AvroReader(bytes)
        let tree = try source.read(writer, as: reader, path: "")
        guard source.isAtEnd else { throw AvroError.malformed(path: "the value", "bytes follow its end") }
        unknown += source.unknownSymbols
        return try value(Value.self, from: tree, at: [])
    }

    /// As above, for a reader who does not ask about unknown symbols.
    public static func decode<Value: Decodable>(
        _: Value.Type,
        from bytes: ArraySlice<UInt8>,
        writer: AvroSchema,
        reader: AvroSchema
    ) throws -> Value {
        var unknown: [UnknownSymbol] = []
        return try decode(Value.self, from: bytes, writer: writer, reader: reader, unknown: &unknown)
    }

    /// Whether a value is being decoded from Avro: there, but not in an API, an enumeration may be of a newer version.
    public static func reads(by decoder: any Decoder) -> Bool { decoder is TreeDecoder }

    static func value<Value: Decodable>(
        _: Value.Type,
        from tree: AvroValue,
        at path: [any CodingKey]
    ) throws -> Value {
        let foreign: Any? =
            switch tree {
            case .date(let date) where Value.self == Date.self: date
            case .uuid(let uuid) where Value.self == UUID.self: uuid
            case .bytes(let data) where Value.self == Data.self: data
            case .decimal(let decimal) where Value.self == Decimal.self: decimal
            default: nil
            }
        if let value = foreign as? Value { return value }
        do {
            return try Value(from: TreeDecoder(tree: tree, codingPath: path))
        } catch let DecodingError.dataCorrupted(context) {
            // A type that validates its own text, such as an identifier.
            throw AvroError.mismatch(path: context.codingPath.joined, expected: context.debugDescription)
        }
    }
}

extension [any CodingKey] {
    fileprivate var joined: String { map(\.stringValue).joined(separator: ".") }
}

private struct TreeDecoder: Decoder {
    let tree: AvroValue
    var codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let fields) = tree else { throw mismatch("a record") }
        return KeyedDecodingContainer(Keyed<Key>(fields: fields, codingPath: codingPath))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let items) = tree else { throw mismatch("a list") }
        return Unkeyed(items: items, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer {
        Single(tree: tree, codingPath: codingPath)
    }

    private func mismatch(_ expected: String) -> AvroError {
        AvroError.mismatch(path: codingPath.joined, expected: expected)
    }
}

private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let fields: [String: AvroValue]
    var codingPath: [any CodingKey]
    var allKeys: [Key] { fields.keys.compactMap(Key.init) }

    func contains(_ key: Key) -> Bool { fields[key.stringValue] != nil }

    func decodeNil(forKey key: Key) throws -> Bool { try field(key) == .null }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try AvroDecoder.value(type, from: try field(key), at: codingPath + [key])
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try TreeDecoder(tree: try field(key), codingPath: codingPath + [key]).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try TreeDecoder(tree: try field(key), codingPath: codingPath + [key]).unkeyedContainer()
    }

    func superDecoder() -> any Decoder { TreeDecoder(tree: fields["super"] ?? .null, codingPath: codingPath) }

    func superDecoder(forKey key: Key) throws -> any Decoder {
        TreeDecoder(tree: try field(key), codingPath: codingPath + [key])
    }

    private func field(_ key: Key) throws -> AvroValue {
        guard let value = fields[key.stringValue] else {
            throw AvroError.mismatch(path: (codingPath + [key]).joined, expected: "present")
        }
        return value
    }
}

private struct Unkeyed: UnkeyedDecodingContainer {
    let items: [AvroValue]
    var codingPath: [any CodingKey]
    var currentIndex = 0
    var count: Int? { items.count }
    var isAtEnd: Bool { currentIndex == items.count }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, items[currentIndex] == .null else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try AvroDecoder.value(type, from: try next(), at: codingPath)
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested>
    {
        try TreeDecoder(tree: try next(), codingPath: codingPath).container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try TreeDecoder(tree: try next(), codingPath: codingPath).unkeyedContainer()
    }

    mutating func superDecoder() throws -> any Decoder { TreeDecoder(tree: try next(), codingPath: codingPath) }

    private mutating func next() throws -> AvroValue {
        guard !isAtEnd else { throw AvroError.mismatch(path: codingPath.joined, expected: "another item") }
        defer { currentIndex += 1 }
        return items[currentIndex]
    }
}

private struct Single: SingleValueDecodingContainer {
    let tree: AvroValue
    var codingPath: [any CodingKey]

    func decodeNil() -> Bool { tree == .null }

    func decode(_: Bool.Type) throws -> Bool {
        guard case .boolean(let value) = tree else { throw mismatch("a boolean") }
        return value
    }

    func decode(_: String.Type) throws -> String {
        switch tree {
        case .string(let text): return text
        case .uuid(let uuid): return uuid.uuidString.lowercased()
        default: throw mismatch("a string")
        }
    }

    func decode(_: Double.Type) throws -> Double {
        switch tree {
        case .double(let value): return value
        case .integer(let value): return Double(value)
        default: throw mismatch("a number")
        }
    }

    func decode(_: Float.Type) throws -> Float { Float(try decode(Double.self)) }
    func decode(_ type: Int.Type) throws -> Int { try integer(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try integer(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try integer(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try integer(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try integer(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try integer(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try integer(type) }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try AvroDecoder.value(type, from: tree, at: codingPath)
    }

    private func integer<Value: FixedWidthInteger>(_: Value.Type) throws -> Value {
        guard case .integer(let wide) = tree, let value = Value(exactly: wide) else { throw mismatch("an integer") }
        return value
    }

    private func mismatch(_ expected: String) -> AvroError {
        AvroError.mismatch(path: codingPath.joined, expected: expected)
    }
}
