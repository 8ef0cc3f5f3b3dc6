import Foundation

/// An Avro schema (specification 1.11), with the logical types that our events use.
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
    case fixed(Fixed)
    case record(Record)
    /// A mention, inside a record, of that record itself: only in schemas that were parsed allowing recursion.
    case recursion(String)

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
        /// What a reader uses when the writer's schema has no such field; `nil` when there is no default.
        public var fallback: AvroValue?
    }

    /// An enumeration: on the wire, the position of the symbol.
    public struct Enumeration: Hashable, Sendable {
        public var name: String
        public var aliases: [String]
        public var symbols: [String]
        /// What a reader uses for a symbol that it does not know.
        public var fallback: String?
    }

    /// A fixed number of bytes.
    public struct Fixed: Hashable, Sendable {
        public var name: String
        public var aliases: [String]
        public var size: Int
    }

    /// Parses a schema from its JSON text.
    ///
    /// - Parameter allowingRecursion: Whether a record may hold itself. No event needs it, and without it no input can make a
    ///   reader recurse deeper than its schema: such a schema can be compared, but not be encoded or decoded with.
    /// - Throws: ``AvroError`` naming what is not understood or not allowed.
    public init(json: some Sequence<UInt8>, allowingRecursion: Bool = false) throws {
        let value: Any
        do {
            value = try JSONSerialization.jsonObject(with: Data(json), options: .fragmentsAllowed)
        } catch {
            throw AvroError.schema("it is not JSON")
        }
        var parser = SchemaParser(allowsRecursion: allowingRecursion)
        self = try parser.parse(value, namespace: "")
    }
}
