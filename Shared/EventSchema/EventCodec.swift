import Avro

/// Events to bytes and back: Avro binary in the Confluent framing (a zero byte, the schema's id in network order, the body).
public struct EventCodec: Sendable {
    public let catalog: SchemaCatalog

    public init(catalog: SchemaCatalog) {
        self.catalog = catalog
    }

    /// The codec over the committed schemas.
    ///
    /// - Throws: ``AvroError`` when a committed schema is broken, which a test rules out.
    public static func committed() throws -> EventCodec {
        EventCodec(catalog: try SchemaCatalog.committed.get())
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
    /// - Throws: ``EventDecodingError``.
    public func decode<E: Event>(_: E.Type, from bytes: [UInt8]) throws(EventDecodingError) -> E {
        try decode(E.self, named: E.name, from: bytes)
    }

    /// Decodes any value whose schema has that name in the catalog.
    public func decode<Value: Decodable>(
        _: Value.Type,
        named name: String,
        from bytes: [UInt8]
    ) throws(EventDecodingError) -> Value {
        let (id, body) = try Self.unframe(bytes)
        guard let writer = catalog[id: id] else { throw .unknownSchema(id) }
        guard let reader = catalog[name], Self.family(writer.name) == Self.family(name) else {
            throw .otherEvent(expected: name, found: writer.name)
        }
        do {
            return try AvroDecoder.decode(Value.self, from: body, writer: writer.schema, reader: reader.schema)
        } catch let error as AvroError {
            throw .value(error)
        } catch {
            throw .framing("can't be decoded: \(error)")
        }
    }

    /// The name without its version: versions of one event may be read as one another.
    private static func family(_ name: String) -> Substring {
        name[..<(name.lastIndex(of: ".") ?? name.endIndex)]
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
