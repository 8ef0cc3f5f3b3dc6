import Foundation

/// An Avro schema (specification 1.11), as far as our events use it.
public indirect enum AvroSchema: Hashable, Sendable {
    case null
    case boolean
    case int
    case long
    case float
    case double
    case bytes
    case string
    /// Logical type `uuid` over a string.
    case uuid
    /// Logical type `timestamp-micros` over a long.
    case timestampMicros
    /// Logical type `decimal` over bytes: a two's-complement integer, to be divided by 10 to the power of `scale`.
    case decimal(precision: Int, scale: Int)
    case array(AvroSchema)
    case map(AvroSchema)
    case union([AvroSchema])
    case enumeration(Enumeration)
    case fixed(name: String, size: Int)
    case record(Record)

    /// A record: named fields in their order on the wire.
    public struct Record: Hashable, Sendable {
        public var name: String
        public var aliases: [String]
        public var fields: [Field]
    }

    /// A field of a record.
    public struct Field: Hashable, Sendable {
        public var name: String
        public var aliases: [String]
        public var schema: AvroSchema
        /// What a reader takes when the writer's schema has no such field; `nil` when there is no default.
        public var fallback: AvroValue?
    }

    /// An enumeration: on the wire, the position of the symbol.
    public struct Enumeration: Hashable, Sendable {
        public var name: String
        public var symbols: [String]
        /// What a reader takes for a symbol that it does not know.
        public var fallback: String?
    }

    /// Parses a schema from its JSON text.
    ///
    /// - Throws: ``AvroError`` naming what is not understood. Recursive types are refused: no event needs one, and without
    ///   them no input can make a reader recurse deeper than its schema.
    public init(json: some Sequence<UInt8>) throws {
        let value: Any
        do {
            value = try JSONSerialization.jsonObject(with: Data(json), options: .fragmentsAllowed)
        } catch {
            throw AvroError.schema("it is not JSON")
        }
        var parser = SchemaParser()
        self = try parser.parse(value, namespace: "")
    }
}

/// What went wrong with a schema or with bytes.
public enum AvroError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A schema that can't be understood.
    case schema(String)
    /// A value does not fit its schema; the path leads to the field.
    case mismatch(path: String, expected: String)
    /// Bytes that end too early, or lengths and positions that can't be.
    case malformed(path: String, String)
    /// What was written with one schema can't be read with the other.
    case incompatible(path: String, String)

    public var description: String {
        switch self {
        case .schema(let what): "schema: \(what)"
        case .mismatch(let path, let expected): "\(path): must be \(expected)"
        case .malformed(let path, let what): "\(path): \(what)"
        case .incompatible(let path, let what): "\(path): \(what)"
        }
    }
}

/// Reads the JSON form of a schema; names are resolved in their namespaces.
private struct SchemaParser {
    private var named: [String: AvroSchema] = [:]
    /// Named types that are being parsed: a mention of one is a recursion.
    private var open: Set<String> = []

    mutating func parse(_ value: Any, namespace: String) throws -> AvroSchema {
        if let name = value as? String { return try type(named: name, namespace: namespace) }
        if let branches = value as? [Any] {
            return .union(try branches.map { try parse($0, namespace: namespace) })
        }
        guard let object = value as? [String: Any], let kind = object["type"] else {
            throw AvroError.schema("a type is a name, a list or an object with a type")
        }
        guard let kind = kind as? String else { return try parse(kind, namespace: namespace) }
        switch kind {
        case "record": return try record(object, namespace: namespace)
        case "enum":
            let name = try fullName(object, namespace: namespace)
            guard let symbols = object["symbols"] as? [String], !symbols.isEmpty else {
                throw AvroError.schema("enum \(name) has no symbols")
            }
            let schema = AvroSchema.enumeration(
                .init(name: name, symbols: symbols, fallback: object["default"] as? String)
            )
            named[name] = schema
            return schema
        case "fixed":
            let name = try fullName(object, namespace: namespace)
            guard let size = object["size"] as? Int, size >= 0 else {
                throw AvroError.schema("fixed \(name) has no size")
            }
            named[name] = .fixed(name: name, size: size)
            return .fixed(name: name, size: size)
        case "array":
            return .array(try parse(object["items"] ?? "?", namespace: namespace))
        case "map":
            return .map(try parse(object["values"] ?? "?", namespace: namespace))
        default:
            return logical(object, over: try type(named: kind, namespace: namespace))
        }
    }

    private func logical(_ object: [String: Any], over base: AvroSchema) -> AvroSchema {
        switch (object["logicalType"] as? String, base) {
        case ("uuid", .string): .uuid
        case ("timestamp-micros", .long): .timestampMicros
        case ("decimal", .bytes):
            .decimal(precision: object["precision"] as? Int ?? 0, scale: object["scale"] as? Int ?? 0)
        default: base  // An unknown logical type is ignored, as the specification asks.
        }
    }

    private mutating func record(_ object: [String: Any], namespace: String) throws -> AvroSchema {
        let name = try fullName(object, namespace: namespace)
        let inner = name.split(separator: ".").dropLast().joined(separator: ".")
        guard let list = object["fields"] as? [[String: Any]] else { throw AvroError.schema("\(name) has no fields") }
        guard open.insert(name).inserted else { throw AvroError.schema("\(name) is recursive") }
        defer { open.remove(name) }
        let fields = try list.map { field in
            guard let fieldName = field["name"] as? String, let type = field["type"] else {
                throw AvroError.schema("a field of \(name) has no name or no type")
            }
            let schema = try parse(type, namespace: inner)
            return AvroSchema.Field(
                name: fieldName,
                aliases: field["aliases"] as? [String] ?? [],
                schema: schema,
                fallback: try field["default"].map { try AvroValue(default: $0, for: schema, path: fieldName) }
            )
        }
        let schema = AvroSchema.record(
            .init(name: name, aliases: object["aliases"] as? [String] ?? [], fields: fields)
        )
        named[name] = schema
        return schema
    }

    private func type(named name: String, namespace: String) throws -> AvroSchema {
        switch name {
        case "null": return .null
        case "boolean": return .boolean
        case "int": return .int
        case "long": return .long
        case "float": return .float
        case "double": return .double
        case "bytes": return .bytes
        case "string": return .string
        default:
            let full = name.contains(".") || namespace.isEmpty ? name : "\(namespace).\(name)"
            if open.contains(full) { throw AvroError.schema("\(full) is recursive") }
            guard let schema = named[full] else { throw AvroError.schema("\(name) is not a known type") }
            return schema
        }
    }

    private func fullName(_ object: [String: Any], namespace: String) throws -> String {
        guard let name = object["name"] as? String, !name.isEmpty else { throw AvroError.schema("a type has no name") }
        if name.contains(".") { return name }
        let space = object["namespace"] as? String ?? namespace
        return space.isEmpty ? name : "\(space).\(name)"
    }
}
