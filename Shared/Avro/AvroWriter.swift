import Foundation

/// Gives values the form of a schema (Avro 1.11, "Binary Encoding").
enum AvroWriter {
    static func write(_ value: AvroValue, as schema: AvroSchema, to bytes: inout [UInt8], path: String) throws {
        switch (schema, value) {
        case (.null, .null): break
        case (.boolean, .boolean(let value)): bytes.append(value ? 1 : 0)
        case (.int, .integer(let value)):
            guard Int32(exactly: value) != nil else {
                throw AvroError.mismatch(path: path, expected: "a 32-bit integer")
            }
            bytes.append(zigZag: value)
        case (.long, .integer(let value)): bytes.append(zigZag: value)
        case (.timestampMicros, .date(let date)): bytes.append(zigZag: date.avroMicroseconds)
        case (.timestampMicros, .integer(let value)): bytes.append(zigZag: value)
        case (.float, .double(let value)): bytes.append(littleEndian: Float(value).bitPattern)
        case (.float, .integer(let value)): bytes.append(littleEndian: Float(value).bitPattern)
        case (.double, .double(let value)): bytes.append(littleEndian: value.bitPattern)
        case (.double, .integer(let value)): bytes.append(littleEndian: Double(value).bitPattern)
        case (.string, .string(let text)), (.uuid, .string(let text)): bytes.append(avro: text)
        case (.uuid, .uuid(let uuid)), (.string, .uuid(let uuid)): bytes.append(avro: uuid)
        case (.bytes, .bytes(let data)):
            bytes.append(zigZag: Int64(data.count))
            bytes.append(contentsOf: data)
        case (.decimal(_, let scale), .decimal(let value)):
            let data = value.twosComplement(scale: scale)
            bytes.append(zigZag: Int64(data.count))
            bytes.append(contentsOf: data)
        case (.fixed(let fixed), .bytes(let data)):
            guard data.count == fixed.size else {
                throw AvroError.mismatch(path: path, expected: "\(fixed.size) bytes")
            }
            bytes.append(contentsOf: data)
        case (.enumeration(let enumeration), .string(let symbol)):
            guard let index = enumeration.symbols.firstIndex(of: symbol) else {
                throw AvroError.mismatch(path: path, expected: "one of \(enumeration.symbols.joined(separator: ", "))")
            }
            bytes.append(zigZag: Int64(index))
        case (.array(let items), .array(let values)):
            if !values.isEmpty { bytes.append(zigZag: Int64(values.count)) }
            for (index, value) in values.enumerated() {
                try write(value, as: items, to: &bytes, path: "\(path)[\(index)]")
            }
            bytes.append(0)
        case (.map(let items), .object(let values)):
            if !values.isEmpty { bytes.append(zigZag: Int64(values.count)) }
            for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                bytes.append(avro: key)
                try write(value, as: items, to: &bytes, path: "\(path).\(key)")
            }
            bytes.append(0)
        case (.record(let record), .object(let values)):
            for field in record.fields {
                // Swift's synthesized encoding leaves an optional that is nil out altogether.
                let value = values[field.name] ?? .null
                try write(
                    value,
                    as: field.schema,
                    to: &bytes,
                    path: path.isEmpty ? field.name : "\(path).\(field.name)"
                )
            }
        case (.union(let branches), _):
            guard let index = branches.firstIndex(where: { fits(value, $0) }) else {
                throw AvroError.mismatch(path: path, expected: "one of the union's types")
            }
            bytes.append(zigZag: Int64(index))
            try write(value, as: branches[index], to: &bytes, path: path)
        default:
            throw AvroError.mismatch(path: path, expected: schema.name)
        }
    }

    private static func fits(_ value: AvroValue, _ schema: AvroSchema) -> Bool {
        switch (schema, value) {
        case (.null, .null), (.boolean, .boolean), (.int, .integer), (.long, .integer), (.timestampMicros, .date),
            (.float, .double), (.double, .double), (.double, .integer), (.string, .string), (.uuid, .uuid),
            (.uuid, .string), (.bytes, .bytes), (.fixed, .bytes), (.decimal, .decimal), (.array, .array),
            (.map, .object), (.record, .object):
            true
        case (.enumeration(let enumeration), .string(let symbol)): enumeration.symbols.contains(symbol)
        default: false
        }
    }
}

extension AvroSchema {
    /// The type's name for messages.
    var name: String {
        switch self {
        case .null: "null"
        case .boolean: "a boolean"
        case .int: "a 32-bit integer"
        case .long: "an integer"
        case .float, .double: "a number"
        case .bytes: "bytes"
        case .string: "a string"
        case .uuid: "a UUID"
        case .timestampMicros: "a timestamp"
        case .decimal: "a decimal"
        case .array: "a list"
        case .map: "a map"
        case .union: "one of the union's types"
        case .enumeration(let enumeration): "one of \(enumeration.symbols.joined(separator: ", "))"
        case .fixed(let fixed): "\(fixed.size) bytes"
        case .record(let record): "a record \(record.name)"
        case .recursion(let name): "a record \(name)"
        }
    }
}

extension [UInt8] {
    /// A long: zig-zag, then seven bits a byte, least significant first.
    @inlinable
    package mutating func append(zigZag value: Int64) {
        var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        while rest > 0x7F {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    @inlinable
    package mutating func append(avro text: String) {
        append(zigZag: Int64(text.utf8.count))
        append(contentsOf: text.utf8)
    }

    @inlinable
    package mutating func append<Word: FixedWidthInteger>(littleEndian word: Word) {
        Swift.withUnsafeBytes(of: word.littleEndian) { append(contentsOf: $0) }
    }
}

extension Decimal {
    /// The unscaled integer in big-endian two's complement, as few bytes as hold it. What lies beyond `scale` is rounded off.
    func twosComplement(scale: Int) -> [UInt8] {
        var scaled = Decimal()
        var source = self * pow(Decimal(10), scale)
        NSDecimalRound(&scaled, &source, 0, .bankers)
        let isNegative = scaled < 0
        // -1 - n has the complement's bits of n.
        var rest = isNegative ? -1 - scaled : scaled
        var bytes: [UInt8] = []
        repeat {
            var quotient = Decimal()
            var divided = rest / 256
            NSDecimalRound(&quotient, &divided, 0, .down)
            bytes.append(UInt8(truncating: NSDecimalNumber(decimal: rest - quotient * 256)))
            rest = quotient
        } while rest > 0
        if bytes[bytes.count - 1] & 0x80 != 0 { bytes.append(0) }
        return bytes.reversed().map { isNegative ? ~$0 : $0 }
    }

    init(twosComplement bytes: some Collection<UInt8>, scale: Int) {
        let isNegative = (bytes.first ?? 0) & 0x80 != 0
        var value = Decimal(0)
        for byte in bytes { value = value * 256 + Decimal(Int(isNegative ? ~byte : byte)) }
        if isNegative { value = -1 - value }
        self = value / pow(Decimal(10), scale)
    }
}
