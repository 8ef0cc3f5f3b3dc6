import Foundation

/// Turns `Encodable` values into ``AvroValue``s, which are then encoded by a schema.
public enum AvroEncoder {
    /// The Avro binary form of `value` under `schema`, without framing.
    ///
    /// - Throws: ``AvroError`` with the path of the field that does not fit.
    public static func encode(_ value: some Encodable, as schema: AvroSchema) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try AvroWriter.write(try tree(of: value), as: schema, to: &bytes, path: "")
        return bytes
    }

    static func tree(of value: any Encodable) throws -> AvroValue {
        switch value {
        case let date as Date: return .date(date)
        case let uuid as UUID: return .uuid(uuid)
        case let data as Data: return .bytes(data)
        case let decimal as Decimal: return .decimal(decimal)
        default:
            let encoder = TreeEncoder()
            try value.encode(to: encoder)
            return encoder.node.value
        }
    }
}

/// A value under construction: containers return references to it, as `Encoder` requires.
private final class Node {
    private var scalar: AvroValue?
    private var items: [Node]?
    private var fields: [(String, Node)]?

    var value: AvroValue {
        if let items { return .array(items.map(\.value)) }
        if let fields { return .object(Dictionary(fields.map { ($0, $1.value) }) { $1 }) }
        return scalar ?? .null
    }

    func set(_ value: AvroValue) { scalar = value }
    func beginArray() { items = items ?? [] }
    func beginObject() { fields = fields ?? [] }

    func append() -> Node {
        let node = Node()
        items = (items ?? []) + [node]
        return node
    }

    func field(_ name: String) -> Node {
        let node = Node()
        fields = (fields ?? []) + [(name, node)]
        return node
    }

    var count: Int { items?.count ?? 0 }
}

private struct TreeEncoder: Encoder {
    var node = Node()
    var codingPath: [any CodingKey] = []
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy: Key.Type) -> KeyedEncodingContainer<Key> {
        node.beginObject()
        return KeyedEncodingContainer(Keyed<Key>(node: node, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        node.beginArray()
        return Unkeyed(node: node, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        Single(node: node, codingPath: codingPath)
    }
}

private struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: Node
    var codingPath: [any CodingKey]

    mutating func encodeNil(forKey key: Key) throws { node.field(key.stringValue).set(.null) }

    mutating func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        node.field(key.stringValue).set(try AvroEncoder.tree(of: value))
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy: Nested.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        TreeEncoder(node: node.field(key.stringValue), codingPath: codingPath + [key]).container(keyedBy: Nested.self)
    }

    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        TreeEncoder(node: node.field(key.stringValue), codingPath: codingPath + [key]).unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder { TreeEncoder(node: node.field("super"), codingPath: codingPath) }

    mutating func superEncoder(forKey key: Key) -> any Encoder {
        TreeEncoder(node: node.field(key.stringValue), codingPath: codingPath + [key])
    }
}

private struct Unkeyed: UnkeyedEncodingContainer {
    let node: Node
    var codingPath: [any CodingKey]
    var count: Int { node.count }

    mutating func encodeNil() throws { node.append().set(.null) }
    mutating func encode<Value: Encodable>(_ value: Value) throws { node.append().set(try AvroEncoder.tree(of: value)) }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type) -> KeyedEncodingContainer<Nested> {
        TreeEncoder(node: node.append(), codingPath: codingPath).container(keyedBy: Nested.self)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        TreeEncoder(node: node.append(), codingPath: codingPath).unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder { TreeEncoder(node: node.append(), codingPath: codingPath) }
}

private struct Single: SingleValueEncodingContainer {
    let node: Node
    var codingPath: [any CodingKey]

    mutating func encodeNil() throws { node.set(.null) }
    mutating func encode(_ value: Bool) throws { node.set(.boolean(value)) }
    mutating func encode(_ value: String) throws { node.set(.string(value)) }
    mutating func encode(_ value: Double) throws { node.set(.double(value)) }
    mutating func encode(_ value: Float) throws { node.set(.double(Double(value))) }
    mutating func encode(_ value: Int) throws { node.set(.integer(Int64(value))) }
    mutating func encode(_ value: Int8) throws { node.set(.integer(Int64(value))) }
    mutating func encode(_ value: Int16) throws { node.set(.integer(Int64(value))) }
    mutating func encode(_ value: Int32) throws { node.set(.integer(Int64(value))) }
    mutating func encode(_ value: Int64) throws { node.set(.integer(value)) }
    mutating func encode(_ value: UInt) throws { try encode(UInt64(value)) }
    mutating func encode(_ value: UInt8) throws { node.set(.integer(Int64(value))) }
    mutating func encode(_ value: UInt16) throws { node.set(.integer(Int64(value))) }
    mutating func encode(_ value: UInt32) throws { node.set(.integer(Int64(value))) }
    mutating func encode(_ value: UInt64) throws {
        guard let value = Int64(exactly: value) else {
            throw AvroError.mismatch(path: codingPath.map(\.stringValue).joined(separator: "."), expected: "a long")
        }
        node.set(.integer(value))
    }
    mutating func encode<Value: Encodable>(_ value: Value) throws { node.set(try AvroEncoder.tree(of: value)) }
}
