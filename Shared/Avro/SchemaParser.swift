import Foundation

/// Reads the JSON form of a schema; names are resolved in their namespaces.
struct SchemaParser {
    let allowsRecursion: Bool
    private var named: [String: AvroSchema] = [:]
    /// Named types that are being parsed: a mention of one is a recursion.
    private var open: Set<String> = []
    /// How deep each record nests other types: by their names they can nest deeper than JSON's brackets, and whoever walks
    /// through a schema needs a stack for that.
    private var heights: [String: Int] = [:]
    private static let maxHeight = 100
    private var roomForDefaults = 100_000

    init(allowsRecursion: Bool) {
        self.allowsRecursion = allowsRecursion
    }

    mutating func parse(_ value: Any, namespace: String) throws -> AvroSchema {
        if let name = value as? String { return try type(named: name, namespace: namespace) }
        if let branches = value as? [Any] { return try union(branches, namespace: namespace) }
        guard let object = value as? [String: Any], let kind = object["type"] else {
            throw AvroError.schema("a type is a name, a list or an object with a type")
        }
        guard let kind = kind as? String else { return try parse(kind, namespace: namespace) }
        switch kind {
        case "record", "error": return try record(object, namespace: namespace)
        case "enum": return try enumeration(object, namespace: namespace)
        case "fixed":
            let (name, aliases) = try names(object, namespace: namespace)
            guard let size = object["size"] as? Int, size >= 0 else {
                throw AvroError.schema("fixed \(name) has no size")
            }
            return try define(name, .fixed(.init(name: name, aliases: aliases, size: size)))
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

    /// A union holds each unnamed type and each name once, and no union: else a reader could not distinguish its branches.
    private mutating func union(_ list: [Any], namespace: String) throws -> AvroSchema {
        var kinds: Set<String> = []
        let branches = try list.map { item in
            let branch = try parse(item, namespace: namespace)
            if case .union = branch { throw AvroError.schema("a union holds a union") }
            guard kinds.insert(branch.branchName).inserted else {
                throw AvroError.schema("a union holds \(branch.branchName) twice")
            }
            return branch
        }
        return .union(branches)
    }

    private mutating func enumeration(_ object: [String: Any], namespace: String) throws -> AvroSchema {
        let (name, aliases) = try names(object, namespace: namespace)
        guard let symbols = object["symbols"] as? [String], !symbols.isEmpty else {
            throw AvroError.schema("enum \(name) has no symbols")
        }
        if let wrong = symbols.first(where: { !Self.isName($0) }) {
            throw AvroError.schema("enum \(name): \(wrong) is no symbol")
        }
        guard Set(symbols).count == symbols.count else { throw AvroError.schema("enum \(name) has a symbol twice") }
        let fallback = object["default"] as? String
        if let fallback, !symbols.contains(fallback) {
            throw AvroError.schema("enum \(name): the default \(fallback) is none of its symbols")
        }
        return try define(
            name,
            .enumeration(.init(name: name, aliases: aliases, symbols: symbols, fallback: fallback))
        )
    }

    private mutating func record(_ object: [String: Any], namespace: String) throws -> AvroSchema {
        let (name, aliases) = try names(object, namespace: namespace)
        let inner = name.split(separator: ".").dropLast().joined(separator: ".")
        guard let list = object["fields"] as? [[String: Any]] else { throw AvroError.schema("\(name) has no fields") }
        guard named[name] == nil, open.insert(name).inserted else { throw AvroError.schema("\(name) is defined twice") }
        defer { open.remove(name) }
        var fieldNames: Set<String> = []
        let fields = try list.map { field in
            guard let fieldName = field["name"] as? String, Self.isName(fieldName), let type = field["type"] else {
                throw AvroError.schema("a field of \(name) has no name or no type")
            }
            guard fieldNames.insert(fieldName).inserted else {
                throw AvroError.schema("\(name) has the field \(fieldName) twice")
            }
            let schema = try parse(type, namespace: inner)
            return AvroSchema.Field(
                name: fieldName,
                aliases: field["aliases"] as? [String] ?? [],
                schema: schema,
                fallback: try field["default"].map {
                    try AvroValue(default: $0, for: schema, path: fieldName, room: &roomForDefaults)
                }
            )
        }
        let height = 1 + (fields.map { self.height(of: $0.schema) }.max() ?? 0)
        guard height <= Self.maxHeight else { throw AvroError.schema("\(name) nests more than \(Self.maxHeight) deep") }
        heights[name] = height
        return try define(name, .record(.init(name: name, aliases: aliases, fields: fields)))
    }

    private func height(of schema: AvroSchema) -> Int {
        switch schema {
        case .array(let items), .map(let items): 1 + height(of: items)
        case .union(let branches): branches.map(height).max() ?? 0
        case .record(let record): heights[record.name] ?? 0
        default: 0
        }
    }

    private mutating func define(_ name: String, _ schema: AvroSchema) throws -> AvroSchema {
        guard named.updateValue(schema, forKey: name) == nil else { throw AvroError.schema("\(name) is defined twice") }
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
            if open.contains(full) {
                guard allowsRecursion else { throw AvroError.schema("\(full) is recursive") }
                return .recursion(full)
            }
            guard let schema = named[full] else { throw AvroError.schema("\(name) is not a known type") }
            return schema
        }
    }

    /// The full name of a named type, and those that it had before.
    private func names(_ object: [String: Any], namespace: String) throws -> (name: String, aliases: [String]) {
        guard let name = object["name"] as? String, !name.isEmpty else { throw AvroError.schema("a type has no name") }
        guard name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(Self.isName) else {
            throw AvroError.schema("\(name) is no name")
        }
        let space = name.contains(".") ? name.namespace : object["namespace"] as? String ?? namespace
        func full(_ name: String) -> String { name.contains(".") || space.isEmpty ? name : "\(space).\(name)" }
        return (full(name), (object["aliases"] as? [String] ?? []).map(full))
    }

    /// `[A-Za-z_][A-Za-z0-9_]*` (specification, "Names").
    private static func isName(_ text: some StringProtocol) -> Bool {
        text.utf8.first.map { !(48...57).contains($0) } ?? false
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

extension String {
    /// The part before the last dot of a full name.
    fileprivate var namespace: String { lastIndex(of: ".").map { String(self[..<$0]) } ?? "" }

    /// The part after it.
    var unqualified: Substring { lastIndex(of: ".").map { self[index(after: $0)...] } ?? self[...] }
}

extension AvroSchema {
    /// How a union distinguishes its branches.
    fileprivate var branchName: String {
        switch base {
        case .record(let record): record.name
        case .enumeration(let enumeration): enumeration.name
        case .fixed(let fixed): fixed.name
        case .recursion(let name): name
        default: base.name
        }
    }

    /// The type under a logical one.
    var base: AvroSchema {
        switch self {
        case .uuid: .string
        case .timestampMicros: .long
        case .decimal: .bytes
        default: self
        }
    }
}
