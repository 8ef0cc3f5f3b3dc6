import Foundation

/// Reads bytes that were written with one schema as values of another (Avro 1.11, "Schema Resolution").
///
/// Safe on any input: every length is compared with the bytes that are left before anything is allocated.
struct AvroReader {
    private var input: ArraySlice<UInt8>
    /// Where the reader's enumeration had only its default for what was written.
    private(set) var unknownSymbols: [AvroDecoder.UnknownSymbol] = []

    init(_ bytes: ArraySlice<UInt8>) {
        input = bytes
    }

    /// Whether everything was read.
    var isAtEnd: Bool { input.isEmpty }

    mutating func read(_ writer: AvroSchema, as reader: AvroSchema, path: String) throws -> AvroValue {
        if case .union(let branches) = writer {
            let index = try long(path)
            guard index >= 0, index < branches.count else {
                throw AvroError.malformed(path: path, "the union has no branch \(index)")
            }
            return try read(branches[Int(index)], as: reader, path: path)
        }
        if case .union(let branches) = reader {
            guard let branch = branches.first(where: { Self.resolves(writer, $0) }) else {
                throw AvroError.incompatible(path: path, "\(writer.name) is none of the reader's union")
            }
            return try read(writer, as: branch, path: path)
        }
        switch (writer, reader) {
        case (.null, .null): return .null
        case (.boolean, .boolean):
            let byte = try bytes(1, path).first ?? 0
            guard byte < 2 else { throw AvroError.malformed(path: path, "\(byte) is no boolean") }
            return .boolean(byte == 1)
        case (.int, .int):
            let value = try long(path)
            guard Int32(exactly: value) != nil else { throw AvroError.malformed(path: path, "\(value) is no int") }
            return .integer(value)
        case (.int, .long), (.long, .long): return .integer(try long(path))
        case (.int, .float), (.int, .double), (.long, .float), (.long, .double): return .double(Double(try long(path)))
        case (.timestampMicros, .float), (.timestampMicros, .double): return .double(Double(try long(path)))
        case (.timestampMicros, .timestampMicros), (.long, .timestampMicros), (.int, .timestampMicros):
            return .date(Date(avroMicroseconds: try long(path)))
        case (.timestampMicros, .long): return .integer(try long(path))
        case (.float, .float), (.float, .double):
            return .double(Double(Float(bitPattern: try word(path))))
        case (.double, .double): return .double(Double(bitPattern: try word(path)))
        case (.string, .string), (.uuid, .string), (.bytes, .string), (.decimal, .string):
            return .string(try text(path))
        case (.uuid, .uuid), (.string, .uuid), (.bytes, .uuid), (.decimal, .uuid):
            let text = try text(path)
            guard let uuid = UUID(hexadecimal: text) else { throw AvroError.malformed(path: path, "it is no UUID") }
            return .uuid(uuid)
        case (.bytes, .bytes), (.string, .bytes), (.uuid, .bytes), (.decimal, .bytes):
            return .bytes(Data(try counted(path)))
        case (.decimal(_, let scale), .decimal(_, let other)) where scale == other:
            return .decimal(Decimal(twosComplement: try counted(path), scale: scale))
        case (.bytes, .decimal(_, let scale)), (.string, .decimal(_, let scale)), (.uuid, .decimal(_, let scale)):
            return .decimal(Decimal(twosComplement: try counted(path), scale: scale))
        case (.fixed(let written), .fixed(let known)) where written.size == known.size:
            return .bytes(Data(try bytes(written.size, path)))
        case (.enumeration(let written), .enumeration(let known)):
            let index = try long(path)
            guard index >= 0, index < written.symbols.count else {
                throw AvroError.malformed(path: path, "the enumeration has no symbol \(index)")
            }
            let symbol = written.symbols[Int(index)]
            // One that is the default by its name says no more than a symbol that is not known.
            if known.symbols.contains(symbol), symbol != known.fallback { return .string(symbol) }
            guard let fallback = known.fallback else {
                throw AvroError.incompatible(path: path, "symbol \(symbol) is not known")
            }
            unknownSymbols.append(.init(path: path, enumeration: String(known.name.unqualified), symbol: symbol))
            return .string(fallback)
        case (.array(let written), .array(let known)):
            var values: [AvroValue] = []
            try blocks(path) { reader in
                values.append(try reader.read(written, as: known, path: "\(path)[\(values.count)]"))
            }
            return .array(values)
        case (.map(let written), .map(let known)):
            var values: [String: AvroValue] = [:]
            try blocks(path) { reader in
                let key = try reader.text(path)
                values[key] = try reader.read(written, as: known, path: "\(path).\(key)")
            }
            return .object(values)
        case (.record(let written), .record(let known)):
            return try record(written, as: known, path: path)
        default:
            throw AvroError.incompatible(path: path, "\(writer.name) can't be read as \(reader.name)")
        }
    }

    private mutating func record(
        _ writer: AvroSchema.Record,
        as reader: AvroSchema.Record,
        path: String
    ) throws -> AvroValue {
        var values: [String: AvroValue] = [:]
        for field in writer.fields {
            let path = path.isEmpty ? field.name : "\(path).\(field.name)"
            if let known = reader.field(for: field) {
                values[known.name] = try read(field.schema, as: known.schema, path: path)
            } else {
                let noted = unknownSymbols
                _ = try read(field.schema, as: field.schema, path: path)
                unknownSymbols = noted
            }
        }
        for field in reader.fields where values[field.name] == nil {
            guard let fallback = field.fallback else {
                throw AvroError.incompatible(
                    path: path.isEmpty ? field.name : "\(path).\(field.name)",
                    "it was not written and has no default"
                )
            }
            values[field.name] = fallback
        }
        return .object(values)
    }

    /// Whether values of the writer's type can be read as the reader's.
    private static func resolves(_ writer: AvroSchema, _ reader: AvroSchema) -> Bool {
        writer == reader || SchemaCompatibility.problems(writer: writer, reader: reader).isEmpty
    }

    // MARK: - Primitives

    private mutating func blocks(_ path: String, _ item: (inout AvroReader) throws -> Void) throws {
        while true {
            var count = try long(path)
            if count == 0 { return }
            if count < 0 {
                // A negative count is followed by the block's size in bytes, for readers that skip.
                count = count == Int64.min ? Int64.max : -count
                _ = try long(path)
            }
            // Every item of our schemas needs at least one byte.
            guard count <= input.count else {
                throw AvroError.malformed(path: path, "\(count) items can't be in \(input.count) bytes")
            }
            for _ in 0..<count { try item(&self) }
        }
    }

    private mutating func long(_ path: String) throws -> Int64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = input.popFirst() {
            guard shift < 63 || (shift == 63 && byte <= 1) else { break }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1) }
            shift += 7
        }
        throw AvroError.malformed(path: path, "it is no integer")
    }

    private mutating func word<Word: FixedWidthInteger>(_ path: String) throws -> Word {
        var word: Word = 0
        for byte in try bytes(Word.bitWidth / 8, path).reversed() { word = word << 8 | Word(byte) }
        return word
    }

    private mutating func text(_ path: String) throws -> String {
        guard let text = String(validating: try counted(path), as: UTF8.self) else {
            throw AvroError.malformed(path: path, "it is not UTF-8")
        }
        return text
    }

    private mutating func counted(_ path: String) throws -> ArraySlice<UInt8> {
        let count = try long(path)
        guard count >= 0, count <= input.count else {
            throw AvroError.malformed(path: path, "\(count) bytes can't be in \(input.count)")
        }
        return try bytes(Int(count), path)
    }

    private mutating func bytes(_ count: Int, _ path: String) throws -> ArraySlice<UInt8> {
        guard count <= input.count else { throw AvroError.malformed(path: path, "the bytes end too early") }
        defer { input.removeFirst(count) }
        return input.prefix(count)
    }
}

extension AvroSchema.Record {
    /// The reader's field for a field that was written: of its name, or with its name as an alias.
    func field(for written: AvroSchema.Field) -> AvroSchema.Field? {
        fields.first { $0.name == written.name } ?? fields.first { $0.aliases.contains(written.name) }
    }
}
