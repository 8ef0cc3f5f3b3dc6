public import Avro

/// Events to bytes and back: Avro binary in the Confluent framing (a zero byte, the schema's id in network order, the body).
///
/// A value is read by the schema that it was written with, of whatever version, as the newest version that this build knows. The
/// schema of a version that it does not know comes from ``LearnedSchemas``.
public struct EventCodec: Sendable {
    /// The schemas of this build.
    public let catalog: SchemaCatalog
    private let learned: LearnedSchemas?

    /// - Parameter learned: Where the schemas of other builds are; `nil` reads only what this build could have written.
    public init(catalog: SchemaCatalog, learned: LearnedSchemas? = nil) {
        self.catalog = catalog
        self.learned = learned
    }

    /// The codec over the committed schemas.
    ///
    /// - Throws: ``AvroError`` when a committed schema is broken, which a test rules out.
    public static func committed(learned: LearnedSchemas? = nil) throws -> EventCodec {
        EventCodec(catalog: try SchemaCatalog.committed.get(), learned: learned)
    }

    /// Whether values written with that schema can be read now, or never will be: whether waiting for it is useless.
    public func isSettled(_ id: Int32) -> Bool {
        catalog[id: id] != nil || learned?.isSettled(id) ?? true
    }

    /// The framed bytes of an event.
    public func encode<E: Event>(_ event: E) throws -> [UInt8] {
        try encode(event, named: E.name)
    }

    /// The framed bytes of any value whose schema has that name in the catalog: for the MQTT payloads.
    public func encode(_ value: some Encodable, named name: String) throws -> [UInt8] {
        guard let entry = catalog[name] else { throw AvroError.schema("\(name) is not in the catalog") }
        return Self.frame(entry.id) + (try AvroEncoder.encode(value, as: entry.schema))
    }

    /// Decodes an event, whatever version of its schema it was written with.
    ///
    /// - Throws: ``EventDecodingError``; ``EventDecodingError/unknownSymbols(_:)`` when an enumeration has a symbol that this
    ///   build does not know.
    public func decode<E: Event>(_: E.Type, from bytes: [UInt8]) throws(EventDecodingError) -> E {
        try decode(E.self, named: E.name, from: bytes)
    }

    /// Decodes any value whose schema has that name in the catalog.
    public func decode<Value: Decodable>(
        _: Value.Type,
        named name: String,
        from bytes: [UInt8]
    ) throws(EventDecodingError) -> Value {
        var unknown: [AvroDecoder.UnknownSymbol] = []
        let value = try decode(Value.self, named: name, from: bytes, unknown: &unknown)
        guard unknown.isEmpty else { throw .unknownSymbols(unknown) }
        return value
    }

    /// Decodes a value in which a symbol that this build does not know is `unknown`.
    ///
    /// - Parameter unknown: Called with those symbols.
    public func decode<Value: Decodable>(
        _: Value.Type,
        named name: String,
        from bytes: [UInt8],
        unknown: inout [AvroDecoder.UnknownSymbol]
    ) throws(EventDecodingError) -> Value {
        let (id, body) = try Self.unframe(bytes)
        let writer = try writer(id)
        guard let reader = catalog[name], writer.family == reader.family else {
            throw .otherEvent(expected: name, found: writer.name)
        }
        do {
            return try AvroDecoder.decode(
                Value.self,
                from: body,
                writer: writer.schema,
                reader: reader.schema,
                unknown: &unknown
            )
        } catch let error as AvroError {
            throw .value(error)
        } catch {
            throw .framing("can't be decoded: \(error)")
        }
    }

    /// Decodes an event in which a symbol that this build does not know is `unknown`.
    ///
    /// - Parameter hasUnknown: Set when there is one.
    public func decode<E: Event>(
        _: E.Type,
        from bytes: [UInt8],
        hasUnknown: inout Bool
    ) throws(EventDecodingError) -> E {
        var unknown: [AvroDecoder.UnknownSymbol] = []
        let event = try decode(E.self, named: E.name, from: bytes, unknown: &unknown)
        hasUnknown = !unknown.isEmpty
        return event
    }

    /// Which event a value is, of whatever version: for topics with several.
    public func family(of bytes: [UInt8]) throws(EventDecodingError) -> Substring {
        try writer(Self.unframe(bytes).0).family
    }

    private func writer(_ id: Int32) throws(EventDecodingError) -> SchemaCatalog.Entry {
        if let ours = catalog[id: id] { return ours }
        guard let learned = try learned?.entry(id) else { throw .unknownSchema(id) }
        return learned
    }

    static func frame(_ id: Int32) -> [UInt8] {
        [0] + withUnsafeBytes(of: id.bigEndian, Array.init)
    }

    static func unframe(_ bytes: [UInt8]) throws(EventDecodingError) -> (Int32, ArraySlice<UInt8>) {
        guard bytes.count >= 5 else { throw .framing("is shorter than its frame") }
        guard bytes[0] == 0 else { throw .framing("does not begin with a zero byte") }
        let id = bytes[1..<5].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return (Int32(bitPattern: id), bytes[5...])
    }
}
